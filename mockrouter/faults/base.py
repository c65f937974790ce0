"""What a fault is, and how it finds the frames it is aimed at."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import replace
from random import Random
from typing import Annotated, Any, ClassVar, Literal, Self, TypeAlias

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    model_validator,
)

from mockrouter.errors import FaultError
from mockrouter.faults.aim import Aim, Group, Selection, span
from mockrouter.values import Json
from mockrouter.wire import Ending, Frame, Wire

Layer = Literal["event", "sse", "bytes", "writes", "connection"]

Loc: TypeAlias = tuple[str | int, ...]
"""A path in the settings of a fault."""

Fill: TypeAlias = Callable[[Json, Mapping[str, Json]], Json]
"""
Fills in the templates of a JSON value; the mapping has the names that are those of one event alone.

Raises ``FaultError`` where a template fails.
"""


def as_written(value: Json, names: Mapping[str, Json]) -> Json:  # noqa: ARG001 - it is a Fill
    """Leave templates as they are."""
    return value


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
    dialect: Literal["chat", "responses"] | None = Field(
        default=None, description="It strikes in this format alone."
    )
    stream: StrictBool | None = Field(
        default=None, description="true: it strikes streams alone; false: plain replies alone."
    )
    chance: float = Field(
        default=1.0,
        gt=0,
        le=1,
        description="How probably it strikes: 0.05 is one reply in twenty, the same on every run.",
    )

    @property
    def ends(self) -> bool:
        """Whether it says how the connection goes on once nothing more is sent."""
        return False

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

    def concerns(self, dialect: str, *, stream: bool) -> bool:
        """Tell whether it is meant for replies of this format and mode."""
        return self.dialect in {None, dialect} and self.stream in {None, stream}

    def values(self) -> Iterator[tuple[Loc, Json]]:
        """List the settings that may hold templates, with their paths."""
        yield from ()

    def strike(self, wire: Wire, rng: Random, fill: Fill) -> Wire:
        """
        Let it happen to the reply of one request, of which templates in its settings may speak.

        Args:
            wire: As for ``apply``.

            rng: As for ``apply``.

            fill: Fills in the templates of a value.

        Raises:
            FaultError: As ``apply``; or a template fails.
        """
        return self.apply(wire, rng)

    def nothing(self, wire: Wire, settings: str = "", remedy: str = "") -> FaultError:
        """Say that the fault selects nothing, what it looked for, what is there and what to do."""
        words = settings or self._settings()
        aimed = f"{self.fault} with {words}" if words else self.fault
        there = f"{_inventory(wire)}: {remedy}" if remedy else _inventory(wire)
        return FaultError(f"{aimed} selects no frame; {there}")

    def _settings(self, *, besides: Container[str] = ()) -> str:
        """Say all settings of its own that are not the usual ones, but those *besides*."""
        named = self.model_dump(mode="json", exclude_defaults=True)
        common = Fault.model_fields
        own = {key: value for key, value in named.items() if key not in common}
        return ", ".join(f"{key} {value}" for key, value in own.items() if key not in besides)


class Aimed(Aim, Fault):
    """A fault that looks for frames by what they mean."""

    def _settings(self, *, besides: Container[str] = ()) -> str:
        own = super()._settings(besides=Selection.model_fields)
        return ", ".join(filter(None, (self.words(), own)))


class FrameFault(Selection, Aimed):
    """A fault that changes single frames."""

    def chosen(self, wire: Wire, rng: Random) -> list[Group]:
        """
        Find the frames to change, in the groups in which they are counted.

        Raises:
            FaultError: There are none.
        """
        groups = self.groups(wire, rng)
        if not groups:
            raise self.nothing(wire, self.words(), self.numbers(wire))
        return groups

    def select(self, wire: Wire, rng: Random) -> frozenset[int]:
        """
        Find the places of the frames to change.

        Raises:
            FaultError: There are none.
        """
        return frozenset(place for group in self.chosen(wire, rng) for place in group.chosen)


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
        if self.after == "all" and not self.aimed:
            return wire.frames, ()
        if not wire.stream:
            return split_bytes(
                wire, 0 if self.after == 0 and not self.aimed else len(wire.body) // 2
            )
        found = self.candidates(wire)
        if self.after == "random":
            number = rng.randint(0, len(found)) if found else -1
        elif self.after == "all":
            number = len(found)
        else:
            number = self.after if self.after >= 0 else len(found) + self.after
        if not 0 <= number <= len(found) or (not found and self.aimed):
            remedy = span("after", 0, len(found)) if found else ""
            raise self.nothing(wire, remedy=remedy)
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
    def ends(self) -> bool:
        """Whether it says how the connection goes on once nothing more is sent."""
        return True

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
        also = sorted(self.model_fields_set & {*Aim.model_fields, "after"})
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
