"""Merge: what belongs into several events arrives in one."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from functools import reduce
from random import Random
from typing import Final, Literal

from pydantic import Field

from mockrouter.errors import FaultError
from mockrouter.faults.base import FrameFault
from mockrouter.faults.events import Writer, writer
from mockrouter.values import Json
from mockrouter.wire import Frame, Wire

_FRAGMENTS: Final = frozenset(
    {"arguments", "content", "delta", "input", "reasoning", "refusal", "summary", "text"}
)
"""Keys whose texts are pieces of a longer one."""


class Merge(FrameFault):
    """
    Send several events as one.

    In YAML: ``{fault: merge, label: tool_call, each: call}``, or ``{fault: merge, label:
    [tool_call, finish], nth: "-2.."}``. A whole call in one chunk, and the finish with it:
    docker-agent#1544, billion-context#432, ai-sdk-ollama#391. Usage beside text: routstr-core#543.
    """

    layer = "event"

    fault: Literal["merge"] = Field(default="merge", description="Send several events as one.")

    def apply(self, wire: Wire, rng: Random) -> Wire:
        """Make one of the selected frames of each group, in the place of the first of them."""
        frames, write, merged = dict(enumerate(wire.frames)), writer(wire), False
        for group in self.chosen(wire, rng):
            places = [place for place in group.chosen if isinstance(frames[place].event, dict)]
            if len(places) > 1:
                merged = True
                frames[places[0]] = _one_of([frames.pop(place) for place in places], write)
        if not merged:
            message = f"merge with {self.words()} selects no two events; there is nothing to merge"
            raise FaultError(message)
        return replace(wire, frames=tuple(frames[place] for place in sorted(frames)))


def _one_of(parts: list[Frame], write: Writer) -> Frame:
    event = reduce(_joined, (deepcopy(frame.event) for frame in parts))
    delay = sum(frame.delay for frame in parts)
    return replace(parts[0], data=write(event), delay=delay, event=event)


def _joined(first: Json, second: Json, key: str = "") -> Json:
    """
    Join two JSON values as a client that reads a stream does.

    Pieces of text are put together, items of lists by their ``index``; of other values the first
    stays, unless it says nothing.
    """
    if isinstance(first, dict) and isinstance(second, dict):
        for name, value in second.items():
            first[name] = _joined(first[name], value, name) if name in first else value
        return first
    if isinstance(first, list) and isinstance(second, list):
        return _items(first, second)
    if isinstance(first, str) and isinstance(second, str) and key in _FRAGMENTS:
        return first + second
    return second if first is None else first


def _items(first: list[Json], second: list[Json]) -> list[Json]:
    known = {_index(item): place for place, item in enumerate(first) if _index(item) is not None}
    for item in second:
        place = known.get(_index(item))
        if place is None:
            first.append(item)
        else:
            first[place] = _joined(first[place], item)
    return first


def _index(item: Json) -> Json:
    index = item.get("index") if isinstance(item, dict) else None
    return index if isinstance(index, int | str) else None
