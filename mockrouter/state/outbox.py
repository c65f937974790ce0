"""What a worker hands over to its parent without waiting for an answer."""

from __future__ import annotations

import asyncio
import socket


class Outbox:
    """
    A connection on which nothing comes back.

    What was sent is with the kernel, and no longer with this process, which may die.
    """

    def __init__(self, connection: socket.socket, patience: float) -> None:
        """Send on a *connection*, and wait so many seconds where there is no room."""
        connection.settimeout(0)
        self._socket = connection
        self._patience = patience
        self._rest = b""
        self._sending: asyncio.Task[None] | None = None

    async def send(self, data: bytes) -> None:
        """
        Hand over all of *data*, and wait only where there is no room for it.

        Raises:
            OSError: The other end is away, or takes nothing in. Some of it may have arrived.
        """
        sent = self._begin(data) if self._sending is None else 0
        if sent < len(data):
            self._rest += data[sent:]
            self._sending = self._sending or asyncio.create_task(self._send())
            async with asyncio.timeout(self._patience):
                # Whoever waits may be cancelled; what was begun is sent to its end.
                await asyncio.shield(self._sending)

    def close(self) -> None:
        """Let go of the connection."""
        self._socket.close()

    def _begin(self, data: bytes) -> int:
        try:
            return self._socket.send(data)
        except BlockingIOError:
            return 0
        except OSError:
            self.close()
            raise

    async def _send(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._rest:
                data, self._rest = self._rest, b""
                await loop.sock_sendall(self._socket, data)
        except OSError:
            self.close()
            raise
        finally:
            self._rest, self._sending = b"", None
