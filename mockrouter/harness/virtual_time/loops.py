"""asyncio's own loop in virtual time: its clock, its waiting, its threads."""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from selectors import SelectorKey
from typing import Any, TypeAlias

from mockrouter.errors import MockRouterError
from mockrouter.harness.virtual_time.clock import SharedClock, nothing
from mockrouter.harness.virtual_time.waits import Job, Waits
from mockrouter.serving.server import THREAD

_Events: TypeAlias = list[tuple[SelectorKey, int]]
_Select: TypeAlias = Callable[[float | None], _Events]


class LoopTime:
    """
    What stands in for ``loop.time``: the loop's own time, and what has been skipped meanwhile.

    It stays when virtual time ends, at real speed: the time of a loop must not go back, as timers
    and deadlines are written in it.
    """

    def __init__(self, own: Callable[[], float], clock: SharedClock, before: float = 0.0) -> None:
        """Go on from ``own() + before``."""
        self.own = own
        self._clock: SharedClock | None = clock
        self._shift = before - clock.ahead

    def __call__(self) -> float:
        """Seconds, as ``loop.time()``."""
        return self.own() + self.ahead

    @property
    def ahead(self) -> float:
        """Seconds that this loop has skipped in all."""
        clock = self._clock
        return self._shift if clock is None else self._shift + clock.ahead

    def stop(self) -> None:
        """Go on at real speed."""
        self._shift, self._clock = self.ahead, None


@contextmanager
def loops_in(waits: Waits) -> Iterator[None]:
    """
    Put the loop that runs in this thread into virtual time, and every loop that starts meanwhile.

    Raises:
        MockRouterError: The loop that runs is not asyncio's own.
    """
    with ExitStack() as undo:
        try:
            running: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
        except RuntimeError:
            running = None
        if running is not None:
            undo.callback(_enter(running, waits))
            waits.enter(running)
        plain = asyncio.BaseEventLoop.run_forever

        def run_forever(loop: asyncio.BaseEventLoop) -> None:
            # A server in a thread of its own lives by its own clock.
            if threading.current_thread().name != THREAD:
                if loop not in waits.loops:
                    undo.callback(_enter(loop, waits))
                waits.enter(loop)
            plain(loop)

        undo.callback(setattr, asyncio.BaseEventLoop, "run_forever", plain)
        asyncio.BaseEventLoop.run_forever = run_forever  # type: ignore[assignment, method-assign]
        yield


def _enter(loop: asyncio.AbstractEventLoop, waits: Waits) -> Callable[[], None]:
    """Put a loop into virtual time; returns what takes it out."""
    if not isinstance(loop, asyncio.SelectorEventLoop):
        kind = f"{type(loop).__module__}.{type(loop).__qualname__}"
        raise MockRouterError(
            f"virtual_time() needs asyncio's own selector loop, and this is {kind}; use asyncio's "
            f"loop in this test, or time_scale to shorten the server's waits instead"
        )
    inner: Any = loop  # what is replaced below is, for mypy, no attribute
    selector = inner._selector  # noqa: SLF001  there is no public way to see that a loop is idle
    before = inner.__dict__.get("time")
    own, ahead = (before.own, before.ahead) if isinstance(before, LoopTime) else (loop.time, 0.0)
    time = inner.time = LoopTime(own, waits.clock, ahead)
    selector.select = partial(_select, loop, selector.select, waits)
    inner.run_in_executor = partial(_run_in_executor, loop, loop.run_in_executor, waits)

    def leave() -> None:
        time.stop()
        del selector.select, inner.run_in_executor
        if not time.ahead:
            del inner.time

    return leave


def _select(
    loop: asyncio.AbstractEventLoop, select: _Select, waits: Waits, timeout: float | None = None
) -> _Events:
    """Wait for I/O as a selector does, for *timeout* virtual seconds."""
    events = select(0)
    if events or (timeout is not None and timeout <= 0):
        return events
    due = math.inf if timeout is None else waits.clock.now() + timeout
    wake = partial(loop.call_soon_threadsafe, nothing)
    with waits.waiting(due, ready=lambda: bool(select(0)), wake=wake):
        return select(None if timeout is None else max(0.0, due - waits.clock.now()))


def _run_in_executor(
    loop: asyncio.AbstractEventLoop,
    run: Callable[..., asyncio.Future[Any]],
    waits: Waits,
    executor: Executor | None,
    func: Callable[..., Any],
    *args: object,
) -> asyncio.Future[Any]:
    """Have a job done as the loop does, and know when it is over."""
    job = Job(loop)
    if executor is None or isinstance(executor, ThreadPoolExecutor):
        func = partial(_work, job, waits, func)
    waits.give(job)
    future = run(executor, func, *args)
    pool = getattr(loop, "_default_executor", None) if executor is None else executor
    job.pool = pool if isinstance(pool, ThreadPoolExecutor) else None

    def answered(_: asyncio.Future[Any]) -> None:
        job.answered = True
        waits.stir()

    future.add_done_callback(answered)
    return future


def _work(job: Job, waits: Waits, func: Callable[..., Any], *args: object) -> object:
    job.thread = threading.get_ident()
    try:
        return func(*args)
    finally:
        job.ended = True
        waits.stir()
