"""Asking once for many: what requests that come at once need goes in one round trip."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from mockrouter.state.protocol import Begun, Entry, StateAway

_Waiting = tuple[int, Sequence[Entry], "asyncio.Future[Begun]"]
_Step = Callable[[int, Sequence[Entry]], Awaitable[Begun]]


class Rounds:
    """
    Numbers requests, writes entries and looks how things stand, for all who wait.

    Who comes while others are looked for waits for the next round: what was told before it came may
    have been too late for the one that is under way.
    """

    def __init__(self, step: _Step) -> None:
        """Do it by *step*, which writes all entries, and gives the first of so many numbers."""
        self._step = step
        self._waiting: list[_Waiting] = []
        self._asking: asyncio.Task[None] | None = None

    async def ask(self, numbers: int, entries: Sequence[Entry] = ()) -> Begun:
        """
        Write *entries*, tell the last change, and number so many requests more.

        Raises:
            StateAway: It cannot be reached.
        """
        found: asyncio.Future[Begun] = asyncio.get_running_loop().create_future()
        self._waiting.append((numbers, entries, found))
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
        numbers = sum(numbers for numbers, _, _ in taken)
        try:
            change, number = await self._step(numbers, [e for _, all_, _ in taken for e in all_])
        except StateAway as error:
            for _, _, found in taken:
                if not found.done():
                    found.set_exception(StateAway(str(error)))
            return
        for numbers, _, found in taken:
            if not found.done():
                found.set_result(Begun(change, number))
            number += numbers
