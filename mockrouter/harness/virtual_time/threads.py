"""Threads of which nothing is known but what they run."""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.thread import _WorkItem
from contextlib import suppress
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Final

from mockrouter.serving.server import THREAD

_ANYIO = ("anyio._backends._asyncio", "WorkerThread")
_TASKS = Path("/proc/self/task")
_POOLED: Final = _WorkItem.run.__code__


def places(known: Collection[int]) -> dict[int, tuple[int, int]]:
    """
    Say where every thread stands in its program, but *known* ones, servers and this one.

    One that stands at the same place later is blocked, or in a call to foreign code.
    """
    left_out = {thread.ident for thread in _left_out(known)}
    return {
        ident: (id(frame), frame.f_lasti)
        for ident, frame in sys._current_frames().items()  # noqa: SLF001  documented all the same
        if ident not in left_out
    }


def any_runs(known: Collection[int]) -> bool:
    """
    Whether a thread has or wants a processor, but *known* ones, servers and this one.

    Sees those too of which Python knows nothing. On Linux alone; elsewhere none ever does.

    Source: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
    """
    left_out = {str(thread.native_id) for thread in _left_out(known)}
    for task in _TASKS.glob("*"):
        if task.name not in left_out:
            with suppress(OSError):  # one that has just ended
                state = (task / "stat").read_bytes().rpartition(b")")[2].split()[0]
                if state == b"R":
                    return True
    return False


def anyio_works(known: Collection[int]) -> bool:
    """Whether a thread of anyio's pool, which is not one of *known*, is at a job."""
    workers = [
        thread
        for thread in threading.enumerate()
        if (type(thread).__module__, type(thread).__name__) == _ANYIO and thread.ident not in known
    ]
    if not workers:
        return False
    frames = sys._current_frames()  # noqa: SLF001  documented all the same
    return any(_is_busy(thread, frames.get(thread.ident or 0)) for thread in workers)


def all_busy(pool: ThreadPoolExecutor) -> bool:
    """Whether a pool has all threads that it may have, and each is at a job."""
    inner: Any = pool  # there is no public way to see what its threads do
    threads = list(inner._threads)  # noqa: SLF001
    if len(threads) < inner._max_workers:  # noqa: SLF001
        return False
    frames = sys._current_frames()  # noqa: SLF001  documented all the same
    return all(_runs(frames.get(thread.ident), _POOLED) for thread in threads)


def _runs(frame: FrameType | None, code: CodeType) -> bool:
    while frame is not None and frame.f_code is not code:
        frame = frame.f_back
    return frame is not None


def _is_busy(thread: threading.Thread, frame: FrameType | None) -> bool:
    """Whether it runs anything but the wait for its next job."""
    inner = None
    while frame is not None and frame.f_code is not type(thread).run.__code__:
        inner, frame = frame, frame.f_back
    return frame is not None and (inner is None or inner.f_code is not queue.Queue.get.__code__)


def _left_out(known: Collection[int]) -> list[threading.Thread]:
    known = {threading.get_ident(), *known}
    return [each for each in threading.enumerate() if each.name == THREAD or each.ident in known]
