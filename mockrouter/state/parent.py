"""
The state of several workers, as their parent serves it: in its memory, over what they inherit.

So there is nothing on a disk, and nothing that anybody else could open.

What every request needs costs no question: the last change stands on a page that all see, and
entries of the journal are handed over and taken in later. All else is asked.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, closing
from typing import Any, Final

from mockrouter.state.ends import Ends
from mockrouter.state.inbox import Inbox
from mockrouter.state.memory import MemoryState
from mockrouter.state.page import Page
from mockrouter.state.questions import Answering

_OF_JOURNAL: Final = {"put", "end", "reset", "written"}
"""Operations that need all that was written before."""


class Parent:
    """What answers the workers."""

    def __init__(self, state: MemoryState, page: Page, inbox: Inbox) -> None:
        """Answer nobody yet."""
        self._state = state
        self._page = page
        self._inbox = inbox
        self._workers: list[Answering] = []

    async def join(self) -> Ends:
        """Join one more worker, and give what it is to have; whoever asks closes that."""
        asked, asking = socket.socketpair()
        heard, telling = socket.socketpair()
        self._inbox.join(heard)
        loop = asyncio.get_running_loop()
        _, worker = await loop.create_unix_connection(self._answering, sock=asked)
        self._workers = [*(each for each in self._workers if not each.is_lost), worker]
        return Ends(asking.detach(), telling.detach(), self._page.descriptor())

    async def close(self) -> None:
        """Leave all workers."""
        for each in self._workers:
            await each.close()

    def _answering(self) -> Answering:
        return Answering(self._answer)

    def _answer(self, name: str, arguments: tuple[Any, ...]) -> object:
        if name in _OF_JOURNAL:
            self._inbox.take()
        found = _done(getattr(self._state, name)(*arguments))
        # On the page before it is acknowledged: who asks later sees it there.
        self._page.tell(self._state.change)
        return _plain(found)


@asynccontextmanager
async def state_served(state: MemoryState) -> AsyncIterator[Parent]:
    """Serve a state to workers that are joined to it."""
    with closing(Page.made(state.epoch)) as page, closing(Inbox(state)) as inbox:
        parent = Parent(state, page, inbox)
        try:
            yield parent
        finally:
            await parent.close()


def _done(operation: Coroutine[Any, Any, object]) -> object:
    """Do what never waits, as it is in memory."""
    try:
        operation.send(None)
    except StopIteration as done:
        found: object = done.value
        return found
    message = "a state in memory waits for something"
    raise RuntimeError(message)


def _plain(value: object) -> Any:  # noqa: ANN401 - whatever is answered
    """Make plain tuples of those with names, as no others can be sent."""
    return tuple(map(_plain, value)) if isinstance(value, tuple | list) else value
