"""
Overlays: keys of an answer that are put over the answers of a base.

Lists of faults are added up, mappings are merged, everything else is replaced, and null takes a key
away.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mockrouter.errors import ScenarioError
from mockrouter.scenario.reading.source import Source
from mockrouter.scenario.reading.tree import Entry, Node
from mockrouter.scenario.trees import grown, leaf, listing, mapping
from mockrouter.values import Json

_WHOLE: Final = frozenset({"say", "error"})
"""Keys of an answer that are one thing, never merged."""

_LISTS: Final = ("attempts", "cases")


def overlaid(root: Node, overlay: Node, source: Source) -> Node:
    """
    Put overlays over a scenario.

    Args:
        root: The scenario.

        overlay: A mapping, or a list of them; ``turn`` in it is a number from 1, -1 for the last,
            a list of them, or ``all``.

        source: Where the overlay is written.

    Raises:
        ScenarioError: It is put over nothing.
    """
    is_list = isinstance(overlay.value, list)
    for number, each in enumerate(
        [entry.node for entry in overlay.entries.values()] if is_list else [overlay]
    ):
        loc: tuple[str | int, ...] = ("overlay", number) if is_list else ("overlay",)
        root = _one(root, grown(each), source, loc)
    return root


def _one(root: Node, over: Node, source: Source, loc: tuple[str | int, ...]) -> Node:
    turns = root.entries.get("turns")
    count = len(turns.node.value) if turns and isinstance(turns.node.value, list) else 0
    keys = {key: entry for key, entry in over.entries.items() if key != "turn"}
    wanted = over.value.get("turn", "all")
    places = _places(wanted, count)
    if not keys or not places or turns is None:
        what = "this overlay says nothing" if not keys else f"there is no turn {wanted}"
        remedy = "add keys of an answer" if not keys else f"the base has turns 1 to {count}"
        raise ScenarioError([source.mistake(loc, what, remedy)])
    done, changed = [], False
    for place, entry in enumerate(turns.node.entries.values()):
        node = _turn(entry.node, keys, every=wanted != "all") if place in places else entry.node
        changed = changed or node is not entry.node
        done.append(entry.over(node))
    if not changed:
        what, remedy = "no answer of the base has 'say'", "say which turn is meant: 'turn'"
        raise ScenarioError([source.mistake(loc, what, remedy)])
    made = turns.over(listing(done, turns.place))
    return mapping({**root.entries, "turns": made}, root.place)


def _places(wanted: Json, count: int) -> set[int]:
    if wanted == "all":
        return set(range(count))
    numbers = wanted if isinstance(wanted, list) else [wanted]
    if not all(isinstance(n, int) and not isinstance(n, bool) for n in numbers):
        return set()
    places = [n - 1 if n > 0 else count + n for n in numbers]
    return set(places) if all(0 <= place < count for place in places) else set()


def _turn(turn: Node, over: Mapping[str | int, Entry], *, every: bool) -> Node:
    """Change the answers of a turn: all, or those alone that have a reply."""
    answer = _answer(turn)
    for name in _LISTS:
        if name in answer.entries:
            inner = answer.entries[name]
            answers = [
                entry.over(_turn(entry.node, over, every=every))
                for entry in inner.node.entries.values()
            ]
            if all(
                new.node is old.node
                for new, old in zip(answers, inner.node.entries.values(), strict=True)
            ):
                return turn
            made = inner.over(listing(answers, inner.place))
            return mapping({**answer.entries, name: made}, turn.place)
    if not every and "say" not in answer.entries:
        return turn
    return _merged(answer, over)


def _answer(node: Node) -> Node:
    """Write an answer's short form as the mapping that it stands for."""
    if isinstance(node.value, dict):
        return node
    if isinstance(node.value, str):
        return mapping({"say": leaf([{"text": node.value}], node.place).entry}, node.place)
    key = "say" if isinstance(node.value, list) else "error"
    return mapping({key: Entry(node.place, node.place, node)}, node.place)


def _merged(under: Node, over: Mapping[str | int, Entry]) -> Node:
    entries = dict(under.entries)
    for key, entry in over.items():
        old = entries.get(key)
        if entry.node.value is None:
            entries.pop(key, None)
        elif old is None or key in _WHOLE:
            entries[key] = entry
        elif isinstance(old.node.value, dict) and isinstance(entry.node.value, dict):
            entries[key] = entry.over(_merged(old.node, entry.node.entries))
        elif key == "faults" and isinstance(old.node.value, list | tuple):
            both = [*old.node.entries.values(), *entry.node.entries.values()]
            entries[key] = entry.over(listing(both, entry.place))
        else:
            entries[key] = entry
    return mapping(entries, under.place)
