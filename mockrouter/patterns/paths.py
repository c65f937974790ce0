"""Paths into a JSON value: to find what stands there, and to change it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, Self, TypeAlias

from pydantic_core import CoreSchema

from mockrouter.values import Json, parsed

_STEP: Final = re.compile(
    r"""
      \.(?P<name>[A-Za-z_][\w-]*)
    | \[(?P<index>-?\d+)\]
    | \[(?P<all>\*)\]
    | \[(?P<quote>['"])(?P<quoted>.*?)(?P=quote)\]
    | \[\?\s*@\.(?P<key>[A-Za-z_][\w-]*)\s*==\s*(?P<value>'[^']*'|"[^"]*"|[^\]'"\s]+)\s*\]
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class _Having:
    """Those members of a list that have this value under this key."""

    key: str
    value: Json


_Step: TypeAlias = str | int | _Having | None
_Place: TypeAlias = tuple[Json, str | int]
"""A mapping or a list, and a key or an index in it."""


class Path(str):
    """
    A JSONPath of names, places, wildcards and comparisons.

    ``$.messages[-1].content``, ``$.tools[*].type``, ``$.output[?@.type=='function_call'].id``.

    Source: https://www.rfc-editor.org/rfc/rfc9535 (child segments with name, index and wildcard,
    and filters that compare one member of an item with one value)
    """

    __slots__ = ("_written", "steps")
    steps: tuple[_Step, ...]
    _written: tuple[str, ...]

    def __new__(cls, text: str) -> Self:
        """
        Read a path; the leading ``$.`` may be left out.

        Raises:
            ValueError: It cannot be read, as "what; remedy".
        """
        made = super().__new__(cls, text)
        made._written, made.steps = zip(*_steps(text), strict=True)
        return made

    def values_in(self, value: Json) -> list[Json]:
        """Find all values at this path; an empty list where there is none."""
        found = [value]
        for step in self.steps:
            found = [outer[key] for outer in found for key in _keys(outer, step)]
        return found

    def places_in(self, value: Json, *, new: bool = False) -> list[_Place]:
        """
        Find where the values at this path stand, in order, so that they can be changed there.

        Args:
            value: To look in.

            new: Whether a mapping's key that is not there yet is a place, too.
        """
        *outer_steps, last = self.steps
        found = [value]
        for step in outer_steps:
            found = [outer[key] for outer in found for key in _keys(outer, step)]
        if new and isinstance(last, str):
            return [(outer, last) for outer in found if isinstance(outer, dict)]
        return [(outer, key) for outer in found for key in _keys(outer, last)]

    def stops_in(self, value: Json) -> str:
        """Say how far a value can be followed: ``choices[0] has index and delta``."""
        found = [value]
        for number, step in enumerate(self.steps):
            inner = [outer[key] for outer in found for key in _keys(outer, step)]
            if not inner:
                reached = "".join(self._written[:number]).removeprefix(".")
                return f"{reached or 'it'} {_members(found[0])}"
            found = inner
        return f"{self} is there"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: Any) -> CoreSchema:  # noqa: ANN401
        """Read a path from a key of the file."""
        from pydantic_core import core_schema  # noqa: PLC0415 - a name that only this needs

        return core_schema.no_info_after_validator_function(cls, core_schema.str_schema())


def _steps(text: str) -> list[tuple[str, _Step]]:
    """Read the steps of a path, each with how it is written."""
    rest = text.removeprefix("$")
    rest = rest if rest[:1] in {".", "["} else f".{rest}"
    steps: list[tuple[str, _Step]] = []
    position = 0
    while position < len(rest):
        found = _STEP.match(rest, position)
        if not found:
            message = f"{text!r} is no path; write one such as $.messages[-1].content"
            raise ValueError(message)
        steps.append((found[0], _step(found)))
        position = found.end()
    return steps


def _step(found: re.Match[str]) -> _Step:
    if found["key"]:
        value = found["value"]
        is_text = value[0] in "'\""
        return _Having(found["key"], value[1:-1] if is_text else parsed(value))
    if found["all"]:
        return None
    if found["index"]:
        return int(found["index"])
    return found["name"] or found["quoted"] or ""


def _keys(value: Json, step: _Step) -> list[str | int]:
    """List the keys or indices that a step means in a mapping or a list."""
    match step, value:
        case None, dict():
            return list(value)
        case None, list():
            return list(range(len(value)))
        case str(), dict():
            return [step] if step in value else []
        case int(), list():
            return [step % len(value)] if -len(value) <= step < len(value) else []
        case _Having(key, wanted), list():
            return [
                index
                for index, item in enumerate(value)
                if isinstance(item, dict) and key in item and same(item[key], wanted)
            ]
    return []


def _members(value: Json) -> str:
    match value:
        case dict():
            return f"has {', '.join(map(str, value)) or 'no keys'}"
        case list():
            return f"has {len(value)} items"
        case None:
            return "is null"
    return f"is a {'text' if isinstance(value, str) else 'number, true or false'}"


def same(first: Json, second: Json) -> bool:
    """Tell whether two JSON values are the same; true is not 1."""
    return bool(first == second) and isinstance(first, bool) is isinstance(second, bool)
