"""A connection between a worker, which asks, and its parent, which answers, in any order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Any, Final, cast

from mockrouter.state.messages import message, taken

_TURN: Final = 0.1


class Connection(asyncio.Protocol):
    """Sends and takes in messages, within the loop that runs."""

    def __init__(self) -> None:
        """Wait for the connection."""
        self._come = bytearray()
        self._transport: asyncio.Transport | None = None
        self._lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def is_lost(self) -> bool:
        """Whether nothing more comes."""
        return self._lost.done()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Take in what came."""
        self._come += data
        self.hear(taken(self._come))

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - whatever the reason
        """End."""
        self._lost.set_result(None)

    def hear(self, messages: list[Any]) -> None:
        """Take in messages."""
        raise NotImplementedError

    def send(self, data: bytes) -> None:
        """Send what is a message, or several."""
        if self._transport is not None:
            self._transport.write(data)

    async def ended(self) -> None:
        """Wait until nothing more comes, and all that came has been taken in."""
        await asyncio.shield(self._lost)

    async def close(self) -> None:
        """Leave, and wait until that is done."""
        if self._transport is not None:
            self._transport.close()
            await self._lost


class Asking(Connection):
    """The worker's end: sends ``(number, operation, arguments)``, and gets ``(number, value)``."""

    def __init__(self) -> None:
        """Ask nothing yet."""
        super().__init__()
        self._numbers = count()
        self._waiting: dict[int, tuple[asyncio.Future[Any], int]] = {}
        self._turn = 0
        self._turning: asyncio.TimerHandle | None = None

    async def ask(self, turns: int, name: str, arguments: tuple[object, ...]) -> Any:  # noqa: ANN401
        """
        Ask for an operation, and wait for what it gives.

        Args:
            turns: How long, in turns of the loop that take a tenth of a second at the least: one
                that lags has fewer, and so does not take its own delay for the parent's.

            name: The operation.

            arguments: What it gets.

        Raises:
            OSError: There is no answer.
        """
        number = next(self._numbers)
        found: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[number] = found, self._turn + turns
        if self._turning is None:
            self._turning = asyncio.get_running_loop().call_later(_TURN, self._next_turn)
        try:
            self.send(message((number, name, arguments)))
            return await found
        finally:
            del self._waiting[number]

    def hear(self, messages: list[Any]) -> None:
        """Hand answers to those who wait for them."""
        for number, value in messages:
            found, _ = self._waiting.get(number, (None, 0))
            if found is not None and not found.done():
                found.set_result(value)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell all who wait."""
        super().connection_lost(exc)
        for found, _ in self._waiting.values():
            _fail(found, ConnectionResetError("the parent has left"))

    def _next_turn(self) -> None:
        self._turn += 1
        for found, last in self._waiting.values():
            if last < self._turn:
                _fail(found, TimeoutError("no answer"))
        self._turning = None
        if self._waiting:
            self._turning = asyncio.get_running_loop().call_later(_TURN, self._next_turn)


class Answering(Connection):
    """The parent's end, which has its answer at once."""

    def __init__(self, answer: Callable[[str, tuple[Any, ...]], object]) -> None:
        """Answer with what *answer* gives for an operation and its arguments."""
        super().__init__()
        self._answer = answer

    def hear(self, messages: list[Any]) -> None:
        """Answer questions."""
        told = [(number, self._answer(name, given)) for number, name, given in messages]
        self.send(b"".join(map(message, told)))


def _fail(found: asyncio.Future[Any], error: OSError) -> None:
    with suppress(asyncio.InvalidStateError):
        found.set_exception(error)
