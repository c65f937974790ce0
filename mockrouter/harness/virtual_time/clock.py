"""The clock of a server whose time can jump: real time, and what has been skipped."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from mockrouter.serving.ticker import RealClock, Timer


class SharedClock:
    """
    Monotonic time plus all jumps so far, for a server's ticker; any thread may read it.

    Until somebody jumps it is a ``RealClock``.

    Attributes:
        ahead: Seconds that were skipped so far.

        changed: Called, in the server's thread, when somebody waits for another moment than before.
    """

    def __init__(self) -> None:
        """Start in real time."""
        self.ahead = 0.0
        self.changed: Callable[[], object] = nothing
        self._floor = -math.inf
        self._timers: dict[_Timer, float] = {}
        self._lock = threading.Lock()

    def now(self) -> float:
        """Seconds since some fixed moment; never goes back."""
        # A sum of floats may fall short of the moment that was jumped to.
        return max(time.monotonic() + self.ahead, self._floor)

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        """Call *callback* once in the running loop, when real time or a jump has reached *when*."""
        timer = _Timer(self, when, callback)
        with self._lock:
            self._timers[timer] = when
        timer.settle()
        self.changed()
        return timer

    def forget(self, timer: _Timer) -> None:
        """Drop a timer that has rung or was cancelled."""
        with self._lock:
            self._timers.pop(timer, None)
        self.changed()

    def due(self) -> float:
        """Say for which moment the server waits; infinite if for none."""
        with self._lock:
            return min(self._timers.values(), default=math.inf)

    def jump(self, when: float) -> None:
        """Make it *when*, unless that has passed, and wake the server for what is due then."""
        with self._lock:
            step = when - self.now()
            if step <= 0:
                return
            self._floor = when
            self.ahead += step
            timers = list(self._timers)
        for timer in timers:
            with suppress(RuntimeError):  # the server may have ended
                timer.loop.call_soon_threadsafe(timer.settle)


class _Timer:
    """A call that real time brings about, or a jump."""

    def __init__(self, clock: SharedClock, when: float, callback: Callable[[], None]) -> None:
        self.loop = asyncio.get_running_loop()
        self._clock = clock
        self._when = when
        self._callback: Callable[[], None] | None = callback
        self._handle: Timer | None = None

    def settle(self) -> None:
        """Ring if it is time, else wait for it anew."""
        if self._handle is not None:
            self._handle.cancel()
        left = self._when - self._clock.now()
        callback = self._callback
        if callback is None:
            return
        # The first time it is asked from within ``call_at``, whose caller does not expect a call.
        if left > 0 or self._handle is None:
            self._handle = RealClock().call_at(time.monotonic() + left, self.settle)
            return
        self.cancel()
        callback()

    def cancel(self) -> None:
        self._callback = None
        if self._handle is not None:
            self._handle.cancel()
        self._clock.forget(self)


class Passed:
    """What has passed on a clock since this was made."""

    def __init__(self, clock: SharedClock) -> None:
        """Begin to count."""
        self._clock = clock
        self._began = clock.now()

    def now(self) -> float:
        """Seconds that passed: real ones, and those that were skipped."""
        return self._clock.now() - self._began


def nothing() -> None:
    """Do nothing: for those who only have to be woken."""
