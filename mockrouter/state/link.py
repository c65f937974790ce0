"""One server's way to the state: whether that is there, and what to do until it is again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from mockrouter.errors import CannotAnswer
from mockrouter.state.protocol import StateAway, Store

T = TypeVar("T")

_LOGGER = logging.getLogger("mockrouter")
_PAUSE = 0.25
"""Seconds between two looks whether it is there again."""


class Link:
    """
    A state that may be away.

    Attributes:
        store: The state.

        url: Where it is, without a password.

        required: Whether nothing is answered without it.

        reachable: Whether it was there when it was last asked.
    """

    def __init__(self, store: Store, url: str, *, required: bool = False) -> None:
        """Take it that the state is there."""
        self.store = store
        self.url = url
        self.required = required
        self.reachable = True
        self._why = ""
        self._looking: asyncio.Task[None] | None = None
        self._bring: list[Callable[[], Awaitable[None]]] = []

    def bringing(self, bring: Callable[[], Awaitable[None]]) -> None:
        """
        Call *bring* when the state is there again.

        It brings over what has happened meanwhile. More may happen while it does, so it is called
        once before anybody else asks, and once after that. It may raise ``StateAway``.
        """
        self._bring.append(bring)

    async def ask(self, asked: Callable[[Store], Awaitable[T]], *, insists: bool = False) -> T:
        """
        Ask the state, at most once at a time that it is away, but for who *insists*.

        Raises:
            StateAway: It cannot be reached, at once where that is known.
        """
        if not self.reachable and not insists:
            raise StateAway(self._why)
        try:
            return await asked(self.store)
        except StateAway as error:
            self._lose(error)
            raise

    def refusal(self, what: str = "this server answers nothing without it") -> CannotAnswer:
        """Say *what* cannot be until the state is there again."""
        message = (
            f"the shared state at {self.url} cannot be reached ({self._why}), and {what}; "
            "ask again when it is back"
        )
        return CannotAnswer("mockrouter_state_unreachable", message, status=503, passes=True)

    async def close(self) -> None:
        """Stop looking, and let go of the state."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        await self.store.close()

    def _lose(self, error: StateAway) -> None:
        if not self.reachable:
            return
        self.reachable = False
        self._why = str(error)
        rest = "refusing requests" if self.required else "going on with what is known here"
        _LOGGER.warning("state: %s cannot be reached (%s); %s until it is", self.url, error, rest)
        self._looking = asyncio.create_task(self._look())

    async def _look(self) -> None:
        while not self.reachable:
            await asyncio.sleep(_PAUSE)
            try:
                await self.store.probe()
                await self._bring_over()
            except StateAway:
                continue
            self.reachable = True
            _LOGGER.warning("state: %s is back", self.url)
        try:
            await self._bring_over()
        except StateAway as error:
            self._lose(error)

    async def _bring_over(self) -> None:
        for bring in self._bring:
            try:
                await bring()
            except StateAway:
                raise
            except Exception:  # nobody else looks, so this has to go on
                _LOGGER.exception("state: what happened meanwhile cannot be brought over")
