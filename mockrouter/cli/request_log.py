"""
The request log: one line for each request, and what the mock has to say about it beneath.

It is wrapped around the app, so that a server without it pays nothing for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mockrouter.cli.log_line import beneath, colored, log_line
from mockrouter.engine.journal import Exchange
from mockrouter.serving.app import EXCHANGE
from mockrouter.values import message_in
from mockrouter.wire import Ending, Wire

_QUIET_PATHS = ("/_mockrouter/health", "/_mockrouter/ready", "/metrics")


class RequestLog:
    """
    Logs the requests that an app answers.

    A line is: time of day, method and path, scenario, turn (from 1) and attempt (from 1, where it
    is a further one), status, milliseconds from the request to the last byte.
    """

    def __init__(
        self, app: ASGIApp, write: Callable[[str], object], *, color: bool = False
    ) -> None:
        """Log what *app* answers; *write* takes text with its line breaks."""
        self._app = app
        self._write = write
        self._color = color

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, and log it."""
        if scope["type"] != "http" or scope["path"] in _QUIET_PATHS:
            await self._app(scope, receive, send)
            return
        status, body = 0, b""

        async def noting(message: Message) -> None:
            nonlocal status, body
            if message["type"] == "http.response.start":
                status = message["status"]
            elif status >= HTTPStatus.BAD_REQUEST and EXCHANGE not in scope:
                body += message.get("body", b"")
            await send(message)

        started = time.perf_counter()
        try:
            await self._app(scope, receive, noting)
        finally:
            took = time.perf_counter() - started
            lines = list(describe(scope, status, took, body))
            shown = colored(lines) if self._color else lines
            self._write("".join(f"{line}\n" for line in shown))


def describe(scope: Scope, status: int, took: float, body: bytes = b"") -> Iterator[str]:
    """
    Describe a request that is over.

    Args:
        scope: Of the request; holds its exchange where a reply of a model was asked for.

        status: That was sent; 0 for none, or for one that was written past the server.

        took: Seconds.

        body: Of an error that has no exchange.
    """
    exchange: Exchange | None = scope.get(EXCHANGE)
    compiled = exchange.compiled if exchange else None
    wire = compiled.wire if compiled else None
    yield log_line(
        at=time.time(),
        method=scope["method"],
        path=scope["path"],
        scenario=exchange.scenario if exchange else "",
        turn=exchange.turn if exchange else None,
        attempt=exchange.attempt if exchange else None,
        status=_status(wire, status),
        end=f"{took * 1000:.0f} ms{_ending(exchange)}",
    )
    yield from beneath(_complaints(exchange) if exchange else message_in(body).splitlines())


def _status(wire: Wire | None, status: int) -> int | None:
    if wire is not None:
        return wire.status if wire.headers_sent else None
    return status or None


def _ending(exchange: Exchange | None) -> str:
    """Say how the response ended, where it is not as HTTP says."""
    if exchange is None or exchange.compiled is None:
        return ""
    sent, ending = exchange.sent, exchange.compiled.wire.ending
    if sent and sent.client_left:
        return ", client left"
    if ending is not Ending.COMPLETE:
        return f", {ending}"
    return "" if sent and sent.complete else ", cut off by the end of the server or its namespace"


def _complaints(exchange: Exchange) -> Iterator[str]:
    """What the mock says itself: why it refused, and what it could not do as written."""
    shown = exchange.shown
    if shown and exchange.compiled and exchange.compiled.said is None:
        yield from message_in(shown.body).splitlines()
    yield from exchange.warnings
