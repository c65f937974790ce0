"""When a response comes: the waits of a model that thinks and then types."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Annotated, Final, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from mockrouter.faults.keep_alive import filled
from mockrouter.wire import Frame, Label, Wire

KEEP_ALIVE_SECONDS: Final = 5.0
"""A longer wait is filled with comments, this far apart, by providers that send them."""

_CONTENT: Final = frozenset({Label.TEXT, Label.REASONING, Label.TOOL_CALL})
_Seconds: TypeAlias = Annotated[float, Field(strict=True, ge=0, le=3600, allow_inf_nan=False)]


class Pace(BaseModel):
    """
    How long a client waits for what. In YAML: ``{ttft: 0.4, itl: 0.02, jitter: 0.01}``.

    The words are those of inference benchmarks: time to first token, inter-token latency.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    headers: _Seconds = Field(default=0.0, description="Seconds before the status line.")
    ttft: _Seconds = Field(
        default=0.0, description="Seconds from the headers to the first frame, or to a plain body."
    )
    itl: _Seconds = Field(
        default=0.0, description="Seconds from one frame of text, reasoning or a call to the next."
    )
    jitter: _Seconds = Field(
        default=0.0, description="Seconds by which itl varies, up or down; the same on every run."
    )

    def apply(self, wire: Wire, keep_alive: bytes | None, rng: Random) -> Wire:
        """
        Add waits to what the wire has.

        The first frame that is no comment waits for ``ttft``, each one of content after it for
        ``itl``; finish, usage and the end come at once. A plain body comes after ``headers`` and
        ``ttft``, before its status line, as a server that does not stream sends nothing earlier.

        Args:
            wire: Faultless.

            keep_alive: Comment that fills long waits of a stream; None for silence.

            rng: Drawn from where there is jitter.
        """
        if not wire.stream:
            return replace(wire, delay=wire.delay + self.headers + self.ttft)
        frames = tuple(self._waiting(wire.frames, rng))
        if keep_alive:
            frames = filled(frames, keep_alive, KEEP_ALIVE_SECONDS)
        return replace(wire, delay=wire.delay + self.headers, frames=frames)

    def _waiting(self, frames: tuple[Frame, ...], rng: Random) -> Iterator[Frame]:
        started = False
        for frame in frames:
            wait = 0.0
            if not started and frame.label != Label.COMMENT:
                started, wait = True, self.ttft
            elif started and frame.label in _CONTENT:
                varied = rng.uniform(-self.jitter, self.jitter) if self.jitter else 0.0
                wait = max(0.0, self.itl + varied)
            yield replace(frame, delay=frame.delay + wait) if wait else frame
