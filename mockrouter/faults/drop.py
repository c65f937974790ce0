"""Drop: frames never arrive."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Literal

from pydantic import Field

from mockrouter.faults.base import FrameFault
from mockrouter.wire import Wire


class Drop(FrameFault):
    """
    Leave frames out.

    In YAML: ``{fault: drop, label: done}``, or ``{fault: drop, label: tool_call, nth: 2}``.
    Providers leave out ``[DONE]`` (TGI#1896, tracker#544) and finishes (pi#5793, opencode#43882).
    """

    layer = "event"

    fault: Literal["drop"] = Field(default="drop", description="Leave frames out.")

    def apply(self, wire: Wire, rng: Random) -> Wire:
        """Keep the frames that are not selected, each with its delay."""
        dropped = self.select(wire, rng)
        kept = (frame for place, frame in enumerate(wire.frames) if place not in dropped)
        return replace(wire, frames=tuple(kept))
