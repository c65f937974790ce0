"""A connection on which a parent and a worker ask each other how they are."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from itertools import count
from typing import Any

from mockrouter.state.messages import message
from mockrouter.state.questions import Connection

Answers = Mapping[str, Callable[[], Awaitable[object]]]
"""What may be asked, and what finds the answer, made of plain values."""


class Line(Connection):
    """Either end: sends ``(number, question, None)``, and for an answer ``(number, "", value)``."""

    def __init__(self, answers: Answers) -> None:
        """Answer what is in there."""
        super().__init__()
        self._answers = answers
        self._numbers = count()
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._answering: set[asyncio.Task[None]] = set()

    async def ask(self, question: str, patience: float | None) -> Any:  # noqa: ANN401
        """
        Ask, and wait so many seconds for the answer; for ever where there are none.

        Raises:
            TimeoutError: There is none by then.

            ConnectionError: The other end has gone.
        """
        if self.is_lost:
            raise _gone()
        number = next(self._numbers)
        self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            self.send(message((number, question, None)))
            async with asyncio.timeout(patience):
                return await self._waiting[number]
        finally:
            del self._waiting[number]

    def hear(self, messages: list[Any]) -> None:
        """Begin to answer questions, and hand answers to those who wait for them."""
        for number, question, value in messages:
            if question:
                task = asyncio.create_task(self._answer(number, question))
                self._answering.add(task)
                task.add_done_callback(self._answering.discard)
            elif number in self._waiting and not self._waiting[number].done():
                self._waiting[number].set_result(value)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell all who wait."""
        super().connection_lost(exc)
        for found in self._waiting.values():
            if not found.done():
                found.set_exception(_gone())

    async def _answer(self, number: int, question: str) -> None:
        self.send(message((number, "", await self._answers[question]())))


async def line_over(connection: socket.socket, answers: Answers) -> Line:
    """Begin to answer on a connection, and to ask."""
    loop = asyncio.get_running_loop()
    _, line = await loop.create_unix_connection(partial(Line, answers), sock=connection)
    return line


def _gone() -> ConnectionResetError:
    return ConnectionResetError("the other end has gone")
