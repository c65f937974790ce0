"""Replace: something else arrives in the place of events."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Literal

from pydantic import Field

from mockrouter.faults.base import Fill, FrameFault
from mockrouter.faults.content import Content
from mockrouter.faults.events import about, writer
from mockrouter.faults.limits import Room
from mockrouter.wire import Frame, Wire


class Replace(FrameFault, Content):
    """
    Send something else in the place of events.

    In YAML: ``{fault: replace, label: text, nth: 2, data: '{"id":'}``. Broken JSON amid a stream
    (litellm#40404), errors in the shape of another API (litellm#40243, OmniRoute#13431), objects
    that are not nested as they should be (cursor2api#116).
    """

    fault: Literal["replace"] = Field(
        default="replace", description="Send something else in the place of events."
    )

    def strike(self, wire: Wire, rng: Random, fill: Fill) -> Wire:
        """Put what is given where each selected frame was; what it meant, it still means."""
        write, room = writer(wire), Room.beside(self.fault, wire)
        instead: dict[int, list[Frame]] = {}
        for group in self.chosen(wire, rng):
            for place, names in about(wire, group):
                old = wire.frames[place]
                made = room.take(self.made(fill, names, write, stream=wire.stream))
                made = [replace(frame, label=old.label, call=old.call) for frame in made]
                instead[place] = [replace(frame, delay=old.delay) for frame in made[:1]] + made[1:]
        frames = (
            each for place, frame in enumerate(wire.frames) for each in instead.get(place, [frame])
        )
        return replace(wire, frames=tuple(frames))
