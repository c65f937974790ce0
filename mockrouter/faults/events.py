"""Events as values: how a wire writes them, and what templates may know of the one at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from itertools import accumulate
from random import Random
from typing import ClassVar, TypeAlias

from mockrouter import sse
from mockrouter.faults.aim import Group
from mockrouter.faults.base import Fault, as_written
from mockrouter.patterns import Path
from mockrouter.values import Json
from mockrouter.wire import Frame, Wire

Writer: TypeAlias = Callable[[Json], bytes]


class Templated(Fault):
    """
    A fault of events whose settings may hold templates, filled in for each event.

    Attributes:
        names: Those that templates know of the event at hand; see ``about``.
    """

    layer = "event"
    names: ClassVar[tuple[str, ...]] = ("event", "number", "call", "first", "joined")

    def apply(self, wire: Wire, rng: Random) -> Wire:
        """Let it happen with templates left as they are."""
        return self.strike(wire, rng, as_written)


def writer(wire: Wire) -> Writer:
    """Find out how a wire writes its events: as a body, as data, or with their type in front."""
    if not wire.stream:
        return sse.compact
    named = any(frame.data.startswith(sse.NAME) for frame in wire.frames)
    return _with_name if named else sse.data


def _with_name(event: Json) -> bytes:
    name = event.get("type") if isinstance(event, dict) else None
    return sse.named(name, event) if isinstance(name, str) else sse.data(event)


def about(wire: Wire, group: Group) -> Iterator[tuple[int, Mapping[str, Json]]]:
    """
    Go through the chosen frames of a group.

    Returns:
        The place of each, and the names that templates have for it: ``event``; its ``number`` among
        the chosen, from 1; its ``call``, from 0; the ``first`` event of those that are aimed at;
        and ``joined(path)``, the texts at a path in all of them up to this one.
    """
    frames = [wire.frames[place] for place in group.found]
    numbers = {place: number for number, place in enumerate(group.found, 1)}

    @cache
    def texts(path: str) -> tuple[str, list[int]]:
        each = ["".join(_texts(Path(path), frame)) for frame in frames]
        return "".join(each), [0, *accumulate(map(len, each))]

    def joined(path: str, upto: int) -> str:
        # Cut from the whole: to join anew for each event takes a square of their number.
        whole, ends = texts(path)
        return whole[: ends[upto]]

    for number, place in enumerate(group.chosen, 1):
        yield (
            place,
            {
                "event": wire.frames[place].event,
                "number": number,
                "call": wire.frames[place].call,
                "first": frames[0].event,
                "joined": partial(joined, upto=numbers[place]),
            },
        )


def _texts(path: Path, frame: Frame) -> Iterator[str]:
    return (text for text in path.values_in(frame.event) if isinstance(text, str))
