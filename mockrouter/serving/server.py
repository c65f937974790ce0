"""
Serving an app: uvicorn underneath, driven so that it starts, stops and fails the way a mock should.

It binds before it starts, so that the port is known and no client comes too early. Open streams end
with the server: a stalled one would hold Ctrl-C for ever. A signal ends it like any other stop.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import socket
import threading
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import Future
from types import TracebackType
from typing import Self

from starlette.types import ASGIApp

from mockrouter.serving.ending import Uvicorn, configured
from mockrouter.serving.files import allow_most
from mockrouter.serving.ports import (
    CannotListen,
    PortInUse,
    address,
    listen,
)
from mockrouter.serving.protocols import Parser

__all__ = ["CannotListen", "HttpServer", "PortInUse"]

Step = Callable[[], Coroutine[None, None, None]]

THREAD = "mockrouter"
"""Name of the threads in which servers run."""


class HttpServer:
    """
    An app on a port of its own.

    Three ways to run it: ``with HttpServer(app) as server`` in a thread of its own, ``async with``
    in the running loop, ``run()`` or ``await serve()`` in the main thread until a signal comes.
    Each starts it anew, so one server may be started again after it has stopped.
    """

    def __init__(  # noqa: PLR0913 - each but the app has a default
        self,
        app: ASGIApp,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        http: Parser = "auto",
        grace: float = 1.0,
        sockets: Iterable[socket.socket] = (),
    ) -> None:
        """
        Prepare a server; nothing is bound yet.

        Args:
            app: The ASGI app.

            host: Name or address to listen on.

            port: 0 takes any that is free.

            http: Which parser reads requests.

            grace: Seconds that open responses have to end when the server stops.

            sockets: To listen on, for one run, in place of any of its own.
        """
        self._app = app
        self._host = host
        self._port = self._bound = port
        self._http = http
        self._grace = grace
        self._sockets = list(sockets)
        self._uvicorn: Uvicorn | None = None
        self._thread: threading.Thread | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        """The port that is listened on; as it was asked for until the server is bound."""
        return self._bound

    @property
    def url(self) -> str:
        """``http://host:port``, with an address that a client on this machine can use."""
        return address(self._host, self.port)

    @property
    def loop(self) -> asyncio.AbstractEventLoop | None:
        """The event loop that serves; None while it does not run."""
        return self._uvicorn.loop if self._uvicorn is not None else None

    def protocol(self, app: ASGIApp) -> asyncio.Protocol:
        """Make what serves one more connection, by another app, in the server's running loop."""
        assert self._uvicorn is not None  # noqa: S101
        return self._uvicorn.protocol(app)

    def bind(self) -> None:
        """
        Take the port, unless that is done; connections queue up until the server runs.

        Raises:
            CannotListen: ``PortInUse`` among others.
        """
        self._sockets = self._sockets or listen(self._host, self._port)
        self._bound = self._sockets[0].getsockname()[1]

    def run(self, before: Step | None = None, after: Step | None = None) -> None:
        """
        Serve in this thread until SIGINT or SIGTERM, with uvloop if installed.

        In the same loop *before* is done first, and *after* last.
        """
        allow_most()
        self.bind()
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            if before is not None:
                runner.run(before())
            runner.run(self.serve())
            if after is not None:
                runner.run(after())

    async def serve(self) -> None:
        """
        Serve until SIGINT, SIGTERM or ``stop()``, then end well; a second signal ends it at once.

        Signals are heard in the main thread only.
        """
        await self._serve(signals=True)

    def stop(self) -> None:
        """Ask the server to end; it does so within the grace. Any thread may ask."""
        if self._uvicorn is not None:
            self._uvicorn.end()

    def __enter__(self) -> Self:
        """Serve in a thread of its own, from now on."""
        self.bind()
        started: Future[None] = Future()
        self._thread = threading.Thread(
            target=self._serve_in_thread, args=(started,), name=THREAD, daemon=True
        )
        self._thread.start()
        started.result()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop, and wait for it."""
        self.stop()
        if self._thread is not None:
            self._thread.join()

    async def __aenter__(self) -> Self:
        """Serve in the running loop, from now on."""
        self.bind()
        started: Future[None] = Future()
        self._task = asyncio.create_task(self._serve(started=started))
        await asyncio.wrap_future(started)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop, and wait for it."""
        self.stop()
        if self._task is not None:
            await self._task

    def _serve_in_thread(self, started: Future[None]) -> None:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(self._serve(started=started))

    async def _serve(self, *, signals: bool = False, started: Future[None] | None = None) -> None:
        self.bind()
        config = configured(self._app, self._http)
        self._uvicorn = Uvicorn(config, self._grace, signals=signals, started=started)
        try:
            await self._uvicorn.serve(self._sockets)
        finally:
            self._sockets, self._uvicorn = [], None
            if started is not None and not started.done():
                started.set_exception(RuntimeError("the server ended before it had started"))


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if importlib.util.find_spec("uvloop") is None:
        return None
    uvloop = importlib.import_module("uvloop")
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory
