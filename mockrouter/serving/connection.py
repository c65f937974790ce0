"""A connection that hands over in one write what was written in several."""

from __future__ import annotations

import asyncio
from typing import Any, Final

CONNECTION: Final = "mockrouter.serving.connection"
"""Key in ``scope["extensions"]`` of the ``Connection``."""

LOST: Final = "mockrouter.serving.lost"
"""Key in ``scope["extensions"]`` of a future that is done when the connection is lost."""

WATCHED: Final = "mockrouter.serving.watched"
"""Key in the scope, where somebody between app and server looks at all that is sent."""


class Connection(asyncio.Transport):
    """
    A transport, but for writes that are held.

    A server writes the head of a response and its body one after the other. Each write is a call
    of the kernel and a packet, which costs a small response a tenth of its time, and providers
    send it in one.

    Attributes:
        aborted: Whether this side closed it at once.
    """

    __slots__ = ("_held", "_transport", "aborted")

    def __init__(self, transport: asyncio.Transport) -> None:
        """Write to *transport*."""
        self._transport = transport
        self._held: bytes | None = None
        self.aborted = False

    def hold(self) -> None:
        """Hold what is written from now on."""
        self._held = b""

    def release(self) -> None:
        """Write what was held, and hold no more."""
        held, self._held = self._held, None
        if held:
            self._transport.write(held)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Write, or hold."""
        if self._held is None:
            self._transport.write(data)
        else:
            self._held += data

    def write_eof(self) -> None:
        """End this side, behind all that was written."""
        self.release()
        self._transport.write_eof()

    def close(self) -> None:
        """Close, behind all that was written."""
        self.release()
        self._transport.close()

    def abort(self) -> None:
        """Close at once."""
        self.aborted = True
        self._transport.abort()

    def is_closing(self) -> bool:
        """Tell whether it is closed, or about to be."""
        return self._transport.is_closing()

    def get_write_buffer_size(self) -> int:
        """Count the bytes that the kernel has not taken yet."""
        return self._transport.get_write_buffer_size()

    def get_extra_info(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 - as asyncio
        """Look up what is known of the socket."""
        return self._transport.get_extra_info(name, default)

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Have another protocol hear what comes."""
        self._transport.set_protocol(protocol)

    def get_protocol(self) -> asyncio.BaseProtocol:
        """Tell which protocol hears what comes."""
        return self._transport.get_protocol()

    def pause_reading(self) -> None:
        """Leave unread what comes."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Read on."""
        self._transport.resume_reading()
