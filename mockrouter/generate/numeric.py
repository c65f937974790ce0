"""Numbers within their bounds, in the size that their name lets expect."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor, isfinite
from typing import TYPE_CHECKING

from mockrouter.generate.lexicon import tokens
from mockrouter.generate.place import Path, Unsatisfiable

if TYPE_CHECKING:
    from random import Random

    from mockrouter.values import JsonObject

_SPAN = 100
_WIDE = Fraction(10**12)
_SIZES: tuple[tuple[frozenset[str], int, int], ...] = (
    (frozenset({"latitude", "lat"}), -90, 90),
    (frozenset({"longitude", "lon", "lng", "long"}), -180, 180),
    (frozenset({"year"}), 2025, 2025),
    (frozenset({"month"}), 1, 12),
    (frozenset({"day", "days"}), 1, 7),
    (frozenset({"hour", "hours"}), 0, 23),
    (frozenset({"minute", "minutes", "second", "seconds"}), 0, 59),
    (frozenset({"age"}), 18, 80),
    (frozenset({"page", "offset"}), 1, 3),
    (frozenset({"limit", "count", "max", "top", "size", "results"}), 1, 20),
    (frozenset({"quantity", "qty", "guests", "people"}), 1, 5),
    (frozenset({"rating", "stars"}), 1, 5),
    (frozenset({"probability", "confidence", "score", "ratio"}), 0, 1),
    (frozenset({"temperature", "temp"}), -10, 35),
    (frozenset({"port"}), 1024, 65535),
    (frozenset({"timestamp"}), 1735689600, 1767225599),
)
"""Words of a name, and the least and greatest number to expect; of 2025 where it is a time."""


def number(flat: JsonObject, name: str, path: Path, rng: Random, attempt: int) -> int | float:
    """
    Make a number under a flat schema of type ``number``.

    Raises:
        Unsatisfiable: Its bounds leave nothing.
    """
    step = flat.get("multipleOf")
    if step:
        place = rng.getrandbits(32) + attempt
        multiple = _multiple(flat, name, path, Fraction(str(step)), place)
        return int(multiple) if multiple.denominator == 1 else float(multiple)
    low, high = map(float, _bounds(flat, name))
    if low > high:
        raise Unsatisfiable(path, f"no number is at least {low:g} and at most {high:g}")
    for digits in (2, 4, 8, 16):
        value = round(rng.uniform(low, high), digits)
        if _is_within(value, flat):
            return value
    return low / 2 + high / 2


def integer(flat: JsonObject, name: str, path: Path, rng: Random, attempt: int) -> int:
    """
    Make an integer under a flat schema of type ``integer``.

    Raises:
        Unsatisfiable: Its bounds leave nothing.
    """
    # A multiple of 0.3 that is whole is a multiple of 3: in lowest terms, what is above the line.
    step = Fraction(Fraction(str(flat.get("multipleOf", 1))).numerator)
    return int(_multiple(flat, name, path, step, rng.getrandbits(32) + attempt))


def _multiple(flat: JsonObject, name: str, path: Path, step: Fraction, place: int) -> Fraction:
    """Take the multiple at *place* among those within the bounds, counted round and round."""
    low, high = _bounds(flat, name)
    first, last = ceil(low / step), floor(high / step)
    if first * step in _given(flat, "exclusiveMinimum"):
        first += 1
    if last * step in _given(flat, "exclusiveMaximum"):
        last -= 1
    if first > last:
        raise Unsatisfiable(path, f"no multiple of {float(step):g} lies within the bounds")
    return (first + place % (last - first + 1)) * step


def _bounds(flat: JsonObject, name: str) -> tuple[Fraction, Fraction]:
    """Narrow the bounds that are given to numbers that one would expect."""
    step = Fraction(str(flat.get("multipleOf", 1)))
    span = max(Fraction(_SPAN), 10 * step)
    low = max(_given(flat, "minimum", "exclusiveMinimum"), default=-_WIDE)
    high = min(_given(flat, "maximum", "exclusiveMaximum"), default=_WIDE)
    usual = None if "multipleOf" in flat else _usual(name)
    if usual and low < usual[1] and high > usual[0]:
        return max(low, Fraction(usual[0])), min(high, Fraction(usual[1]))
    if high - low <= span:
        return low, high
    # Bounds as wide as those of a 64-bit integer are no hint.
    if low <= 1 and high >= span:
        return max(low, Fraction(0 if low == 0 else 1)), span
    return (low, low + span) if low > 1 else (high - span, high)


def _given(flat: JsonObject, *keys: str) -> list[Fraction]:
    return [Fraction(str(flat[key])) for key in keys if key in flat and isfinite(flat[key])]


def _usual(name: str) -> tuple[int, int] | None:
    words = set(tokens(name))
    return next(((low, high) for names, low, high in _SIZES if names & words), None)


def _is_within(value: float, flat: JsonObject) -> bool:
    return (
        all(value >= flat[key] for key in ("minimum",) if key in flat)
        and all(value <= flat[key] for key in ("maximum",) if key in flat)
        and all(value > flat[key] for key in ("exclusiveMinimum",) if key in flat)
        and all(value < flat[key] for key in ("exclusiveMaximum",) if key in flat)
    )
