"""Writes: events arrive in other pieces than they were made in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from random import Random
from typing import Annotated, Final, Literal, Self

from pydantic import BeforeValidator, Field, StrictInt, WithJsonSchema, model_validator

from mockrouter.errors import FaultError
from mockrouter.faults.limits import check_size
from mockrouter.faults.pieces import grid, recut, runs
from mockrouter.faults.spots import AnySpot, SpotFault, inside
from mockrouter.values import Json
from mockrouter.wire import Frame, Wire

PAUSE: Final = 0.005
"""Seconds between two writes that are to be apart, so that most clients read twice."""

_SIZE: Final = re.compile(r"([1-9][0-9]{0,8}) bytes?")
_SIZE_SCHEMA: Final = r"^[1-9][0-9]{0,8} bytes?$"
_WAYS: Final = ("every", "at", "together", "inside", "before", "after")


def _size(value: Json) -> Json:
    if isinstance(value, str) and (match := _SIZE.fullmatch(value)):
        return int(match[1])
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    raise ValueError(f"{value!r} is no size; write a number of bytes from 1, such as '7 bytes'")


def _offsets(value: Json) -> Json:
    numbers = value if isinstance(value, list | tuple) else [value]
    if not numbers or not all(isinstance(n, int) and not isinstance(n, bool) for n in numbers):
        raise ValueError("'at' names no byte; write a number, or a list of them")
    if 0 in numbers:
        raise ValueError("a cut at 0 leaves nothing before it; count from 1, or back from -1")
    return list(numbers)


def _inside(at: int, size: int) -> int | None:
    """Count an offset from the start; None where it does not lie inside so many bytes."""
    at = at if at > 0 else size + at
    return at if 0 < at < size else None


_INTEGER: Final = {"type": "integer"}

Size = Annotated[
    int,
    BeforeValidator(_size),
    WithJsonSchema(
        {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": _SIZE_SCHEMA}]}
    ),
]
"""Bytes: a number, or ``7 bytes``."""

Offsets = Annotated[
    tuple[int, ...],
    BeforeValidator(_offsets),
    WithJsonSchema({"anyOf": [_INTEGER, {"type": "array", "items": _INTEGER, "minItems": 1}]}),
]


class Writes(SpotFault):
    """
    Send the same bytes in other writes.

    In YAML: ``{fault: writes, every: 7 bytes}``, ``{fault: writes, inside: emoji}``,
    ``{fault: writes, nth: 3, inside: crlf}``, ``{fault: writes, together: true}``. In a stream each
    write is a chunk of its own. Readers that take each read for whole lines or whole characters
    lose some: ollama-js#255, aisix#111, brave-browser#52830. Proxies that gather a stream send it
    in one go: cloudflared#199, open-design#99.
    """

    layer = "writes"

    fault: Literal["writes"] = Field(
        default="writes", description="Send the same bytes in other writes."
    )
    every: Size | None = Field(
        default=None, description="Bytes of each write: a number, or a text such as '7 bytes'."
    )
    at: Offsets | None = Field(
        default=None,
        description=(
            "Bytes after which a write ends: of the body, or of each event that is aimed at; "
            "negative counts from the end."
        ),
    )
    together: Literal[True] | Annotated[StrictInt, Field(ge=2)] | None = Field(
        default=None, description="How many events come in one write; true is all of them."
    )
    inside: AnySpot | None = Field(default=None, description="What is cut in two.")
    before: AnySpot | None = Field(default=None, description="Before what a write ends.")
    after: AnySpot | None = Field(default=None, description="Behind what a write ends.")
    byte: StrictInt | None = Field(
        default=None,
        description=(
            "How many bytes of what is cut in two come before the cut, negative how many behind; "
            "else one byte of a character, of an escape and of a line's end, half of the rest."
        ),
    )
    pause: float | None = Field(
        default=None,
        ge=0,
        le=3600,
        description=(
            "Seconds between the pieces of an event; 0.005 with at, inside, before and after, "
            "else 0."
        ),
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        given = [way for way in _WAYS if getattr(self, way) is not None]
        if not given:
            raise ValueError(f"'writes' says no way; write one of {', '.join(_WAYS)}")
        if self.byte is not None and self.inside is None:
            raise ValueError("'byte' divides what 'inside' names; write 'inside' too")
        if self.byte == 0:
            raise ValueError("'byte' 0 cuts nothing in two; count from 1, or back from -1")
        return self

    def apply(self, wire: Wire, rng: Random) -> Wire:
        """Cut the body anew, or the frames that are selected."""
        chosen = sorted(self.select(wire, rng)) if self.is_aimed else range(len(wire.frames))
        frames: list[Frame] = []
        done, found = 0, self.together is not None or self.every is not None
        groups = list(self._groups(chosen))
        self._check([wire.frames[group.start : group.stop] for group in groups])
        for group in groups:
            frames += wire.frames[done : group.start]
            done = group.stop
            given = wire.frames[group.start : group.stop]
            cuts = sorted(self._cuts(given))
            found = found or bool(cuts)
            frames += recut(given, [*cuts, *self._kept(given)], self._pause)
        if not found:
            raise self.nothing(wire)
        return replace(wire, frames=(*frames, *wire.frames[done:]), apart=True)

    def _check(self, groups: Sequence[Sequence[Frame]]) -> None:
        """
        Refuse too many pieces, and an offset that lies in none of the *groups*.

        Raises:
            FaultError: Names the first, and how long the longest is.
        """
        sizes = [sum(len(frame.data) for frame in frames) for frames in groups]
        if self.every is not None:
            check_size(self.fault, sum(size // self.every for size in sizes))
        for at in self.at or ():
            if not any(_inside(at, size) for size in sizes):
                longest = "longest of the events" if self.is_aimed else "body"
                raise FaultError(
                    f"writes cuts nothing at {at}; the {longest} has {max(sizes, default=0)} bytes"
                )

    @property
    def _pause(self) -> float:
        if self.pause is not None:
            return self.pause
        cutting = (self.at, self.inside, self.before, self.after)
        return 0.0 if all(way is None for way in cutting) else PAUSE

    def _groups(self, chosen: Sequence[int]) -> Iterator[range]:
        """Put together the frames whose bytes are counted through, and which may be joined."""
        for run in runs(chosen):
            if self.is_aimed and self.together is None:
                yield from (range(place, place + 1) for place in run)
            else:
                yield run

    def _kept(self, frames: Sequence[Frame]) -> Iterator[int]:
        """Find the offsets at which a write ends though nothing is cut there."""
        if self.every is None and self.together is not True:
            starts = list(accumulate(len(frame.data) for frame in frames))
            yield from starts[(self.together or 1) - 1 :: self.together or 1]

    def _cuts(self, frames: Sequence[Frame]) -> Iterator[int]:
        """Find the offsets at which something is cut."""
        size = sum(len(frame.data) for frame in frames)
        if self.every is not None:
            yield from grid(size, self.every)
        yield from (at for each in self.at or () if (at := _inside(each, size)))
        start = 0
        for frame in frames:
            yield from (start + at for at in self._spots(frame.data) if 0 < start + at < size)
            start += len(frame.data)

    def _spots(self, data: bytes) -> Iterator[int]:
        if self.inside is not None:
            for span in self.found(data, self.inside):
                at = inside(span, self.inside, self.byte)
                if at is not None:
                    yield at
        if self.before is not None:
            yield from (start for start, _ in self.found(data, self.before))
        if self.after is not None:
            yield from (end for _, end in self.found(data, self.after))
