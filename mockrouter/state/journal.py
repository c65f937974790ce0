"""One journal of several servers: each writes what it answered, and reads what the others did."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Final

from mockrouter.engine.engine import Engine
from mockrouter.engine.exchange import Exchange
from mockrouter.engine.journal import Event
from mockrouter.state.link import Link
from mockrouter.state.protocol import StateAway, Store
from mockrouter.state.writing import Writer

_MOST_OWED: Final = 10_000


class SharedJournal:
    """
    Keeps an engine's journal and the state's alike.

    While the state is away an exchange has a number of this server's own; it gets its place among
    the others' when the state is back.

    Attributes:
        now: The clock by which exchanges are timed.
    """

    def __init__(self, engine: Engine, link: Link, replica: str) -> None:
        """Share the journal of *engine*, a server named *replica*."""
        self.now: Callable[[], float] = time.monotonic
        self._engine = engine
        self._link = link
        self._replica = replica
        self._mark = ""
        self._writer = Writer(engine.settings.redact)
        self._owed: deque[Exchange] = deque(maxlen=_MOST_OWED)
        self._writing: asyncio.Task[None] | None = None
        engine.journal.subscribe(self._hear)
        link.bringing(self._bring)

    def forget(self) -> None:
        """Read all again next time."""
        self._mark = ""

    async def write(self, exchange: Exchange) -> None:
        """Write an exchange where the others read it, before its answer goes out."""
        try:
            await self._link.ask(partial(self._put, exchange))
        except StateAway:
            self._owed.append(exchange)

    async def pull(self) -> None:
        """Read what the others wrote."""
        try:
            await self.settle()
            written = await self._link.ask(lambda store: store.written(self._mark))
        except StateAway:
            return
        self._mark = written.mark
        offset = time.time() - self.now()
        found = (self._writer.read(entry, offset) for entry in written.entries)
        self._engine.journal.merge(each for each in found if each.replica != self._replica)

    async def settle(self) -> None:
        """Write what is owed; raises ``StateAway``."""
        while self._owed:
            exchange = self._owed.popleft()
            try:
                await self._link.ask(partial(self._put, exchange))
            except StateAway:
                self._owed.appendleft(exchange)
                raise

    async def _put(self, exchange: Exchange, store: Store) -> None:
        if not exchange.change:
            begun = await store.begin(numbered=True)
            self._engine.journal.renumber(exchange, begun.number)
            exchange.change = begun.change
        entry = self._writer.write(exchange)
        await store.write(exchange.sequence, exchange.namespace, exchange.change, entry)

    def _hear(self, event: Event, exchange: Exchange) -> None:
        if event != "sent" or exchange.replica != self._replica:
            return
        self._owed.append(exchange)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_owed())

    async def _write_owed(self) -> None:
        try:
            await self.settle()
        except StateAway:
            return

    async def _bring(self) -> bool:
        is_done = not self._owed
        while self._owed:
            exchange = self._owed[0]
            await self._put(exchange, self._link.store)
            if self._owed and self._owed[0] is exchange:
                self._owed.popleft()
        return is_done
