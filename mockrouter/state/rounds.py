"""Asking once for many: what requests that come at once need goes in one round trip."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from mockrouter.state.protocol import Entry, StateAway


class Count(NamedTuple):
    """One that is to be counted; see ``Store.count``."""

    space: str
    key: str
    token: str
    by: int


class Asked(NamedTuple):
    """
    What a request needs, or several.

    Attributes:
        numbers: How many are to be numbered.

        counts: What is to be counted.

        entries: What is to be written.
    """

    numbers: int = 0
    counts: tuple[Count, ...] = ()
    entries: tuple[Entry, ...] = ()


class Told(NamedTuple):
    """
    What it gets.

    Attributes:
        change: Names the last change.

        number: Of the first of those that are numbered.

        counts: How many there were of each.
    """

    change: str
    number: int
    counts: tuple[int, ...] = ()


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
                taken, self._waiting = self._waiting, []
                await self._round(taken)
        finally:
            self._asking = None

    async def _round(self, taken: list[_Waiting]) -> None:
        try:
            change, number, counts = await self._step(_together([asked for asked, _ in taken]))
        except StateAway as error:
            for _, found in taken:
                if not found.done():
                    found.set_exception(StateAway(str(error)))
            return
        for asked, found in taken:
            mine, counts = counts[: len(asked.counts)], counts[len(asked.counts) :]
            if not found.done():
                found.set_result(Told(change, number, mine))
            number += asked.numbers


def _together(all_asked: list[Asked]) -> Asked:
    numbers = sum(asked.numbers for asked in all_asked)
    counts = tuple(each for asked in all_asked for each in asked.counts)
    return Asked(numbers, counts, tuple(each for asked in all_asked for each in asked.entries))
