"""
A scenario as a plain value that remembers where each part of it stood.

It comes from a text (``document``), or was never one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from mockrouter.errors import Mistake
from mockrouter.scenario.reading.tree import Node, Place
from mockrouter.values import Json


@dataclass(frozen=True, slots=True)
class Source:
    """
    A file's value, and the place of everything in it.

    Attributes:
        path: The file as the user named it.

        value: Mappings, lists, text, numbers, booleans, None.

        root: The same with the place of each part.

        inline: Whether it never was a text, so that a place says little.
    """

    path: str
    value: Json
    root: Node = field(repr=False, compare=False)
    inline: bool = False

    def place(self, loc: tuple[str | int, ...], *, key: bool = False) -> Place:
        """
        Find the deepest part that exists on the path *loc*.

        Args:
            loc: Keys and list indices (from 0), from the root.

            key: Point at the last step's key and not at its value, where it has one.

        Returns:
            Its place. What stands behind an alias has the place where it is written out; a path
            that ends at the alias itself has the alias's place.
        """
        place, node = self.root.place, self.root
        for depth, step in enumerate(loc, start=1):
            if (entry := node.entries.get(step)) is None:
                # One thing may stand for a list of it, and a list for the mapping that has it: the
                # model takes a step then, and the file does not.
                if isinstance(node.value, dict if isinstance(step, int) else list):
                    continue
                break
            place = entry.key if key and depth == len(loc) else entry.place
            node = entry.node
        return place

    def mistake(
        self, loc: tuple[str | int, ...], what: str, remedy: str, *, key: bool = False
    ) -> Mistake:
        """Say what is wrong at *loc*; see ``place``. What never was a text is told its part."""
        place = self.place(loc, key=key)
        part = self._part(loc[:-1] if key else loc) if self.inline else ""
        return Mistake(place.path or self.path, place.line, place.column, f"{part}{what}", remedy)

    def _part(self, loc: tuple[str | int, ...]) -> str:
        """Write a path as in Python, without the steps that short forms leave out."""
        value: Json = self.value
        words = ""
        for step in loc:
            if isinstance(value, dict) and isinstance(step, str):
                if step not in value:
                    break
                value, words = value[step], f"{words}.{step}"
            elif isinstance(value, list) and isinstance(step, int):
                value, words = value[step], f"{words}[{step}]"
        return f"{words.removeprefix('.')}: " if words else ""


def of_value(value: Json, path: str = "<inline>", line: int = 1) -> Source:
    """Take a value that never was a text: all of it stands in one line, such as a caller's."""
    return Source(path, value, Node(value, Place(line, 1)), inline=True)
