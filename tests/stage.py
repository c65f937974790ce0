"""Wires played on real sockets, by a clock that a test moves on, and read as bytes."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Queue

from starlette.types import Receive, Scope, Send

from mockrouter.serving.server import HttpServer
from mockrouter.serving.ticker import Ticker, Timer
from mockrouter.serving.transport import play
from mockrouter.wire import Frame, Sent, Wire

SSE = ((b"content-type", b"text/event-stream"),)
PLAIN = Wire(200, ((b"content-type", b"application/json"),), (Frame(b'{"a": '), Frame(b"1}")))
STREAM = Wire(200, SSE, tuple(Frame(b"data: %d\n\n" % n) for n in range(5)), stream=True)


class Stage:
    """An app that plays one wire to everybody, and keeps what became of it."""

    def __init__(self, wire: Wire) -> None:
        """Play this wire."""
        self.wire = wire
        self.ticker = Ticker()
        self.sent: list[Sent] = []
        self.transports: list[asyncio.Transport] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Play it."""
        self.transports.append(scope["extensions"]["mockrouter.serving.connection"])
        self.sent.append(await play(self.wire, scope, receive, send, self.ticker))


class Stepped:
    """A clock that another thread moves on."""

    def __init__(self) -> None:
        """Start at 0."""
        self.time = 0.0
        self.calls: Queue[tuple[float, Callable[[], None], asyncio.AbstractEventLoop]] = Queue()

    def now(self) -> float:
        """Seconds."""
        return self.time

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        """Keep it for the next step."""
        loop = asyncio.get_running_loop()
        self.calls.put((when, callback, loop))
        return loop.create_future()

    def step(self) -> None:
        """Move on to the next call."""
        when, callback, loop = self.calls.get(timeout=5)
        self.time = when
        loop.call_soon_threadsafe(callback)


@contextmanager
def asked(
    server: HttpServer, method: str = "GET", *, close: bool = False
) -> Iterator[socket.socket]:
    """Open a connection on which a request has just been sent; it may be the last on it."""
    last = b"connection: close\r\n" if close else b""
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as client:
        client.sendall(b"%s / HTTP/1.1\r\nhost: x\r\n%s\r\n" % (method.encode(), last))
        yield client


def rest(client: socket.socket) -> bytes:
    """Read until the connection's end."""
    return b"".join(iter(lambda: client.recv(65536), b""))


def until(client: socket.socket, end: bytes) -> bytes:
    """Read until the bytes end like this."""
    read = b""
    while not read.endswith(end):
        more = client.recv(65536)
        assert more, read
        read += more
    return read


def eventually(happens: Callable[[], object]) -> None:
    """Give another thread a moment to do what is asked for."""
    deadline = time.monotonic() + 5
    while not happens():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.005)


def chunks(body: bytes) -> list[bytes]:
    """Take a chunked body apart, of which the last chunk may be missing."""
    found = []
    while body:
        size, _, rest_of_it = body.partition(b"\r\n")
        length = int(size, 16)
        found.append(rest_of_it[:length])
        assert rest_of_it[length : length + 2] == b"\r\n"
        body = rest_of_it[length + 2 :]
    return found
