"""Waiting while a client is there: until a moment comes, or the client leaves."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from starlette.types import Receive

from mockrouter.serving.connection import Connection
from mockrouter.serving.ticker import Ticker

_PROMPT = 0.1


class ClientLeft(Exception):
    """The other side went away."""


@dataclass(slots=True, eq=False)
class Presence:
    """
    One client, for as long as it is answered.

    Attributes:
        receive: Tells when it leaves, where nothing else does.

        ticker: Keeps the time.

        connection: Its connection; None where the app was called in process.

        lost: Done when the connection is.
    """

    receive: Receive
    ticker: Ticker
    connection: Connection | None
    lost: asyncio.Future[None] | None
    _waiter: asyncio.Future[None] | None = None
    _watcher: asyncio.Future[None] | None = None

    def check(self) -> None:
        """Raise ``ClientLeft`` if it has left."""
        if self.left() or (self.connection is not None and self.connection.is_closing()):
            raise ClientLeft

    def left(self) -> bool:
        """Tell whether somebody who watches saw it leave."""
        if self._watcher is None or not self._watcher.done():
            return False
        self._watcher.result()
        return True

    async def until(self, due: float) -> None:
        """Wait for a moment, in the ticker's seconds; raises ``ClientLeft`` if that is first."""
        wait = due - self.ticker.now()
        if wait <= 0:
            return
        # The connection is looked at before the next frame, so a short wait needs no watcher.
        if wait > _PROMPT or self.connection is None:
            self._watch()
        self.check()
        self._waiter = self.ticker.at(due)
        await self._waiter
        self.check()

    async def done(self, work: asyncio.Future[None]) -> None:
        """Wait for *work*, which is set as done when the client leaves."""
        self._watch()
        self._waiter = work
        await work

    async def gone(self) -> None:
        """Wait until the connection is lost, whoever closed it, and the server knows it."""
        await asyncio.wait([self._watch()])

    def release(self) -> None:
        """Stop watching."""
        if self._watcher is None:
            return
        self._watcher.remove_done_callback(self._wake)
        if self._watcher is not self.lost:
            self._watcher.cancel()

    def _watch(self) -> asyncio.Future[None]:
        if self._watcher is None:
            # Where nobody tells of the connection's end, a task of its own listens for it.
            self._watcher = self.lost or asyncio.create_task(_disconnected(self.receive))
            self._watcher.add_done_callback(self._wake)
        return self._watcher

    def _wake(self, _: asyncio.Future[None]) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
