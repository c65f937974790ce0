"""How long a worker waits for its parent."""

from __future__ import annotations

import asyncio
import socket

import pytest

from mockrouter.state import questions
from mockrouter.state.ends import Ends
from mockrouter.state.memory import MemoryState
from mockrouter.state.page import Page
from mockrouter.state.parent import state_served
from mockrouter.state.protocol import StateAway
from mockrouter.state.sockets import SocketState


def test_a_loop_that_lags(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes long because this process has much to do is not taken for its parent's silence."""

    async def test() -> int:
        async with state_served(MemoryState("e")) as parent:
            state = SocketState(await parent.join())
            await state.begin(1)
            loop, lag = asyncio.get_running_loop(), 0.0
            real = loop.time
            monkeypatch.setattr(loop, "time", lambda: real() + lag)
            asking = asyncio.create_task(state.count("", "k", "t"))
            await asyncio.sleep(0)
            for _ in range(15):
                lag += 60
                await asyncio.sleep(0)
            found = await asking
            await state.close()
            return found

    assert 0 == asyncio.run(test())


def test_a_parent_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits is told after a while, and each who asks waits as long."""
    monkeypatch.setattr(questions, "_TURN", 0.001)

    async def test() -> list[str]:
        (asking, silent), (telling, heard) = socket.socketpair(), socket.socketpair()
        page = Page.made("e")
        state = SocketState(Ends(asking.detach(), telling.detach(), page.descriptor()))
        both = state.count("", "k", "1"), state.count("", "k", "2")
        found = await asyncio.gather(*both, return_exceptions=True)
        with pytest.raises(StateAway):
            await state.kept("", "k")
        await state.close()
        page.close()
        for each in (silent, heard):
            each.close()
        return [str(each) for each in found]

    assert ["no answer", "no answer"] == asyncio.run(test())
