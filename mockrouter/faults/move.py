"""Move: events arrive in another order."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Literal

from pydantic import Field

from mockrouter.faults.base import FrameFault
from mockrouter.faults.beside import Beside
from mockrouter.wire import Wire


class Move(Beside, FrameFault):
    """
    Send events earlier or later than they belong.

    In YAML: ``{fault: move, label: usage, after: {label: done}}``, or ``{fault: move, type:
    "response.*.done", call: 0, before: {label: finish}}``. Usage behind ``[DONE]``
    (OrcaRouter-Lite#127), items that are closed late (oh-my-pi#1882), calls in the middle of
    reasoning (opencode#6708).
    """

    layer = "event"
    ends_key = "to"

    fault: Literal["move"] = Field(default="move", description="Send events earlier or later.")
    to: Literal["start", "end"] | None = Field(
        default=None, description="In front of everything, or behind it."
    )

    def apply(self, wire: Wire, rng: Random) -> Wire:
        """Take the selected frames out, and put them, in their order, where they are to be."""
        chosen = self.select(wire, rng)
        moved = [wire.frames[place] for place in sorted(chosen)]
        rest = [frame for place, frame in enumerate(wire.frames) if place not in chosen]
        at = self._place(replace(wire, frames=tuple(rest)), rng)
        return replace(wire, frames=(*rest[:at], *moved, *rest[at:]))

    def _place(self, wire: Wire, rng: Random) -> int:
        if self.end:
            return 0 if self.end == "start" else len(wire.frames)
        places = [place for group in self.neighbors(wire, rng) for place in group.chosen]
        return min(places) if self.before else max(places) + 1
