"""
Values taken from the user's words, where a property obviously asks for them.

Obvious is: an allowed value that is said, ``name: value``, a value of a kind (an address, a date, a
sum, a place) under a name that means that kind, a number beside the name's word.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mockrouter.generate import finders
from mockrouter.generate.lexicon import NUMBER_WORDS, STOP_WORDS, stem, tokens, word_set
from mockrouter.generate.place import Unsatisfiable
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
    "time": finders.times,
    "uuid": finders.uuids,
}


def _from(words: str) -> list[str]:
    return finders.places(words, frozenset({"from"}))


def _to(words: str) -> list[str]:
    return finders.places(words, frozenset({"to", "in", "into"}))


def _addressees(words: str) -> list[str]:
    return finders.emails(words) or _to(words)


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
    ("origin departure", _from),
    ("destination arrival", _to),
    ("city cities location locations place places town country region address", finders.places),
    ("company organization organisation employer", finders.companies),
    ("code script sql snippet", finders.codes),
    ("keywords terms tags", finders.search_terms),
    ("query queries q search keyword term topic", finders.queries),
    ("to cc", _addressees),
    ("text message content input prompt question sentence request body", finders.texts),
)
"""Words of a name and what finds its values; the first that fits holds."""

_REPEATED = (finders.places, finders.sums, finders.tickers)
_SAID_WHOLE = word_set(
    """
    query queries q search keyword keywords term terms topic
    text message content input prompt question sentence request body
    """
)
_PEOPLE = word_set("name person contact author customer user employee client full")
_ANY_NUMBER = word_set("a b c x y n num number value first second left right 1 2 operand")
_SECOND = word_set("b y second right 2 end to until target")
_COUNTS = word_set("limit count max n num number top k size results amount")
_COUNTED = word_set("top first last limit results items max maximum up")
_MONEY = word_set("amount price cost total budget value sum")
_UNITS = {"age": ("year",), "temperature": ("degre",), "guests": ("peopl", "person")}


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
        yield from _switched_on(name, words)
    elif "integer" in kinds or "number" in kinds:
        yield from _said_numbers(name, words, lone=lone)
    elif "array" in kinds:
        yield from _said_lists(name, flat.get("items"), words)
    elif "string" in kinds:
        yield from _said_strings(name, flat, words, lone=lone)


def is_specific(name: str, flat: JsonObject) -> bool:
    """Say whether a property asks for a certain kind of value, and not just for any text."""
    return _finder(name, flat) is not None and not set(tokens(name)) & _SAID_WHOLE


def repeated(name: str, flat: JsonObject, words: str) -> list[str]:
    """Find all places, sums or stock symbols in *words*, whichever the property asks for."""
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
        places = range(len(said) - len(wanted) + 1)
        if (
            wanted
            and option.lower() not in STOP_WORDS
            and any(said[place : place + len(wanted)] == wanted for place in places)
        ):
            yield option


def _stemmed(word: str) -> str:
    return word.removesuffix("s")


def _switched_on(name: str, words: str) -> Iterator[Json]:
    wanted = [stem(word) for word in tokens(name) if word not in STOP_WORDS]
    if len(wanted) > 1 and set(wanted) <= {stem(word) for word in tokens(words)}:
        yield True


def _said_numbers(name: str, words: str, *, lone: bool) -> Iterator[Json]:
    yield from map(
        finders.read_number, re.findall(_labelled(name) + r"(-?\d[\d,]*\.?\d*\b)", words)
    )
    parts = frozenset(tokens(name))
    wanted = {stem(part) for part in parts if part not in STOP_WORDS}
    wanted |= {stem(word) for word in _COUNTED if parts & _COUNTS}
    wanted |= {unit for part in parts for unit in _UNITS.get(part, ())}
    said = re.findall(r"\d[\d,]*(?:\.\d+)?|[^\W\d_]+", words)
    for number, word in enumerate(said):
        value = finders.read_number(word) if word[0].isdecimal() else NUMBER_WORDS.get(word.lower())
        around = said[max(0, number - 2) : number] + said[number + 1 : number + 2]
        near = {stem(other.lower()) for other in around}
        if value is not None and near & wanted:
            yield value
    if parts & _MONEY:
        codes = r"(?:USD|EUR|GBP|JPY|dollars|euros|pounds|[A-Z]{3}\b)"
        found = re.findall(rf"[$€£]\s?(\d[\d,]*\.?\d*\b)|(\d[\d,]*\.?\d*)\s?(?:{codes})", words)
        yield from (finders.read_number(one or other) for one, other in found)
    if parts <= _ANY_NUMBER or (lone and parts & _ANY_NUMBER):
        found = finders.numbers(words)
        yield from found[1:2] if parts & _SECOND else found[:1]


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
        second = len(found) > 1 and set(tokens(name)) & _SECOND
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
    if len(parts) > 1 and parts[-1] in ("id", "number", "code", "reference"):
        head = r"[\s_-]*".join(map(re.escape, parts[:-1]))
        pattern = rf"\b{head}\b(?:[\s_-]*(?:id|number|no\.?|code))?\s*[:#=]?\s*#?([\w-]*\d[\w-]*)"
        yield from re.findall(pattern, words, re.IGNORECASE)
    if lone and (finder is None or set(parts) & _SAID_WHOLE):
        yield from finders.quotes(words)


def _matches(pattern: str, text: str) -> bool:
    try:
        return found(pattern, text)
    except Unsatisfiable:
        return False


def _labelled_texts(name: str, words: str) -> Iterator[str]:
    value = (
        r"(?:\"([^\"\n]+)\"|'([^'\n]+)'|([^\s,;\n][^,;\n]*?)(?=\s*(?:[,;\n]|\.?$|\.\s|\sand\s)))"
    )
    for match in re.finditer(_labelled(name) + value, words, re.IGNORECASE):
        yield match[1] or match[2] or match[3]
    head = r"[\s_-]*".join(map(re.escape, tokens(name)))
    quoted = r"[\"'“]([^\"'”\n]+)[\"'”]"
    yield from re.findall(rf"\b{head}\b\s+(?:is|of|named|called)?\s*{quoted}", words, re.IGNORECASE)
    if "name" in tokens(name) or "title" in tokens(name):
        capital = r"((?-i:[A-Z])\w*(?:\s(?-i:[A-Z])\w*)*)"
        yield from re.findall(rf"\b(?:named|called|name is)\s+{capital}", words, re.IGNORECASE)


def _labelled(name: str) -> str:
    return r"(?i:\b" + r"[\s_-]*".join(map(re.escape, tokens(name))) + r")\s*[:=]\s*"


def _finder(name: str, flat: JsonObject | None = None) -> Finder | None:
    kind = (flat or {}).get("format")
    if kind in _FORMATS:
        return _FORMATS[kind]
    parts = set(tokens(name))
    return next((finder for names, finder in _NAMES if parts & set(names.split())), None)
