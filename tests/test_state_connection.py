"""The one connection to Redis, which alone decides whether that is there."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

import pytest

from mockrouter.state import connection
from mockrouter.state.protocol import Entry, StateAway
from mockrouter.state.redis import RedisState
from redis_server import RedisServer, redis_server

ResponseError = pytest.importorskip("redis.exceptions").ResponseError


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """Run a Redis for the module."""
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


def run(url: str, test: Callable[[RedisState], Awaitable[None]]) -> None:
    """Run a test of a state."""

    async def tested() -> None:
        state = RedisState(url)
        await test(state)
        await state.close()

    asyncio.run(tested())


def connections(server: RedisServer) -> int:
    """Count those that have ever been made."""
    with socket.create_connection(("127.0.0.1", server.port)) as asking:
        asking.sendall(b"INFO stats\r\n")
        text = b""
        while b"total_connections_received:" not in text or not text.endswith(b"\n"):
            text += asking.recv(65_536)
    return int(text.partition(b"total_connections_received:")[2].split()[0])


def test_a_burst_goes_over_one_connection(
    redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many ask at once, whatever for, they share a few questions on one connection."""

    async def test(state: RedisState) -> None:
        before, asked, many = connections(redis), state._connection.ask, range(1_000)  # noqa: SLF001
        rounds: list[int] = []

        async def counted(commands: Sequence[connection.Command]) -> list[Any]:
            rounds.append(len(commands))
            return await asked(commands)

        monkeypatch.setattr(state._connection, "ask", counted)  # noqa: SLF001
        others: list[Awaitable[object]] = [state.begin(1) for _ in many]
        others += [state.keep("", f"{n}", b"x") for n in many]
        others += [state.write([Entry(n, "", "", b"x")]) for n in many]
        counts = asyncio.gather(*(state.count("", "burst", f"b{n}") for n in many))
        await asyncio.gather(*others)
        assert [*many] == sorted(await counts)
        assert [b"x"] * 1_000 == await asyncio.gather(*(state.kept("", f"{n}") for n in many))
        assert [1, 1, 1_001, 1, 1_001] == rounds
        assert before + 2 == connections(redis)  # one is that of who counts them

    run(redis.url, test)


def test_a_loop_that_lags(redis: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes long because this process has much to do is not taken for Redis' silence."""

    async def test(state: RedisState) -> None:
        loop, lag = asyncio.get_running_loop(), 0.0
        real = loop.time
        monkeypatch.setattr(loop, "time", lambda: real() + lag)
        asking = asyncio.create_task(state.count("", "lag", "lag"))
        for _ in range(15):
            await asyncio.sleep(0)
            lag += 3
        assert 0 == await asking

    run(redis.url, test)


@pytest.mark.parametrize("words", [("SCRIPT", "FLUSH"), ("CLIENT", "KILL", "TYPE", "normal")])
def test_a_connection_that_died_meanwhile(redis: RedisServer, words: tuple[str, ...]) -> None:
    """A connection that was idle is made again, and scripts that are forgotten are told again."""

    async def test(state: RedisState) -> None:
        await state.count("", "died", "1" + words[1])
        redis.do(*words)
        await state.count("", "died", "2" + words[1])

    run(redis.url, test)


def test_a_bug_is_a_bug(redis: RedisServer) -> None:
    """What Redis holds against a command of ours is not taken for its being away."""

    async def test(state: RedisState) -> None:
        redis.do("SET", "mockrouter:kept:odd", "x")
        asking = state.kept("odd", "a"), state.count("", "bug", "bug")
        found = await asyncio.gather(*asking, return_exceptions=True)
        assert [ResponseError, int] == [type(each) for each in found]

    run(redis.url, test)


CONDITIONS = {
    "not allowed when used memory": (
        ("CONFIG", "SET", "maxmemory", "1"),
        ("CONFIG", "SET", "maxmemory", "0"),
    ),
    "can't write against": (("REPLICAOF", "127.0.0.1", "1"), ("REPLICAOF", "NO", "ONE")),
}


@pytest.mark.parametrize("said", CONDITIONS)
def test_a_redis_that_takes_nothing(redis: RedisServer, said: str) -> None:
    """One that is full, or may only be read, is as good as away, and says why."""
    begin, end = CONDITIONS[said]

    async def test(state: RedisState) -> None:
        await state.begin()
        redis.do(*begin)
        for asked in (state.begin(1), state.count("", "k", "t"), state.keep("", "k", b"v")):
            with pytest.raises(StateAway, match=said):
                await asked
        redis.do(*end)
        await state.write([Entry(1, "", "", b"1")])

    run(redis.url, test)


def test_who_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What connects and never answers is away."""
    monkeypatch.setattr(connection, "_TURN", 0.001)
    with socket.create_server(("127.0.0.1", 0)) as silent:

        async def test(state: RedisState) -> None:
            with pytest.raises(StateAway, match="no answer"):
                await state.begin(1)

        run(f"redis://127.0.0.1:{silent.getsockname()[1]}/0", test)


def test_what_uvloop_says_of_a_connection_that_is_gone(
    redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The loop's own error means that the connection is gone, any other is a bug of ours."""

    async def test(state: RedisState) -> None:
        await state.begin()
        for said, kind in (("the handler is closed", StateAway), ("what?", RuntimeError)):
            error = RuntimeError(said)

            async def broken(*_: object, error: RuntimeError = error, **__: object) -> None:
                raise error

            with monkeypatch.context() as patch:
                made = state._connection._pool.connection_class  # noqa: SLF001
                patch.setattr(made, "send_packed_command", broken)
                with pytest.raises(kind, match=said.rstrip("?")):
                    await state.begin()

    run(redis.url, test)
