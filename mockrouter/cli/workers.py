"""
Several processes on one port: a parent that holds what they share, and starts anew what dies.

The parent listens and serves nothing. Each worker gets sockets of its own to accept from, so that
connections that come while it is started anew wait for it.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from pathlib import Path

from mockrouter.cli.banner import banner
from mockrouter.cli.serving import Options, port_written
from mockrouter.cli.sharing import check_state
from mockrouter.cli.telemetry import Telemetry
from mockrouter.cli.terminal import tell
from mockrouter.errors import MockRouterError
from mockrouter.scenario.memory import Memory
from mockrouter.serving.ports import address, listen
from mockrouter.state.ends import Ends
from mockrouter.state.memory import MemoryState
from mockrouter.state.parent import Parent, state_served

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_SOON = 2.0
"""Seconds; a worker that lives no longer did not get to serve."""
_TRIES = 3
_PATIENCE = 10.0


class Doors:
    """
    A port, with sockets for each of several processes.

    Attributes:
        sockets: For each process.
    """

    def __init__(self, host: str, port: int, number: int) -> None:
        """Take nothing yet."""
        self._host = host
        self._port = port
        self._number = number
        self.sockets: list[list[socket.socket]] = []

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return self._port

    def bind(self) -> None:
        """
        Take the port.

        Raises:
            CannotListen: ``PortInUse`` among others.
        """
        first = listen(self._host, self._port)
        self._port = first[0].getsockname()[1]
        if sys.platform != "linux":
            # Others that can share a port do not deal connections out.
            self.sockets = [first] * self._number
            return
        # Sharing would not notice that another server is there, so it comes second.
        for each in first:
            each.close()
        every = range(self._number)
        self.sockets = [listen(self._host, self._port, shared=True) for _ in every]


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
    with Telemetry(engine, otel=options.otel):
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
        self._workers: dict[int, asyncio.subprocess.Process] = {}
        self._ending = asyncio.Event()

    async def run(self) -> None:
        """Run until a signal comes, or until a worker does not start."""
        async with AsyncExitStack() as stack:
            state = None
            if self._options.state is None:
                held = MemoryState(secrets.token_hex(4), self._options.journal_size)
                state = await stack.enter_async_context(state_served(held))
            stack.enter_context(self._signals())
            try:
                async with asyncio.TaskGroup() as group:
                    for place in range(len(self._doors.sockets)):
                        group.create_task(self._keep(place, state))
            except* MockRouterError as errors:
                raise errors.exceptions[0] from None

    async def _keep(self, place: int, state: Parent | None) -> None:
        tries = 0
        try:
            while not self._ending.is_set():
                started = time.monotonic()
                worker = self._workers[place] = await self._start(place, state)
                code = await worker.wait()
                if self._ending.is_set():
                    return
                tries = tries + 1 if time.monotonic() < started + _SOON else 0
                if tries == _TRIES:
                    message = f"a worker ended {_TRIES} times as it started, with {code}"
                    raise MockRouterError(message)
                tell(f"worker {worker.pid} ended with {code}; starting another\n", stderr=True)
        except asyncio.CancelledError:
            await self._stop(place)
            raise

    async def _start(self, place: int, state: Parent | None) -> asyncio.subprocess.Process:
        ends = await state.join() if state is not None else None
        try:
            worker = await self._begin(place, ends)
        finally:
            if ends is not None:
                ends.close()
        if self._ending.is_set():
            _send(worker, signal.SIGTERM)
        return worker

    async def _begin(self, place: int, ends: Ends | None) -> asyncio.subprocess.Process:
        sockets = [each.fileno() for each in self._doors.sockets[place]]
        worker = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "mockrouter.cli.worker"),
            stdin=asyncio.subprocess.PIPE,
            pass_fds=[*sockets, *(ends or ())],
            # Ctrl-C reaches the parent alone, which says it once to each.
            process_group=0,
        )
        told = {"options": self._options._asdict(), "sockets": sockets, "ends": ends}
        stdin = worker.stdin
        assert stdin is not None  # noqa: S101 - a pipe, as asked for above
        with suppress(ConnectionError):  # it has died already
            stdin.write(json.dumps(told | {"first": place == 0}).encode() + b"\n")
            await stdin.drain()
        return worker

    async def _stop(self, place: int) -> None:
        worker = self._workers.get(place)
        if worker is None:
            return
        _send(worker, signal.SIGTERM)
        try:
            async with asyncio.timeout(_PATIENCE):
                await worker.wait()
        except TimeoutError:
            _send(worker, signal.SIGKILL)

    def _end(self) -> None:
        self._ending.set()
        for worker in self._workers.values():
            _send(worker, signal.SIGTERM)

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


def _send(worker: asyncio.subprocess.Process, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        worker.send_signal(number)
