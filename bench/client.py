"""
A load client that costs less than the server: it counts bytes and parses nothing.

Every response to a request has the same length, which is measured once.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from bench.apps import BODIES, PATH


@dataclass(frozen=True, slots=True)
class Target:
    """
    A request and how many bytes answer it.

    Attributes:
        port: On 127.0.0.1.

        query: Names the workload, such as ``w1``.

        reply: The whole reply, as one probe read it.
    """

    port: int
    query: str
    reply: bytes

    @property
    def request(self) -> bytes:
        """The bytes of the request."""
        return request(self.query)


def request(query: str) -> bytes:
    """Ask as a chat client would: a POST with the workload's body."""
    body = BODIES[query.partition("&")[0]]
    lines = (
        f"POST {PATH}?{query} HTTP/1.1",
        "host: bench",
        "content-type: application/json",
        "authorization: Bearer sk-bench",
        f"content-length: {len(body)}",
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def probe(port: int, query: str) -> Target:
    """Read one reply to its end, which is quiet on a keep-alive connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request(query))
    head = await reader.readuntil(b"\r\n\r\n")
    if b"chunked" in head:
        body = await reader.readuntil(b"\r\n0\r\n\r\n")
    else:
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        body = await reader.readexactly(int(length))
    writer.close()
    await writer.wait_closed()
    return Target(port, query, head + body)


class _Connection(asyncio.Protocol):
    """Asks again as soon as the reply is there, until told otherwise."""

    def __init__(self, target: Target, deadline: float) -> None:
        self.request, self.length = target.request, len(target.reply)
        self.deadline = deadline
        self.missing = 0
        self.count = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  as asyncio promises
        self.transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        self.missing -= len(data)
        if self.missing > 0:
            return
        if self.missing < 0:
            self.done.set_exception(ValueError("a reply is longer than the first one was"))
        self.count += 1
        if time.monotonic() < self.deadline:
            self._ask()
        else:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.done.done():
            return
        if self.missing:
            self.done.set_exception(exc or EOFError("the server closed a connection"))
        else:
            self.done.set_result(None)

    def _ask(self) -> None:
        self.missing = self.length
        self.transport.write(self.request)


async def load(target: Target, *, connections: int, seconds: float) -> int:
    """
    Keep *connections* busy for a while.

    Returns:
        How many replies came.
    """
    loop, deadline = asyncio.get_running_loop(), time.monotonic() + seconds
    made = [
        await loop.create_connection(
            lambda: _Connection(target, deadline), "127.0.0.1", target.port
        )
        for _ in range(connections)
    ]
    await asyncio.gather(*(protocol.done for _, protocol in made))
    return sum(protocol.count for _, protocol in made)


class _Listener(asyncio.Protocol):
    """Notes when each event of one stream arrives."""

    def __init__(self, query: str, edges: Sequence[int]) -> None:
        self.query, self.edges = query, edges
        self.read = 0
        self.times: list[float] = []
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  as asyncio promises
        self.transport = transport

    def ask(self) -> None:
        self.transport.write(request(self.query))

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        self.read += len(data)
        while len(self.times) < len(self.edges) and self.read >= self.edges[len(self.times)]:
            self.times.append(now)
        if len(self.times) == len(self.edges):
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if len(self.times) == len(self.edges):
            self.done.set_result(None)
        else:
            self.done.set_exception(exc or EOFError("the server closed a connection"))


async def arrivals(target: Target, streams: int) -> dict[str, list[float]]:
    """
    Keep many streams open at once, numbered in their queries.

    All connect first and then ask one after the other within a second: what is measured is the
    pacing of streams that run, not how fast this client opens a thousand.

    Returns:
        For each number the moments, in seconds of the monotonic clock that all processes share,
        at which its events had arrived.
    """
    edges = [match.end() for match in re.finditer(rb"data: .*\n\n\r\n", target.reply)]
    loop = asyncio.get_running_loop()
    made = [
        await loop.create_connection(
            partial(_Listener, f"{target.query}&{number}", edges), "127.0.0.1", target.port
        )
        for number in range(streams)
    ]
    for number, (_, listener) in enumerate(made):
        loop.call_later(number / streams, listener.ask)
    await asyncio.gather(*(listener.done for _, listener in made))
    return {str(number): listener.times for number, (_, listener) in enumerate(made)}
