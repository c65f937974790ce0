"""
Waiting, for every paced stream at once.

A timer for each event of each stream makes a thousand streams late by tens of milliseconds: the
event loop spends its time on timers. Here all waits stand in one heap and the loop holds one timer,
for the earliest. The clock behind it is an argument, so that tests wait an hour in no time.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Protocol


class Timer(Protocol):
    """What a clock hands out for a call to come."""

    def cancel(self) -> object:
        """Forget the call."""


class Clock(Protocol):
    """Where time comes from, and who calls when it has come."""

    def now(self) -> float:
        """Seconds since some fixed moment; never goes back."""

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        """Call *callback* once in the running loop, when ``now()`` has reached *when*."""


class RealClock:
    """Monotonic time, in seconds."""

    now = staticmethod(time.monotonic)
    """Finer than the cached time of some event loops."""

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        """Leave it to the running loop, in whole milliseconds, so up to one too late."""
        # uvloop rounds to the nearest: a timer that comes too early is set anew, for half a
        # millisecond, which is rounded to nothing, and so on at full speed until it is time.
        delay = math.ceil(max(0.0, when - self.now()) * 1000) / 1000
        return asyncio.get_running_loop().call_later(delay, callback)


class VirtualClock:
    """
    A clock that stands still while anybody works, and jumps to the next event when all wait.

    Nobody is told when an event loop is idle, so the clock lets the loop turn *passes* times before
    a jump: what is ready runs, and what that made ready. Work in threads or in other processes is
    not waited for.

    Attributes:
        passes: How many turns of the loop come before each jump. At least 1.
    """

    def __init__(self, start: float = 0.0, *, passes: int = 16) -> None:
        """Start at *start* seconds."""
        self._now = start
        self.passes = passes

    def now(self) -> float:
        """Seconds; the same until the next jump."""
        return self._now

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        """Jump to *when* once the loop has nothing else to do."""

        def jump() -> None:
            self._now = max(self._now, when)
            callback()

        return _Settled(self.passes, jump)


class _Settled:
    """A call after some turns of the loop."""

    def __init__(self, passes: int, callback: Callable[[], None]) -> None:
        self._passes = passes
        self._callback = callback
        self._loop = asyncio.get_running_loop()
        self._handle = self._loop.call_soon(self._turn)

    def _turn(self) -> None:
        self._passes -= 1
        self._handle = self._loop.call_soon(self._turn if self._passes else self._callback)

    def cancel(self) -> None:
        self._handle.cancel()


class Ticker:
    """
    Wakes everybody who waits for a moment, never early, in the order of the moments.

    A ticker serves one event loop at a time. Waits left over from a loop that has ended are
    forgotten when it is used in the next.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        """Go by *clock*, else by real time."""
        self.clock: Clock = RealClock() if clock is None else clock
        self.now = self.clock.now
        self._loop: asyncio.AbstractEventLoop | None = None
        self._reset(None)

    def __len__(self) -> int:
        """How many wait, and some who gave up and are not yet cleared away."""
        return len(self._waits)

    async def until(self, when: float) -> None:
        """
        Wait until the clock has reached *when*; no wait at all if it has.

        Args:
            when: In the clock's seconds; ``math.inf`` waits until cancelled.
        """
        if when > self.now():
            await self.at(when)

    def at(self, when: float) -> asyncio.Future[None]:
        """
        Return a future that is done when the clock has reached *when*.

        To give up, cancel it or set its result: the ticker passes over what is done already.
        """
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if when != math.inf:
            self.call_at(when, future, future.set_result)
        return future

    def call_at(
        self, when: float, until: asyncio.Future[None], call: Callable[[None], object]
    ) -> None:
        """
        Call *call* when the clock has reached *when*, unless *until* is done by then.

        Cheaper than a task that wakes, but all who wait for the same moment wait for each other,
        and none may raise.
        """
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._reset(loop)
        if len(self._waits) >= self._crowded:
            self._clear()
        heappush(self._waits, (when, next(self._order), until, call))
        if when < self._armed:
            self._arm(when)

    def _reset(self, loop: asyncio.AbstractEventLoop | None) -> None:
        self._loop = loop
        self._waits: list[_Wait] = []
        self._order = count()
        self._crowded = _FEW
        self._timer: Timer | None = None
        self._armed = math.inf

    def _arm(self, when: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._armed = when
        self._timer = self.clock.call_at(when, self._tick)

    def _tick(self) -> None:
        # Who is called may wait again: one timer is set in the end, for all.
        self._timer, self._armed = None, -math.inf
        waits, now = self._waits, self.now()
        try:
            while waits and (waits[0][0] <= now or waits[0][2].done()):
                _, _, until, call = heappop(waits)
                if not until.done():
                    call(None)
                    if self.now() > now + _LONGEST:
                        break
        finally:
            self._armed = math.inf
            if waits:
                self._arm(waits[0][0])

    def _clear(self) -> None:
        """Drop those who gave up: each is looked at once for each doubling, so it costs nothing."""
        self._waits = [wait for wait in self._waits if not wait[2].done()]
        heapify(self._waits)
        self._crowded = max(_FEW, 2 * len(self._waits))


_Wait = tuple[float, int, asyncio.Future[None], Callable[[None], object]]

_LONGEST = 0.01
"""Seconds of calls that follow one another; then the loop looks at its connections."""

_FEW = 64
