"""A value, and the places of all its parts in a text."""

from __future__ import annotations

from dataclasses import dataclass, field

from mockrouter.values import Json


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: *line* and *column* count from 1, columns in characters."""

    line: int
    column: int


@dataclass(slots=True)
class Node:
    """
    A value and the places of its parts.

    Attributes:
        value: The plain value.

        place: Where it begins.

        entries: For each key or index, where it stands and its node.

        size: Values inside, itself included.

        height: Levels of lists and mappings, itself included; 0 for a scalar.
    """

    value: Json
    place: Place
    entries: dict[str | int, Entry] = field(default_factory=dict)
    size: int = 1
    height: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """Places of a key and of its value (the same for a list item), and the value's node."""

    key: Place
    place: Place
    node: Node
