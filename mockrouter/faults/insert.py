"""Insert: events arrive that no model sent."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from random import Random
from typing import Literal

from pydantic import Field

from mockrouter.faults.aim import Group
from mockrouter.faults.base import Fill
from mockrouter.faults.beside import Beside
from mockrouter.faults.content import Content
from mockrouter.faults.events import about, writer
from mockrouter.faults.limits import Room
from mockrouter.wire import Frame, Wire


class Insert(Beside, Content):
    """
    Send events that are not the model's.

    In YAML: ``{fault: insert, event: null, before: {label: text}}``, or ``{fault: insert, data:
    "[DONE]", at: end}``. Heartbeats (hermes-agent#80822), events that no client knows
    (openai-java#767), errors amid a stream (goose#8021, OmniRoute#8210).
    """

    ends_key = "at"

    fault: Literal["insert"] = Field(default="insert", description="Send events of your own.")
    at: Literal["start", "end"] | None = Field(
        default=None, description="In front of everything, or behind it."
    )

    def strike(self, wire: Wire, rng: Random, fill: Fill) -> Wire:
        """Put what is given beside each selected frame; templates speak of that one's event."""
        write, made = writer(wire), defaultdict[int, list[Frame]](list)
        room = Room.beside(self.fault, wire)
        if self.end:
            neighbor = Group([*range(len(wire.frames))], _outermost(wire, self.end))
            names = next((names for _, names in about(wire, neighbor)), {})
            at = 0 if self.end == "start" else len(wire.frames)
            made[at] += room.take(self.made(fill, names, write, stream=wire.stream))
        else:
            for group in self.neighbors(wire, rng):
                for place, names in about(wire, group):
                    at = place if self.before else place + 1
                    made[at] += room.take(self.made(fill, names, write, stream=wire.stream))
        frames: list[Frame] = []
        for place, frame in enumerate(wire.frames):
            frames += [*made[place], frame]
        return replace(wire, frames=(*frames, *made[len(wire.frames)]))


def _outermost(wire: Wire, end: Literal["start", "end"]) -> list[int]:
    """Find the event that is nearest to an end."""
    places = [place for place, frame in enumerate(wire.frames) if frame.event is not None]
    return places[:1] if end == "start" else places[-1:]
