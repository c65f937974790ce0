"""
A load client that costs less than the server: it counts bytes and parses nothing.

Every response to a request has the same length, which is measured once.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import TypeVar, cast

import uvloop

from bench.work import DIGITS, PATH

T = TypeVar("T")
_EVENT = re.compile(rb"data: .*\n\n\r\n")


@dataclass(frozen=True, slots=True)
class Target:
    """
    A request and how many bytes answer it.

    Attributes:
        port: On 127.0.0.1.

        request: The bytes of the request.

        reply: The whole reply, as one probe read it.
    """

    port: int
    request: bytes
    reply: bytes

    @property
    def edges(self) -> list[int]:
        """After how many bytes of the reply each of its events has come; each is a chunk."""
        return [match.end() for match in _EVENT.finditer(self.reply)]


def run(work: Coroutine[object, object, T]) -> T:
    """Run *work* on the loop that the servers in Python have too."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


def request(body: bytes, query: str) -> bytes:
    """Ask as a chat client would; *query* names the work for the bare app, which reads no body."""
    lines = (
        f"POST {PATH}?{query} HTTP/1.1",
        "host: bench",
        "content-type: application/json",
        "authorization: Bearer sk-bench",
        f"content-length: {len(body)}",
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def probe(port: int, asked: bytes) -> Target:
    """
    Read one reply to its end, which is quiet on a keep-alive connection.

    Raises:
        OSError: Nobody listens, or the connection broke.

        ValueError: The status is not 200.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(asked)
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise ValueError(head.decode())
        if b"chunked" in head.lower():
            body = await reader.readuntil(b"\r\n0\r\n\r\n")
        else:
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            body = await reader.readexactly(int(length))
    finally:
        writer.close()
    return Target(port, asked, head + body)


class _Connection(asyncio.Protocol):
    """Asks again as soon as the reply is there, as long as it may."""

    def __init__(self, target: Target, more: Callable[[], bytes | None]) -> None:
        self.length, self.more = len(target.reply), more
        self.missing = 0
        self.count = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # as asyncio promises
        self._ask()

    def data_received(self, data: bytes) -> None:
        self.missing -= len(data)
        if self.missing > 0:
            return
        if self.missing < 0:
            self.done.set_exception(ValueError("a reply is longer than the first one was"))
        self.count += 1
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.done.done():
            return
        if self.missing:
            self.done.set_exception(exc or EOFError("the server closed a connection"))
        else:
            self.done.set_result(None)

    def _ask(self) -> None:
        asked = self.more()
        if asked is None:
            self.transport.close()
        else:
            self.missing = self.length
            self.transport.write(asked)


async def load(
    target: Target,
    *,
    connections: int,
    seconds: float = 3600.0,
    most: int | None = None,
    numbers: Iterator[int] | None = None,
) -> int:
    """
    Keep *connections* busy for a while, or until *most* requests were made.

    Args:
        target: What is asked.

        connections: How many there are.

        seconds: How long.

        most: How many requests.

        numbers: Go into the bodies, so that no two are alike.

    Returns:
        How many replies came.
    """
    loop, deadline = asyncio.get_running_loop(), time.monotonic() + seconds
    left = repeat(None) if most is None else repeat(None, most)
    before, mark, after = target.request.partition(DIGITS)

    def more() -> bytes | None:
        if time.monotonic() > deadline or next(left, mark) is mark:
            return None
        if numbers is None:
            return target.request
        return b"%b%08d%b" % (before, next(numbers), after)

    made = [
        await loop.create_connection(lambda: _Connection(target, more), "127.0.0.1", target.port)
        for _ in range(connections)
    ]
    await asyncio.gather(*(protocol.done for _, protocol in made))
    return sum(protocol.count for _, protocol in made)


class Listener(asyncio.Protocol):
    """
    Notes when each event of one stream arrives.

    Attributes:
        asked: When the request was sent, in seconds of the monotonic clock.

        times: When its events had arrived.

        done: The stream is over, or broke.
    """

    def __init__(self, target: Target, edges: Sequence[int]) -> None:
        """Listen for the reply of *target*, whose events end at *edges*."""
        self.target, self.edges = target, edges
        self.read = 0
        self.asked = 0.0
        self.times: list[float] = []
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the connection; it is asked later."""
        self.transport = cast(asyncio.Transport, transport)  # as asyncio promises

    def ask(self) -> None:
        """Send the request."""
        self.asked = time.monotonic()
        self.transport.write(self.target.request)

    def data_received(self, data: bytes) -> None:
        """Note which events are complete."""
        now = time.monotonic()
        self.read += len(data)
        while len(self.times) < len(self.edges) and self.read >= self.edges[len(self.times)]:
            self.times.append(now)
        if len(self.times) == len(self.edges):
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """End well if all came, or if nothing was asked."""
        if self.done.done():
            return
        if not self.asked or len(self.times) == len(self.edges):
            self.done.set_result(None)
        else:
            self.done.set_exception(exc or EOFError("the server closed a connection"))


async def connected(target: Target, number: int) -> list[Listener]:
    """Open connections, over which nothing is asked yet."""
    loop, edges = asyncio.get_running_loop(), target.edges
    return [
        (await loop.create_connection(lambda: Listener(target, edges), "127.0.0.1", target.port))[1]
        for _ in range(number)
    ]


async def arrivals(target: Target, streams: int, *, within: float = 1.0) -> list[Listener]:
    """
    Keep many streams open at once.

    All connect first and then ask one after the other *within* so many seconds: what is measured
    is the pacing of streams that run, not how fast this client opens a thousand. Those that broke
    have an exception in ``done``.
    """
    made = await connected(target, streams)
    await ask(made, within)
    return made


async def ask(made: list[Listener], within: float) -> None:
    """Ask over connections one after the other *within* so many seconds, and hear all out."""
    loop = asyncio.get_running_loop()
    for number, listener in enumerate(made):
        loop.call_later(within * number / len(made), listener.ask)
    await asyncio.wait([listener.done for listener in made])
