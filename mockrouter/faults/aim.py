"""How a fault finds the frames that it is aimed at: by what they mean, and by what is in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from random import Random
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictInt

from mockrouter.patterns import Path, Value
from mockrouter.values import Json
from mockrouter.wire import Frame, Label, Wire

_RANGE: Final = r"^-?\d*\.\.-?\d*$"
_SPANS: Final = {"all": "1..", "rest": "2..", "last": "-1.."}
"""What words for several frames stand for."""


class Aim(BaseModel):
    """Which frames are meant; without any key, all but comments."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    label: Label | tuple[Label, ...] | None = Field(
        default=None,
        description="What the frames mean, or a list; else all frames count but comments.",
    )
    call: StrictInt | None = Field(
        default=None, ge=0, description="Only frames of this tool call, counted from 0."
    )
    type: str | tuple[str, ...] | None = Field(
        default=None,
        description="The event's own type, as in response.output_item.*, or a list of them.",
    )
    where: dict[Path, Value] | None = Field(
        default=None, description="Values, or conditions on them, at paths in the event."
    )

    @property
    def aimed(self) -> bool:
        """Whether anything is aimed at in particular."""
        return any(getattr(self, key) is not None for key in Aim.model_fields)

    @property
    def labels(self) -> tuple[Label, ...]:
        """The labels that are asked for."""
        if self.label is None:
            return ()
        return (self.label,) if isinstance(self.label, Label) else self.label

    def candidates(self, wire: Wire) -> list[int]:
        """Find the places in ``wire.frames`` of all frames that it may mean, in order."""
        return [place for place, frame in enumerate(wire.frames) if self._means(frame)]

    def words(self) -> str:
        """Say what is aimed at, in the words of the file."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        said = {
            name: value
            for name, value in fields.items()
            if name in _KEYS and value != type(self).model_fields[name].default
        }
        return ", ".join(f"{name} {_said(value)}" for name, value in said.items())

    def _means(self, frame: Frame) -> bool:
        fits = frame.label in self.labels if self.labels else frame.label != Label.COMMENT
        if not fits or frame.part or self.call not in (None, frame.call):
            return False
        if self.type is not None and not self._is_type(frame.event):
            return False
        wanted = (self.where or {}).items()
        return all(value.holds(path.values_in(frame.event)) for path, value in wanted)

    def _is_type(self, event: Json) -> bool:
        known = event.get("type") if isinstance(event, dict) else None
        patterns = (self.type,) if isinstance(self.type, str) else self.type or ()
        return isinstance(known, str) and any(fnmatchcase(known, each) for each in patterns)


class Every(BaseModel):
    """Each so-manieth frame."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    every: StrictInt = Field(ge=1, description="3 is the third frame, the sixth, and so on.")


def _nth(value: Json) -> Json:
    if isinstance(value, Every) or (isinstance(value, str) and value in {"random", *_SPANS}):
        return value
    if isinstance(value, str) and re.match(_RANGE, value) and value != "..":
        numbers: list[Json] = [int(end) for end in value.split("..") if end]
    elif isinstance(value, dict) and value.keys() == {"every"}:
        numbers = [value["every"]]
    else:
        numbers = list(value) if isinstance(value, list | tuple) else [value]
    if not numbers or not all(isinstance(n, int) and not isinstance(n, bool) for n in numbers):
        message = (
            "'nth' names no frame; write a number, a list of them, a range such as 2..4, "
            "all, rest, last, random, or {every: 3}"
        )
        raise ValueError(message)
    if 0 in numbers:
        message = "there is no frame 0; count from 1, or backwards from -1"
        raise ValueError(message)
    return value


Nth: TypeAlias = Annotated[
    StrictInt
    | tuple[StrictInt, ...]
    | Literal["all", "rest", "last", "random"]
    | Annotated[str, Field(pattern=_RANGE)]
    | Every,
    BeforeValidator(_nth),
]


@dataclass(frozen=True, slots=True)
class Group:
    """
    Frames that are counted together.

    Attributes:
        found: Places of all that are aimed at.

        chosen: Of those, what ``nth`` chooses; sorted.
    """

    found: list[int]
    chosen: list[int]


class Selection(Aim):
    """Single frames among those that are aimed at."""

    nth: Nth = Field(
        default="all",
        description=(
            "Which of them: 1 is the first and -1 the last; or a list, a range (2..4), all, "
            "rest (all but the first), last, random, {every: 3}."
        ),
    )
    each: Literal["call"] | None = Field(
        default=None, description="call: each tool call has its frames counted on their own."
    )

    def groups(self, wire: Wire, rng: Random) -> list[Group]:
        """Choose in each group of frames; groups in which nothing is chosen are left out."""
        groups = [Group(places, self._chosen(places, rng)) for places in self._apart(wire)]
        return [group for group in groups if group.chosen]

    def numbers(self, wire: Wire) -> str:
        """Say which ``nth`` there are in the largest group; empty where nothing is aimed at."""
        most = max(map(len, self._apart(wire)), default=0)
        return span("nth", 1, most) if most else ""

    def _apart(self, wire: Wire) -> list[list[int]]:
        """Find the places of all that are aimed at, by what is counted together."""
        found, frames = self.candidates(wire), wire.frames
        if self.each is None:
            return [found]
        calls = dict.fromkeys(frames[place].call for place in found)
        return [
            [place for place in found if frames[place].call == call]
            for call in calls
            if call is not None
        ]

    def _chosen(self, found: list[int], rng: Random) -> list[int]:
        if self.nth == "random":
            return [rng.choice(found)] if found else []
        if isinstance(self.nth, Every):
            return found[self.nth.every - 1 :: self.nth.every]
        if isinstance(self.nth, str):
            low, _, high = _SPANS.get(self.nth, self.nth).partition("..")
            start = _index(int(low), found) if low else 0
            stop = _index(int(high), found) + 1 if high else len(found)
            return found[max(start, 0) : max(stop, 0)]
        wanted = (self.nth,) if isinstance(self.nth, int) else self.nth
        places = {_index(number, found) for number in wanted}
        return [place for index, place in enumerate(found) if index in places]


_KEYS: Final = frozenset(Selection.model_fields)


def span(key: str, first: int, last: int) -> str:
    """Tell what to write under a key that counts."""
    return f"write {key} {first}" if first == last else f"write {key} {first} to {last}"


def _index(number: int, found: list[int]) -> int:
    """Make an index of a number that counts from 1, or backwards from -1."""
    return number - 1 if number > 0 else len(found) + number


def _said(value: Json) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(str, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{path}: {wanted}' for path, wanted in value.items())}}}"
    if isinstance(value, Every):
        return f"{{every: {value.every}}}"
    return str(value)
