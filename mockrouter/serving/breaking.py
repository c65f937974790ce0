"""What is done to a connection that HTTP knows nothing of."""

from __future__ import annotations

import asyncio
import socket
import struct


class _Deaf(asyncio.Protocol):
    """Hears nothing more of the client but that it has gone, and tells the server that alone."""

    def __init__(self, server: asyncio.BaseProtocol) -> None:
        self.connection_lost = server.connection_lost  # type: ignore[method-assign]
        self.pause_writing = server.pause_writing  # type: ignore[method-assign]
        self.resume_writing = server.resume_writing  # type: ignore[method-assign]


def deafen(transport: asyncio.Transport) -> None:
    """
    Leave unread what the client says from now on.

    A server has no answer to it as long as a response is under way, and one that stops reading in
    the meantime would not notice that the client leaves.
    """
    server = transport.get_protocol()
    if not isinstance(server, _Deaf) and not transport.is_closing():
        transport.set_protocol(_Deaf(server))
        transport.resume_reading()


def reset(transport: asyncio.Transport) -> None:
    """Close so that the kernel sends RST: with nothing to linger for, it drops the connection."""
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
