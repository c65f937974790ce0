"""
The state of several workers, as their parent serves it: in its memory, behind Unix sockets.

What every request needs costs no question: the last change stands on a page that all see, and
entries of the journal are handed over and taken in later. All else is asked: ``(number, operation,
arguments)``, and answered by ``(number, value)``, in any order.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from typing import Any, Final

from mockrouter.state.inbox import Inbox
from mockrouter.state.memory import MemoryState
from mockrouter.state.messages import ENTRIES, PAGE, QUESTIONS, SIZE, message, read
from mockrouter.state.page import Page

_OF_JOURNAL: Final = {"put", "end", "reset", "written"}
"""Operations that need all that was written before."""


@asynccontextmanager
async def state_served(state: MemoryState, folder: Path) -> AsyncIterator[None]:
    """Serve a state in an empty *folder*, to whoever may open what is in there."""
    with closing(_Parent(state, folder)) as parent:
        server = await asyncio.start_unix_server(parent.begin, folder / QUESTIONS)
        try:
            yield
        finally:
            server.close()
            await parent.end()


class _Parent:
    """Answers what workers ask."""

    def __init__(self, state: MemoryState, folder: Path) -> None:
        self._state = state
        self._page = Page.made(folder / PAGE, state.epoch)
        self._inbox = Inbox(state, folder / ENTRIES)
        self._conversations: set[asyncio.Task[None]] = set()

    def begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one worker, until it leaves."""
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._conversations.add(task)
        task.add_done_callback(self._conversations.discard)

    async def end(self) -> None:
        """Answer nobody any more."""
        for task in tuple(self._conversations):
            task.cancel()
        await asyncio.gather(*self._conversations, return_exceptions=True)

    def close(self) -> None:
        """Let go of all."""
        self._inbox.close()
        self._page.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                size = int.from_bytes(await reader.readexactly(SIZE))
                number, name, arguments = read(await reader.readexactly(size))
                writer.write(message((number, _plain(await self._answer(name, arguments)))))
                await writer.drain()
        except (OSError, EOFError):
            pass  # a worker that ended
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _answer(self, name: str, arguments: tuple[Any, ...]) -> object:
        if name in _OF_JOURNAL:
            self._inbox.take()
        found: object = await getattr(self._state, name)(*arguments)
        # On the page before it is acknowledged: who asks later sees it there.
        self._page.tell(self._state.change)
        return found


def _plain(value: object) -> Any:  # noqa: ANN401 - whatever is answered
    """Make plain tuples of those with names, as no others can be sent."""
    return tuple(map(_plain, value)) if isinstance(value, tuple | list) else value
