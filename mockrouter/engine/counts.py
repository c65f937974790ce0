"""
How often each request has been tried: all that an answer owes to the requests before it.

It stands behind a small protocol, so that several servers can share it.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Protocol


class Counts(Protocol):
    """Counts attempts, each exactly once."""

    async def attempt(self, space: str, key: str) -> int:
        """
        Count one more attempt under a namespace's *key* and return its number, from 0.

        Raises:
            CannotAnswer: It cannot be counted at present.
        """

    async def forget(self, space: str | None) -> None:
        """Forget the counts of a namespace, or all."""


class MemoryCounts:
    """Counts in this process; forgets the longest unused beyond *most* keys."""

    def __init__(self, most: int = 100_000) -> None:
        """Hold *most* counts at the most."""
        self._most = most
        self._counts: OrderedDict[tuple[str, str], int] = OrderedDict()

    async def attempt(self, space: str, key: str) -> int:
        """Count one more attempt under a namespace's *key* and return its number, from 0."""
        number = self._counts.get((space, key), 0)
        self.note(space, key, number + 1)
        return number

    def note(self, space: str, key: str, number: int) -> None:
        """Set how many attempts there were."""
        self._counts.pop((space, key), None)
        self._counts[space, key] = number
        if len(self._counts) > self._most:
            self._counts.popitem(last=False)

    async def forget(self, space: str | None) -> None:
        """Forget the counts of a namespace, or all."""
        for key in [key for key in self._counts if space in {None, key[0]}]:
            del self._counts[key]
