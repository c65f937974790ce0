"""What workers hand over without waiting for an answer, as their parent takes it in."""

from __future__ import annotations

import asyncio
import socket

from mockrouter.state.memory import MemoryState
from mockrouter.state.messages import taken
from mockrouter.state.protocol import Entry

_PAUSE = 0.005
"""Seconds for which what comes is left where it is, so that much is taken in at once."""
_MOST = 65_536


class Inbox:
    """
    Entries of the journal, from any number of workers.

    What a worker has handed to the kernel outlives it, and none waits until that has been taken in.
    ``take`` takes in all of it, for whoever wants to read.
    """

    def __init__(self, state: MemoryState) -> None:
        """Take in for *state*; within the loop that runs."""
        self._state = state
        self._loop = asyncio.get_running_loop()
        self._come: dict[socket.socket, bytearray] = {}

    def join(self, worker: socket.socket) -> None:
        """Take in what comes on a connection, and close it when its other end is."""
        worker.settimeout(0)
        self._come[worker] = bytearray()
        self._loop.add_reader(worker, self._hear, worker)

    def take(self) -> None:
        """Take in all that any worker has written so far."""
        for worker in [*self._come]:
            self._read(worker)

    def close(self) -> None:
        """Take in what is left, and listen no more."""
        self.take()
        for worker in [*self._come]:
            self._leave(worker)

    def _hear(self, worker: socket.socket) -> None:
        self._loop.remove_reader(worker)
        self._go_on(worker)

    def _go_on(self, worker: socket.socket) -> None:
        """Take in what has come, and leave what comes next for a while."""
        if worker not in self._come:
            return
        if self._read(worker) and not self._come[worker]:
            self._loop.call_later(_PAUSE, self._go_on, worker)
        elif worker in self._come:  # nothing came, or its writer waits to write the rest
            self._loop.add_reader(worker, self._hear, worker)

    def _read(self, worker: socket.socket) -> bool:
        """Take in what a worker has written; whether that was anything, and it may go on."""
        come, is_over = self._come[worker], True
        before = len(come)
        try:
            while data := worker.recv(_MOST):
                come += data
        except BlockingIOError:
            is_over = False
        except ConnectionError:
            pass
        has_come = len(come) > before
        for entries in taken(come):
            self._state.note([Entry(*each) for each in entries])
        if is_over:
            self._leave(worker)
        return has_come and not is_over

    def _leave(self, worker: socket.socket) -> None:
        self._come.pop(worker, None)
        self._loop.remove_reader(worker)
        worker.close()
