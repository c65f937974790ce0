"""
Shared state over a Unix socket: a parent holds it in memory, its workers ask for it.

A line of JSON asks, ``[number, operation, arguments]``, and a line answers, ``[number, value]``.
Bytes are written as Latin-1, which has a character for each. Asked and answered in any order.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, cast

from mockrouter.state.memory import MemoryState
from mockrouter.state.protocol import Begun, Change, Changes, Entry, StateAway, Written

_MOST_LINE = 512_000_000
_PATIENCE = 5.0
_BYTES = {"put": 1, "keep": 2}
"""Places of arguments that are bytes."""


@asynccontextmanager
async def state_served(state: MemoryState, path: Path) -> AsyncIterator[None]:
    """Serve a state at a path, to whoever may open that."""
    conversations: set[asyncio.Task[None]] = set()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(_serve(state, reader, writer))
        conversations.add(task)
        task.add_done_callback(conversations.discard)

    server = await asyncio.start_unix_server(begin, path, limit=_MOST_LINE)
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
        while line := await reader.readline():
            number, name, arguments = json.loads(line)
            found = await _done(state, name, arguments)
            writer.write(json.dumps([number, found], default=_text).encode() + b"\n")
            await writer.drain()
    except (OSError, ValueError):
        pass  # a worker that died, in the middle of a line perhaps
    finally:
        await _closed(writer)


async def _done(state: MemoryState, name: str, arguments: list[Any]) -> object:
    if name == "write":
        entries = (Entry(*each) for each in arguments[0])
        await state.write([each._replace(data=_bytes(each.data)) for each in entries])
        return None
    if name in _BYTES:
        arguments[_BYTES[name]] = arguments[_BYTES[name]].encode("latin-1")
    found: object = await getattr(state, name)(*arguments)
    return found


def _bytes(value: object) -> bytes:
    return cast(str, value).encode("latin-1")


def _text(value: object) -> str:
    return cast(bytes, value).decode("latin-1")


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
        made = (Change(space, kind, text.encode("latin-1")) for space, kind, text in found)
        return Changes(change, fresh, tuple(made))

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
        mark, entries = await self._ask("written", since)
        return Written(mark, tuple(entry.encode("latin-1") for entry in entries))

    async def keep(self, space: str, name: str, value: bytes) -> None:
        """Keep a namespace's value under a name."""
        await self._ask("keep", space, name, value)

    async def kept(self, space: str, name: str) -> bytes | None:
        """Find what is kept."""
        found = await self._ask("kept", space, name)
        return None if found is None else cast(bytes, found.encode("latin-1"))

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
                    asked = json.dumps([number, name, arguments], default=_text)
                    writer.write(asked.encode() + b"\n")
                    return await found
                finally:
                    self._waiting.pop(number, None)
        except (OSError, TimeoutError) as error:
            raise StateAway(str(error) or "no answer") from error

    async def _connected(self) -> asyncio.StreamWriter:
        async with self._lock:
            if self._writer is None:
                reader, self._writer = await asyncio.open_unix_connection(
                    self._path, limit=_MOST_LINE
                )
                self._reading = asyncio.create_task(self._read(reader, self._writer))
            return self._writer

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                number, found = json.loads(line)
                waiting = self._waiting.get(number)
                if waiting is not None and not waiting.done():
                    waiting.set_result(found)
        except OSError:
            pass  # as at the end: whoever waits is told below
        finally:
            self._writer = None
            writer.close()
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(ConnectionResetError("the parent has left"))
