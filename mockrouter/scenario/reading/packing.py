"""A value with its places as one line of JSON, from which it is made again without reading YAML."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from mockrouter.scenario.reading.source import Source
from mockrouter.scenario.reading.tree import Entry, Node, Place
from mockrouter.values import Json

_COMPACT: Final = json.JSONEncoder(separators=(",", ":"))


def packed(source: Source) -> str:
    """
    Write what a file says in one line of ASCII.

    Raises:
        ValueError: JSON cannot say it, such as an integer of thousands of digits.
    """
    numbers = [source.root.place.line, source.root.place.column]
    _number(source.root, numbers)
    return _COMPACT.encode([source.value, numbers])


def unpacked(text: str, path: str) -> Source:
    """Make what was packed; *path* is how the user names the file now."""
    value, numbers = json.loads(text)
    line, column, *rest = numbers
    return Source(path, value, _node(value, iter(rest), Place(line, column)))


def _number(node: Node, numbers: list[int]) -> None:
    """List lines and columns, in the order of the value's parts; an item of a list has no key."""
    is_mapping = isinstance(node.value, dict)
    for key, place, inner in node.entries.values():
        if is_mapping:
            numbers += key[:2]
        # An alias has a place of its own, and what it stands for another.
        is_alias = place != inner.place
        numbers += (-place.line, place.column, *inner.place[:2]) if is_alias else place[:2]
        if inner.entries:
            _number(inner, numbers)


def _node(value: Json, numbers: Iterator[int], place: Place) -> Node:
    node = Node(value, place)
    if isinstance(value, dict | list):
        is_mapping = isinstance(value, dict)
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            at = Place(next(numbers), next(numbers)) if is_mapping else None
            line, column = next(numbers), next(numbers)
            written = Place(abs(line), column)
            meant = Place(next(numbers), next(numbers)) if line < 0 else written
            node.entries[key] = Entry(at or written, written, _node(inner, numbers, meant))
    return node
