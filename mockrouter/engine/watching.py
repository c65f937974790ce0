"""Faults that tell whether they changed anything that a client could see."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from random import Random

from mockrouter.faults import Fault
from mockrouter.faults.base import ConnectionFault, Fill
from mockrouter.values import Json
from mockrouter.wire import Wire


class Watched:
    """
    A fault as it is, that always strikes.

    Attributes:
        fault: It.

        struck: Whether it ever found something to do.

        changed: Whether that ever made a difference.

        reason: Why it found nothing, the first time.

        halved: Whether it cut a plain body in half, for want of events.

        settled: Whether it has been seen to do what it is for.
    """

    def __init__(self, fault: Fault) -> None:
        """Watch *fault*."""
        self.fault = fault.model_copy(update={"chance": 1.0})
        self.struck = False
        self.changed = False
        self.reason = ""
        self.halved = False
        self.settled = False

    @property
    def vain(self) -> bool:
        """Whether it struck, and never made a difference."""
        return self.struck and not self.changed

    def __getattr__(self, name: str) -> Json:
        """Be in all else what the fault is."""
        return getattr(self.fault, name)

    def strike(self, wire: Wire, rng: Random, fill: Fill) -> Wire:
        """Let it happen, and look at what it did."""
        made = self.fault.strike(wire, rng, fill)
        self.struck = True
        self.changed = self.changed or _seen(made) != _seen(wire)
        return made


def _seen(wire: Wire) -> Hashable:
    """List what a client could tell a wire by."""
    frames: list[tuple[bytes, float]] = []
    for frame in wire.frames:
        if frames and not frame.delay and not wire.stream and not wire.apart:
            frames[-1] = (frames[-1][0] + frame.data, frames[-1][1])
        elif frame.data or frame.delay:
            frames.append((frame.data, frame.delay))
    how = (wire.ending, wire.delay, wire.stream, wire.headers_sent, len(frames) > 1 and wire.apart)
    pulse = wire.pulse and (wire.pulse.data, wire.pulse.delay)
    return wire.status, wire.headers, tuple(frames), how, pulse


def unsent(faults: Sequence[Fault]) -> Iterator[tuple[int, str]]:
    """List the faults whose work is never sent, with the name of what comes before the headers."""
    first = next((fault for fault in faults if fault.ends), None)
    if not isinstance(first, ConnectionFault) or not first.before_headers or first.chance < 1:
        return
    for number, fault in enumerate(faults):
        waits = isinstance(fault, ConnectionFault) and fault.before_headers
        meets = first.dialect in {None, fault.dialect} and first.stream in {None, fault.stream}
        if meets and not fault.ends and not waits:
            yield number, first.fault
