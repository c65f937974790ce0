"""Characters within the text that make it something other than JSON, or JSON twice over."""

from __future__ import annotations

import re
from random import Random
from typing import Final

from mockrouter.cutting.places import tokens
from mockrouter.values import Json, JsonObject, compact

_CHARACTER: Final = re.compile(r"\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL)

# For each type a value that is false and one that is not, so that one of them is another.
_TWO: Final[dict[type, tuple[Json, Json]]] = {
    str: ("", "other"),
    bool: (False, True),
    int: (0, 1),
    float: (0, 1),
    list: ([], [None]),
    dict: ({}, {"other": None}),
    type(None): (None, 0),
}


def raw_control_chars(arguments: JsonObject, schema: JsonObject | None, rng: Random) -> Json:
    """
    A line break and a tab stand unescaped in a string.

    In that of a value where there is one, else of a key; ``{}`` gets a key.
    """
    return _put_into_string(arguments, "\n\t")


def invalid_escape(arguments: JsonObject, schema: JsonObject | None, rng: Random) -> Json:
    r"""A path with single backslashes stands in a string: ``C:\Users``, which JSON cannot read."""
    return _put_into_string(arguments, r"C:\Users\x")


def backslash_n_outside_string(
    arguments: JsonObject, schema: JsonObject | None, rng: Random
) -> Json:
    r"""A backslash and an ``n`` stand between the tokens, where a line break was meant."""
    return f"{{\\n{compact(arguments)[1:-1]}\\n}}"


def python_literal(arguments: JsonObject, schema: JsonObject | None, rng: Random) -> Json:
    """A Python dict: single quotes, ``True``, ``None``."""
    return _python(arguments or {"value": None})


def trailing_comma(arguments: JsonObject, schema: JsonObject | None, rng: Random) -> Json:
    """A comma stands before the last closing brace."""
    return f"{compact(arguments)[:-1]},}}"


def unquoted_keys(arguments: JsonObject, schema: JsonObject | None, rng: Random) -> Json:
    """Keys have no quotes, as in JavaScript."""
    text = compact(arguments or {"value": None})
    return "".join(t.text[1:-1] if t.kind == "key" else t.text for t in tokens(text))


def duplicate_keys(arguments: JsonObject, schema: JsonObject | None, rng: Random) -> Json:
    """The first key comes twice, with another value of the same type before the good one."""
    good = arguments or {"value": None}
    key, value = next(iter(good.items()))
    false, true = _TWO[type(value)]
    other = compact({key: true if value == false else false})
    return f"{other[:-1]},{compact(good)[1:]}"


def _put_into_string(arguments: JsonObject, raw: str) -> str:
    """Put *raw* as it stands into the middle of a string, and between two characters of it."""
    text = compact(arguments or {"value": None})
    found = list(tokens(text))
    token = next((t for kind in ("string", "key") for t in found if t.kind == kind), found[0])
    characters = _CHARACTER.findall(token.text[1:-1])
    middle = len(characters) // 2
    inside = "".join([*characters[:middle], raw, *characters[middle:]])
    return f'{text[: token.start]}"{inside}"{text[token.end :]}'


def _python(value: Json) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_python(k)}: {_python(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_python, value)) + "]"
    if isinstance(value, str):
        # repr takes double quotes, which JSON can read, for a text that has single ones alone.
        return "'" + repr('"' + value)[2:]
    return repr(value)
