"""Shared state in one process: what the others reach over a socket, and what tests compare with."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Sequence
from heapq import heappop, heappush
from typing import NamedTuple

from mockrouter.state.protocol import (
    MORE,
    MOST_COUNTS,
    MOST_OVER,
    Begun,
    Change,
    Changes,
    Entry,
    Written,
)

_MOST_TOKENS = 100_000


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

    def __init__(self, epoch: str, most: int = 1_000, most_bytes: int = 64_000_000) -> None:
        """
        Begin with nothing.

        Args:
            epoch: Tells this state from every other, as those may begin again with less.

            most: Entries of the journal.

            most_bytes: That those take.
        """
        self.epoch = epoch
        self._most = most
        self._most_bytes = most_bytes
        self._change = self._number = self._write = self._bytes = 0
        self._counts: dict[str, OrderedDict[str, int]] = defaultdict(OrderedDict)
        self._tokens: OrderedDict[str, int] = OrderedDict()
        self._documents: dict[str, bytes] = {}
        self._over: OrderedDict[str, None] = OrderedDict()
        self._changed: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._entries: dict[int, _Entry] = {}
        self._oldest: list[int] = []
        self._kept: dict[str, OrderedDict[str, bytes]] = defaultdict(OrderedDict)

    async def probe(self) -> None:
        """Do nothing: there is always room."""

    async def begin(self, numbers: int = 0) -> Begun:
        """Tell the last change, and number so many requests more."""
        self._number += numbers
        return Begun(self.change, self._number - numbers + 1)

    async def count(self, space: str, key: str, token: str, by: int = 1) -> int:
        """Count *by* more under a namespace's *key*, once for each *token*; how many there were."""
        if token in self._tokens:
            return self._tokens[token]
        counts = self._counts[space]
        number = self._tokens[token] = counts.pop(key, 0)
        counts[key] = number + by
        _trim(counts, MOST_COUNTS)
        _trim(self._tokens, _MOST_TOKENS)
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
        self._documents[space] = document
        self._over.pop(space, None)
        self._note("space", space)

    async def end(self, space: str) -> None:
        """Mark a namespace as over; what it held is forgotten."""
        self._forget(space)
        self._documents.pop(space, None)
        self._over.pop(space, None)
        self._over[space] = None
        self._note("space", space)
        if len(self._over) > MOST_OVER:
            oldest, _ = self._over.popitem(last=False)
            self._changed.pop(("space", oldest), None)

    async def reset(self, space: str | None) -> None:
        """Forget the counts and the journal of a namespace, or of all."""
        if space is None:
            self._counts.clear()
            self._entries.clear()
            self._oldest.clear()
            self._bytes = 0
            self._note("all", "")
        else:
            self._clear(space)
            self._note("reset", space)

    async def write(self, entries: Sequence[Entry]) -> None:
        """Write entries, but those whose namespace was reset since what they had *seen*."""
        self.note(entries)

    def note(self, entries: Sequence[Entry]) -> None:
        """Do the same at once."""
        for entry in entries:
            if not self._is_late(entry):
                self._put(entry)
        while len(self._entries) > self._most or (
            self._bytes > self._most_bytes and len(self._entries) > 1
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
        self._kept[space][name] = value
        _trim(self._kept[space], MOST_OVER)

    async def kept(self, space: str, name: str) -> bytes | None:
        """Find what is kept."""
        return self._kept[space].get(name) if space in self._kept else None

    async def drop(self, space: str, name: str) -> None:
        """Forget what is kept."""
        if space in self._kept:
            self._kept[space].pop(name, None)

    async def close(self) -> None:
        """Do nothing: there is no connection."""

    @property
    def change(self) -> str:
        """The last change."""
        return f"{self.epoch}/{self._change}"

    def _note(self, kind: str, space: str) -> None:
        self._change += 1
        self._changed.pop((kind, space), None)
        self._changed[kind, space] = self._change

    def _told(self, kind: str, space: str) -> Change:
        if kind == "space":
            document = self._documents.get(space)
            return Change(space, "over") if document is None else Change(space, "opened", document)
        return Change(space, "reset" if kind == "reset" else "reset all")

    def _forget(self, space: str) -> None:
        self._clear(space)
        self._kept.pop(space, None)

    def _clear(self, space: str) -> None:
        self._counts.pop(space, None)
        gone = [number for number, held in self._entries.items() if held.space == space]
        for sequence in gone:
            self._remove(sequence)
        if gone:
            self._oldest = sorted(self._entries)

    def _remove(self, sequence: int) -> None:
        held = self._entries.pop(sequence, None)
        self._bytes -= len(held.entry) if held else 0


def _trim(held: OrderedDict[str, int] | OrderedDict[str, bytes], most: int) -> None:
    while len(held) > most:
        held.popitem(last=False)
