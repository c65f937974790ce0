"""One journal of several servers: each writes what it answered, and reads what the others did."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict, deque
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
_MOMENT: Final = 0.01
"""Seconds for which an ending waits for an entry that it can go with."""


_LOST: Final = "lost/0"
"""The last change of a state that is there no more."""


class SharedJournal:
    """
    Keeps an engine's journal and the state's alike.

    An entry is written before its answer goes out, and how that ended is added later, along with
    another. While the state is away an exchange has a number of this server's own, and is owed; it
    gets its place among the others' when the state is back.

    Attributes:
        now: The clock by which exchanges are timed.
    """

    def __init__(self, engine: Engine, link: Link, replica: str) -> None:
        """Share the journal of *engine*, a server named *replica*."""
        self.now: Callable[[], float] = time.monotonic
        self._engine = engine
        self._link = link
        self._replica = replica
        self._mark = self._epoch = ""
        self._writer = Writer(engine.settings.redact)
        self._owed: OrderedDict[int, Exchange] = OrderedDict()
        self._ended: deque[Exchange] = deque(maxlen=_MOST_OWED)
        self._pulling = asyncio.Lock()
        self._later: asyncio.TimerHandle | None = None
        self._writing: asyncio.Task[None] | None = None
        engine.journal.subscribe(self._hear)
        link.bringing(self._bring)

    def start_over(self, change: str) -> None:
        """
        Go on with another state, that of *change*.

        What is owed has its place there after what is written by then; what had one in the state
        that is lost has none here.
        """
        self._mark, self._epoch = "", _epoch(change)
        for exchange in self._owed.values():
            exchange.change = _LOST

    async def write(self, exchange: Exchange) -> None:
        """Write an exchange where the others read it, before its answer goes out."""
        self._owe(exchange)
        with suppress(StateAway):
            while id(exchange) in self._owed:
                await self._link.ask(self._put)

    async def pull(self) -> None:
        """Read what the others wrote."""
        async with self._pulling:  # as what is read twice is told twice
            try:
                await self._write_all()
                written = await self._link.ask(lambda store: store.written(self._mark))
            except StateAway:
                return
            self._mark = written.mark
            offset = time.time() - self.now()
            found = (self._writer.read(entry, offset) for entry in written.entries)
            self._engine.journal.merge(each for each in found if each.replica != self._replica)

    async def close(self) -> None:
        """Write what is owed, and wait for what is under way; lost where the state is away."""
        if self._writing is not None:
            await self._writing
        await self._settle()

    async def _write_all(self) -> None:
        while self._owed or self._ended:
            await self._link.ask(self._put)

    async def _put(self, store: Store) -> None:
        """Write some of what is owed, which remains so where the state goes away."""
        taken = list(islice(self._owed.values(), _AT_ONCE))
        for exchange in taken:
            del self._owed[id(exchange)]
        ended = [each for each in self._ended if self._is_of_now(each)]
        self._ended.clear()
        try:
            await self._number(store, [each for each in taken if not self._is_of_now(each)])
            found = [self._entry(each, self._writer.write) for each in taken]
            found += [self._entry(each, self._writer.more) for each in ended]
            await store.write([entry for entry in found if entry is not None])
        except (StateAway, asyncio.CancelledError) as error:
            for exchange in taken:
                self._owe(exchange)
            self._ended.extend(ended)
            if not isinstance(error, StateAway):  # of one request, with which others' were to go
                self._write_owed()
            raise

    def _is_of_now(self, exchange: Exchange) -> bool:
        """Tell whether an exchange has a number of the state that there is."""
        return bool(exchange.change) and self._epoch in {"", _epoch(exchange.change)}

    async def _number(self, store: Store, exchanges: list[Exchange]) -> None:
        if not exchanges:
            return
        begun = await store.begin(len(exchanges))
        self._engine.journal.renumber(exchanges, begun.number)
        # With a state that is lost the journal was cleared, which they have outlived.
        self._engine.journal.merge([each for each in exchanges if each.change])
        for exchange in exchanges:
            exchange.change = begun.change

    def _entry(self, exchange: Exchange, written: Callable[[Exchange], bytes]) -> Entry | None:
        try:
            data = written(exchange)
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
        if exchange.compiled is None:  # its client left before there was anything to write
            self._owe(exchange)
        elif id(exchange) not in self._owed:
            self._ended.append(exchange)
        self._write_later()

    def _write_later(self) -> None:
        if self._later is None:
            self._later = asyncio.get_running_loop().call_later(_MOMENT, self._write_owed)

    def _write_owed(self) -> None:
        self._later = None
        if (self._owed or self._ended) and self._link.reachable:
            self._writing = asyncio.create_task(self._settle())

    async def _settle(self) -> None:
        with suppress(StateAway):
            await self._write_all()

    async def _bring(self) -> None:
        """Write some of what is owed; the rest is written with what comes next."""
        await self._put(self._link.store)
        self._write_later()


def _epoch(change: str) -> str:
    """Tell one state from another by a change of it."""
    return change.rpartition("/")[0]
