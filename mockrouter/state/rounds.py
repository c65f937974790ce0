"""Asking once for many: requests that come at once look at the state together."""

from __future__ import annotations

import asyncio

from mockrouter.state.link import Link
from mockrouter.state.protocol import Begun, StateAway

_Waiting = tuple[bool, "asyncio.Future[Begun]"]


class Rounds:
    """
    Looks how things stand, for all who wait.

    Who comes while others are looked for waits for the next round: what was told before it came may
    have been too late for the one that is under way.
    """

    def __init__(self, link: Link) -> None:
        """Look over *link*."""
        self._link = link
        self._waiting: list[_Waiting] = []
        self._asking: asyncio.Task[None] | None = None

    async def begin(self, *, numbered: bool) -> Begun:
        """
        Tell the last change, and with *numbered* the number of one more request.

        Raises:
            StateAway: It cannot be reached.
        """
        found: asyncio.Future[Begun] = asyncio.get_running_loop().create_future()
        self._waiting.append((numbered, found))
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
        numbers = sum(numbered for numbered, _ in taken)
        try:
            change, number = await self._link.ask(lambda store: store.begin(numbers))
        except StateAway as error:
            for _, found in taken:
                if not found.done():
                    found.set_exception(StateAway(str(error)))
            return
        for numbered, found in taken:
            if not found.done():
                found.set_result(Begun(change, number))
            number += numbered
