"""
A mock inside of pytest-httpserver.

Its server accepts connections, reads requests and matches them. The connection of one that is for
the mock is handed over: the mock's own server goes on with it, so whatever it does on a port of its
own (frames at their moments, faults, virtual time) it does here. As it is with all answers of that
server, the connection ends with the answer.

pytest-httpserver is the user's, so this is imported when it is used and not before.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import quote

from pytest_httpserver.httpserver import HTTPServer, RequestHandler, RequestMatcher, URIPattern
from starlette.types import Message, Receive, Scope, Send
from werkzeug import Request, Response

from mockrouter.engine.journal import Exchange
from mockrouter.engine.targets import namespace_of, target_of
from mockrouter.harness.host import Host
from mockrouter.serving.app import EXCHANGE
from mockrouter.serving.connection import WATCHED

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


def serve_from(httpserver: HTTPServer, host: Host, token: str) -> None:
    """
    Have a server hand over what is asked of a namespace, without the token in the URL.

    What the server itself is told to expect comes first, no matter when it was told. A namespace
    that was served from there before no longer is.

    Args:
        httpserver: Speaks HTTP without TLS.

        host: Answers, from whenever it runs.

        token: The namespace; empty for the host's own.

    Raises:
        ValueError: The server speaks TLS.
    """
    if httpserver.ssl_context is not None:
        raise ValueError(
            "this httpserver speaks TLS, and such a connection cannot be handed over; give the "
            "client mockrouter.base_url, or have another HTTPServer without ssl_context"
        )
    handlers = httpserver.handlers
    handlers[:] = [each for each in handlers if not isinstance(each.matcher, _Unexpected)]
    handler = RequestHandler(_Unexpected(httpserver, host))
    handler.respond_with_handler(lambda request: _Handover(request, host, token))
    handlers.append(handler)
    host.ports.add(httpserver.port)


class _Addresses(URIPattern):
    """All that a mock serves, but for other namespaces."""

    def __repr__(self) -> str:
        return "mockrouter: /v1, /api/v1, /ai, /s/NAME/v1"

    def match(self, uri: str) -> bool:
        return not namespace_of(uri)[0] and target_of(uri) is not None


class _Unexpected(RequestMatcher):
    """Requests to a mock that runs, which the server's own handlers do not expect."""

    def __init__(self, httpserver: HTTPServer, host: Host) -> None:
        super().__init__(_Addresses())
        self._httpserver = httpserver
        self._host = host

    def match(self, request: Request) -> bool:
        return (
            self._host.runs
            and super().match(request)
            and not any(
                each.matcher.match(request)
                for each in self._httpserver.handlers
                if each.matcher is not self
            )
        )


class _Handover(Response):
    """An answer that the mock gives, as httpserver's log shows it: what went out so far."""

    def __init__(self, request: Request, host: Host, token: str) -> None:
        super().__init__(status="0 NOT SENT")
        self.headers.clear()
        self._host = host
        self._asked = [(_latin(name.lower()), _latin(value)) for name, value in request.headers]
        self._received = _rewritten(request, f"/~{token}" if token else "")
        self._body: list[bytes] = []

    def __call__(self, environ: WSGIEnvironment, start_response: Any) -> NoReturn:  # noqa: ANN401, ARG002  WSGI's
        """Hand over the connection; the request stands in the log by now."""
        connection = _taken(environ["werkzeug.socket"])
        self._host.adopt(connection, self._received, self._answer)
        # The one thing after which werkzeug neither writes anything nor logs an error.
        raise ConnectionAbortedError("mockrouter goes on with this connection")

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the server does on its own port, and note what is sent."""

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._note(message["status"], message["headers"])
            elif message["body"]:
                self._note_body(message["body"])
            await send(message)

        asked = {**scope, "headers": self._asked, WATCHED: True}
        await self._host.app(asked, receive, noting)
        exchange: Exchange | None = asked.get(EXCHANGE)
        if not self.status_code and exchange and exchange.wire and exchange.wire.headers_sent:
            # It was written past the server.
            wire, sent = exchange.wire, exchange.sent
            self._note(wire.status, wire.headers)
            self._note_body(wire.body[: sent.bytes if sent else 0])

    def _note(self, status: int, headers: Iterable[tuple[bytes, bytes]]) -> None:
        for name, value in headers:
            self.headers.add(name.decode("latin-1"), value.decode("latin-1"))
        self.status_code = status

    def _note_body(self, data: bytes) -> None:
        self._body.append(data)
        self.response = self._body


def _taken(connection: socket.socket) -> socket.socket:
    """Take a connection away from a socket object, and put one that has ended in its place."""
    ended, other = socket.socketpair()
    other.close()
    taken = socket.socket(fileno=connection.detach())
    socket.socket.__init__(connection, fileno=ended.detach())
    return taken


def _rewritten(request: Request, front: str) -> bytes:
    """Write a request anew, as one that is the last on its connection."""
    body = request.get_data()
    target = quote(front + request.path).encode()
    if request.query_string:
        target += b"?" + request.query_string
    protocol = request.environ["SERVER_PROTOCOL"].encode()
    lines = [
        b" ".join((request.method.encode(), target, protocol)),
        b"host: " + _latin(request.host),
        b"connection: close",
        b"content-length: %d" % len(body),
    ]
    return b"\r\n".join([*lines, b"", body])


def _latin(text: str) -> bytes:
    return text.encode("latin-1")
