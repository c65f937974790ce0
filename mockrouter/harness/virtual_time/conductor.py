"""Deciding when time may jump: when all wait, the server is quiet, and nothing is on its way."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress

from mockrouter.harness.virtual_time.threads import any_runs, anyio_works, places
from mockrouter.harness.virtual_time.waits import Waits

_PASSES = 16
_GLANCE = 0.1
_PAUSE = 0.005


class Conductor(threading.Thread):
    """The thread that lets time jump, until the waits are closed."""

    def __init__(self, waits: Waits, server: asyncio.AbstractEventLoop, grace: float) -> None:
        """
        Prepare the thread.

        Args:
            waits: Of all who live by the clock.

            server: The loop that serves.

            grace: Real seconds for which nothing may happen before a jump.
        """
        super().__init__(name="mockrouter virtual time", daemon=True)
        self._waits = waits
        self._server = server
        self._grace = grace

    def run(self) -> None:
        """Jump, again and again."""
        while (seen := self._waits.all_wait()) is not None:
            if self._is_quiet(seen):
                self._waits.jump(seen)
            else:
                self._waits.stirred(seen, _PAUSE)

    def _is_quiet(self, seen: int) -> bool:
        """
        Whether nothing happens: neither known nor unknown threads move, nor does the server.

        What a client sent just before it began to wait reaches the server in the first turns; what
        the server sends in reply makes a wait ready, or stirs, before the last look.
        """
        known = self._waits.threads()
        before = places(known)
        self._turn_server()
        if self._waits.stirred(seen, self._grace):
            return False
        self._turn_server()
        return before == places(known) and not any_runs(known) and not anyio_works(known)

    def _turn_server(self) -> None:
        """Have the server's loop turn some times, each with a look at its sockets."""
        server, done = self._server, threading.Event()
        if server in self._waits.loops:
            return  # it waits, as all of these do

        def turn(left: int) -> None:
            if left:
                server.call_soon(turn, left - 1)
            else:
                done.set()

        with suppress(RuntimeError):  # the server may have ended
            server.call_soon_threadsafe(turn, _PASSES)
            while not done.wait(_GLANCE) and server.is_running():
                pass
