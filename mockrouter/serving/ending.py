"""uvicorn, as a mock needs it: it hears signals in its own way, and ends promptly."""

from __future__ import annotations

import asyncio
import logging
import math
import signal
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, cast

import uvicorn
from starlette.types import ASGIApp

from mockrouter.serving.ports import BACKLOG
from mockrouter.serving.protocols import LOGGER, Parser, protocol

_KEEP_ALIVE = 75
_GLANCE = 0.005
_LAST = 0.5
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Uvicorn(uvicorn.Server):
    """uvicorn, except for how it hears signals and how it ends: promptly, and without a word."""

    def __init__(
        self,
        config: uvicorn.Config,
        grace: float,
        *,
        signals: bool,
        started: Future[None] | None,
    ) -> None:
        """
        Serve in the running loop.

        Args:
            config: See ``configured``.

            grace: Seconds that open responses have to end.

            signals: Whether to end by SIGINT and SIGTERM; the main thread alone hears them.

            started: Is set when connections are accepted.
        """
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
        """Make what serves one more connection, by another app."""
        kind: Any = self.config.http_protocol_class
        made = kind(config=self.config, server_state=self.server_state, app_state={})
        made.app = app
        return cast(asyncio.Protocol, made)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept connections."""
        await super().startup(sockets)
        if self._started is not None:
            self._started.set_result(None)

    async def main_loop(self) -> None:
        """Wait for the end."""
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


def configured(app: ASGIApp, http: Parser) -> uvicorn.Config:
    """Have uvicorn serve *app*, and say nothing of its own."""
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
