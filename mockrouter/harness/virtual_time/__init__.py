"""
Virtual time: waits of a test's client and of the server pass at once, in their order.

Nothing is sped up. Where every client in the process waits and the server does too, the clock that
they share jumps to the first moment that any of them waits for.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Container, Iterator
from contextlib import contextmanager

from mockrouter.errors import MockRouterError
from mockrouter.harness.virtual_time.blocking import blocking_in
from mockrouter.harness.virtual_time.clock import Passed, SharedClock
from mockrouter.harness.virtual_time.conductor import Conductor
from mockrouter.harness.virtual_time.loops import loops_in
from mockrouter.harness.virtual_time.waits import Waits

__all__ = ["Passed", "SharedClock", "virtual_time"]

_GRACE = 0.001


@contextmanager
def virtual_time(
    clock: SharedClock,
    server: asyncio.AbstractEventLoop,
    ports: Container[int],
    *,
    grace: float = _GRACE,
) -> Iterator[Passed]:
    """
    Let time jump wherever all wait, for clients in this process and one server.

    Virtual are: asyncio's own loop, if it runs in this thread or starts meanwhile in any;
    ``time.sleep``; timeouts of sockets connected to the server. What else tells or waits for time
    stays real, ``time.monotonic`` and ``threading.Event.wait`` too. Work in a loop's executors is
    not overtaken. Afterwards all is as it was, but a loop keeps the time that it has reached.

    Args:
        clock: By which the server's ticker goes.

        server: The loop that serves.

        ports: On which it is served; looked at whenever a socket reads.

        grace: Real seconds for which nothing may happen before each jump: for work in threads that
            nobody knows of, and for connections to others than this server.

    Returns:
        A clock that starts at 0: its ``now()`` counts the seconds that passed.

    Raises:
        MockRouterError: It is entered already, or here runs another loop than asyncio's own.
    """
    _refuse_trio()
    waits = Waits(clock)
    conductor = Conductor(waits, server, grace)
    with blocking_in(waits, ports), loops_in(waits):
        waits.open()
        conductor.start()
        try:
            yield Passed(clock)
        finally:
            waits.close()
            conductor.join()


def _refuse_trio() -> None:
    trio = sys.modules.get("trio")
    if trio is None:
        return
    try:
        trio.lowlevel.current_trio_token()
    except RuntimeError:
        return
    raise MockRouterError(
        "virtual_time() needs asyncio, and this is trio; run it with trio.testing.MockClock and "
        "shorten the server's waits by time_scale instead"
    )
