"""Duplicate: frames arrive more than once."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Literal

from pydantic import Field, StrictInt

from mockrouter.faults.base import FrameFault
from mockrouter.faults.limits import check_size
from mockrouter.wire import Wire


class Duplicate(FrameFault):
    """
    Send frames again, right behind themselves.

    In YAML: ``{fault: duplicate, label: finish}``. A second finish made clients run a call twice
    (hass_local_openai_llm#92) or lose it (qwen-code#2402).
    """

    layer = "event"

    fault: Literal["duplicate"] = Field(default="duplicate", description="Send frames again.")
    times: StrictInt = Field(
        default=1, ge=1, le=1000, description="How many times more each of them is sent."
    )

    def apply(self, wire: Wire, rng: Random) -> Wire:
        """Repeat the selected frames, without their delay."""
        doubled = self.select(wire, rng)
        more = sum(len(wire.frames[place].data) for place in doubled) * self.times
        frames_more = len(doubled) * self.times
        check_size(self.fault, len(wire.frames) + frames_more, len(wire.body) + more)
        frames = []
        for place, frame in enumerate(wire.frames):
            frames.append(frame)
            if place in doubled:
                frames.extend([replace(frame, delay=0.0)] * self.times)
        return replace(wire, frames=tuple(frames))
