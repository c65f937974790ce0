"""Waiting: in order, never early, and for nothing where the clock is virtual."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockrouter.serving.ticker import RealClock, Ticker, Timer, VirtualClock

MOMENTS = st.lists(st.floats(min_value=0, max_value=3600), max_size=40)


@given(MOMENTS)
def test_wakes_each_when_it_is_due_and_in_order(moments: list[float]) -> None:
    """Everybody is woken at their own moment exactly, the earliest first, ties by arrival."""
    woken: list[tuple[float, float, int]] = []
    ticker = Ticker(VirtualClock())

    async def wait(number: int, when: float) -> None:
        await ticker.until(when)
        woken.append((ticker.now(), when, number))

    async def scene() -> None:
        await asyncio.gather(*(wait(number, when) for number, when in enumerate(moments)))

    asyncio.run(scene())

    expected = sorted((when, number) for number, when in enumerate(moments))
    assert [(when, when, number) for when, number in expected] == woken


def test_an_hour_takes_no_time() -> None:
    """The virtual clock jumps, so long waits are free."""
    ticker = Ticker(VirtualClock())
    before = time.monotonic()

    asyncio.run(ticker.until(3600))

    assert 3600 == ticker.now()
    assert time.monotonic() - before < 1


def test_the_virtual_clock_lets_work_go_first() -> None:
    """Time stands still while a task still has something to do, however many turns it takes."""
    ticker = Ticker(VirtualClock())
    seen: list[float] = []

    async def work() -> None:
        for _ in range(10):
            await asyncio.sleep(0)
            seen.append(ticker.now())
        await ticker.until(1)
        seen.append(ticker.now())

    async def scene() -> None:
        await asyncio.gather(ticker.until(5), work())

    asyncio.run(scene())

    assert [0.0] * 10 + [1.0] == seen


def test_an_earlier_wait_that_comes_later_goes_first() -> None:
    """The one timer is moved forward when somebody waits for less."""
    ticker = Ticker()
    order: list[str] = []

    async def wait(name: str, seconds: float) -> None:
        await ticker.until(ticker.now() + seconds)
        order.append(name)

    async def scene() -> None:
        await asyncio.gather(wait("long", 0.03), wait("short", 0.01), wait("between", 0.02))

    asyncio.run(scene())

    assert ["short", "between", "long"] == order


def test_real_time_is_never_early() -> None:
    """Nobody is woken before the moment, not even by the rounding of a timer."""
    ticker = Ticker(RealClock())
    early: list[float] = []

    async def wait(when: float) -> None:
        await ticker.until(when)
        early.append(when - time.monotonic())

    async def scene() -> None:
        start = ticker.now()
        await asyncio.gather(*(wait(start + number * 0.00017) for number in range(300)))

    asyncio.run(scene())

    assert 300 == len(early)
    assert max(early) <= 0


def test_what_is_past_is_not_waited_for() -> None:
    """A moment that has come costs neither a timer nor a turn of the loop."""
    ticker = Ticker(VirtualClock(start=10))
    waiting = ticker.until(10)

    try:
        waiting.send(None)
    except StopIteration:
        waited = False
    else:
        waited = True

    assert not waited


def test_those_who_gave_up_are_forgotten() -> None:
    """A hundred thousand cancelled waits for a far moment do not stay in memory."""
    ticker = Ticker()

    async def scene() -> None:
        for _ in range(100_000):
            ticker.at(ticker.now() + 3600).cancel()

    asyncio.run(scene())

    assert len(ticker) < 200


def test_never_takes_no_timer() -> None:
    """A wait without end ends when it is cancelled."""
    ticker = Ticker()

    async def scene() -> bool:
        waiting = asyncio.create_task(ticker.until(math.inf))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
        return waiting.cancelled()

    assert asyncio.run(scene())
    assert 0 == len(ticker)


def test_serves_the_next_loop() -> None:
    """Waits left over in a loop that has ended do not hold up those in the next."""
    ticker = Ticker(VirtualClock())

    async def leave() -> None:
        ticker.at(1)

    asyncio.run(leave())
    asyncio.run(ticker.until(2))

    assert 2 == ticker.now()


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_waiting_is_not_spinning(loop: str) -> None:
    """A wait of many milliseconds sets a few timers, on loops with coarse timers too."""
    factory = None if loop == "asyncio" else pytest.importorskip(loop).new_event_loop
    timers: list[float] = []

    class Counting(RealClock):
        def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
            timers.append(when)
            return super().call_at(when, callback)

    async def scene() -> None:
        ticker = Ticker(Counting())
        for _ in range(10):
            await ticker.until(ticker.now() + 0.0043)

    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(scene())

    assert len(timers) <= 30


def test_a_tick_ends_in_time() -> None:
    """However many are due at once: after a while the loop does what else it has to do."""
    clock = Counting()
    ticker = Ticker(clock)
    called: list[float] = []

    async def scene() -> None:
        for _ in range(100):
            pause: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            ticker.call_at(1.0, pause, lambda _: called.append(clock.now()))
        clock.ring()

    asyncio.run(scene())

    assert 0 < len(called) < 100
    assert 1.0 == clock.armed


def test_a_call_that_fails_stops_no_other() -> None:
    """Whatever one does, the others' timer is set."""
    clock = Counting()
    ticker = Ticker(clock)

    def fail(_: None) -> None:
        raise RuntimeError

    async def scene() -> None:
        for call in (fail, print):
            pause: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            ticker.call_at(1.0, pause, call)
        clock.armed = 0.0
        with pytest.raises(RuntimeError):
            clock.ring()

    asyncio.run(scene())

    assert 1.0 == clock.armed


class Counting:
    """A clock on which each look takes a millisecond, and whose alarm a test rings."""

    def __init__(self) -> None:
        """Begin at 1."""
        self.time = 1.0
        self.armed = 0.0
        self.ring: Callable[[], None] = lambda: None

    def now(self) -> float:
        """Seconds."""
        self.time += 0.001
        return self.time

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        """Keep it."""
        self.armed, self.ring = when, callback
        return asyncio.get_running_loop().create_future()
