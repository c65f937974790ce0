"""Going on with a connection that another server has accepted."""

from __future__ import annotations

import asyncio
import socket

from starlette.types import ASGIApp

from mockrouter.serving.server import HttpServer


def adopt(server: HttpServer, connection: socket.socket, received: bytes, app: ASGIApp) -> None:
    """
    Serve a connection that another server has accepted; any thread may ask.

    From here on it is like the server's own: it ends when the server stops. Where the server has
    stopped already, it is closed at once.

    Args:
        server: Its loop serves.

        connection: A connected TCP socket, which nobody else uses any more.

        received: What was read from it so far: the beginning of a request, or all of it.

        app: Answers, in place of the server's own.
    """
    loop = server.loop
    if loop is None:
        connection.close()
        return
    beginning = _begin(server, connection, received, app)
    try:
        # The accepting server may have left it to TCP to collect small writes into one.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        asyncio.run_coroutine_threadsafe(beginning, loop)
    except (RuntimeError, OSError):  # the server has just stopped, or the client has left
        beginning.close()
        connection.close()


async def _begin(
    server: HttpServer, connection: socket.socket, received: bytes, app: ASGIApp
) -> None:
    def begun() -> asyncio.Protocol:
        protocol = server.protocol(app)
        connection_made = protocol.connection_made

        def with_what_was_read(transport: asyncio.BaseTransport) -> None:
            connection_made(transport)
            # Before anything else is read: the end of what the client sends may be next.
            if not transport.is_closing():
                protocol.data_received(received)

        protocol.connection_made = with_what_was_read  # type: ignore[method-assign]
        return protocol

    await asyncio.get_running_loop().connect_accepted_socket(begun, connection)
