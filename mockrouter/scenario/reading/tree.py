"""A value, and the places of all its parts in a text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from mockrouter.values import Json


class Place(NamedTuple):
    """
    Where something stands.

    Attributes:
        line: From 1.

        column: From 1, in characters.

        path: The file, where it is another one than the rest stands in; empty else.
    """

    line: int
    column: int
    path: str = ""


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

    @property
    def entry(self) -> Entry:
        """The node as what stands under a key of its own place."""
        return Entry(self.place, self.place, self)


class Entry(NamedTuple):
    """Places of a key and of its value (the same for a list item), and the value's node."""

    key: Place
    place: Place
    node: Node

    def over(self, node: Node) -> Entry:
        """Put another node in the same place."""
        return Entry(self.key, self.place, node)
