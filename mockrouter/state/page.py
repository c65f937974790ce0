"""
A page of memory that a parent and its workers see alike, so that a look at it asks nobody.

The parent says in it which change was the last. The workers count their requests in it.
"""

from __future__ import annotations

import mmap
import os
import sys
import time
from tempfile import TemporaryFile
from typing import Self

from mockrouter.state.protocol import Begun, StateAway

_SIZE = 64
_CHANGE, _NUMBER, _NAME = 0, 1, 16
"""Two words of eight bytes each, which are read and written at once; then the state's name."""


_PATIENCE = 0.1
"""Seconds; the lock is held for a millionth of that."""


class Page:
    """A file in memory: what changed last, and how many requests have been numbered."""

    def __init__(self, descriptor: int) -> None:
        """See the file that is open under a *descriptor*, and close that in the end."""
        self._descriptor = descriptor
        self._map = mmap.mmap(descriptor, _SIZE)
        self._words = memoryview(self._map).cast("Q")
        self._epoch = self._map[_NAME:].rstrip(b"\0").decode()

    @classmethod
    def made(cls, epoch: str) -> Self:
        """Make one for the state that is named *epoch*."""
        descriptor = _file()
        os.write(descriptor, bytes(_NAME) + epoch.encode().ljust(_SIZE - _NAME, b"\0"))
        return cls(descriptor)

    def descriptor(self) -> int:
        """Give a descriptor by which another process may see it; whoever asks closes it."""
        return os.dup(self._descriptor)

    def tell(self, change: str) -> None:
        """Say what changed last."""
        self._words[_CHANGE] = int(change.rpartition("/")[2])

    def begin(self, numbers: int) -> Begun:
        """Tell the last change, and number so many requests more; may raise ``StateAway``."""
        first = self._count(numbers) if numbers else 0
        return Begun(f"{self._epoch}/{self._words[_CHANGE]}", first)

    def _count(self, numbers: int) -> int:
        self._lock()
        try:
            first = self._words[_NUMBER] + 1
            self._words[_NUMBER] += numbers
        finally:
            os.lockf(self._descriptor, os.F_ULOCK, 0)
        return first

    def _lock(self) -> None:
        # The kernel takes the lock from a process that dies; one that stands still has it for ever.
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                os.lockf(self._descriptor, os.F_TLOCK, 0)
            except (BlockingIOError, PermissionError):
                if time.monotonic() > deadline:
                    message = "a worker that stands still keeps others from numbering requests"
                    raise StateAway(message) from None
                time.sleep(0)
            else:
                return

    def close(self) -> None:
        """Let go of it."""
        self._words.release()
        self._map.close()
        os.close(self._descriptor)


def _file() -> int:
    """Open a file that has no name, in memory where the system has such files."""
    if sys.platform == "linux":
        return os.memfd_create("mockrouter")
    with TemporaryFile() as file:
        return os.dup(file.fileno())
