"""Asking once for many: what requests that come at once need goes in one round trip."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, NamedTuple

from mockrouter.state.protocol import Entry, StateAway

_MOST_BYTES: Final = 4_000_000
"""That go in a round, unless one asker has more; so that none takes long."""
_MOST: Final = 1_000
"""Askers who share a round."""


class Count(NamedTuple):
    """One that is to be counted; see ``Store.count``."""

    space: str
    key: str
    token: str
    by: int


class Call(NamedTuple):
    """Something else that is asked: which script does it, and what it gets."""

    script: str
    arguments: tuple[str | bytes, ...]


class Asked(NamedTuple):
    """
    What a request needs, or several.

    Attributes:
        numbers: How many are to be numbered.

        counts: What is to be counted.

        entries: What is to be written.

        calls: What else there is to do.
    """

    numbers: int = 0
    counts: tuple[Count, ...] = ()
    entries: tuple[Entry, ...] = ()
    calls: tuple[Call, ...] = ()

    @property
    def size(self) -> int:
        """Bytes that are sent for it, about, without what is short."""
        called = sum(len(each) for call in self.calls for each in call.arguments)
        return called + sum(len(entry.data) for entry in self.entries)


class Told(NamedTuple):
    """
    What it gets.

    Attributes:
        change: Names the last change.

        number: Of the first of those that are numbered.

        counts: How many there were of each.

        found: What each call gave; an exception where that one went wrong.
    """

    change: str
    number: int
    counts: tuple[int, ...] = ()
    found: tuple[Any, ...] = ()


_Waiting = tuple[Asked, "asyncio.Future[Told]"]


class Rounds:
    """
    Asks for all who wait.

    Who comes while others are asked for waits for the next round: what was told before it came may
    have been too late for the one that is under way.
    """

    def __init__(self, step: Callable[[Asked], Awaitable[Told]]) -> None:
        """Ask by *step*, for one round at a time."""
        self._step = step
        self._waiting: list[_Waiting] = []
        self._asking: asyncio.Task[None] | None = None

    async def ask(self, asked: Asked) -> Told:
        """
        Ask along with all others.

        Raises:
            StateAway: It cannot be reached.
        """
        found: asyncio.Future[Told] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, found))
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask())
        return await found

    async def _ask(self) -> None:
        try:
            while self._waiting:
                await self._round(self._taken())
        finally:
            self._asking = None

    def _taken(self) -> list[_Waiting]:
        """Take those who have waited longest, as many as go in one round."""
        number = size = 0
        for asked, _ in self._waiting[:_MOST]:
            size += asked.size
            if number and size > _MOST_BYTES:
                break
            number += 1
        taken, self._waiting = self._waiting[:number], self._waiting[number:]
        return taken

    async def _round(self, taken: list[_Waiting]) -> None:
        try:
            change, number, counts, calls = await self._step(_together([each for each, _ in taken]))
        except Exception as error:  # noqa: BLE001 - each who waits is told, whatever it is
            for _, found in taken:
                if not found.done():
                    found.set_exception(_again(error))
            return
        for asked, found in taken:
            mine, counts = counts[: len(asked.counts)], counts[len(asked.counts) :]
            gave, calls = calls[: len(asked.calls)], calls[len(asked.calls) :]
            if not found.done():
                found.set_result(Told(change, number, mine, gave))
            number += asked.numbers


def _again(error: Exception) -> Exception:
    """Make an error for one more who is told, as each adds to it where it was raised."""
    return StateAway(str(error)) if isinstance(error, StateAway) else error


def _together(all_asked: list[Asked]) -> Asked:
    return Asked(
        sum(asked.numbers for asked in all_asked),
        tuple(each for asked in all_asked for each in asked.counts),
        tuple(each for asked in all_asked for each in asked.entries),
        tuple(each for asked in all_asked for each in asked.calls),
    )
