"""
Values taken from the user's words, where a property obviously asks for them.

Obvious is: an allowed value that is said, ``name: value``, a value of a kind (an address, a date, a
sum, a place) under a name that means that kind, a number beside the name's word.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mockrouter.generate import files, finders
from mockrouter.generate.amounts import said_numbers, switched_on, switches
from mockrouter.generate.lexicon import SECOND, STOP_WORDS, labelled, tokens, word_set
from mockrouter.generate.place import Unsatisfiable
from mockrouter.generate.places import destinations, origins, places
from mockrouter.generate.search import found

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mockrouter.values import Json, JsonObject

    Finder = Callable[[str], list[str]]

_FACTS: dict[str, Finder] = {
    "name": finders.names,
    "email": finders.emails,
    "company": finders.companies,
    "url": finders.urls,
    "date": finders.dates,
}

LONGEST = 4000
"""Characters of the user's words that are looked at."""

_FORMATS: dict[str, Finder] = {
    "email": finders.emails,
    "idn-email": finders.emails,
    "uri": finders.urls,
    "url": finders.urls,
    "http-url": finders.urls,
    "date": finders.dates,
    "date-time": finders.date_times,
    "time": finders.zoned_times,
    "uuid": finders.uuids,
}


def _destinations(words: str) -> list[str]:
    return destinations(words) or files.paths(words)[1:]


def _addressees(words: str) -> list[str]:
    return finders.emails(words) or destinations(words)


_NAMES: tuple[tuple[str, Finder], ...] = (
    ("email mail recipient recipients bcc", finders.emails),
    ("url urls uri link href website webpage endpoint", finders.urls),
    ("uuid guid", finders.uuids),
    ("expression formula equation calculation expr math", finders.sums),
    ("ticker symbol tickers symbols", finders.tickers),
    ("currency currencies", finders.currencies),
    ("datetime timestamp", finders.date_times),
    ("date dates day deadline birthday", finders.dates),
    ("time", finders.times),
    ("language languages lang", finders.languages),
    ("origin departure", origins),
    ("destination arrival", _destinations),
    ("content contents text body", files.contents),
    (
        "path paths file files filename filenames filepath directory dir folder cwd",
        files.paths,
    ),
    ("old new replacement", files.snippets),
    ("command cmd shell", files.commands),
    ("pattern glob regex", files.globs),
    ("city cities location locations place places town country region address", places),
    ("source", files.paths),
    ("company organization organisation employer", finders.companies),
    ("code script sql snippet", finders.codes),
    ("keywords terms tags", finders.search_terms),
    ("query queries q search keyword term topic", finders.queries),
    ("to cc", _addressees),
    ("message input prompt question sentence request", finders.texts),
)
"""Words of a name and what finds its values; the first that fits holds."""

_REPEATED = (places, finders.sums, finders.tickers, files.paths)
_SAID_WHOLE = word_set(
    """
    query queries q search keyword keywords term terms topic
    text message content contents input prompt question sentence request body
    old new replacement
    """
)
_TITLED = re.compile(
    r"\b(?:en)?titled\s+([^\W_][^\"'“,.;\n]{0,80}?)(?=\s+(?:with|in|and|for|on|to)\b|[,.;\n]|$)",
    re.IGNORECASE,
)
_PEOPLE = word_set("name person contact author customer user employee client full")


def candidates(name: str, flat: JsonObject, words: str, *, lone: bool) -> Iterator[Json]:
    """
    Find what *words* may say for a property, the likeliest first.

    Args:
        name: The property's name.

        flat: Its schema, flat.

        words: The user's words.

        lone: Whether it is the only property of its type that there must be.

    Yields:
        Values that need not be valid: the caller checks that.
    """
    kinds = flat.get("type", "string")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if "enum" in flat:
        yield from _said_options(flat["enum"], words)
    elif "boolean" in kinds:
        yield from switched_on(name, words)
    elif "integer" in kinds or "number" in kinds:
        yield from said_numbers(name, words, lone=lone)
    elif "array" in kinds:
        yield from _said_lists(name, flat.get("items"), words)
    elif "string" in kinds:
        yield from _said_strings(name, flat, words, lone=lone)


def is_specific(name: str, flat: JsonObject) -> bool:
    """Say whether a property asks for a certain kind of value, and not just for any text."""
    return _finder(name, flat) is not None and not set(tokens(name)) & _SAID_WHOLE


def repeated(name: str, flat: JsonObject, words: str) -> list[str]:
    """Find all places, sums, stock symbols or paths in *words*, whichever the property asks for."""
    finder = _finder(name, flat)
    return list(dict.fromkeys(finder(words))) if finder in _REPEATED and "enum" not in flat else []


def facts(words: str) -> dict[str, str]:
    """Find what there is to be known in *words*, under the usual names."""
    found = {name: finder(words[:LONGEST]) for name, finder in _FACTS.items()}
    return {name: values[0] for name, values in found.items() if values}


def _said_options(options: list[Json], words: str) -> Iterator[Json]:
    said = [_stemmed(word) for word in tokens(words)]
    strings = [option for option in options if isinstance(option, str) and len(option) > 1]
    for option in sorted(strings, key=len, reverse=True):
        wanted = [_stemmed(word) for word in tokens(option)]
        starts = range(len(said) - len(wanted) + 1)
        if (
            wanted
            and option.lower() not in STOP_WORDS
            and any(said[start : start + len(wanted)] == wanted for start in starts)
        ):
            yield option
    switched = ["on" if is_on else "off" for is_on in switches(words)]
    yield from (option for option in strings if option.lower() in switched[:1])


def _stemmed(word: str) -> str:
    return word.removesuffix("s")


def _said_lists(name: str, items: Json, words: str) -> Iterator[Json]:
    flat = items if isinstance(items, dict) else {}
    if "enum" in flat:
        found = list(dict.fromkeys(_said_options(flat["enum"], words)))
    elif flat.get("type") in ("number", "integer"):
        found = finders.numbers(words) if set(tokens(name)) & {"numbers", "values", "data"} else []
    elif flat.get("type", "string") == "string":
        finder = finders.search_terms if set(tokens(name)) & _SAID_WHOLE else _finder(name, flat)
        found = list(dict.fromkeys(finder(words))) if finder else []
    else:
        found = []
    if found:
        yield found


def _said_strings(name: str, flat: JsonObject, words: str, *, lone: bool) -> Iterator[str]:
    yield from _labelled_texts(name, words)
    finder = _finder(name, flat)
    if finder:
        found = finder(words)
        second = len(found) > 1 and set(tokens(name)) & SECOND
        yield from found[1:] if second else found
    parts = tokens(name)
    if "format" in flat:
        return
    if "pattern" in flat:
        tried = re.findall(r"[^\s,;!?\"'()]+", words)
        yield from (text.rstrip(".") for text in tried if _matches(flat["pattern"], text))
    if finder is None and set(parts) <= _PEOPLE:
        yield from finders.names(words)
    elif parts in (("first", "name"), ("last", "name")):
        people = [person.split() for person in finders.names(words)]
        yield from (person[0 if parts[0] == "first" else -1] for person in people)
    if finder is None and not set(parts) <= _PEOPLE:
        yield from _numbered(parts, words)
    if lone and (finder is None or set(parts) & _SAID_WHOLE):
        yield from finders.quotes(words)


def _numbered(parts: tuple[str, ...], words: str) -> list[str]:
    """Find ``A-1234`` in ``order #A-1234`` for an order's id, and ``AB12`` in ``SKU AB12``."""
    is_id = len(parts) > 1 and parts[-1] in ("id", "number", "code", "reference")
    head = r"[\s_-]*".join(map(re.escape, parts[:-1] if is_id else parts))
    label = rf"\b{head}\b(?:[\s_-]{{0,3}}(?:id|number|no\.?|code))?\s{{0,3}}[:#=]?\s{{0,3}}#?"
    return re.findall(rf"{label}([\w-]*\d[\w-]*)", words, re.IGNORECASE)


def _matches(pattern: str, text: str) -> bool:
    try:
        return found(pattern, text)
    except Unsatisfiable:
        return False


def _labelled_texts(name: str, words: str) -> Iterator[str]:
    value = (
        r"(?:\"([^\"\n]+)\"|'([^'\n]+)'|([^\s,;\n][^,;\n]*?)(?=\s*(?:[,;\n]|\.?$|\.\s|\sand\s)))"
    )
    for match in re.finditer(labelled(name) + value, words, re.IGNORECASE):
        yield match[1] or match[2] or match[3]
    head = r"[\s_-]*".join(map(re.escape, tokens(name)))
    quoted = r"[\"'“]([^\"'”\n]+)[\"'”]"
    yield from re.findall(
        rf"\b{head}(?:e?d)?\b\s+(?:is|of|as|named|called)?\s*{quoted}", words, re.IGNORECASE
    )
    if "name" in tokens(name) or "title" in tokens(name):
        capital = r"((?-i:[A-Z])\w*(?:\s(?-i:[A-Z])\w*)*)"
        yield from re.findall(rf"\b(?:named|called|name is)\s+{capital}", words, re.IGNORECASE)
    if "title" in tokens(name):
        yield from _TITLED.findall(words)


def _finder(name: str, flat: JsonObject | None = None) -> Finder | None:
    kind = (flat or {}).get("format")
    if kind in _FORMATS:
        return _FORMATS[kind]
    parts = set(tokens(name))
    return next((finder for names, finder in _NAMES if parts & set(names.split())), None)
