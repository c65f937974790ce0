"""Numbers and switches that the user's words set."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mockrouter.generate.finders import numbers, read_number
from mockrouter.generate.lexicon import (
    NUMBER_WORDS,
    SECOND,
    STOP_WORDS,
    labelled,
    stem,
    tokens,
    word_set,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockrouter.values import Json

_ANY_NUMBER = word_set("a b c x y n num number value first second left right 1 2 operand")
_COUNTS = word_set("limit count max n num number top k size results amount")
_COUNTED = word_set("top first last limit results items max maximum up")
_MONEY = word_set("amount price cost total budget value sum")
_UNITS: tuple[tuple[frozenset[str], frozenset[str]], ...] = tuple(
    (word_set(names), frozenset(map(stem, units.split())))
    for names, units in (
        ("age", "years"),
        ("temperature", "degrees"),
        (
            "passengers travelers travellers guests adults people persons party seats attendees",
            "people persons guests adults passengers travelers travellers seats tickets",
        ),
        ("tickets", "tickets seats people persons"),
        ("nights stay", "nights"),
        ("days duration", "days"),
        ("duration length", "hours minutes seconds weeks months"),
        ("rooms", "rooms"),
        ("quantity qty count", "items units pieces copies tickets rooms"),
    )
)
_BOUGHT = re.compile(
    r"\b(\d{1,9})\s?(?:of|x|pcs)\b|\b(?:order|buy|add|purchase|sell)\s+(\d{1,9})\s+([a-z]{3,}s)\b",
    re.IGNORECASE,
)
_SET_TO = re.compile(r"\b(?:to|at|by)\s+(-?\d[\d,]*(?:\.\d+)?)(?![\w:-]|\.\d)")
_MONEY_SAID = re.compile(
    r"[$€£]\s?(\d[\d,]*\.?\d*\b)"
    r"|(\d[\d,]*\.?\d*)\s?(?:USD|EUR|GBP|JPY|dollars|euros|pounds|[A-Z]{3}\b)"
)
_SWITCHES = word_set("on enable enabled power powered active activated switch state status lit")
_SWITCHED = re.compile(
    r"\b(?:turn|turned|switch|switched|power)\b[^.!?\n]{0,60}?\b(?:(on)|off)\b"
    r"|\b(?:(enable|activate)|disable|deactivate)\b",
    re.IGNORECASE,
)


def said_numbers(name: str, words: str, *, lone: bool) -> Iterator[Json]:
    """Yield the numbers that *words* may say for a property, the likeliest first."""
    yield from map(read_number, re.findall(labelled(name) + r"(-?\d[\d,]*\.?\d*\b)", words))
    parts = frozenset(tokens(name))
    yield from _beside(_wanted(parts), words)
    if parts & {"quantity", "qty", "count"}:
        bought = _BOUGHT.findall(words)
        yield from (int(of or one) for of, one, what in bought if what.lower() not in STOP_WORDS)
    if parts & _MONEY:
        yield from (read_number(one or other) for one, other in _MONEY_SAID.findall(words))
    if parts <= _ANY_NUMBER or (lone and parts & _ANY_NUMBER):
        found = numbers(words)
        yield from found[1:2] if parts & SECOND else found[:1]
    elif lone and len(numbers(words)) == 1:
        yield from map(read_number, _SET_TO.findall(words))


def switched_on(name: str, words: str) -> Iterator[bool]:
    """Yield what *words* say for a switch: ``turn on``, or the name of an option."""
    if set(tokens(name)) & _SWITCHES:
        yield from switches(words)
    wanted = [stem(word) for word in tokens(name) if word not in STOP_WORDS]
    if len(wanted) > 1 and set(wanted) <= {stem(word) for word in tokens(words)}:
        yield True


def switches(words: str) -> list[bool]:
    """Find whether something is to be turned on or off."""
    return [bool(match[1] or match[2]) for match in _SWITCHED.finditer(words)]


def _wanted(parts: frozenset[str]) -> set[str]:
    wanted = {stem(part) for part in parts if part not in STOP_WORDS}
    wanted |= {stem(word) for word in _COUNTED if parts & _COUNTS}
    return wanted.union(*(units for names, units in _UNITS if parts & names))


def _beside(wanted: set[str], words: str) -> Iterator[Json]:
    said = re.findall(r"\d[\d,]*(?:\.\d+)?|[^\W\d_]+", words)
    for number, word in enumerate(said):
        value = read_number(word) if word[0].isdecimal() else NUMBER_WORDS.get(word.lower())
        around = said[max(0, number - 2) : number] + said[number + 1 : number + 2]
        if value is not None and {stem(other.lower()) for other in around} & wanted:
            yield value
