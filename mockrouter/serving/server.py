"""
Serving an app: uvicorn underneath, driven so that it starts, stops and fails the way a mock should.

It binds before it starts, so that the port is known and no client comes too early. Open streams end
with the server: a stalled one would hold Ctrl-C for ever. A signal ends it like any other stop.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import logging
import math
import signal
import socket
import threading
from collections.abc import Callable, Coroutine, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from types import FrameType, TracebackType
from typing import Any, Self, cast

import uvicorn
from starlette.types import ASGIApp

from mockrouter.serving.ports import BACKLOG, CannotListen, PortInUse, address, listen
from mockrouter.serving.protocols import LOGGER, Parser, protocol

__all__ = ["CannotListen", "HttpServer", "PortInUse"]

THREAD = "mockrouter"
"""Name of the threads in which servers run."""

_KEEP_ALIVE = 75
_GLANCE = 0.005
_LAST = 0.5
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


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
        self._uvicorn: _Uvicorn | None = None
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

    def run(self, after: Callable[[], Coroutine[None, None, None]] | None = None) -> None:
        """Serve in this thread until SIGINT or SIGTERM, with uvloop if installed; then *after*."""
        self.bind()
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
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
        config = _config(self._app, self._http)
        self._uvicorn = _Uvicorn(config, self._grace, signals=signals, started=started)
        try:
            await self._uvicorn.serve(self._sockets)
        finally:
            self._sockets, self._uvicorn = [], None
            if started is not None and not started.done():
                started.set_exception(RuntimeError("the server ended before it had started"))


class _Uvicorn(uvicorn.Server):
    """uvicorn, except for how it hears signals and how it ends: promptly, and without a word."""

    def __init__(
        self,
        config: uvicorn.Config,
        grace: float,
        *,
        signals: bool,
        started: Future[None] | None,
    ) -> None:
        super().__init__(config)
        self._grace = grace
        self._signals = signals
        self._started = started
        self.loop = asyncio.get_running_loop()
        self._ending = asyncio.Event()
        self._deadline = math.inf

    def end(self) -> None:
        """End well; asked a second time, at once. Any thread may ask, and signal handlers."""
        if self.should_exit:
            self.force_exit = True
            self._deadline = -math.inf
        self.should_exit = True
        with suppress(RuntimeError):  # the loop may have ended in the meantime
            self.loop.call_soon_threadsafe(self._ending.set)

    def protocol(self, app: ASGIApp) -> asyncio.Protocol:
        kind: Any = self.config.http_protocol_class
        made = kind(config=self.config, server_state=self.server_state, app_state={})
        made.app = app
        return cast(asyncio.Protocol, made)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._started is not None:
            self._started.set_result(None)

    async def main_loop(self) -> None:
        await self._ending.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let responses end, then cut the connections that are left, so that their tasks end."""
        for server in self.servers:
            server.close()
        for each in sockets or ():
            each.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await self._idle(self._grace)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await self._idle(_LAST)
        for task in self.server_state.tasks:
            task.cancel()

    async def _idle(self, seconds: float) -> None:
        self._deadline = self.loop.time() + (0.0 if self.force_exit else seconds)
        state = self.server_state
        while (state.connections or state.tasks) and self.loop.time() < self._deadline:  # noqa: ASYNC110
            await asyncio.sleep(_GLANCE)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Hear signals, but do not die of them in the end, as uvicorn does."""
        if not self._signals or threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {each: signal.signal(each, self.handle_exit) for each in _SIGNALS}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002  uvicorn's
        """Take any signal as the wish to end."""
        self.end()


def _config(app: ASGIApp, http: Parser) -> uvicorn.Config:
    logger = logging.getLogger(LOGGER)
    if logger.level == logging.NOTSET:
        logger.setLevel(logging.ERROR)
    return uvicorn.Config(
        app,
        http=protocol(http),
        interface="asgi3",
        lifespan="off",
        ws="none",
        # Logging belongs to the process that we are in. See ``protocols`` for the access log.
        log_config=None,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE,
    )


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if importlib.util.find_spec("uvloop") is None:
        return None
    uvloop = importlib.import_module("uvloop")
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory
