"""SSE: events are framed as lines in another way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random
from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, StrictInt, StrictStr, model_validator

from mockrouter.faults.base import FrameFault
from mockrouter.faults.lines import (
    Line,
    LineEnd,
    Shape,
    ender,
    joined,
    led_by,
    lines,
    parted,
    spread,
    tight,
    without,
)
from mockrouter.faults.mark import behind_mark, marked
from mockrouter.faults.spots import is_aimed
from mockrouter.wire import Frame, Label, Wire


class Sse(FrameFault):
    """
    Write the lines of a stream otherwise.

    In YAML: ``{fault: sse, line_end: crlf}``, ``{fault: sse, space: false}``, ``{fault: sse,
    terminator: early}``. All but no blank lines, and a terminator that is not the provider's, is
    what the standard allows, and what clients fail at: OrcaRouter-Lite#98, hey-api#3054,
    openai-python#498, openai-node#2309, term-llm#454, eventsource-parser#31, assistant-ui#6954.

    Source:
        https://html.spec.whatwg.org/multipage/server-sent-events.html
    """

    layer = "sse"

    fault: Literal["sse"] = Field(default="sse", description="Write the lines otherwise.")
    line_end: LineEnd | None = Field(
        default=None,
        description="How lines end; mixed: in LF, CRLF and CR in turn, blank lines in CRLF.",
    )
    space: Literal[False] | None = Field(
        default=None, description="false: no space behind the colon of a field."
    )
    event_line: StrictBool | StrictStr | None = Field(
        default=None,
        description="true: an event line with the event's type, or message; false: none; or this.",
    )
    id_line: StrictBool | StrictStr | None = Field(
        default=None,
        description="true: an id line with the event's number, from 1; false: none; or this.",
    )
    retry_line: Literal[False] | StrictInt | StrictStr | None = Field(
        default=None, description="A retry line with this, in milliseconds; false: none."
    )
    data_lines: Annotated[StrictInt, Field(ge=2, le=100_000)] | Shape | None = Field(
        default=None,
        description=(
            "JSON in so many data lines, cut between its tokens; indented; or empty_first: an "
            "empty line before it."
        ),
    )
    blank_lines: StrictInt | None = Field(
        default=None, ge=0, le=1000, description="How many behind each event, 0 for none."
    )
    bom: Literal[True] | None = Field(
        default=None, description="true: a byte order mark comes before everything."
    )
    terminator: Literal["none", "normal", "early", "only", "twice"] | None = Field(
        default=None,
        description=(
            "[DONE]: none; at the end (normal), also where the provider sends none; early, before "
            "the finish; only that; twice."
        ),
    )
    terminator_text: StrictStr | None = Field(
        default=None, description="What is sent in the place of [DONE]."
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set - FrameFault.model_fields.keys():
            raise ValueError("'sse' changes nothing; write a setting, such as line_end")
        return self

    def apply(self, wire: Wire, rng: Random) -> Wire:
        """Write the lines of the frames that are selected; a plain body has none."""
        if not wire.stream:
            raise self.nothing(wire)
        written = behind_mark(wire, lambda bare: replace(bare, frames=self._written(bare, rng)))
        return marked(written) if self.bom else written

    def _written(self, wire: Wire, rng: Random) -> tuple[Frame, ...]:
        frames = self._terminated(wire.frames)
        chosen = None
        if is_aimed(self):
            chosen = self.select(replace(wire, frames=tuple(frames)), rng)
        end = ender(self.line_end) if self.line_end else None
        written, number = [], 0
        for place, frame in enumerate(frames):
            if chosen is not None and place not in chosen:
                written.append(frame)
                continue
            given = lines(frame.data)
            if frame.label != Label.COMMENT:
                number += 1
                given = self._fields(frame, number, given)
            given = given if self.blank_lines is None else parted(given, self.blank_lines)
            given = [end(line) for line in given] if end else given
            written.append(replace(frame, data=joined(given)))
        return tuple(written)

    def _fields(self, frame: Frame, number: int, given: list[Line]) -> list[Line]:
        kind = frame.event.get("type") if isinstance(frame.event, dict) else None
        named = (
            (b"retry", self.retry_line, ""),
            (b"id", self.id_line, str(number)),
            (b"event", self.event_line, kind if isinstance(kind, str) else "message"),
        )
        if self.data_lines is not None:
            given = spread(given, self.data_lines)
        for name, setting, default in named:
            if setting is False:
                given = without(name, given)
            elif setting is not None:
                text = default if setting is True else str(setting)
                given = led_by(name, text.encode("utf-8", "surrogatepass"), given)
        return given if self.space is None else [(tight(text), end) for text, end in given]

    def _terminated(self, frames: tuple[Frame, ...]) -> Sequence[Frame]:
        """Put the terminator where it is wanted."""
        if self.terminator is None and self.terminator_text is None:
            return frames
        there = [frame for frame in frames if frame.label == Label.DONE]
        others = [frame for frame in frames if frame.label != Label.DONE]
        done = there[0] if there else Frame(b"data: [DONE]\n\n", Label.DONE)
        if self.terminator_text is not None:
            text = self.terminator_text.encode("utf-8", "surrogatepass")
            done = replace(done, data=b"data: " + text + b"\n\n")
        if self.terminator is None:
            return [done if frame.label == Label.DONE else frame for frame in frames]
        return list(self._placed(others, done))

    def _placed(self, others: list[Frame], done: Frame) -> Iterator[Frame]:
        ends = [n for n, frame in enumerate(others) if frame.label in (Label.FINISH, Label.ERROR)]
        early = ends[0] if ends else max(0, len(others) - 1)
        match self.terminator:
            case "none":
                yield from others
            case "early":
                yield from (*others[:early], done, *others[early:])
            case "only":
                yield done
            case "twice":
                yield from (*others, done, done)
            case _:
                yield from (*others, done)
