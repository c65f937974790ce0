"""Virtual time and event loops: which ones live in it, and that nothing is left of it."""

from __future__ import annotations

import asyncio
import socket
import time
from contextlib import suppress
from functools import partial

import anyio.from_thread
import httpx
import pytest

from mockrouter.errors import MockRouterError
from mockrouter.harness.virtual_time import SharedClock
from mockrouter.serving.app import App
from mockrouter.serving.server import HttpServer
from mockrouter.serving.ticker import Ticker
from scripts import chat, engine
from virtual import HOUR, STALL, Served, about, ask, serving


def test_a_server_in_the_same_loop() -> None:
    """Client and server may share one loop, and so its time."""
    clock = SharedClock()

    async def scene() -> str:
        async with HttpServer(App(engine(STALL), Ticker(clock))) as server:
            assert server.loop is asyncio.get_running_loop()
            served = Served(server, engine(), clock)
            with served.virtual():
                return f"{await ask(served, 60)} {await ask(served)}"

    assert "timeout Here." == asyncio.run(scene())


def test_loops_that_start_inside() -> None:
    """Within, a loop that starts lives in virtual time, in this thread or in another."""
    with serving() as served, served.virtual() as clock:
        start = clock.now()
        assert "timeout" == asyncio.run(ask(served, 60))
        with anyio.from_thread.start_blocking_portal() as portal:
            assert "Here." == portal.call(partial(ask, served))

    assert about(HOUR + 60, clock.now() - start)


def patched() -> list[object]:
    """Everything that virtual time may replace for a whole process."""
    names = "recv", "recv_into"
    methods = [vars(socket.socket).get(name) for name in names]
    return [time.sleep, asyncio.BaseEventLoop.run_forever, *methods]


def test_leaving_restores_everything() -> None:
    """After an error too nothing is left, but that the loop's time has not gone back."""
    before = patched()

    async def scene(served: Served) -> None:
        loop = asyncio.get_running_loop()
        own = set(vars(loop))
        start = loop.time()
        with suppress(ZeroDivisionError), served.virtual():
            assert patched() != before
            await asyncio.sleep(60)
            raise ZeroDivisionError
        assert before == patched()
        assert {"time"} == set(vars(loop)) - own
        assert about(60, loop.time() - start)

        with served.virtual():
            await asyncio.sleep(60)
        assert about(120, loop.time() - start)
        await asyncio.sleep(0.001)
        assert about(120, loop.time() - start)

    with serving() as served:
        asyncio.run(scene(served))


def test_real_time_goes_on_outside() -> None:
    """A wait that is still open when virtual time is left goes on in real time."""

    async def scene(served: Served) -> str:
        with served.virtual():
            asked = asyncio.create_task(ask(served))
            await asyncio.sleep(60)
        done, _ = await asyncio.wait([asked], timeout=0.05)
        asked.cancel()
        return "done" if done else "waits"

    with serving() as served:
        assert "waits" == asyncio.run(scene(served))
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(served.url, json=chat(), timeout=0.05)


def test_without_it_nothing_is_virtual() -> None:
    """A loop that is not entered is left alone, and so is one that has never skipped."""

    async def scene(served: Served) -> None:
        loop = asyncio.get_running_loop()
        own = set(vars(loop))
        with served.virtual():
            pass
        assert own == set(vars(loop))

    with serving() as served:
        asyncio.run(scene(served))


def test_is_not_nested() -> None:
    """There is one time for all, so it cannot be entered twice; the first goes on."""
    with serving() as served, served.virtual():
        with pytest.raises(MockRouterError, match=r"entered already.*; leave it"), served.virtual():
            pass
        time.sleep(HOUR)


def test_other_loops_are_refused() -> None:
    """What cannot be virtual says so, and names the remedy."""
    uvloop = pytest.importorskip("uvloop")
    before = patched()

    async def scene(served: Served) -> None:
        refused = pytest.raises(MockRouterError, match=r"this is uvloop.Loop; .* time_scale")
        with refused, served.virtual():
            pass

    with serving() as served, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(scene(served))
    assert before == patched()


def test_a_server_that_has_ended() -> None:
    """Time jumps on for the others when the server has been stopped."""
    with serving() as served:
        entered = served.virtual()
    with entered:
        time.sleep(HOUR)
