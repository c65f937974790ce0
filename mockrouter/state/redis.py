"""Shared state in Redis, or in Valkey, which speaks the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from mockrouter.state.bounds import Bounds
from mockrouter.state.connection import Command, Connection
from mockrouter.state.protocol import Begun, Change, Changes, Entry, Written
from mockrouter.state.rounds import Asked, Call, Count, Rounds, Told
from mockrouter.state.scripts import scripts

_NONE: Final = "/0"
_ANY: Final = Bounds()


class RedisState:
    """All of the state, in Redis; whatever is asked at once goes over one connection."""

    def __init__(self, url: str, bounds: Bounds = _ANY) -> None:
        """
        Prepare; nothing is connected yet.

        Args:
            url: ``redis://``, ``rediss://`` or ``unix://``, as redis-py reads it.

            bounds: What is held at the most.

        Raises:
            MockRouterError: redis-py is not installed, or cannot read the URL.
        """
        self._connection = Connection(url, scripts(bounds))
        self._rounds = Rounds(self._step)

    async def probe(self) -> None:
        """Look whether it takes what is written, by writing something of no meaning."""
        await self._run("probe")

    async def begin(self, numbers: int = 0) -> Begun:
        """Tell the last change, and number so many requests more."""
        told = await self._rounds.ask(Asked(numbers))
        return Begun(told.change, told.number)

    async def count(self, space: str, key: str, token: str, by: int = 1) -> int:
        """Count *by* more under a namespace's *key*, once for each *token*; how many there were."""
        told = await self._rounds.ask(Asked(counts=(Count(space, key, token, by),)))
        return told.counts[0]

    async def changes(self, since: str) -> Changes:
        """List what changed since *since*; empty for all."""
        change, fresh, found = await self._run("changes", since or _NONE)
        return Changes(change.decode(), bool(fresh), tuple(_change(*each) for each in found))

    async def put(self, space: str, document: bytes) -> None:
        """Open a namespace, or replace it; what it held is forgotten."""
        await self._run("put", space, document)

    async def end(self, space: str) -> None:
        """Mark a namespace as over; what it held is forgotten."""
        await self._run("end", space)

    async def reset(self, space: str | None) -> None:
        """Forget the counts and the journal of a namespace, or of all."""
        if space is None:
            await self._run("reset all")
        else:
            await self._run("reset", space)

    async def write(self, entries: Sequence[Entry]) -> None:
        """Write entries, but those whose namespace was reset since what they had *seen*."""
        await self._rounds.ask(Asked(entries=tuple(entries)))

    async def written(self, since: str) -> Written:
        """List what was written to the journal since *since*; empty for all that is held."""
        entries: list[bytes] = []
        mark, more = since or _NONE, 1
        while more:  # as all at once might take long, and others wait meanwhile
            told, found, more = await self._run("written", mark)
            mark = told.decode()
            entries += found
        return Written(mark, tuple(entries))

    async def keep(self, space: str, name: str, value: bytes) -> None:
        """Keep a namespace's value under a name."""
        await self._run("keep", space, name, value)

    async def kept(self, space: str, name: str) -> bytes | None:
        """Find what is kept."""
        found: bytes | None = await self._run("kept", space, name)
        return found

    async def drop(self, space: str, name: str) -> None:
        """Forget what is kept."""
        await self._run("drop", space, name)

    async def close(self) -> None:
        """Let go of the connection."""
        await self._connection.close()

    async def _run(self, script: str, *arguments: str | bytes) -> Any:  # noqa: ANN401
        told = await self._rounds.ask(Asked(calls=(Call(script, arguments),)))
        found = told.found[0]
        if isinstance(found, Exception):
            raise found
        return found

    async def _step(self, asked: Asked) -> Told:
        counts = (part for count in asked.counts for part in count)
        entries = (
            part
            for sequence, space, seen, data in asked.entries
            for part in (sequence, space, seen or _NONE, data)
        )
        given = (asked.numbers, len(asked.counts), *counts, *entries)
        calls = [Command(call.script, call.arguments) for call in asked.calls]
        told, *found = await self._connection.ask([Command("round", given), *calls])
        if isinstance(told, Exception):
            raise told
        change, first, counted = told
        return Told(change.decode(), first, tuple(counted), tuple(found))


def _change(member: bytes, document: bytes | None) -> Change:
    kind, _, space = member.decode("utf-8", "surrogatepass").partition(" ")
    if kind == "space":
        return Change(space, "over") if document is None else Change(space, "opened", document)
    return Change(space, "reset" if kind == "reset" else "reset all")
