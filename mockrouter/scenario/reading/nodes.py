"""
From YAML events to a value with places: the part of reading that decides what a node means.

Built from events on an explicit stack, because composing recursively crashes on deep nesting and
takes minutes to find that out (libyaml needs quadratic time for ten thousand open brackets).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import yaml

from mockrouter.errors import Mistake, ScenarioError
from mockrouter.scenario.reading.scalars import CORE, Refused, quoted, refused_tag, scalar, shown
from mockrouter.scenario.reading.tree import Entry, Node, Place
from mockrouter.values import Json

MAX_VALUES: Final = 100_000
"""Keys and values in one file; values behind aliases count at every use."""

MAX_DEPTH: Final = 100
"""Lists and mappings inside each other."""


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet; *key* is what the next value belongs to."""

    node: Node
    anchor: str | None
    key: tuple[str | None, Place] | None = None


class Composer:
    """
    Takes events one by one; ``finish`` gives the root, or raises every mistake met on the way.

    Attributes:
        mistakes: Found so far.
    """

    def __init__(self, path: str) -> None:
        """Name the file that mistakes are about."""
        self.mistakes: list[Mistake] = []
        self._path = path
        self._open: list[_Open] = []
        self._anchors: dict[str, Node | None] = {}
        self._root: Node | None = None
        self._documents = 0
        self._values = 0

    def take(self, event: yaml.Event) -> None:
        """
        Go on by one event.

        Raises:
            ScenarioError: At a limit, with what was found so far.
        """
        match event:
            case yaml.ScalarEvent():
                self._scalar(event, _place(event))
            case yaml.SequenceStartEvent():
                self._begin(event, Node([], _place(event)), "seq")
            case yaml.MappingStartEvent():
                self._begin(event, Node({}, _place(event)), "map")
            case yaml.AliasEvent():
                self._alias(event, _place(event))
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    remedy = "keep one document in a file"
                    self._stop(_place(event), "a second document begins here", remedy)
            case yaml.CollectionEndEvent():
                opened = self._open.pop()
                if opened.anchor:
                    self._anchors[opened.anchor] = opened.node
                self._add(opened.node, opened.node.place)

    def finish(self) -> Node:
        """
        Give the root.

        Raises:
            ScenarioError: If anything was wrong, or there was nothing at all.
        """
        if self._root is None:
            self._report(Place(1, 1), "the file is empty", "write a mapping of keys and values")
        if self.mistakes or self._root is None:
            raise ScenarioError(set(self.mistakes))
        return self._root

    def _begin(self, event: yaml.CollectionStartEvent, node: Node, kind: str) -> None:
        if event.tag not in (None, "!", CORE + kind):
            self._refuse(node.place, refused_tag(event.tag))
        self._count(1, len(self._open) + 1, node.place)
        if event.anchor:
            self._anchors[event.anchor] = None
        self._open.append(_Open(node, event.anchor))

    def _scalar(self, event: yaml.ScalarEvent, place: Place) -> None:
        self._count(1, 0, place)
        try:
            value = scalar(event)
        except Refused as refused:
            self._refuse(place, refused)
            value = event.value
        if not self._open and event.value == "" and not event.style:
            return
        if _is_plain(event, "<<") and self._key_is_due():
            what = "merge keys ('<<') are no part of YAML 1.2"
            self._report(place, what, "write the keys out, or quote '<<' to mean the text")
        node = Node(value, place)
        if event.anchor:
            self._anchors[event.anchor] = node
        self._add(node, place, event.value)

    def _alias(self, event: yaml.AliasEvent, place: Place) -> None:
        name = event.anchor or ""
        node = self._anchors.get(name)
        if node is not None:
            self._count(node.size, len(self._open) + node.height, place)
        elif name in self._anchors:
            what = f"the alias '*{name}' stands inside what it names"
            self._report(place, what, "write the value out")
        else:
            what = f"the alias '*{name}' names no anchor above"
            self._report(place, what, f"quote it if it is text, or write '&{name}' above")
        self._add(node or Node("", place), place)

    def _add(self, node: Node, place: Place, written: str = "") -> None:
        """Put a finished node where it belongs: as root, item, key or value."""
        if not self._open:
            self._root = node
            return
        opened = self._open[-1]
        parent = opened.node
        if isinstance(parent.value, list):
            parent.entries[len(parent.value)] = Entry(place, place, node)
            parent.value.append(node.value)
        elif opened.key is None:
            opened.key = self._key(parent, node, place, written), place
            return
        else:
            key, key_place = opened.key
            opened.key = None
            if key is not None:
                parent.entries[key] = Entry(key_place, place, node)
                parent.value[key] = node.value
        parent.size += node.size
        if node.height >= parent.height:
            parent.height = node.height + 1

    def _key(self, parent: Node, node: Node, place: Place, written: str) -> str | None:
        """Check a key; None if its value has to be left out."""
        if isinstance(node.value, dict) and place == _behind(parent.place):
            what = "'{{' outside quotes is no template to YAML"
            self._report(parent.place, what, "put the whole text in double quotes")
            return None
        if not isinstance(node.value, str):
            what = f"a key is {_kind(node.value)}"
            text = shown(written) if written not in ("", "~") else "…"
            scalar = not isinstance(node.value, (list, dict))
            self._report(place, what, f"put it in quotes: '{text}'" if scalar else "use text")
            return None
        if (first := parent.entries.get(node.value)) is not None:
            what = f"the key {quoted(node.value)} is there already, on line {first.key.line}"
            self._report(place, what, "remove or rename one of the two")
            return None
        return node.value

    def _key_is_due(self) -> bool:
        return bool(
            self._open and isinstance(self._open[-1].node.value, dict) and not self._open[-1].key
        )

    def _count(self, values: int, depth: int, place: Place) -> None:
        self._values += values
        if self._values > MAX_VALUES:
            what = f"the file holds more than {MAX_VALUES:,} values, with aliases written out"
            self._stop(place, what, "split it, or use fewer aliases")
        if depth > MAX_DEPTH:
            what = f"lists and mappings are nested more than {MAX_DEPTH} deep"
            self._stop(place, what, "make it flatter, or give the value as a text of JSON")

    def _report(self, place: Place, what: str, remedy: str) -> None:
        self.mistakes.append(Mistake(self._path, place.line, place.column, what, remedy))

    def _refuse(self, place: Place, refused: Refused) -> None:
        self._report(place, refused.what, refused.remedy)

    def _stop(self, place: Place, what: str, remedy: str) -> None:
        self._report(place, what, remedy)
        raise ScenarioError(set(self.mistakes))


def _place(event: yaml.Event) -> Place:
    mark = event.start_mark
    return Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)


def _behind(place: Place) -> Place:
    return Place(place.line, place.column + 1)


def _is_plain(event: yaml.ScalarEvent, text: str) -> bool:
    return event.value == text and not event.style and event.tag is None


def _kind(value: Json) -> str:
    match value:
        case None:
            return "empty"
        case bool():
            return "a yes/no value"
        case int() | float():
            return "a number"
        case list():
            return "a list"
        case _:
            return "a mapping"
