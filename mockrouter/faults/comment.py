"""Comment: lines in a stream that clients must ignore."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Literal, Self

from pydantic import Field, StrictInt, StrictStr, model_validator

from mockrouter.errors import FaultError
from mockrouter.faults.base import FrameFault
from mockrouter.faults.keep_alive import COMMENT, SHORTEST, comment, filled
from mockrouter.faults.limits import check_size
from mockrouter.faults.mark import behind_mark
from mockrouter.faults.spots import is_aimed
from mockrouter.wire import Frame, Label, Wire


class Comment(FrameFault):
    """
    Send comments.

    In YAML: ``{fault: comment, nth: 1, text: OPENROUTER PROCESSING, times: 17}``, or ``{fault:
    comment, every: 5}``, which fills the waits that ``pace`` makes. Clients that take each line for
    data, or one that begins with a colon for the end, fail: dive#206, langchaingo#942.

    Source:
        https://openrouter.ai/docs/api/reference/streaming (comments)
    """

    layer = "sse"

    fault: Literal["comment"] = Field(default="comment", description="Send comments.")
    text: StrictStr = Field(default=COMMENT, description="What they say.")
    place: Literal["before", "after", "inside"] = Field(
        default="before",
        description="Where, beside each event; inside: its first line, with no blank line behind.",
    )
    times: StrictInt = Field(default=1, ge=1, le=1000, description="How many at each place.")
    every: float | None = Field(
        default=None,
        ge=SHORTEST,
        le=3600,
        description="In place of all that: in each longer wait, one after so many seconds.",
    )

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.every is not None and (
            is_aimed(self) or {"place", "times"} & self.model_fields_set
        ):
            raise ValueError("'every' fills all waits; leave out where comments are put")
        return self

    def apply(self, wire: Wire, rng: Random) -> Wire:
        """Put them in; a plain body has no place for any."""
        if not wire.stream:
            raise self.nothing(wire)
        return behind_mark(wire, lambda bare: replace(bare, frames=self._commented(bare, rng)))

    def _commented(self, wire: Wire, rng: Random) -> tuple[Frame, ...]:
        data = comment(self.text)
        if self.every is not None:
            frames = filled(wire.frames, data, self.every)
            if len(frames) == len(wire.frames):
                message = f"comment finds no wait longer than {self.every:g} s; add 'pace'"
                raise FaultError(message)
            return frames
        chosen = self.select(wire, rng)
        count = len(chosen) * self.times
        more = 0 if self.place == "inside" else count
        check_size(self.fault, len(wire.frames) + more, len(wire.body) + count * len(data))
        commented: list[Frame] = []
        for place, frame in enumerate(wire.frames):
            commented += self._beside(frame, data) if place in chosen else [frame]
        return tuple(commented)

    def _beside(self, frame: Frame, data: bytes) -> list[Frame]:
        if self.place == "inside":
            return [replace(frame, data=data[:-1] * self.times + frame.data)]
        comments = [Frame(data, Label.COMMENT)] * self.times
        if self.place == "after":
            return [frame, *comments]
        # The wait is for what comes first.
        comments[0] = replace(comments[0], delay=frame.delay)
        return [*comments, replace(frame, delay=0.0)]
