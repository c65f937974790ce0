"""Shared state in Redis, or in Valkey, which speaks the same."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlsplit

from mockrouter.errors import MockRouterError
from mockrouter.state import scripts
from mockrouter.state.protocol import Begun, Change, Changes, Entry, StateAway, Written
from mockrouter.state.rounds import Asked, Count, Rounds, Told

T = TypeVar("T")

PREFIX = "mockrouter:"
"""Of every key."""

_CONNECT = 1.0
_COMMAND = 1.0
_CONNECTIONS = 64
_TOKENS = 60
"""Seconds for which a token is known, much longer than anybody asks again."""
_KEPT = 7 * 86_400
"""Seconds after which what nobody has touched goes: counts, and stored responses."""
_NONE = "/0"


class RedisState:
    """All of the state, in Redis."""

    def __init__(self, url: str, most: int = 1_000, most_bytes: int = 64_000_000) -> None:
        """
        Prepare; nothing is connected yet.

        Args:
            url: ``redis://``, ``rediss://`` or ``unix://``, as redis-py reads it.

            most: Entries of the journal.

            most_bytes: That those take.

        Raises:
            MockRouterError: redis-py is not installed, or cannot read the URL.
        """
        try:
            from redis import asyncio as client  # noqa: PLC0415 - an extra
            from redis.asyncio.retry import Retry  # noqa: PLC0415
            from redis.backoff import NoBackoff  # noqa: PLC0415
        except ImportError as error:
            message = f"a state at {shown(url)} needs redis-py; pip install 'mockrouter[redis]'"
            raise MockRouterError(message) from error
        self._bounds = most, most_bytes
        try:
            _check(url)
            self._pool = client.BlockingConnectionPool.from_url(
                url,
                max_connections=_CONNECTIONS,
                timeout=2 * _CONNECT,
                socket_connect_timeout=_CONNECT,
                socket_timeout=_COMMAND,
                # Once more, as connections that were idle may be dead; tokens make it harmless.
                retry=Retry(NoBackoff(), 1),
            )
        except ValueError as error:
            message = f"{shown(url)} is no address of a state: {error}; write redis://HOST:PORT/0"
            raise MockRouterError(message) from error
        self._redis: Any = client.Redis(connection_pool=self._pool)
        self._scripts: dict[str, Any] = {}
        self._rounds = Rounds(self._step)

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
        change, fresh, found = await self._run(scripts.CHANGES, since or _NONE)
        return Changes(change.decode(), bool(fresh), tuple(_change(*each) for each in found))

    async def put(self, space: str, document: bytes) -> None:
        """Open a namespace, or replace it; what it held is forgotten."""
        await self._run(scripts.PUT, space, document)

    async def end(self, space: str) -> None:
        """Mark a namespace as over; what it held is forgotten."""
        await self._run(scripts.END, space)

    async def reset(self, space: str | None) -> None:
        """Forget the counts and the journal of a namespace, or of all."""
        if space is None:
            await self._run(scripts.RESET_ALL)
        else:
            await self._run(scripts.RESET, space)

    async def write(self, entries: Sequence[Entry]) -> None:
        """Write entries, but those whose namespace was reset since what they had *seen*."""
        await self._rounds.ask(Asked(entries=tuple(entries)))

    async def written(self, since: str) -> Written:
        """List what was written to the journal since *since*; empty for all that is held."""
        mark, entries = await self._run(scripts.WRITTEN, since or _NONE)
        return Written(mark.decode(), tuple(entries))

    async def keep(self, space: str, name: str, value: bytes) -> None:
        """Keep a namespace's value under a name."""
        key = f"{PREFIX}kept:{space}"
        pipe = self._redis.pipeline(transaction=False).hset(key, name, value).expire(key, _KEPT)
        await self._ask(pipe.execute())

    async def kept(self, space: str, name: str) -> bytes | None:
        """Find what is kept."""
        found: bytes | None = await self._ask(self._redis.hget(f"{PREFIX}kept:{space}", name))
        return found

    async def drop(self, space: str, name: str) -> None:
        """Forget what is kept."""
        await self._ask(self._redis.hdel(f"{PREFIX}kept:{space}", name))

    async def close(self) -> None:
        """Let go of connections."""
        await self._pool.disconnect()

    async def _step(self, asked: Asked) -> Told:
        counts = (part for count in asked.counts for part in count)
        entries = (
            part
            for sequence, space, seen, data in asked.entries
            for part in (sequence, space, seen or _NONE, data)
        )
        bounds = (*self._bounds, _TOKENS, _KEPT)
        number = len(asked.counts)
        found = await self._run(scripts.ROUND, asked.numbers, *bounds, number, *counts, *entries)
        change, first, counted = found
        return Told(change.decode(), first, tuple(counted))

    async def _run(self, script: str, *arguments: str | bytes | int) -> Any:  # noqa: ANN401
        if script not in self._scripts:
            self._scripts[script] = self._redis.register_script(script)
        return await self._ask(self._scripts[script]([PREFIX], arguments))

    async def _ask(self, asked: Awaitable[T]) -> T:
        try:
            return await asked
        # A connection that goes while it is used raises whatever there is: an error of Redis' or
        # of the socket's, uvloop's RuntimeError, an AttributeError of a reader that is gone.
        except Exception as error:
            raise StateAway(str(error) or type(error).__name__) from error


def shown(url: str) -> str:
    """Show an address without its password."""
    scheme, mark, rest = url.rpartition("://")
    plain, _, asked = rest.partition("?")
    # With such a mark in what is asked, a password may have begun before that.
    return f"{scheme}{mark}{'…' if '@' in asked else plain.rpartition('@')[2]}"


def _check(url: str) -> None:
    """Look at what redis-py passes over; raises ``ValueError``."""
    found = urlsplit(url)
    database = found.path.strip("/")
    if found.scheme != "unix" and database and not database.isdecimal():
        message = f"'{database}' is no number of a database"
        raise ValueError(message)


def _change(member: bytes, document: bytes | None) -> Change:
    kind, _, space = member.decode().partition(" ")
    if kind == "space":
        return Change(space, "over") if document is None else Change(space, "opened", document)
    return Change(space, "reset" if kind == "reset" else "reset all")
