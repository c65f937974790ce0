"""Shared state in one process: what the others reach over a socket, and what tests compare with."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from mockrouter.state.bounded import Bounded
from mockrouter.state.bounds import Bounds
from mockrouter.state.protocol import MORE, Begun, Change, Changes, Entry, Written

_ANY = Bounds()


class _Entry(NamedTuple):
    write: int
    space: str
    entry: bytes


class MemoryState:
    """
    All of the state, in dictionaries.

    Attributes:
        epoch: Tells it from every other.
    """

    def __init__(
        self, epoch: str, bounds: Bounds = _ANY, now: Callable[[], float] = time.time
    ) -> None:
        """
        Begin with nothing.

        Args:
            epoch: Tells this state from every other, as those may begin again with less.

            bounds: What is held at the most.

            now: The clock, in seconds.
        """
        self.epoch = epoch
        self._bounds = bounds
        self._change = self._number = self._write = self._bytes = 0
        self._counts: Bounded[int] = Bounded(bounds.counts, now)
        self._tokens: Bounded[int] = Bounded(bounds.tokens, now)
        self._documents: Bounded[bytes] = Bounded(bounds.spaces, now)
        self._kept: Bounded[bytes] = Bounded(bounds.kept, now)
        self._over: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._changed: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._entries: dict[int, _Entry] = {}
        self._oldest: list[int] = []

    async def probe(self) -> None:
        """Do nothing: there is always room."""

    async def begin(self, numbers: int = 0) -> Begun:
        """Tell the last change, and number so many requests more."""
        self._finish_old()
        self._number += numbers
        return Begun(self.change, self._number - numbers + 1)

    async def count(self, space: str, key: str, token: str, by: int = 1) -> int:
        """Count *by* more under a namespace's *key*, once for each *token*; how many there were."""
        if (seen := self._tokens.find("", token)) is not None:
            return seen
        number = self._counts.find(space, key) or 0
        self._counts.put(space, key, number + by)
        self._tokens.put("", token, number)
        self._counts.trim()
        self._tokens.trim()
        return number

    async def changes(self, since: str) -> Changes:
        """List what changed since *since*; empty for all."""
        epoch, _, number = since.partition("/")
        fresh = epoch != self.epoch
        after = -1 if fresh else int(number)
        found = [self._told(*key) for key, change in self._changed.items() if change > after]
        return Changes(self.change, fresh, tuple(found))

    async def put(self, space: str, document: bytes) -> None:
        """Open a namespace, or replace it; what it held is forgotten."""
        self._forget(space)
        self._documents.put("", space, document, len(document))
        self._note("space", space, holds=True)
        self._finish_old()

    async def end(self, space: str) -> None:
        """Mark a namespace as over; what it held is forgotten."""
        self._forget(space)
        self._documents.drop("", space)
        self._note("space", space)

    async def reset(self, space: str | None) -> None:
        """Forget the counts and the journal of a namespace, or of all."""
        if space is None:
            self._counts.clear()
            self._entries.clear()
            self._oldest.clear()
            self._bytes = 0
            self._note("all", "", holds=True)
        else:
            self._clear(space)
            self._note("reset", space)

    async def write(self, entries: Sequence[Entry]) -> None:
        """Write entries, but those whose namespace was reset since what they had *seen*."""
        self.note(entries)

    def note(self, entries: Sequence[Entry]) -> None:
        """Do the same at once."""
        self._finish_old()
        for space in dict.fromkeys(entry.space for entry in entries):
            self._documents.touch("", space)
        for entry in entries:
            if not self._is_late(entry):
                self._put(entry)
        while len(self._entries) > self._bounds.entries or (
            self._bytes > self._bounds.entry_bytes and len(self._entries) > 1
        ):
            self._remove(heappop(self._oldest))

    def _is_late(self, entry: Entry) -> bool:
        epoch, _, number = entry.seen.partition("/")
        if epoch != self.epoch or int(number) == self._change:
            return False
        keys = ("all", ""), ("reset", entry.space), ("space", entry.space)
        return int(number) < max(self._changed.get(key, 0) for key in keys)

    def _put(self, entry: Entry) -> None:
        sequence, space, _, data = entry
        held = self._entries.get(sequence)
        if data.startswith(MORE):
            if held is None:
                return
            space, data = held.space, held.entry + b"\n" + data
        if held is None:
            heappush(self._oldest, sequence)
        self._write += 1
        self._entries[sequence] = _Entry(self._write, space, data)
        self._bytes += len(data) - (len(held.entry) if held else 0)

    async def written(self, since: str) -> Written:
        """List what was written to the journal since *since*; empty for all that is held."""
        epoch, _, number = since.partition("/")
        after = int(number) if epoch == self.epoch else 0
        found = sorted(held for held in self._entries.values() if held.write > after)
        return Written(f"{self.epoch}/{self._write}", tuple(held.entry for held in found))

    async def keep(self, space: str, name: str, value: bytes) -> None:
        """Keep a namespace's value under a name."""
        self._kept.put(space, name, value, len(value))
        self._kept.trim()

    async def kept(self, space: str, name: str) -> bytes | None:
        """Find what is kept."""
        self._kept.trim()
        return self._kept.find(space, name)

    async def drop(self, space: str, name: str) -> None:
        """Forget what is kept."""
        self._kept.drop(space, name)

    async def close(self) -> None:
        """Do nothing: there is no connection."""

    @property
    def change(self) -> str:
        """The last change."""
        return f"{self.epoch}/{self._change}"

    def _note(self, kind: str, space: str, *, holds: bool = False) -> None:
        self._change += 1
        self._changed.pop((kind, space), None)
        self._changed[kind, space] = self._change
        self._over.pop((kind, space), None)
        if holds:
            return
        self._over[kind, space] = None
        if len(self._over) > self._bounds.over:
            del self._changed[self._over.popitem(last=False)[0]]

    def _told(self, kind: str, space: str) -> Change:
        if kind == "space":
            document = self._documents.find("", space)
            return Change(space, "over") if document is None else Change(space, "opened", document)
        return Change(space, "reset" if kind == "reset" else "reset all")

    def _finish_old(self) -> None:
        for space in self._documents.trim():
            self._forget(space)
            self._note("space", space)

    def _forget(self, space: str) -> None:
        self._clear(space)
        self._kept.empty(space)

    def _clear(self, space: str) -> None:
        self._counts.empty(space)
        gone = [number for number, held in self._entries.items() if held.space == space]
        for sequence in gone:
            self._remove(sequence)
        if gone:
            self._oldest = [*self._entries]
            heapify(self._oldest)

    def _remove(self, sequence: int) -> None:
        held = self._entries.pop(sequence, None)
        self._bytes -= len(held.entry) if held else 0
