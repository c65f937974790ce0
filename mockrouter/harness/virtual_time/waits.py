"""Who waits, for which moment, and the jump that happens when nobody does anything else."""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from mockrouter.harness.virtual_time.clock import SharedClock, nothing
from mockrouter.harness.virtual_time.threads import all_busy

_GLANCE = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Wait:
    """
    A thread that waits.

    Attributes:
        thread: Its ident.

        due: The moment at which it gives up waiting, in the clock's seconds; may be infinite.

        ready: Whether what it waits for is there already, and it just has not woken.

        wake: Has it look at the clock again. Any thread may call it.
    """

    thread: int
    due: float
    ready: Callable[[], bool]
    wake: Callable[[], object]


@dataclass(slots=True, eq=False)
class Job:
    """
    Work that a loop gave to an executor.

    Attributes:
        loop: That waits for it.

        pool: The executor, once it is known, if it is one of threads.

        thread: That does it; None before it has begun, and for other processes.

        ended: Whether the thread is through.

        answered: Whether the loop has the result, or has given up.
    """

    loop: asyncio.AbstractEventLoop
    pool: ThreadPoolExecutor | None = None
    thread: int | None = None
    ended: bool = False
    answered: bool = False

    @property
    def over(self) -> bool:
        """Whether nothing is to come of it any more."""
        return self.answered and (self.thread is None or self.ended)


class Waits:
    """
    What is known of all who live by one clock.

    Attributes:
        clock: Theirs.

        loops: Event loops in virtual time, with the threads that run them.
    """

    def __init__(self, clock: SharedClock) -> None:
        """Know of nobody yet."""
        self.clock = clock
        self.loops: dict[asyncio.AbstractEventLoop, int] = {}
        self._waits: set[Wait] = set()
        self._jobs: set[Job] = set()
        self._stirs = 0
        self._closed = False
        self._changed = threading.Condition()

    @contextmanager
    def waiting(
        self, due: float, ready: Callable[[], bool], wake: Callable[[], object]
    ) -> Iterator[None]:
        """Count this thread among those who wait, see ``Wait``."""
        wait = Wait(threading.get_ident(), due, ready, wake)
        with self._changed:
            self._waits.add(wait)
            self.stir()
        try:
            yield
        finally:
            with self._changed:
                self._waits.discard(wait)
                self.stir()

    def enter(self, loop: asyncio.AbstractEventLoop) -> None:
        """Count a loop, which this thread runs, among those in virtual time."""
        with self._changed:
            self.loops[loop] = threading.get_ident()
            self.stir()

    def give(self, job: Job) -> None:
        """Count a job among the work in flight until it is over."""
        with self._changed:
            self._jobs = {each for each in self._jobs if not each.over} | {job}
            self.stir()

    def stir(self) -> None:
        """Note that something has happened."""
        with self._changed:
            self._stirs += 1
            self._changed.notify_all()

    def stirred(self, seen: int, within: float = 0.0) -> bool:
        """Whether anything has happened since *seen*, or does within so many real seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self._stirs != seen or self._closed, within)

    def all_wait(self) -> int | None:
        """
        Sleep until all who are known wait, and one of them for a moment to come.

        Returns:
            What ``stirred`` and ``jump`` take; None once it is closed.
        """
        with self._changed:
            while not (self._closed or self._idle()):
                # A pool that fills up with work of others tells nobody.
                is_queued = any(job.thread is None and not job.over for job in self._jobs)
                self._changed.wait(_GLANCE if is_queued else None)
            return None if self._closed else self._stirs

    def jump(self, seen: int) -> None:
        """Let time jump to the first moment that anybody waits for, if nothing has happened."""
        with self._changed:
            if self._closed or self._stirs != seen or any(wait.ready() for wait in self._waits):
                return
            when = self._next()
            if when == math.inf:
                return
            self.clock.jump(when)
            # Those who are not due either: how long they sleep in real time has changed.
            for wait in self._waits:
                wait.wake()
            self.stir()

    def threads(self) -> set[int]:
        """Idents of all threads that wait."""
        with self._changed:
            return {wait.thread for wait in self._waits}

    def open(self) -> None:
        """Hear from now on when the server waits for another moment."""
        self.clock.changed = self.stir

    def close(self) -> None:
        """Let no time jump any more. Those who wait go on in real time."""
        with self._changed:
            self._closed = True
            self.clock.changed = nothing
            self.stir()

    def _next(self) -> float:
        return min(self.clock.due(), *(wait.due for wait in self._waits))

    def _idle(self) -> bool:
        waiting = {wait.thread for wait in self._waits}
        if not waiting or any(
            loop.is_running() and thread not in waiting for loop, thread in self.loops.items()
        ):
            return False
        if any(self._at_work(job, waiting) for job in self._jobs):
            return False
        # Whoever is due now is about to wake.
        return self.clock.now() < self._next() < math.inf

    def _at_work(self, job: Job, waiting: set[int]) -> bool:
        if job.over or not job.loop.is_running() or job.thread in waiting:
            return False
        if job.thread is not None:
            return True
        # One that has not begun begins at once, unless all threads of the pool are taken.
        return job.pool is None or not all_busy(job.pool)
