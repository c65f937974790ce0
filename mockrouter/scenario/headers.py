"""Headers that an author writes: what HTTP can carry, with names in lower case as everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Final, NamedTuple, TypeAlias

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from mockrouter.scenario.templates import Template, read
from mockrouter.values import Json, JsonObject

_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE: Final = re.compile(r"(?!\s)[^\r\n\0]*(?<!\s)")


class Header(NamedTuple):
    """A header's name in lower case and its value; None where it is not sent."""

    name: str
    value: Template | None


def check_value(name: str, value: str) -> str:
    """
    Check what a header is to carry, as a server would drop the connection.

    Raises:
        ValueError: It is not one line.
    """
    if not _VALUE.fullmatch(value):
        message = f"the header '{name}' is not one line; leave line breaks and outer blanks out"
        raise ValueError(message)
    return value


def _check_name(name: Json) -> str:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        message = f"'{name}' is no header's name; write letters, digits and hyphens"
        raise ValueError(message)
    return name.lower()


def _text(name: str, value: Json) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        message = f"the header '{name}' is no text; write it in quotes"
        raise ValueError(message)  # noqa: TRY004 - a mistake of the author's
    return check_value(name, str(value))


def _once(headers: Json) -> Json:
    if not isinstance(headers, dict):
        return headers
    carried: dict[str, str] = {}
    for name, value in headers.items():
        lower = _check_name(name)
        if lower in carried:
            message = f"the header '{name}' stands twice, in other letters; keep one"
            raise ValueError(message)
        carried[lower] = _text(name, value)
    return carried


HeaderMap: TypeAlias = Annotated[dict[str, Template], BeforeValidator(_once)]
"""Headers by name, each once."""


def _several(headers: Json) -> Json:
    if isinstance(headers, tuple):
        return headers
    if not isinstance(headers, dict | list):
        message = "headers are a mapping, or a list of mappings; write {name: value}"
        raise ValueError(message)  # noqa: TRY004 - a mistake of the author's
    groups = headers if isinstance(headers, list) else [headers]
    if not all(isinstance(group, dict) for group in groups):
        message = "headers are a mapping, or a list of mappings; write {name: value}"
        raise ValueError(message)
    return tuple(header for group in groups for header in _headers(group))


def _headers(group: JsonObject) -> Iterator[Header]:
    for name, value in group.items():
        lower = _check_name(name)
        if value is None:
            yield Header(lower, None)
            continue
        for each in value if isinstance(value, list) else [value]:
            yield Header(lower, read(_text(name, each)))


def _written(headers: tuple[Header, ...]) -> list[JsonObject]:
    """Write them as they can be read again."""
    return [{name: None if value is None else value.source} for name, value in headers]


_VALUES: Final[JsonObject] = {"type": ["string", "number", "null", "array"]}
_ONE: Final[JsonObject] = {"type": "object", "additionalProperties": _VALUES}

HeaderList: TypeAlias = Annotated[
    tuple[Any, ...],
    BeforeValidator(_several),
    PlainSerializer(_written),
    WithJsonSchema({"anyOf": [_ONE, {"type": "array", "items": _ONE}]}),
    Field(default=()),
]
"""
Headers in their order, as ``Header``.

Written as a mapping, or as a list of mappings where the order matters; a list of values repeats a
name, and null leaves it out.
"""
