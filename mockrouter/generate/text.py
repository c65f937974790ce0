"""Strings: by format, by pattern, by name, and of the length that is asked for."""

from __future__ import annotations

import base64
from random import Random
from typing import TYPE_CHECKING

from mockrouter.generate.hints import Made, hinted
from mockrouter.generate.patterns import matching
from mockrouter.generate.place import Path, Unsatisfiable
from mockrouter.generate.search import found

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockrouter.values import JsonObject

_LONGEST = 100_000

_FORMATS: dict[str, Callable[[Made], str]] = {
    "date": Made.date,
    "time": Made.clock,
    "date-time": Made.date_time,
    "duration": lambda made: f"PT{made.digits(2)}M",
    "email": Made.email,
    "idn-email": Made.email,
    "hostname": lambda made: f"{made.fake('word').lower()}.example.com",
    "idn-hostname": lambda made: f"{made.fake('word').lower()}.example.com",
    "ipv4": Made.ipv4,
    "ipv6": Made.ipv6,
    "uri": Made.url,
    "url": Made.url,
    "http-url": Made.url,
    "iri": Made.url,
    "uri-reference": Made.url,
    "iri-reference": Made.url,
    "uri-template": lambda _: "https://example.com/{id}",
    "uuid": lambda made: made.fake("uuid4"),
    "json-pointer": lambda made: f"/{made.fake('word').lower()}",
    "relative-json-pointer": lambda _: "0",
    "regex": lambda made: f"^{made.fake('word').lower()}$",
    "byte": lambda made: base64.b64encode(made.phrase().encode()).decode(),
    "binary": Made.phrase,
    "password": lambda made: f"{made.fake('word').title()}-{made.digits(4)}",
    "phone": Made.phone,
    "color": lambda made: made.fake("hex_color"),
    "decimal": lambda made: f"{made.digits(2)}.{made.digits(2)}",
}

_SHORTER = {"email": "a@x.test", "idn-email": "a@x.test", "uri": "tag:x", "ipv6": "::1"}


def string(flat: JsonObject, name: str, path: Path, rng: Random, attempt: int) -> str:
    """
    Make a string under a flat schema of type ``string``.

    Raises:
        Unsatisfiable: Its length is impossible or too great, or nothing matches its pattern.
    """
    least, most = int(flat.get("minLength", 0)), flat.get("maxLength")
    if most is not None and least > most:
        raise Unsatisfiable(path, f"no string has at least {least} and at most {most} characters")
    if least > _LONGEST:
        raise Unsatisfiable(
            path, f"minLength is {least}; no string of over {_LONGEST} characters is made up"
        )
    made, kind, pattern = Made(rng), flat.get("format"), flat.get("pattern")
    if kind in _FORMATS and (pattern is None or attempt % 2 == 0):
        return _fitted_format(kind, _FORMATS[kind](made), least, most, made)
    text = hinted(name, made) or (made.sentence() if least > 0 or name else made.phrase())
    if pattern is None:
        return _fitted(text, least, most, made)
    is_as_long = least <= len(text) <= (len(text) if most is None else most)
    if is_as_long and found(pattern, text, path):
        return text
    return matching(pattern, least, most, Random(rng.getrandbits(64)), path)  # noqa: S311


def _fitted(text: str, least: int, most: int | None, made: Made) -> str:
    if len(text) < least:
        text = " ".join([text or made.phrase(), *[made.sentence()] * least])[: max(least, 1)]
    cut = text if most is None else text[: int(most)]
    # A cut word is fine, a blank at the end is not, unless the length needs it.
    return cut.rstrip() if len(cut.rstrip()) >= least else cut.rstrip().ljust(least, "x")


def _fitted_format(kind: str, text: str, least: int, most: int | None, made: Made) -> str:
    missing = least - len(text)
    if most is not None and len(text) > most:
        return _SHORTER.get(kind, text)
    if missing <= 0:
        return text
    filler = (made.phrase().replace(" ", "") * missing)[:missing]
    return filler + text if kind in ("email", "idn-email", "hostname") else text + filler
