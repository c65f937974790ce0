"""What is shared is bounded by count, bytes and time, in memory and in Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager

import pytest

from mockrouter.state.bounds import Bound, Bounds
from mockrouter.state.memory import MemoryState
from mockrouter.state.protocol import Change, Entry, Store
from mockrouter.state.redis import RedisState
from redis_server import RedisServer, redis_server

HOUR = 3_600
TWO = Bound(2, HOUR)
BOUNDS = Bounds(
    entries=5,
    entry_bytes=10,
    counts=TWO,
    tokens=TWO,
    kept=Bound(3, HOUR, 20),
    spaces=Bound(2, HOUR, 20),
    over=2,
)


class Place:
    """A store, and a way to make all that it holds old."""

    def __init__(self, store: Store, age: Callable[[], None]) -> None:
        """Hold both."""
        self.store = store
        self.age = age


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """Run a Redis for the module."""
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@asynccontextmanager
async def in_redis(server: RedisServer) -> AsyncIterator[Place]:
    """Use a Redis with nothing in it."""
    server.do("FLUSHALL")
    state = RedisState(server.url, BOUNDS)

    def age() -> None:
        for shelf in ("counts", "tokens", "kept", "spaces"):
            key = f"mockrouter:{shelf}-order"
            server.do("ZUNIONSTORE", key, "1", key, "WEIGHTS", "0.5")

    yield Place(state, age)
    await state.close()


@asynccontextmanager
async def in_memory() -> AsyncIterator[Place]:
    """Use a memory."""
    times = [1.0]
    state = MemoryState("e", BOUNDS, lambda: times[0])
    yield Place(state, lambda: times.append(times.pop() + HOUR + 1))


Run = Callable[[Callable[[Place], Awaitable[None]]], None]


@pytest.fixture(params=["memory", "redis"])
def run(request: pytest.FixtureRequest) -> Run:
    """Run a test of a place."""

    def ran(test: Callable[[Place], Awaitable[None]]) -> None:
        async def tested() -> None:
            is_redis = request.param == "redis"
            context = in_redis(request.getfixturevalue("redis")) if is_redis else in_memory()
            async with context as place:
                await test(place)

        asyncio.run(tested())

    return ran


def test_counts_are_bounded(run: Run) -> None:
    """What was counted longest ago begins anew, over all namespaces."""

    async def test(place: Place) -> None:
        store = place.store
        keys = ["a", "b", "a", "c", "a", "b"]
        found = [await store.count(f"in {key}", key, f"{n}") for n, key in enumerate(keys)]
        assert [0, 0, 1, 0, 2, 0] == found
        assert 2 == await store.count("in a", "a", "4")  # its token is known yet
        place.age()
        assert 0 == await store.count("in c", "c", "9")  # which lets go of what is old
        assert [0, 0] == [await store.count("in a", "a", "10"), await store.count("in b", "b", "5")]

    run(test)


def test_what_is_kept_is_bounded(run: Run) -> None:
    """What was kept longest ago goes, by number and size; what is alone stays, until it is old."""

    async def test(place: Place) -> None:
        store = place.store

        async def kept() -> str:
            return "".join([name for name in "wxyz" if await store.kept("", name) is not None])

        for name in "wxyz":
            await store.keep("", name, b"1")
        assert "xyz" == await kept()
        await store.keep("", "x", b"1")  # the newest again
        await store.keep("", "w", b"1234567890123456")
        assert "wx" == await kept()
        await store.keep("", "z", bytes(100))
        assert "z" == await kept()
        await store.drop("", "z")
        for name in "wxyz":
            await store.keep("", name, b"1")
        assert "xyz" == await kept()
        place.age()
        await store.keep("", "w", b"1")
        assert "w" == await kept()
        place.age()
        assert "" == await kept()

    run(test)


def test_namespaces_are_bounded(run: Run) -> None:
    """Those that nobody asked for longest are over, which all are told."""

    async def test(place: Place) -> None:
        store = place.store
        for space in "ab":
            await store.put(space, b"1")
        await store.write([Entry(1, "a", "", b"1")])
        await store.put("c", b"1")
        found = await store.changes("")
        told = (Change("a", "opened", b"1"), Change("c", "opened", b"1"), Change("b", "over"))
        assert told == found.changes
        await store.put("d", bytes(20))
        assert [("d", "opened"), ("a", "over"), ("c", "over")] == [
            each[:2] for each in (await store.changes("")).changes
        ]
        place.age()
        begun = await store.begin(1)
        assert found.change != begun.change
        assert {"over"} == {each.kind for each in (await store.changes("")).changes}

    run(test)


def test_what_is_over_is_bounded(run: Run) -> None:
    """Of namespaces that ended, or were forgotten, the last are known."""

    async def test(place: Place) -> None:
        for space in "abc":
            await place.store.end(space)
            await place.store.reset(space)
        assert (Change("c", "over"), Change("c", "reset")) == (
            await place.store.changes("")
        ).changes

    run(test)


def test_the_journal_is_bounded_by_bytes(run: Run) -> None:
    """The oldest entries go, additions count too, and the newest is held however large it is."""

    async def test(place: Place) -> None:
        store = place.store
        await store.write([Entry(n, "", "", b"%d234" % n) for n in (1, 2, 3)])
        assert (b"2234", b"3234") == (await store.written("")).entries
        await store.write([Entry(2, "", "", b"+45")])
        assert (b"3234",) == (await store.written("")).entries
        await store.write([Entry(4, "", "", bytes(100))])
        assert (bytes(100),) == (await store.written("")).entries

    run(test)


def test_what_nobody_touches_goes_by_itself(redis: RedisServer) -> None:
    """Redis lets go of what was counted and kept, though nobody asks it for anything."""

    async def test() -> None:
        async with in_redis(redis) as place:
            await place.store.count("a", "k", "t")
            await place.store.keep("a", "n", b"v")
            await place.store.put("b", b"1")

    asyncio.run(test())
    names = ("counts:a", "counts-order", "tokens:", "tokens-order", "kept:a", "kept-order")
    found = {name: redis.do("TTL", f"mockrouter:{name}") for name in (*names, "kept-sizes")}
    assert {*names, "kept-sizes"} == {n for n, ttl in found.items() if 0 < int(ttl[1:]) <= HOUR}
    assert ":-1" == redis.do("TTL", "mockrouter:spaces:")


def test_a_long_journal_is_read_in_pages(redis: RedisServer) -> None:
    """However much there is, one answer of Redis has so much of it that others need not wait."""

    async def test() -> None:
        state = RedisState(redis.url, Bounds(page_bytes=10))
        await state.reset(None)
        await state.write([Entry(n, "", "", b"12345") for n in range(1, 8)])
        asked = state._connection.ask  # noqa: SLF001
        pages: list[int] = []

        async def counted(commands: object) -> object:
            found = await asked(commands)  # type: ignore[arg-type]
            pages.extend(len(entries) for _, entries, _ in found[1:])
            return found

        state._connection.ask = counted  # type: ignore[assignment, method-assign]  # noqa: SLF001
        found = await state.written("")
        assert 7 == len(found.entries)
        assert [3, 3, 1] == pages
        await state.write([Entry(8, "", "", b"8")])
        assert (b"8",) == (await state.written(found.mark)).entries
        await state.close()

    redis.do("FLUSHALL")
    asyncio.run(test())
