"""Every kind of pydantic error, in the words of whoever wrote the file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, get_args

from pydantic_core.core_schema import ErrorType

from mockrouter.scenario.reading.alternatives import SHAPE, UNRECOGNIZED, Found
from mockrouter.scenario.reading.scalars import quoted, shown
from mockrouter.values import Json, JsonObject

_BUILT_IN: Final = frozenset(get_args(ErrorType)) | {SHAPE, UNRECOGNIZED}
_BOUNDS: Final = {
    "greater_than": ("gt", "more than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
    "multiple_of": ("multiple_of", "a multiple of"),
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """
    What is wrong, what to do, and where to point.

    Attributes:
        what: One clause.

        remedy: One clause.

        loc: Keys and indices.

        key: Whether to point at the key and not at its value.
    """

    what: str
    remedy: str
    loc: tuple[str | int, ...]
    key: bool = False


def say(found: Found) -> Sentence:
    """Word one error."""
    if found.kind in ("value_error", "assertion_error") or found.kind not in _BUILT_IN:
        return _own_words(found)
    return _WORDINGS.get(found.kind, _shape)(found)


def _own_words(found: Found) -> Sentence:
    """Split what a model's own validator says into clause and remedy."""
    message = str(found.context.get("error", found.message))
    what, _, remedy = message.partition("; ")
    at = found.context.get("at", ())
    loc = (*found.loc, *at) if isinstance(at, (list, tuple)) else (*found.loc, at)
    return Sentence(
        what.rstrip(".") or f"{_name(loc)} is wrong",
        _one_of_several(found) or remedy.rstrip(".") or f"change {_name(loc)}",
        loc,
    )


def _one_of_several(found: Found) -> str:
    """Say how a condition is written of which the author gave a list; empty if there is none."""
    if "any_of" not in found.keys or not isinstance(found.input, list):
        return ""
    pair = f"{{{found.loc[-1]}: …}}"
    return f"for one of several, write any_of: [{pair}, {pair}]"


def _missing(found: Found) -> Sentence:
    key = found.loc[-1]
    shape = f": {_any_of(found.wanted)}" if found.wanted else ""
    return Sentence(f"the key '{key}' is missing", f"add it{shape}", found.loc[:-1])


def _unknown_key(found: Found) -> Sentence:
    key = shown(str(found.loc[-1]))
    head, colon, value = key.partition(":")
    if colon and value and head in found.keys:
        return Sentence(
            f"no space follows the colon of '{head}'",
            f"write '{head}: {value}'",
            found.loc,
            key=True,
        )
    if found.near:
        remedy = f"did you mean '{found.near}'?"
    elif found.keys:
        remedy = f"known here: {_keys(found.keys, 'and')}"
    else:
        remedy = "remove it"
    return Sentence(f"unknown key '{key}'", remedy, found.loc, key=True)


def _unknown_kind(found: Found) -> Sentence:
    """Word a union that is told apart by a key, or by a function of the model's."""
    quote, name = found.context["discriminator"][:1], found.context["discriminator"].split("'")
    if quote != "'":
        return _about(found, f"is {_described(found.input)}", f"write one of {_write(found)}")
    key = name[1]
    if found.kind == "union_tag_not_found":
        return Sentence(f"the key '{key}' is missing", f"add it: {_write(found)}", found.loc)
    near = found.near
    remedy = f"did you mean '{near}'?" if near else f"write {_write(found)}"
    return Sentence(f"'{key}' is {_short(found.input)}", remedy, (*found.loc, key))


def _unknown_word(found: Found) -> Sentence:
    remedy = f"did you mean '{found.near}'?" if found.near else f"write {_write(found)}"
    return _about(found, f"is {_short(found.input)}", remedy)


def _unrecognized(found: Found) -> Sentence:
    what = "has no key that is known here" if found.siblings else "is an empty mapping"
    return _about(found, what, f"write one with {_keys(found.keys, 'or')}")


def _shape(found: Found) -> Sentence:
    remedy = _one_of_several(found) or f"write {_write(found)}"
    return _about(found, f"is {_described(found.input)}", remedy)


def _bound(found: Found) -> Sentence:
    name, words = _BOUNDS[found.kind]
    return _about(found, f"is {found.input}", f"write {words} {_number(found.context[name])}")


def _number(bound: float) -> str:
    """Write a bound as an author would: 0 where the model says 0.0."""
    return str(int(bound) if isinstance(bound, float) and bound.is_integer() else bound)


def _infinite(found: Found) -> Sentence:
    return _about(found, f"is {found.input}", "write a finite number")


def _pattern(found: Found) -> Sentence:
    remedy = f"write text that matches {found.context['pattern']}"
    return _about(found, f"is {_short(found.input)}", remedy)


def _length(found: Found) -> Sentence:
    unit = "character" if isinstance(found.input, str) else "item"
    length = f"has {_count(len(found.input), unit)}" if found.input else "is empty"
    return _about(found, length, _limit(found.context, unit))


def _limit(context: JsonObject, unit: str) -> str:
    if "min_length" in context:
        return f"write at least {_count(context['min_length'], unit)}"
    return f"write at most {_count(context['max_length'], unit)}"


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _about(found: Found, predicate: str, remedy: str) -> Sentence:
    return Sentence(f"{_name(found.loc)} {predicate}", remedy, found.loc)


def _name(loc: tuple[str | int, ...]) -> str:
    """Call a part of the file by its key, or by its number in its list, from 1."""
    match loc:
        case ():
            return "the file"
        case (*_, str(key)):
            return f"'{shown(key)}'"
        case (*_, str(key), int(index)):
            return f"item {index + 1} of '{shown(key)}'"
        case _:
            return f"item {int(loc[-1]) + 1}"


def _described(value: Json) -> str:
    match value:
        case None:
            return "empty"
        case list() | tuple():
            return "a list"
        case dict():
            return "a mapping"
        case str():
            return f"the text {quoted(value)}"
        case _:
            return quoted(value) if isinstance(value, bool) else f"the number {quoted(value)}"


def _short(value: Json) -> str:
    return quoted(value) if isinstance(value, str) else _described(value)


def _write(found: Found) -> str:
    if found.words:
        return _any_of(tuple(map(quoted, found.words)))
    return _any_of(found.wanted) if found.wanted else "another value"


def _keys(keys: Iterable[str], conjunction: str) -> str:
    return _any_of(tuple(f"'{key}'" for key in keys), conjunction)


def _any_of(items: tuple[str, ...], conjunction: str = "or") -> str:
    *most, last = items
    return f"{', '.join(most)} {conjunction} {last}" if most else last


_WORDINGS: Final[dict[str, Callable[[Found], Sentence]]] = {
    "missing": _missing,
    "extra_forbidden": _unknown_key,
    "literal_error": _unknown_word,
    "enum": _unknown_word,
    "union_tag_invalid": _unknown_kind,
    "union_tag_not_found": _unknown_kind,
    UNRECOGNIZED: _unrecognized,
    "finite_number": _infinite,
    "string_pattern_mismatch": _pattern,
    **dict.fromkeys(("string_too_short", "string_too_long", "too_short", "too_long"), _length),
    **dict.fromkeys(_BOUNDS, _bound),
}
