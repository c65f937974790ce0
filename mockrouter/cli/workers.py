"""
Several processes on one port: a parent that holds what they share, and starts anew what dies.

The parent listens and serves nothing. Each worker gets sockets of its own to accept from, so that
connections that come while it is started anew wait for it.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from pathlib import Path

from mockrouter.cli.banner import banner
from mockrouter.cli.child import VIEW, Child, begin
from mockrouter.cli.doors import Doors
from mockrouter.cli.serving import Options, port_written
from mockrouter.cli.sharing import check_state
from mockrouter.cli.telemetry import Telemetry
from mockrouter.cli.terminal import tell
from mockrouter.errors import MockRouterError
from mockrouter.scenario.memory import Memory
from mockrouter.serving.ports import address
from mockrouter.serving.telemetry.totals import Rows, Totals
from mockrouter.state.bounds import Bounds
from mockrouter.state.memory import MemoryState
from mockrouter.state.parent import Parent, state_served

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_SOON = 2.0
"""Seconds; a worker that lives no longer did not get to serve."""
_TRIES = 3
_PAUSE, _LONGEST_PAUSE = 1.0, 5.0
_PATIENCE = 5.0
"""Seconds beyond the grace in which a worker that was told to end does so."""
_AT_ONCE = 1.0
_ASIDE = 2.0
"""Seconds in which a worker tells its figures, else what it told last is taken."""


def serve_by_workers(options: Options, number: int, port_file: Path | None) -> None:
    """
    Serve by several processes until SIGINT or SIGTERM.

    Raises:
        MockRouterError: A scenario is wrong, the port is taken, the state is not there, or the
            processes do not start.
    """
    if os.name != "posix":
        message = "several workers need a system of the Unix kind; serve with --workers 1"
        raise MockRouterError(message)
    engine = options.engine(Memory())
    if options.state is not None:
        check_state(options.state)
    # What a worker could not do is told once, and before any is started.
    with Telemetry(engine, metrics=options.metrics, otel=options.otel):
        pass
    doors = Doors(options.host, options.port, number)
    with port_written(doors, port_file):
        url, paths = address(options.host, doors.port), tuple(map(Path, options.paths))
        more = "" if options.quiet else banner(url, engine, paths, reloads=options.reload)
        del engine
        tell(f"mockrouter listening on {url}\n{more}")
        asyncio.run(_Family(options, doors).run())


class _Family:
    """Keeps its workers running."""

    def __init__(self, options: Options, doors: Doors) -> None:
        self._options = options
        self._doors = doors
        self._children: dict[int, Child] = {}
        self._gone = Totals()
        self._state: Parent | None = None
        self._ending = asyncio.Event()

    async def run(self) -> None:
        """Run until a signal comes, or until no worker starts."""
        async with AsyncExitStack() as stack:
            if self._options.state is None:
                held = MemoryState(secrets.token_hex(4), Bounds(self._options.journal_size))
                self._state = await stack.enter_async_context(state_served(held))
            stack.enter_context(self._signals())
            try:
                async with asyncio.TaskGroup() as group:
                    for place in range(len(self._doors.sockets)):
                        group.create_task(self._keep(place))
            except ExceptionGroup as errors:
                # Not by 'except*', out of which Python 3.11.2 raises groups alone.
                told = errors.subgroup(MockRouterError)
                raise (told or errors).exceptions[0] from None

    async def _keep(self, place: int) -> None:
        """Run a worker at a place, time and again."""
        tries = 0
        try:
            while not self._ending.is_set():
                started = time.monotonic()
                served, said = await self._live(place)
                if self._ending.is_set():
                    return
                if not served:
                    self._doors.leave(place)
                is_early = not served or time.monotonic() < started + _SOON
                tries = tries + 1 if is_early else 0
                await self._pause(tries, said)
        except asyncio.CancelledError:
            await self._stop(place)
            raise

    async def _live(self, place: int) -> tuple[bool, str]:
        """Run a worker until it ends; whether it served, and what became of it."""
        try:
            child = self._children[place] = await self._start(place)
        except OSError as error:  # as where the system has no room for one more process
            return False, f"a worker cannot be made: {error}"
        code = await child.ended()
        self._children.pop(place)
        if child.told is not None:
            self._gone.merge(Totals.of(child.told[0]))
            child.told = None
        return child.served, f"worker {child.process.pid} ended with {code}"

    async def _pause(self, tries: int, said: str) -> None:
        """Say what happened, and wait before the next try, unless it is the first."""
        if tries <= 1:
            tell(f"{said}; starting another\n", stderr=True)
            return
        if tries >= _TRIES and not any(each.serves for each in self._children.values()):
            message = f"{said} before it served, as {tries - 1} did before, and no other serves"
            raise MockRouterError(message)
        # What keeps it from starting may be mended while others serve, as a scenario that is wrong.
        seconds = min(_PAUSE * 2 ** (tries - 2), _LONGEST_PAUSE)
        tell(f"{said}; starting another in {seconds:g} s\n", stderr=True)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ending.wait()

    async def _start(self, place: int) -> Child:
        ends = await self._state.join() if self._state is not None else None
        sockets = [each.fileno() for each in self._doors.sockets[place]]
        told = {"options": self._options._asdict(), "sockets": sockets, "ends": ends}
        try:
            descriptors = [*sockets, *(ends or ())]
            child = await begin(told | {"first": place == 0}, descriptors, {VIEW: self._view})
        finally:
            if ends is not None:
                ends.close()
        if self._ending.is_set():
            child.send(signal.SIGTERM)
        return child

    async def _view(self) -> tuple[object, Rows]:
        """Tell what those had counted that are gone, and how the others are."""
        children = sorted(self._children.items())
        asked = (child.ask(_ASIDE) for _, child in children if child.serves)
        await asyncio.gather(*asked, return_exceptions=True)
        rows = [(str(place), child.process.pid, child.told) for place, child in children]
        return self._gone.plain(), [("parent", os.getpid(), None), *rows]

    async def _stop(self, place: int) -> None:
        child = self._children.get(place)
        if child is None:
            return
        child.send(signal.SIGTERM)
        try:
            async with asyncio.timeout(_PATIENCE):
                await child.process.wait()
        except TimeoutError:
            child.send(signal.SIGKILL)

    def _end(self) -> None:
        """Have all end within the grace; asked again, at once."""
        seconds = _AT_ONCE if self._ending.is_set() else self._options.grace + _PATIENCE
        self._ending.set()
        self._send(signal.SIGTERM)
        asyncio.get_running_loop().call_later(seconds, self._send, signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        for child in self._children.values():
            child.send(number)

    @contextmanager
    def _signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for each in _SIGNALS:
            loop.add_signal_handler(each, self._end)
        try:
            yield
        finally:
            for each in _SIGNALS:
                loop.remove_signal_handler(each)
