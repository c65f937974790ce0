"""Shared state as a worker has it: its parent holds it, see ``parent``."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from mockrouter.state.messages import ENTRIES, PAGE, QUESTIONS, SIZE, message, read
from mockrouter.state.outbox import Outbox
from mockrouter.state.page import Page
from mockrouter.state.protocol import Begun, Change, Changes, Entry, StateAway, Written

_PATIENCE = 5.0


class SocketState:
    """The state that another process serves."""

    def __init__(self, folder: Path) -> None:
        """Prepare to use what is served in a *folder*; nothing is connected yet."""
        self._folder = folder
        self._page: Page | None = None
        self._outbox = Outbox(folder / ENTRIES, _PATIENCE)
        self._number = 0
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None
        self._lock = asyncio.Lock()

    async def begin(self, numbers: int = 0) -> Begun:
        """Tell the last change, and number so many requests more."""
        try:
            if self._writer is None:
                await self._connected()
            self._page = self._page or Page.at(self._folder / PAGE)
        except OSError as error:
            raise StateAway(str(error)) from error
        return self._page.begin(numbers)

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
        try:
            await self._outbox.send(message([tuple(each) for each in entries]))
        except (OSError, TimeoutError) as error:
            raise StateAway(str(error) or "no room") from error

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
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
        self._outbox.close()
        if self._page is not None:
            self._page.close()
            self._page = None

    async def _ask(self, name: str, *arguments: object) -> Any:  # noqa: ANN401
        try:
            async with asyncio.timeout(_PATIENCE):
                writer = await self._connected()
                self._number += 1
                number = self._number
                found = self._waiting[number] = asyncio.get_running_loop().create_future()
                try:
                    writer.write(message((number, name, arguments)))
                    return await found
                finally:
                    self._waiting.pop(number, None)
        except (OSError, TimeoutError) as error:
            raise StateAway(str(error) or "no answer") from error

    async def _connected(self) -> asyncio.StreamWriter:
        async with self._lock:
            if self._writer is None:
                reader, self._writer = await asyncio.open_unix_connection(self._folder / QUESTIONS)
                self._reading = asyncio.create_task(self._read(reader, self._writer))
            return self._writer

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                size = int.from_bytes(await reader.readexactly(SIZE))
                number, found = read(await reader.readexactly(size))
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
