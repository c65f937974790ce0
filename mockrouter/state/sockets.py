"""
Shared state over a Unix socket: a parent holds it in memory, its workers ask for it.

``(number, operation, arguments)`` asks, ``(number, value)`` answers, in any order; each is a size
and a value as ``marshal`` writes it, which is less work than JSON.
"""

from __future__ import annotations

import asyncio
import marshal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, cast

from mockrouter.state.memory import MemoryState
from mockrouter.state.protocol import Begun, Change, Changes, Entry, StateAway, Written

_SIZE = 4
"""Bytes that say how many follow."""
_PATIENCE = 5.0


@asynccontextmanager
async def state_served(state: MemoryState, path: Path) -> AsyncIterator[None]:
    """Serve a state at a path, to whoever may open that."""
    conversations: set[asyncio.Task[None]] = set()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(_serve(state, reader, writer))
        conversations.add(task)
        task.add_done_callback(conversations.discard)

    server = await asyncio.start_unix_server(begin, path)
    try:
        yield
    finally:
        server.close()
        for task in tuple(conversations):
            task.cancel()
        await asyncio.gather(*conversations, return_exceptions=True)


async def _serve(
    state: MemoryState, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    try:
        while True:
            number, name, arguments = await _receive(reader)
            writer.write(_message(number, await getattr(state, name)(*arguments)))
            await writer.drain()
    except (OSError, EOFError):
        pass  # a worker that ended
    finally:
        await _closed(writer)


async def _receive(reader: asyncio.StreamReader) -> Any:  # noqa: ANN401 - whatever was sent
    size = int.from_bytes(await reader.readexactly(_SIZE))
    # From a process of the same program, over a socket that nobody else may open.
    return marshal.loads(await reader.readexactly(size))  # noqa: S302


def _message(*values: object) -> bytes:
    data = marshal.dumps(_plain(values))
    return len(data).to_bytes(_SIZE) + data


def _plain(value: object) -> Any:  # noqa: ANN401 - as above
    """Make plain tuples of those with names, as no others can be sent."""
    return tuple(map(_plain, value)) if isinstance(value, tuple | list) else value


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


class SocketState:
    """The state that another process serves."""

    def __init__(self, path: Path) -> None:
        """Prepare; nothing is connected yet."""
        self._path = path
        self._number = 0
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None
        self._lock = asyncio.Lock()

    async def begin(self, numbers: int = 0) -> Begun:
        """Tell the last change, and number so many requests more."""
        return Begun(*await self._ask("begin", numbers))

    async def count(self, space: str, key: str, token: str, by: int = 1) -> int:
        """Count *by* more under a namespace's *key*, once for each *token*; how many there were."""
        return cast(int, await self._ask("count", space, key, token, by))

    async def changes(self, since: str) -> Changes:
        """List what changed since *since*; empty for all."""
        change, fresh, found = await self._ask("changes", since)
        return Changes(change, fresh, tuple(Change(*each) for each in found))

    async def put(self, space: str, document: bytes) -> None:
        """Open a namespace, or replace it; what it held is forgotten."""
        await self._ask("put", space, document)

    async def end(self, space: str) -> None:
        """Mark a namespace as over; what it held is forgotten."""
        await self._ask("end", space)

    async def reset(self, space: str | None) -> None:
        """Forget the counts and the journal of a namespace, or of all."""
        await self._ask("reset", space)

    async def write(self, entries: Sequence[Entry]) -> None:
        """Write entries, but those whose namespace was reset since what they had *seen*."""
        await self._ask("write", entries)

    async def written(self, since: str) -> Written:
        """List what was written to the journal since *since*; empty for all that is held."""
        return Written(*await self._ask("written", since))

    async def keep(self, space: str, name: str, value: bytes) -> None:
        """Keep a namespace's value under a name."""
        await self._ask("keep", space, name, value)

    async def kept(self, space: str, name: str) -> bytes | None:
        """Find what is kept."""
        return cast(bytes | None, await self._ask("kept", space, name))

    async def drop(self, space: str, name: str) -> None:
        """Forget what is kept."""
        await self._ask("drop", space, name)

    async def close(self) -> None:
        """Let go of the connection."""
        writer = self._writer
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        if writer is not None:
            await _closed(writer)

    async def _ask(self, name: str, *arguments: object) -> Any:  # noqa: ANN401
        try:
            async with asyncio.timeout(_PATIENCE):
                writer = await self._connected()
                self._number += 1
                number = self._number
                found = self._waiting[number] = asyncio.get_running_loop().create_future()
                try:
                    writer.write(_message(number, name, arguments))
                    return await found
                finally:
                    self._waiting.pop(number, None)
        except (OSError, TimeoutError) as error:
            raise StateAway(str(error) or "no answer") from error

    async def _connected(self) -> asyncio.StreamWriter:
        async with self._lock:
            if self._writer is None:
                reader, self._writer = await asyncio.open_unix_connection(self._path)
                self._reading = asyncio.create_task(self._read(reader, self._writer))
            return self._writer

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                number, found = await _receive(reader)
                waiting = self._waiting.get(number)
                if waiting is not None and not waiting.done():
                    waiting.set_result(found)
        except (OSError, EOFError):
            pass  # as at the end: whoever waits is told below
        finally:
            self._writer = None
            writer.close()
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(ConnectionResetError("the parent has left"))
