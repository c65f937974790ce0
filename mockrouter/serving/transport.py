"""
Playing a wire: the one module that sleeps or sends.

All that a response is stands in the ``Wire``; here it becomes bytes on a socket, each frame in a
write of its own at its own moment, and ends as it should: well, cut off, reset, or never. HTTP's
framing is the server's work. Where a wire breaks HTTP, the connection itself is reached through
``scope["extensions"]["mockrouter.serving.transport"]``.
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
from mockrouter.serving.ticker import Ticker
from mockrouter.wire import Ending, Frame, Sent, Wire

TRANSPORT = "mockrouter.serving.transport"
"""Key in ``scope["extensions"]`` of the connection's ``asyncio.Transport``."""

LOST = "mockrouter.serving.lost"
"""Key in ``scope["extensions"]`` of a future that is done when the connection is lost."""

_PROMPT = 0.1
_SHORTEST = 0.01
_SILENT = (Ending.STALL, Ending.HALF_CLOSE)
_TURN = 64


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


class _ClientLeft(Exception):
    """The other side went away."""


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
    connection, lost = reach.get(TRANSPORT), reach.get(LOST)
    player = _Player(receive, send, ticker, nonce, scale, connection, lost)
    plan = wire if isinstance(wire, Framed) else framed(wire, head=scope["method"] == "HEAD")
    started = ticker.now()
    complete = left = False
    try:
        complete = await player.perform(plan, started)
    except _ClientLeft:
        left = True
        await player.gone()
    except ConnectionCut as cut:
        cut.sent = player.sent(started)
        raise
    finally:
        player.release()
    return player.sent(started, complete=complete, left=left)


@dataclass(slots=True, eq=False)
class _Player:
    """One wire being played to one client; ``lost`` is done when the connection is."""

    receive: Receive
    send: Send
    ticker: Ticker
    nonce: bytes
    scale: float
    transport: asyncio.Transport | None
    lost: asyncio.Future[None] | None
    times: array[float] = field(default_factory=lambda: array("d"))
    frames: Sequence[Frame] = ()
    pulsed: int = 0
    waiter: asyncio.Future[None] | None = None
    watcher: asyncio.Future[None] | None = None

    async def perform(self, plan: Framed, due: float) -> bool:
        """Play to the end, whatever it is; whether it was the end that HTTP knows."""
        wire, self.frames = plan.wire, plan.frames
        due += wire.delay * self.scale
        if wire.delay:
            await self._until(due)
        self._check()
        if not wire.headers_sent:
            return await self._break(wire.ending)
        filled = ((name, value.replace(HOLE, self.nonce)) for name, value in plan.hollow)
        headers = (*plan.headers, *filled)
        if plan.lawful or self.transport is None:
            start = {"type": "http.response.start", "status": wire.status, "headers": headers}
            await self.send(start)
        else:
            self.send = self._write
            self.transport.write(head(wire.status, headers))
        await self._body(plan, due)
        if wire.ending is Ending.KEEP_OPEN:
            if self.transport is not None:
                return await self._keep_open(self.transport, plan.last)
        elif not plan.finishes:
            return await self._break(wire.ending, wire.pulse)
        if not plan.closing:
            await self.send({"type": "http.response.body", "body": b"", "more_body": False})
        return True

    async def _body(self, plan: Framed, due: float) -> None:
        """Write the frames; one of them may also end the response."""
        # Passed for every event there is, so it is written for speed.
        now, note, nonce, send = self.ticker.now, self.times.append, self.nonce, self.send
        closing, transport = plan.closing, self.transport
        gone = self._gone if transport is None else transport.is_closing
        yields = 1 if plan.wire.apart and transport is not None else _TURN
        for number, frame in enumerate(plan.frames, 1):
            if frame.delay:
                due += frame.delay * self.scale
                await self._until(due)
            elif not number % yields:
                # Sending hardly ever yields: a long stream would keep all others waiting, and a
                # loop that gathers writes would hand over in one what is to be apart.
                await asyncio.sleep(0)
            data = frame.data.replace(HOLE, nonce)
            if gone():
                raise _ClientLeft
            await send({"type": "http.response.body", "body": data, "more_body": number != closing})
            note(now())

    async def _keep_open(self, transport: asyncio.Transport, last: bytes) -> bool:
        """End the response behind the server's back, which would close, or answer what follows."""
        transport.write(last)
        deafen(transport)
        await self.gone()
        return True

    async def _pulse(self, frame: Frame) -> None:
        """Send a frame again and again, until the client leaves."""
        wait = max(frame.delay * self.scale, _SHORTEST)
        while True:
            await self._until(self.ticker.now() + wait)
            await self.send({"type": "http.response.body", "body": frame.data, "more_body": True})
            self.times.append(self.ticker.now())
            self.pulsed += len(frame.data)

    async def _write(self, message: Message) -> None:
        """Take a body past the server, which would not let it through."""
        if self.transport is not None:
            self.transport.write(message["body"])

    def _check(self) -> None:
        """Raise if the client has left."""
        if self._gone() or (self.transport is not None and self.transport.is_closing()):
            raise _ClientLeft

    def _gone(self) -> bool:
        """Tell whether a watcher saw the client leave."""
        if self.watcher is None or not self.watcher.done():
            return False
        self.watcher.result()
        return True

    async def _until(self, due: float) -> None:
        """Wait for a moment, or raise when the client leaves first."""
        wait = due - self.ticker.now()
        if wait <= 0:
            return
        # The connection is looked at before the next frame, so a short wait needs no watcher.
        if wait > _PROMPT or self.transport is None:
            self._watch()
        self._check()
        self.waiter = self.ticker.at(due)
        await self.waiter
        self._check()

    async def gone(self) -> None:
        """Wait until the connection is lost, whoever closed it, and the server knows it."""
        await asyncio.wait([self._watch()])

    def _watch(self) -> asyncio.Future[None]:
        if self.watcher is None:
            # Where nobody tells of the connection's end, a task of its own listens for it.
            self.watcher = self.lost or asyncio.create_task(_disconnected(self.receive))
            self.watcher.add_done_callback(self._wake)
        return self.watcher

    def _wake(self, _: asyncio.Future[None]) -> None:
        if self.waiter is not None and not self.waiter.done():
            self.waiter.set_result(None)

    async def _break(self, ending: Ending, pulse: Frame | None = None) -> bool:
        """End in a way that HTTP does not know. Always false, as nothing is complete then."""
        if ending in _SILENT and self.transport is not None:
            deafen(self.transport)
        if ending is Ending.STALL:
            if pulse is not None:
                await self._pulse(pulse)
            await self.gone()
        # A loop may hold writes back until its next turn, and a reset would drop them.
        await asyncio.sleep(0)
        self._check()
        if self.transport is None:
            raise ConnectionCut(ending)
        if ending is Ending.RESET:
            reset(self.transport)
        elif ending is Ending.HALF_CLOSE:
            self.transport.write_eof()
        else:
            self.transport.close()
        await self.gone()
        return False

    def sent(self, started: float, *, complete: bool = False, left: bool = False) -> Sent:
        """Say what became of the wire."""
        now, times = self.ticker.now(), self.times
        # A nonce is as long as its hole, and what pulses comes after all frames.
        size = sum([len(frame.data) for frame in self.frames[: len(times)]]) + self.pulsed
        return Sent(len(times), size, started, now, complete, left, times)

    def release(self) -> None:
        """Stop watching."""
        if self.watcher is None:
            return
        self.watcher.remove_done_callback(self._wake)
        if self.watcher is not self.lost:
            self.watcher.cancel()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
