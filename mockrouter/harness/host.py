"""An engine on a port of its own, in a thread of its own, by a clock that tests may move."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import Callable, Coroutine, Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeVar

from starlette.types import ASGIApp

from mockrouter.engine.engine import Engine
from mockrouter.engine.journal import Exchange, Journal
from mockrouter.engine.settings import Settings
from mockrouter.errors import MockRouterError
from mockrouter.harness.finding import Finder
from mockrouter.harness.virtual_time import Passed, SharedClock, virtual_time
from mockrouter.scenario.library import Library, load
from mockrouter.serving.adopting import adopt
from mockrouter.serving.app import App
from mockrouter.serving.server import HttpServer
from mockrouter.serving.ticker import Ticker

Made = TypeVar("Made")

_REQUESTS = 10_000
"""Requests that are remembered, over all tests that run at a time."""

_NOT_STARTED = "the server does not run; enter it: `with mockrouter.Server() as server:`"

_FORKED = (
    "the server runs in the process from which this one was forked; ask for requests there, or "
    "make a mockrouter.Server() here"
)


class Host:
    """
    What all namespaces of a server share.

    Attributes:
        engine: Answers.

        finder: Finds scenarios by name.

        library: The scenarios of the catalogue, of which none answers unasked.

        ports: On which it answers: its own, and those of servers that it serves from.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        paths: Iterable[Path | str] = (),
    ) -> None:
        """Prepare a server; ``start`` starts it."""
        self.library: Library = load()
        self.finder = Finder(self.library.named, paths)
        self.engine = Engine(self.library, settings, journal=Journal(most=_REQUESTS, apart=True))
        self.clock = SharedClock()
        self.app = App(self.engine, Ticker(self.clock))
        self.ports: set[int] = set()
        self._pid = os.getpid()
        self._http = HttpServer(self.app, host, port)

    @property
    def url(self) -> str:
        """
        ``http://host:port``.

        Raises:
            MockRouterError: It has not been started, and takes any port that is free.
        """
        if not self._http.port:
            raise MockRouterError(_NOT_STARTED)
        return self._http.url

    @property
    def runs(self) -> bool:
        """Whether it serves."""
        return self._http.loop is not None

    def start(self) -> None:
        """
        Serve from now on; nothing happens if it does already.

        Raises:
            CannotListen: ``PortInUse`` among others.
        """
        if not self.runs:
            self._http.__enter__()
            self._pid = os.getpid()
            self.ports.add(self._http.port)

    def stop(self) -> None:
        """Stop, and wait for it; in a child process there is nothing to stop."""
        if self._is_forked:
            return
        self._http.__exit__(None, None, None)

    def call(self, make: Callable[[], Coroutine[None, None, Made]]) -> Made:
        """Run a coroutine where the server runs, and wait for what it gives."""
        return asyncio.run_coroutine_threadsafe(make(), self._loop).result()

    def adopt(self, connection: socket.socket, received: bytes, app: ASGIApp) -> None:
        """Go on with a connection that another server has accepted, see ``adopting``."""
        adopt(self._http, connection, received, app)

    def close(self, namespace: str) -> None:
        """End a namespace, unless the server has ended before it."""
        loop = self._http.loop
        # As the interpreter ends, the server's thread stands still and nobody would answer.
        if loop is None or sys.is_finalizing() or self._is_forked:
            return
        closing = asyncio.run_coroutine_threadsafe(self.app.close(namespace), loop)
        # What is asked later comes later in the loop too, so only open streams are waited for.
        if self.app.plays(namespace):
            closing.result()

    def exchanges(self, namespace: str) -> list[Exchange]:
        """
        List a namespace's exchanges; those whose answer has arrived are complete.

        Raises:
            MockRouterError: This is a fork of the process in which the server runs.
        """
        if self._is_forked:
            raise MockRouterError(_FORKED)
        found = self.engine.journal.of(namespace)
        if any(exchange.sent is None for exchange in found) and self.runs:
            # What has been sent is written down in the same step, so one step further it is there.
            self.call(_nothing)
        return self.engine.journal.of(namespace)

    def virtual_time(self, grace: float) -> AbstractContextManager[Passed]:
        """Let time jump wherever all wait, after *grace* real seconds in which nothing happens."""
        return virtual_time(self.clock, self._loop, self.ports, grace=grace)

    @property
    def _is_forked(self) -> bool:
        """Tell whether this is a child process, in which threads of its parent do not run."""
        return self.runs and os.getpid() != self._pid

    @property
    def _loop(self) -> asyncio.AbstractEventLoop:
        loop = self._http.loop
        if self._is_forked:
            raise MockRouterError(_FORKED)
        if loop is None:
            raise MockRouterError(_NOT_STARTED)
        return loop


async def _nothing() -> None:
    """Take one turn of the loop."""
