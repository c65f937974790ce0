"""
Playing a wire.

All that a response is stands in the ``Wire``; here it becomes bytes on a socket, each frame in a
write of its own at its own moment, and ends as it should: well, cut off, reset, or never. HTTP's
framing is the server's work, but for the chunks of a stream. Where a wire breaks HTTP, or is to be
fast, the connection itself is reached through ``scope["extensions"]``.
"""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

from starlette.types import Message, Receive, Scope, Send

from mockrouter.engine.framing import Framed, framed, head
from mockrouter.errors import MockRouterError
from mockrouter.ids import HOLE
from mockrouter.serving.breaking import deafen, reset
from mockrouter.serving.connection import CONNECTION, LOST, WATCHED, Connection
from mockrouter.serving.presence import ClientLeft, Presence
from mockrouter.serving.streaming import TURN, Streaming
from mockrouter.serving.ticker import Ticker
from mockrouter.wire import Ending, Frame, Sent, Wire

_SHORTEST = 0.01
_SILENT = (Ending.STALL, Ending.HALF_CLOSE)


class ConnectionCut(MockRouterError):
    """
    The wire ends by breaking the connection, and there is none: the app was called in process.

    Returning instead would hand a broken response to an in-process client as a whole one.

    Attributes:
        ending: How the wire ends.

        sent: What went out before.
    """

    def __init__(self, ending: Ending) -> None:
        """Say what would have happened on a socket."""
        super().__init__(f"The connection ends here ({ending}), by order of the scenario.")
        self.ending = ending
        self.sent: Sent | None = None


async def play(  # noqa: PLR0913, PLR0917  ASGI's three, and what to play
    wire: Wire | Framed,
    scope: Scope,
    receive: Receive,
    send: Send,
    ticker: Ticker,
    nonce: bytes = HOLE,
    scale: float = 1.0,
) -> Sent:
    """
    Send a response, as it is written and when it is due.

    A stream's frames are sent one by one. A plain wire is one body, written at once and with its
    length counted, unless it has a length of its own or frames that wait for their delay. Due times
    are added up from the start of playing, so that lateness does not add up.

    A body that is to end early never has a length that it meets: without a ``content-length`` of
    the wire's own it is sent in chunks, of which the last is missing. A ``content-length`` that
    lies cannot be followed by another response, so the connection is closed after it.

    Args:
        wire: The response, framed already where it is kept. A HEAD request is answered by the head
            of a wire alone.

        scope: Of the HTTP request.

        receive: Tells when the client leaves; the request's body should have been read.

        send: Takes the response.

        ticker: Keeps the time.

        nonce: Goes into the hole that a kept wire has in its ids.

        scale: Each wait takes so many times as long.

    Raises:
        ConnectionCut: The ending needs a connection and the scope has none.
    """
    reach = scope.get("extensions") or {}
    connection, lost = reach.get(CONNECTION), reach.get(LOST)
    plan = wire if isinstance(wire, Framed) else framed(wire, head=scope["method"] == "HEAD")
    started = ticker.now()
    if plan.whole and connection is not None and not connection.is_closing():
        return await _at_once(plan, send, connection, nonce, started, ticker)
    client = Presence(receive, ticker, connection, lost)
    chunks = scope.get("http_version") == "1.1" and WATCHED not in scope
    player = _Player(client, connection, send, ticker, nonce, scale, chunks)
    complete = left = False
    try:
        complete = await player.perform(plan, started)
    except ClientLeft:
        left = connection is None or not connection.aborted
        await client.gone()
    except ConnectionCut as cut:
        cut.sent = player.sent(started)
        raise
    finally:
        client.release()
    return player.sent(started, complete=complete, left=left)


async def _at_once(  # noqa: PLR0913, PLR0917 - what ``play`` has
    plan: Framed, send: Send, connection: Connection, nonce: bytes, started: float, ticker: Ticker
) -> Sent:
    """Send a plain response in one write, as most are."""
    data = plan.frames[0].data.replace(HOLE, nonce)
    connection.hold()
    await send(_start(plan, nonce))
    await send({"type": "http.response.body", "body": data, "more_body": False})
    connection.release()
    ended = ticker.now()
    return Sent(1, len(data), started, ended, True, False, array("d", (ended,)))  # noqa: FBT003


def _start(plan: Framed, nonce: bytes) -> Message:
    filled = ((name, value.replace(HOLE, nonce)) for name, value in plan.hollow)
    headers = (*plan.headers, *filled)
    return {"type": "http.response.start", "status": plan.wire.status, "headers": headers}


@dataclass(slots=True, eq=False)
class _Player:
    """One wire being played to one client, with ``chunks`` past the server or without."""

    client: Presence
    connection: Connection | None
    send: Send
    ticker: Ticker
    nonce: bytes
    scale: float
    chunks: bool
    times: array[float] = field(default_factory=lambda: array("d"))
    frames: Sequence[Frame] = ()
    pulsed: int = 0

    async def perform(self, plan: Framed, due: float) -> bool:
        """Play to the end, whatever it is; whether it was the end that HTTP knows."""
        wire, self.frames = plan.wire, plan.frames
        due += wire.delay * self.scale
        if wire.delay:
            await self.client.until(due)
        self.client.check()
        if not wire.headers_sent:
            return await self._break(wire.ending)
        await self._head(plan)
        await self._body(plan, due)
        if wire.ending is Ending.KEEP_OPEN:
            if self.connection is not None:
                return await self._keep_open(self.connection, plan.last)
        elif not plan.finishes:
            return await self._break(wire.ending, wire.pulse)
        if not plan.closing:
            await self.send({"type": "http.response.body", "body": b"", "more_body": False})
        return True

    async def _head(self, plan: Framed) -> None:
        """Write the status and the headers."""
        start = _start(plan, self.nonce)
        if plan.lawful or self.connection is None:
            await self.send(start)
        else:
            self.send = self._write
            self.connection.write(head(start["status"], start["headers"]))

    async def _body(self, plan: Framed, due: float) -> None:
        """Write the frames; one of them may also end the response."""
        if self.connection is not None and plan.chunked and plan.frames and self.chunks:
            await self._stream(plan, self.connection, due)
        else:
            await self._send(plan, due)

    async def _stream(self, plan: Framed, connection: asyncio.Transport, due: float) -> None:
        """Write the frames as chunks, as fast as they are due and the client takes them."""
        stream = Streaming(
            plan.frames,
            connection,
            self.ticker,
            nonce=self.nonce,
            scale=self.scale,
            began=due,
            apart=plan.wire.apart,
            times=self.times,
        )
        while True:
            await self.client.done(stream.run())
            if stream.over and not stream.held_back:
                return
            # With nothing to send the server waits until there is room.
            await self.send({"type": "http.response.body", "body": b"", "more_body": True})
            await asyncio.sleep(0)
            self.client.check()

    async def _send(self, plan: Framed, due: float) -> None:
        """Have the server send the frames."""
        # Passed for every event there is, so it is written for speed.
        now, note, nonce, send = self.ticker.now, self.times.append, self.nonce, self.send
        closing, transport = plan.closing, self.connection
        gone = self.client.left if transport is None else transport.is_closing
        yields = 1 if plan.wire.apart and transport is not None else TURN
        for number, frame in enumerate(plan.frames, 1):
            if frame.delay:
                due += frame.delay * self.scale
                await self.client.until(due)
            elif not number % yields:
                # Sending hardly ever yields: a long stream would keep all others waiting, and a
                # loop that gathers writes would hand over in one what is to be apart.
                await asyncio.sleep(0)
            data = frame.data.replace(HOLE, nonce)
            if gone():
                raise ClientLeft
            await send({"type": "http.response.body", "body": data, "more_body": number != closing})
            note(now())

    async def _keep_open(self, transport: asyncio.Transport, last: bytes) -> bool:
        """End the response behind the server's back, which would close, or answer what follows."""
        transport.write(last)
        deafen(transport)
        await self.client.gone()
        return True

    async def _pulse(self, frame: Frame) -> None:
        """Send a frame again and again, until the client leaves."""
        wait = max(frame.delay * self.scale, _SHORTEST)
        while True:
            await self.client.until(self.ticker.now() + wait)
            await self.send({"type": "http.response.body", "body": frame.data, "more_body": True})
            self.times.append(self.ticker.now())
            self.pulsed += len(frame.data)

    async def _write(self, message: Message) -> None:
        """Take a body past the server, which would not let it through."""
        if self.connection is not None:
            self.connection.write(message["body"])

    async def _break(self, ending: Ending, pulse: Frame | None = None) -> bool:
        """End in a way that HTTP does not know. Always false, as nothing is complete then."""
        if ending in _SILENT and self.connection is not None:
            deafen(self.connection)
        if ending is Ending.STALL:
            if pulse is not None:
                await self._pulse(pulse)
            await self.client.gone()
        # A loop may hold writes back until its next turn, and a reset would drop them.
        await asyncio.sleep(0)
        self.client.check()
        if self.connection is None:
            raise ConnectionCut(ending)
        if ending is Ending.RESET:
            reset(self.connection)
        elif ending is Ending.HALF_CLOSE:
            self.connection.write_eof()
        else:
            self.connection.close()
        await self.client.gone()
        return False

    def sent(self, started: float, *, complete: bool = False, left: bool = False) -> Sent:
        """Say what became of the wire."""
        now, times = self.ticker.now(), self.times
        # A nonce is as long as its hole, and what pulses comes after all frames.
        size = sum([len(frame.data) for frame in self.frames[: len(times)]]) + self.pulsed
        return Sent(len(times), size, started, now, complete, left, times)
