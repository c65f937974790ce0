"""Shared state as a worker has it: its parent holds it, see ``parent``."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from typing import Any, cast

from mockrouter.state.ends import Ends
from mockrouter.state.messages import message
from mockrouter.state.outbox import Outbox
from mockrouter.state.page import Page
from mockrouter.state.protocol import Begun, Change, Changes, Entry, StateAway, Written
from mockrouter.state.questions import Asking

_PATIENCE = 5.0
"""Seconds for which there may be no room for what is handed over."""
_TURNS = 50
"""For which an answer is waited for, see ``questions``."""


class SocketState:
    """The state that this process inherits."""

    def __init__(self, ends: Ends) -> None:
        """Take over *ends*; nothing is asked yet."""
        self._questions = socket.socket(fileno=ends.questions)
        self._page = Page(ends.page)
        self._outbox = Outbox(socket.socket(fileno=ends.entries), _PATIENCE)
        self._asking: Asking | None = None
        self._lock = asyncio.Lock()

    async def probe(self) -> None:
        """Look whether the parent answers."""
        await self._ask("probe")

    async def begin(self, numbers: int = 0) -> Begun:
        """Tell the last change, and number so many requests more."""
        try:
            await self._connected()
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
        """Let go of what connects it."""
        if self._asking is None:
            self._questions.close()
        else:
            await self._asking.close()
        self._outbox.close()
        self._page.close()

    async def _ask(self, name: str, *arguments: object) -> Any:  # noqa: ANN401
        try:
            return await (await self._connected()).ask(_TURNS, name, arguments)
        except OSError as error:
            raise StateAway(str(error)) from error

    async def _connected(self) -> Asking:
        if self._asking is None:
            async with self._lock:
                if self._asking is None:
                    loop = asyncio.get_running_loop()
                    _, self._asking = await loop.create_unix_connection(
                        Asking, sock=self._questions
                    )
        if self._asking.is_lost:
            message = "it has ended"
            raise ConnectionResetError(message)
        return self._asking
