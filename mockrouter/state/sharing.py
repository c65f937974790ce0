"""What makes several servers one: each sees what the others were told before it answers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from mockrouter.engine.engine import Engine
from mockrouter.engine.exchange import Exchange
from mockrouter.errors import CannotAnswer
from mockrouter.state.counts import SharedCounts
from mockrouter.state.documents import Document, of_bytes
from mockrouter.state.journal import SharedJournal
from mockrouter.state.link import Link
from mockrouter.state.protocol import Change, StateAway, Store
from mockrouter.state.shelf import SharedShelf
from mockrouter.values import JsonObject

_LOGGER = logging.getLogger("mockrouter")
_NOT_OPENED = (
    "state: namespace '%s', which was pushed to a server of another edition, cannot be opened here "
    "(%s); requests in it get this server's own scenarios; run one edition everywhere"
)

Close = Callable[[str], Awaitable[None]]


class Sharing:
    """
    One of several servers.

    Attributes:
        link: Its way to the state.

        journal: Of all of them.

        replica: Its name.

        refused: How many requests had no answer, as the state is required and was away.
    """

    def __init__(self, engine: Engine, link: Link, replica: str) -> None:
        """Let *engine* share its counts, namespaces, stored responses and journal."""
        self.link = link
        self.replica = replica
        self.refused = 0
        self._engine = engine
        self._close: Close = engine.close
        self._documents: dict[str, Document] = {}
        self._change = ""
        self._lock = asyncio.Lock()
        # In this order they bring over: what is over by now is not to be counted any more.
        link.bringing(self._catch_up)
        engine.counts = SharedCounts(link)
        engine.responses.shelf = SharedShelf(link)
        self.journal = SharedJournal(engine, link, replica)

    def bind(self, close: Close, now: Callable[[], float]) -> None:
        """End namespaces by *close*, which ends their connections too; time exchanges by *now*."""
        self._close = close
        self.journal.now = now

    @property
    def health(self) -> JsonObject:
        """How it is with the state."""
        return {"url": self.link.url, "reachable": self.link.reachable}

    async def begin(self, *, numbered: bool) -> int:
        """
        Look what the others were told, before a request is answered.

        Returns:
            The request's number in the journal; 0 where the state has none to give.

        Raises:
            CannotAnswer: The state is away, and required.
        """
        try:
            begun = await self.link.ask(lambda store: store.begin(int(numbered)))
            if begun.change != self._change:
                await self.link.ask(lambda store: self._follow(store, begun.change))
        except StateAway as error:
            if self.link.required:
                raise self.link.refusal() from error
            return 0
        return begun.number if numbered else 0

    async def look(self) -> bool:
        """Look whether requests can be answered, which may need the state."""
        if self.link.required:
            with suppress(CannotAnswer):
                await self.begin(numbered=False)
        return self.link.reachable or not self.link.required

    def sign(self, exchange: Exchange, number: int) -> None:
        """Note who answers, and what was known as the request came."""
        exchange.replica, exchange.change = self.replica, self._change if number else ""

    async def put(self, token: str, document: Document) -> None:
        """
        Open a namespace for all, or replace it.

        Raises:
            CannotAnswer: The state is away.
        """
        await self._tell(lambda store: store.put(token, document.to_bytes()))

    async def end(self, token: str) -> None:
        """End a namespace for all; raises as ``put``."""
        await self._tell(lambda store: store.end(token))

    async def reset(self, token: str | None) -> None:
        """Forget exchanges and attempts of a namespace, or of all, for all; raises as ``put``."""
        await self._tell(lambda store: store.reset(token))

    def documents(self) -> dict[str, Document]:
        """Tell what the open namespaces were opened with, by their tokens."""
        return dict(self._documents)

    async def pull(self) -> None:
        """Read what others wrote to the journal."""
        await self.journal.pull()

    async def close(self) -> None:
        """Write what is owed, and leave."""
        await self.journal.close()
        await self.link.close()

    async def _tell(self, told: Callable[[Store], Awaitable[Any]]) -> None:
        try:
            # Of a state that takes nothing more, as it is full, one may still ask to forget.
            await self.link.ask(told, insists=True)
            await self.link.ask(self._follow, insists=True)
        except StateAway as error:
            raise self.link.refusal("nothing can be changed for all servers") from error

    async def _catch_up(self) -> None:
        await self._follow(self.link.store)

    async def _follow(self, store: Store, change: str | None = None) -> None:
        """Read what changed, unless the last *change* is known by now."""
        async with self._lock:
            if change == self._change:
                return
            found = await store.changes(self._change)
            if found.fresh and self._change:
                # What belongs to a state that is lost is forgotten, as its numbers begin again.
                self._documents.clear()
                await self._engine.start_over()
                self.journal.start_over(found.change)
            for each in found.changes:
                await self._apply(each)
            self._change = found.change

    async def _apply(self, change: Change) -> None:
        token = change.token
        if change.kind == "over":
            self._documents.pop(token, None)
            await self._close(token)
        elif change.kind == "opened":
            await self._open(token, change.document)
        else:
            await self._engine.reset(None if change.kind == "reset all" else token)

    async def _open(self, token: str, document: bytes) -> None:
        await self._engine.close(token, over=False)
        self._documents.pop(token, None)
        try:
            found = of_bytes(document)
            library = found.library(self._engine.library)
            settings = found.settled(self._engine.settings)
        except Exception as error:  # noqa: BLE001 - another edition may have written anything
            _LOGGER.warning(_NOT_OPENED, token, error)
            return
        self._documents[token] = found
        self._engine.open_namespace(token, library, settings)
