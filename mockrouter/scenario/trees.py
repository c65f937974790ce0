"""Values with places, taken apart and put together: each part keeps its own place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from mockrouter.scenario.reading.tree import Entry, Node, Place
from mockrouter.values import Json


def leaf(value: Json, place: Place) -> Node:
    """Make the node of a value all of which stands at one place."""
    return grown(Node(value, place))


def mapping(entries: Mapping[str | int, Entry], place: Place) -> Node:
    """Make a mapping of its entries."""
    value = {key: entry.node.value for key, entry in entries.items()}
    return Node(value, place, dict(entries))


def listing(entries: list[Entry], place: Place) -> Node:
    """Make a list of its entries."""
    return Node([entry.node.value for entry in entries], place, dict(enumerate(entries)))


def children(node: Node) -> Iterator[tuple[str | int, Entry]]:
    """List what is inside a node; what has no place of its own stands where the node does."""
    if not isinstance(node.value, dict | list):
        return
    items = node.value.items() if isinstance(node.value, dict) else enumerate(node.value)
    for key, value in items:
        entry = node.entries.get(key)
        yield key, entry or Entry(node.place, node.place, Node(value, node.place))


def grown(node: Node) -> Node:
    """Give every part an entry of its own, also where the value never was a text."""
    return rebuilt(node, lambda inner: inner)


def rebuilt(node: Node, change: Callable[[Node], Node]) -> Node:
    """Change every scalar, from the inside out."""
    if not isinstance(node.value, dict | list):
        return change(node)
    made = {key: _changed(entry, rebuilt(entry.node, change)) for key, entry in children(node)}
    if isinstance(node.value, dict):
        return mapping(made, node.place)
    return listing(list(made.values()), node.place)


def _changed(entry: Entry, node: Node) -> Entry:
    """Put a node in the place of another: a scalar that came from elsewhere stands there."""
    is_other = node is not entry.node and not isinstance(node.value, dict | list)
    return Entry(entry.key, node.place if is_other else entry.place, node)


def located(node: Node, path: str) -> Node:
    """Say of every part in which file it stands, unless that is known."""

    def at(place: Place) -> Place:
        return place if place.path else place._replace(path=path)

    entries = {
        key: Entry(at(entry.key), at(entry.place), located(entry.node, path))
        for key, entry in node.entries.items()
    }
    return Node(node.value, at(node.place), entries)
