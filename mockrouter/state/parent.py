"""
The state of several workers, as their parent serves it: in its memory, behind Unix sockets.

What every request needs costs no question: the last change stands on a page that all see, and
entries of the journal are handed over and taken in later. All else is asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any, Final

from mockrouter.state.inbox import Inbox
from mockrouter.state.memory import MemoryState
from mockrouter.state.messages import ENTRIES, PAGE, QUESTIONS
from mockrouter.state.page import Page
from mockrouter.state.questions import Answering

_OF_JOURNAL: Final = {"put", "end", "reset", "written"}
"""Operations that need all that was written before."""


@asynccontextmanager
async def state_served(state: MemoryState, folder: Path) -> AsyncIterator[None]:
    """Serve a state in an empty *folder*, to whoever may open what is in there."""
    loop = asyncio.get_running_loop()
    with (
        closing(Page.made(folder / PAGE, state.epoch)) as page,
        closing(Inbox(state, folder / ENTRIES)) as inbox,
    ):
        workers: list[Answering] = []

        def answer(name: str, arguments: tuple[Any, ...]) -> object:
            if name in _OF_JOURNAL:
                inbox.take()
            found = _done(getattr(state, name)(*arguments))
            # On the page before it is acknowledged: who asks later sees it there.
            page.tell(state.change)
            return _plain(found)

        def begin() -> Answering:
            workers[:] = [*(each for each in workers if not each.is_lost), Answering(answer)]
            return workers[-1]

        server = await loop.create_unix_server(begin, folder / QUESTIONS)
        try:
            yield
        finally:
            server.close()
            for each in workers:
                await each.close()


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
