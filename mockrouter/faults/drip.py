"""Drip: the bytes come a few at a time."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Literal, Self

from pydantic import Field, model_validator

from mockrouter.faults.base import FrameFault
from mockrouter.faults.limits import check_size
from mockrouter.faults.pieces import grid, recut
from mockrouter.faults.spots import is_aimed
from mockrouter.faults.stall import LONGEST
from mockrouter.faults.writes import Size
from mockrouter.wire import Frame, Wire


class Drip(FrameFault):
    """
    Send bytes slowly, a few at a time.

    In YAML: ``{fault: drip, seconds: 10}`` or ``{fault: drip, label: tool_call, rate: 100}``. A
    limit on the silence between two reads never strikes, one on the whole response does.

    Source:
        Toxiproxy's bandwidth and slicer: https://github.com/Shopify/toxiproxy#bandwidth. WireMock's
        chunked dribble delay: https://wiremock.org/docs/simulating-faults
    """

    layer = "writes"

    fault: Literal["drip"] = Field(default="drip", description="Send bytes slowly.")
    size: Size = Field(
        default=16, description="Bytes of each write: a number, or a text such as '7 bytes'."
    )
    rate: float | None = Field(default=None, gt=0, le=1e9, description="Bytes in a second.")
    seconds: float | None = Field(
        default=None, ge=0, le=LONGEST, description="How long all of them take."
    )

    @model_validator(mode="after")
    def _one_speed(self) -> Self:
        if (self.rate is None) == (self.seconds is None):
            raise ValueError("'drip' wants one speed; write 'rate' or 'seconds'")
        return self

    def apply(self, wire: Wire, rng: Random) -> Wire:
        """Divide the frames that are selected, and let each piece wait."""
        chosen = self.select(wire, rng) if is_aimed(self) else range(len(wire.frames))
        cuts = sum(len(wire.frames[place].data) // self.size for place in chosen)
        check_size(self.fault, len(wire.frames) + cuts)
        pieces: dict[int, list[Frame]] = {}
        for place in chosen:
            frame = wire.frames[place]
            if frame.data:
                pieces[place] = recut([frame], grid(len(frame.data), self.size))
        count = sum(map(len, pieces.values()))
        if not count:
            raise self.nothing(wire)
        frames: list[Frame] = []
        for place, frame in enumerate(wire.frames):
            for piece in pieces.get(place, ()):
                wait = len(piece.data) / self.rate if self.rate else (self.seconds or 0.0) / count
                frames.append(replace(piece, delay=piece.delay + wait))
            if place not in pieces:
                frames.append(frame)
        return replace(wire, frames=tuple(frames), apart=True)
