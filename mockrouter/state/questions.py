"""A connection between a worker, which asks, and its parent, which answers, in any order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Any, cast

from mockrouter.state.messages import message, taken


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
        self._waiting: dict[int, asyncio.Future[Any]] = {}

    async def ask(self, patience: float, name: str, arguments: tuple[object, ...]) -> Any:  # noqa: ANN401
        """
        Ask for an operation, and wait so many seconds for what it gives.

        Raises:
            OSError: There is no answer.
        """
        loop, number = asyncio.get_running_loop(), next(self._numbers)
        found = self._waiting[number] = loop.create_future()
        late = loop.call_later(patience, _fail, found, TimeoutError("no answer"))
        try:
            self.send(message((number, name, arguments)))
            return await found
        finally:
            late.cancel()
            del self._waiting[number]

    def hear(self, messages: list[Any]) -> None:
        """Hand answers to those who wait for them."""
        for number, value in messages:
            found = self._waiting.get(number)
            if found is not None and not found.done():
                found.set_result(value)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell all who wait."""
        super().connection_lost(exc)
        for found in self._waiting.values():
            _fail(found, ConnectionResetError("the parent has left"))


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
