"""Attempts, counted where all servers count them."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Final
from uuid import uuid4

from mockrouter.engine.counts import MemoryCounts
from mockrouter.state.link import Link
from mockrouter.state.protocol import StateAway, Store

_Key = tuple[str, str]
_MOST_OWED: Final = 100_000
_AT_ONCE: Final = 1_000


class SharedCounts:
    """
    Counts in the state.

    While that is away, counts go on from the last that were known here; what was counted meanwhile
    is counted there too when it is back, before anything else is. With a state that is required
    they wait.
    """

    def __init__(self, link: Link) -> None:
        """Count over *link*."""
        self._link = link
        self._known = MemoryCounts()
        # By token, with how many there are; those of which the state may know by now grow no more.
        self._owed: OrderedDict[str, tuple[_Key, int]] = OrderedDict()
        self._growing: dict[_Key, str] = {}
        self._lock = asyncio.Lock()
        link.bringing(self._bring)

    async def attempt(self, space: str, key: str) -> int:
        """
        Count one more attempt under a namespace's *key* and return its number, from 0.

        Raises:
            CannotAnswer: The state is away, and required.
        """
        # However often this one is asked for over connections that break, it counts once.
        token, was_there = uuid4().hex, self._link.reachable
        try:
            number = await self._link.ask(lambda store: self._count(store, space, key, token))
        except StateAway as error:
            if self._link.required:
                raise self._link.refusal() from error
            self._owe((space, key), token, grows=not was_there)
            return await self._known.attempt(space, key)
        self._known.note(space, key, number + 1)
        return number

    async def forget(self, space: str | None) -> None:
        """Forget what is known here of a namespace's counts, or of all."""
        await self._known.forget(space)
        for token, (key, _) in [*self._owed.items()]:
            if space in {None, key[0]}:
                self._settle(token)

    async def _count(self, store: Store, space: str, key: str, token: str) -> int:
        if self._owed:
            await self._bring(store)
        return await store.count(space, key, token)

    def _owe(self, key: _Key, token: str, *, grows: bool) -> None:
        if grows:
            token = self._growing.setdefault(key, token)
        _, number = self._owed.get(token, (key, 0))
        self._owed[token] = key, number + 1
        if len(self._owed) > _MOST_OWED:
            self._settle(next(iter(self._owed)))

    def _settle(self, token: str) -> None:
        key, _ = self._owed.pop(token, (("", ""), 0))
        if self._growing.get(key) == token:
            del self._growing[key]

    async def _bring(self, store: Store | None = None) -> None:
        """Count what is owed by now."""
        async with self._lock:
            self._growing.clear()
            owed = [*self._owed.items()]
            for start in range(0, len(owed), _AT_ONCE):
                some = owed[start : start + _AT_ONCE]
                asking = (
                    (store or self._link.store).count(*key, token, number)
                    for token, (key, number) in some
                )
                await asyncio.gather(*asking)
                for token, _ in some:
                    self._settle(token)
