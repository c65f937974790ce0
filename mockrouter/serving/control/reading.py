"""
Reading the journal without keeping anybody waiting.

What a request has to do with others takes all requests of its namespace to find out. Where these
are many, that is done in a thread, once for all who ask at the same time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import NamedTuple, ParamSpec, TypeVar

from mockrouter.engine.journal import Exchange, Journal
from mockrouter.entries import Entry, entries

T = TypeVar("T")
P = ParamSpec("P")

_FEW = 100_000
"""Bytes of requests, about, that are read in a few milliseconds."""


class Snapshot(NamedTuple):
    """
    Entries as they were at one moment.

    Attributes:
        entries: Oldest first.

        few: Whether they are so few that nobody waits long while they are read.
    """

    entries: list[Entry]
    few: bool

    async def work(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a function that reads them: in a thread unless they are few."""
        if self.few:
            return function(*args, **kwargs)
        return await asyncio.to_thread(function, *args, **kwargs)


class Snapshots:
    """What a journal holds now."""

    def __init__(self, journal: Journal) -> None:
        """Read *journal*."""
        self._journal = journal
        self._reading: dict[str | None, tuple[int, asyncio.Task[list[Entry]]]] = {}

    async def of(self, namespace: str | None) -> Snapshot:
        """Read the entries of a namespace, or all."""
        journal = self._journal
        exchanges = list(journal) if namespace is None else journal.of(namespace)
        if sum(exchange.size for exchange in exchanges) < _FEW:
            return Snapshot(_linked(exchanges), few=True)
        known = self._reading.get(namespace)
        if known is None or known[0] != journal.changes:
            task = asyncio.create_task(asyncio.to_thread(_linked, exchanges))
            known = self._reading[namespace] = journal.changes, task
            task.add_done_callback(lambda _: self._forget(namespace, task))
        # Who gives up must not take it from the others.
        return Snapshot(await asyncio.shield(known[1]), few=False)

    def _forget(self, namespace: str | None, task: asyncio.Task[list[Entry]]) -> None:
        if namespace in self._reading and self._reading[namespace][1] is task:
            del self._reading[namespace]


def _linked(exchanges: list[Exchange]) -> list[Entry]:
    """Read entries, each namespace apart: it may have numbers of its own."""
    spaces: dict[str, list[Exchange]] = {}
    for exchange in exchanges:
        spaces.setdefault(exchange.namespace, []).append(exchange)
    found = {name: iter(entries(space)) for name, space in spaces.items()}
    made = [next(found[exchange.namespace]) for exchange in exchanges]
    for entry in made:
        # Finds out what the namespace's requests have to do with each other, while nobody waits.
        _ = entry.conversation
    return made
