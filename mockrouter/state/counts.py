"""Attempts, counted where all servers count them."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple
from uuid import uuid4

from mockrouter.engine.counts import MemoryCounts
from mockrouter.state.link import Link
from mockrouter.state.protocol import StateAway


class _Owed(NamedTuple):
    """One attempt that the state has yet to be told."""

    space: str
    key: str
    token: str


class SharedCounts:
    """
    Counts in the state.

    While that is away, counts go on from the last that were known here; what was counted meanwhile
    is counted there too when it is back. With a state that is required they wait.
    """

    def __init__(self, link: Link) -> None:
        """Count over *link*."""
        self._link = link
        self._known = MemoryCounts()
        self._owed: deque[_Owed] = deque()
        link.bringing(self._bring)

    async def attempt(self, space: str, key: str) -> int:
        """
        Count one more attempt under a namespace's *key* and return its number, from 0.

        Raises:
            CannotAnswer: The state is away, and required.
        """
        # However often this one is asked for over connections that break, it counts once.
        token = uuid4().hex
        try:
            number = await self._link.ask(lambda store: store.count(space, key, token))
        except StateAway as error:
            if self._link.required:
                raise self._link.refusal() from error
            self._owed.append(_Owed(space, key, token))
            return await self._known.attempt(space, key)
        self._known.note(space, key, number + 1)
        return number

    async def forget(self, space: str | None) -> None:
        """Forget what is known here of a namespace's counts, or of all."""
        await self._known.forget(space)
        self._owed = deque(owed for owed in self._owed if space not in {None, owed.space})

    async def _bring(self) -> bool:
        is_done = not self._owed
        while self._owed:
            owed = self._owed[0]
            await self._link.store.count(owed.space, owed.key, owed.token)
            if self._owed and self._owed[0] is owed:
                self._owed.popleft()
        return is_done
