"""What a fault is, and how it finds the frames it is aimed at."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import replace
from random import Random
from typing import Annotated, Any, ClassVar, Literal, Self, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictInt, model_validator

from mockrouter.errors import FaultError
from mockrouter.values import Json
from mockrouter.wire import Ending, Frame, Label, Wire

Layer = Literal["event", "sse", "bytes", "writes", "connection"]


def _needs_its_name(schema: dict[str, Any]) -> None:
    # Python may leave the name out, as the class says it; a file may not.
    schema["required"] = ["fault", *schema.get("required", ())]


class Fault(BaseModel, ABC):
    """
    One thing that goes wrong on the wire. Its fields are its settings in YAML.

    Attributes:
        layer: Where it acts; see ``mockrouter.faults``.

        needs_ids: Whether the ids have to stand in the wire already, as nothing could be filled in
            behind it. What merely cuts through an id is noticed without.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", defer_build=True, json_schema_extra=_needs_its_name
    )

    layer: ClassVar[Layer]
    needs_ids: ClassVar[bool] = False
    fault: str

    @abstractmethod
    def apply(self, wire: Wire, rng: Random) -> Wire:
        """
        Let it happen.

        Args:
            wire: The response as it would be, paced, and changed by the faults before this one.

            rng: Chance of this fault alone.

        Raises:
            FaultError: It selects nothing of this wire.
        """

    def nothing(self, wire: Wire, settings: str = "") -> FaultError:
        """Say that the fault selects nothing, what it looked for and what is there."""
        named = self.model_dump(mode="json", exclude_defaults=True, exclude={"fault"})
        words = settings or ", ".join(f"{name} {value}" for name, value in named.items())
        aimed = f"{self.fault} with {words}" if words else self.fault
        return FaultError(f"{aimed} selects no frame; {_inventory(wire)}")


class Aimed(Fault):
    """A fault that looks for frames by what they mean."""

    label: Label | None = Field(
        default=None, description="What the frames mean; else all frames count but comments."
    )
    call: StrictInt | None = Field(
        default=None, ge=0, description="Only frames of this tool call, counted from 0."
    )

    def candidates(self, wire: Wire) -> list[int]:
        """Find the places in ``wire.frames`` of all frames that it may mean, in order."""
        return [
            place
            for place, frame in enumerate(wire.frames)
            if (frame.label == self.label if self.label else frame.label != Label.COMMENT)
            and self.call in (None, frame.call)
            and not frame.part
        ]


def _nth(value: Json) -> Json:
    numbers = value if isinstance(value, list | tuple) else [value]
    if value in ("all", "last", "random"):
        return value
    if not numbers or not all(isinstance(n, int) and not isinstance(n, bool) for n in numbers):
        raise ValueError(
            "'nth' names no frame; write a number, a list of them, all, last or random"
        )
    if 0 in numbers:
        raise ValueError("there is no frame 0; count from 1, or backwards from -1")
    return value


class FrameFault(Aimed):
    """A fault that changes single frames."""

    nth: Annotated[
        StrictInt | tuple[StrictInt, ...] | Literal["all", "last", "random"], BeforeValidator(_nth)
    ] = Field(
        default="all",
        description="Which of them: 1 is the first and -1 the last; or a list, all, last, random.",
    )

    def select(self, wire: Wire, rng: Random) -> frozenset[int]:
        """
        Find the places of the frames to change.

        Raises:
            FaultError: There are none.
        """
        found = self.candidates(wire)
        match self.nth:
            case "all":
                chosen = found
            case "last":
                chosen = found[-1:]
            case "random":
                chosen = [rng.choice(found)] if found else []
            case numbers:
                wanted = (numbers,) if isinstance(numbers, int) else numbers
                starts = [n - 1 if n > 0 else len(found) + n for n in wanted]
                chosen = [found[start] for start in starts if 0 <= start < len(found)]
        if not chosen:
            raise self.nothing(wire)
        return frozenset(chosen)


def _after(value: Json) -> Json:
    if value not in ("random", "all") and (not isinstance(value, int) or isinstance(value, bool)):
        raise ValueError("'after' is no number of frames; write a number, all, or random")
    return value


Point: TypeAlias = tuple[tuple[Frame, ...], tuple[Frame, ...]]
"""The frames that are out when a fault strikes, and those that are not."""


class PointFault(Aimed):
    """A fault that strikes at one moment, when some frames are out and others are not."""

    after: Annotated[StrictInt | Literal["all", "random"], BeforeValidator(_after)] = Field(
        default=1,
        description=(
            "How many of these frames go out before; negative leaves as many; random any number; "
            "all every one, and with nothing aimed at the whole body. Else a plain body, which "
            "has no frames, is cut in half, unless nothing at all is to go out."
        ),
    )

    def split(self, wire: Wire, rng: Random) -> Point:
        """
        Divide the frames at the moment of the fault.

        A plain body, in which no frame has a meaning, is divided in the middle of its bytes, so
        that a scenario does as much to a client that does not stream. Only ``after: 0`` with
        nothing aimed at comes before its first byte.

        Raises:
            FaultError: There are not as many frames.
        """
        aimed = self.label is not None or self.call is not None
        if self.after == "all" and not aimed:
            return wire.frames, ()
        if not wire.stream:
            return split_bytes(wire, 0 if self.after == 0 and not aimed else len(wire.body) // 2)
        found = self.candidates(wire)
        if self.after == "random":
            number = rng.randint(0, len(found)) if found else -1
        elif self.after == "all":
            number = len(found)
        else:
            number = self.after if self.after >= 0 else len(found) + self.after
        if not 0 <= number <= len(found) or (not found and aimed):
            raise self.nothing(wire)
        at = found[number - 1] + 1 if number else min(found, default=0)
        while number and wire.frames[at:] and wire.frames[at].part:
            at += 1
        return wire.frames[:at], wire.frames[at:]


class ConnectionFault(PointFault):
    """A fault of the connection, which may strike before there are any headers."""

    layer = "connection"

    before: Literal["headers"] | None = Field(
        default=None, description="headers: before even the status line is out."
    )

    @property
    def before_headers(self) -> bool:
        """Whether it strikes before the status line."""
        return self.before == "headers"

    def ended(self, wire: Wire, rng: Random, ending: Ending) -> Wire:
        """
        Keep the frames that are out when it strikes, none of the others, and end like this.

        Raises:
            FaultError: As ``split``.
        """
        if self.before_headers:
            return replace(wire, frames=(), headers_sent=False, ending=ending)
        before, after = self.split(wire, rng)
        return replace(announced(wire) if after else wire, frames=before, ending=ending)

    @model_validator(mode="after")
    def _one_moment(self) -> Self:
        also = sorted(self.model_fields_set & {"label", "call", "after"})
        if self.before_headers and also:
            raise ValueError(
                f"'before: headers' and '{also[0]}' name two moments; keep one of them"
            )
        return self


def split_bytes(wire: Wire, size: int) -> Point:
    """Divide the frames where *size* bytes of the body are out; one may be cut in two."""
    before: list[Frame] = []
    for place, frame in enumerate(wire.frames):
        if len(frame.data) > size:
            head = [replace(frame, data=frame.data[:size])] if size else []
            tail = replace(frame, data=frame.data[size:], delay=0.0 if size else frame.delay)
            return (*before, *head), (tail, *wire.frames[place + 1 :])
        before.append(frame)
        size -= len(frame.data)
    return tuple(before), ()


def announced(wire: Wire) -> Wire:
    """
    Make a plain response say how long its body is, before some of it is cut off.

    A server says so before it fails, and it is how a client notices that something is missing.
    """
    if wire.stream or any(name == b"content-length" for name, _ in wire.headers):
        return wire
    length = (b"content-length", b"%d" % len(wire.body))
    return replace(wire, headers=(*wire.headers, length))


def _inventory(wire: Wire) -> str:
    if not wire.stream:
        return f"this wire is a plain body of {len(wire.body)} bytes"
    counts = Counter(frame.label for frame in wire.frames)
    there = [f"{count} {label}" for label, count in counts.items()]
    return f"this wire has {', '.join(there)} frames" if there else "this wire has no frames"
