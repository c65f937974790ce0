"""One journal of several servers: each writes what it answered, and reads what the others did."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from itertools import islice
from typing import Final

from mockrouter.engine.engine import Engine
from mockrouter.engine.exchange import Exchange
from mockrouter.engine.journal import Event
from mockrouter.state.link import Link
from mockrouter.state.protocol import Entry, StateAway, Store
from mockrouter.state.writing import Writer

_LOGGER = logging.getLogger("mockrouter")
_MOST_OWED: Final = 10_000
_AT_ONCE: Final = 200


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
        self._owed: OrderedDict[int, Exchange] = OrderedDict()
        self._begun: set[int] = set()
        self._lock = asyncio.Lock()
        self._writing: asyncio.Task[None] | None = None
        engine.journal.subscribe(self._hear)
        link.bringing(self._bring)

    def forget(self) -> None:
        """Read all again next time."""
        self._mark = ""

    async def write(self, exchange: Exchange) -> None:
        """Write an exchange where the others read it, before its answer goes out."""
        self._owe(exchange)
        with suppress(StateAway):
            while id(exchange) in self._owed:
                await self._write_some()

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
            await self._write_some()

    async def _write_some(self) -> None:
        # Who waits here may find that the one before has written its entry too: the more come at
        # once, the more go in one.
        async with self._lock:
            await asyncio.sleep(0)  # lets those come that are on their way
            if self._owed:
                await self._link.ask(self._put)

    async def _put(self, store: Store) -> None:
        """Write some of what is owed, which remains so where the state goes away."""
        taken = list(islice(self._owed.items(), _AT_ONCE))
        for key, _ in taken:
            del self._owed[key]
        try:
            for _, exchange in taken:
                await self._number(store, exchange)
            entries = (self._entry(exchange) for _, exchange in taken)
            await store.write([entry for entry in entries if entry is not None])
            # How it ended comes as an addition, unless that is known by now.
            self._begun.difference_update(key for key, _ in taken)
            self._begun.update(key for key, exchange in taken if exchange.sent is None)
        except (StateAway, asyncio.CancelledError):
            for key, exchange in reversed(taken):
                self._owed[key] = exchange
                self._owed.move_to_end(key, last=False)
            raise

    async def _number(self, store: Store, exchange: Exchange) -> None:
        if not exchange.change:
            begun = await store.begin(1)
            self._engine.journal.renumber(exchange, begun.number)
            exchange.change = begun.change

    def _entry(self, exchange: Exchange) -> Entry | None:
        try:
            if exchange.sent is not None and id(exchange) in self._begun:
                data = self._writer.more(exchange)
            else:
                data = self._writer.write(exchange)
        except (ValueError, TypeError, RecursionError):
            # A client gets its answer, whatever that is.
            _LOGGER.exception("request %d cannot be shown by other servers", exchange.number)
            return None
        return Entry(exchange.sequence, exchange.namespace, exchange.change, data)

    def _owe(self, exchange: Exchange) -> None:
        self._owed[id(exchange)] = exchange
        if len(self._owed) > _MOST_OWED:
            self._owed.popitem(last=False)

    def _hear(self, event: Event, exchange: Exchange) -> None:
        if event != "sent" or exchange.replica != self._replica:
            return
        self._owe(exchange)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_owed())

    async def _write_owed(self) -> None:
        with suppress(StateAway):
            await self.settle()

    async def _bring(self) -> bool:
        is_done = not self._owed
        async with self._lock:
            while self._owed:
                await self._put(self._link.store)
        return is_done
