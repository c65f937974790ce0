"""
Blanking values in JSON text by the names of their keys, and changing no other character of it.

JSON that stands as text within JSON, as the arguments of tool calls and most of their results do,
is looked through in the same way, however deep it is wrapped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from mockrouter.values import Json

REDACTED = "[redacted]"

_TOKEN = re.compile(
    r"""
    (?P<string> " [^"\\]* (?: \\. [^"\\]* )* " ) (?P<colon> \s* : )?
    | [{}\[\]]
    | [^\s",:{}\[\]]+
    """,
    re.VERBOSE | re.DOTALL,
)
_BLANK = f'"{REDACTED}"'
_NO_KEYWORD = f'"$comment":{_BLANK}'
"""In the place of a keyword of a schema: it constrains nothing, so the schema stays one."""

_SCHEMAS = frozenset({"parameters", "schema", "input_schema"})
_NEEDS = frozenset({"dependencies", "dependentRequired"})
_TABLES = _NEEDS | {"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"}
"""Keywords of JSON Schema whose keys are names, of properties and of types."""
_WORDS = frozenset({"type", "title", "description", "format", "pattern", "$ref", "required"})
"""Keywords of JSON Schema whose texts are no values of the property that they describe."""
_KEYWORDS = _WORDS | {
    *(_TABLES - _NEEDS),
    *("additionalProperties", "nullable"),
    *("items", "prefixItems", "minItems", "maxItems", "uniqueItems"),
    *("anyOf", "oneOf", "allOf", "not"),
    *("minLength", "maxLength", "minimum", "maximum"),
}
"""These, and those that hold schemas and bounds."""


class Names(NamedTuple):
    """
    Which names are secrets'.

    Attributes:
        secret: Whether the values of a key are blanked; takes the key.

        header: Whether those of a header are; takes its name.

        first: Finds where in a text the first name may stand; -1 for none. It may find too much.

        prose: Finds where in plain words the first name ends behind which nothing is kept; -1 for
            none. By default plain words are not looked through.
    """

    secret: Callable[[str], bool]
    header: Callable[[str], bool]
    first: Callable[[str], int]
    prose: Callable[[str], int] = lambda _: -1


class _Edit(NamedTuple):
    """What takes the place of a part of a text; *secrets* are its words that were blanked."""

    start: int
    end: int
    text: str
    secrets: tuple[str, ...] = ()


def blanked(text: str, names: Names) -> str:
    """
    Blank what stands under secret names in a JSON text.

    Of a text that cannot be read as JSON nothing is left from the first such name on.
    """
    first = names.first(text)
    if first < 0:
        return text
    if not is_json(text):
        return text[:first] + REDACTED
    made: list[str] = []
    at = 0
    for edit in _edits(text, names):
        made += (text[at : edit.start], edit.text)
        at = edit.end
    return "".join((*made, text[at:]))


def secrets(text: str, names: Names) -> list[str]:
    """List the strings and numbers, as JSON writes them, that ``blanked`` takes out of a text."""
    if names.first(text) < 0 or not is_json(text):
        return []
    return [word for edit in _edits(text, names) for word in edit.secrets]


def is_json(text: str) -> bool:
    """Tell whether a text is JSON, and not deeper than Python can read."""
    try:
        # Of long numbers Python would make an error.
        json.loads(text, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return False
    return True


def cut(text: str, end: int) -> str:
    """Keep what stands before *end*; all where that is -1."""
    return text if end < 0 else f"{text[:end]} {REDACTED}"


def _edits(text: str, names: Names) -> Iterator[_Edit]:
    """Find what is blanked in a text that is JSON, from left to right."""
    tokens = _TOKEN.finditer(text)
    path: list[str] = []
    guarded = 0  # levels down to the schema of a secret property; 0 outside of any
    key = ""
    for token in tokens:
        if token["colon"]:
            key = json.loads(token["string"])
            if guarded and path[-1] not in _TABLES and key not in _KEYWORDS:
                edit = _value(next(tokens), tokens)
                yield edit._replace(start=token.start(), text=_NO_KEYWORD)
            elif _is_secret(key, path, names):
                value = next(tokens)
                if not _is_schema(value[0], path):
                    yield _value(value, tokens)
                elif value[0] in "{[":
                    path.append(key)
                    guarded = guarded or (len(path) if value[0] == "{" else 0)
                    key = ""
        elif token["string"]:
            is_value = guarded and (key or path[-1]) not in _WORDS
            yield from [_value(token, tokens)] if is_value else _string(token, key, names)
        elif token[0] in "{[":
            path.append(key)
            key = ""
        elif token[0] in "}]":
            path.pop()
            guarded = guarded if len(path) >= guarded else 0


def _is_secret(key: str, path: list[str], names: Names) -> bool:
    return names.secret(key) or (path[-1].lower() == "headers" and names.header(key))


def _is_schema(value: str, path: list[str]) -> bool:
    """Tell whether a value that begins so, under a name, is a schema or a list of names."""
    if path[-1] not in _TABLES or _SCHEMAS.isdisjoint(path):
        return False
    return value in {"{", "true", "false"} or (value == "[" and path[-1] in _NEEDS)


def _value(token: re.Match[str], tokens: Iterator[re.Match[str]]) -> _Edit:
    """Pass over the value that begins with *token*."""
    start, depth, words = token.start(), 0, []
    while True:
        if token[0] in "{[":
            depth += 1
        elif token[0] in "}]":
            depth -= 1
        elif not token["colon"]:
            words.append(token[0])
        if not depth:
            return _Edit(start, token.end(), _BLANK, tuple(words))
        token = next(tokens)


def _string(token: re.Match[str], key: str, names: Names) -> Iterator[_Edit]:
    """Blank JSON that stands as text in a string; nothing is found where there is none."""
    literal = token["string"]
    if names.first(literal) < 0:
        return
    text: str = json.loads(literal)
    if is_json(text) or key == "arguments" or text.lstrip().startswith(("{", "[", '"')):
        made = blanked(text, names)
    else:
        made = cut(text, names.prose(text))
    if made != text:
        written = json.dumps(made, ensure_ascii=literal.isascii())
        yield _Edit(token.start(), token.end(), written, tuple(secrets(text, names)))


def spellings(word: str) -> set[str]:
    """Spell what stands in JSON text as it would stand in JSON, in a string there, and in that."""
    value: Json = json.loads(word, parse_int=str, parse_float=str, parse_constant=str)
    if not isinstance(value, str):
        return set()
    level = {value, word.strip('"')}
    found = set(level)
    for _ in range(3):
        level = {
            json.dumps(w, ensure_ascii=ascii_)[1:-1] for w in level for ascii_ in (True, False)
        }
        found |= level
    return found
