"""The same table for every place where a shared state lives: memory, a socket, Redis."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockrouter.errors import MockRouterError
from mockrouter.state.bounds import Bound, Bounds
from mockrouter.state.connection import shown
from mockrouter.state.memory import MemoryState
from mockrouter.state.parent import state_served
from mockrouter.state.protocol import Change, Entry, StateAway, Store
from mockrouter.state.redis import RedisState
from mockrouter.state.sockets import SocketState
from redis_server import RedisServer, redis_server

SMALL = Bounds(entries=3)
FEW = Bound(2, 1_000, 9)
TIGHT = Bounds(3, 9, 3, FEW, FEW, FEW, FEW, 2)


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """Run a Redis for the module."""
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@asynccontextmanager
async def emptied(server: RedisServer, bounds: Bounds) -> AsyncIterator[Store]:
    """Use a Redis with nothing in it."""
    server.do("FLUSHALL")
    state = RedisState(server.url, bounds)
    try:
        yield state
    finally:
        await state.close()


@asynccontextmanager
async def over_socket(bounds: Bounds) -> AsyncIterator[Store]:
    """Use a memory through a socket."""
    async with state_served(MemoryState("e", bounds)) as parent:
        state = SocketState(await parent.join())
        yield state
        await state.close()


@asynccontextmanager
async def in_memory(bounds: Bounds) -> AsyncIterator[Store]:
    """Use a memory."""
    yield MemoryState("e", bounds)


class Run(Protocol):
    """Runs a test of a store, each time with an empty one."""

    def __call__(self, test: Callable[[Store], Awaitable[None]], bounds: Bounds = SMALL) -> None:
        """Run one."""


@pytest.fixture(params=["memory", "socket", "redis"])
def run(request: pytest.FixtureRequest) -> Run:
    """Run a test of a store, each time with an empty one."""

    def ran(test: Callable[[Store], Awaitable[None]], bounds: Bounds = SMALL) -> None:
        async def tested() -> None:
            if request.param == "redis":
                server: RedisServer = request.getfixturevalue("redis")
                context = emptied(server, bounds)
            else:
                place = over_socket if request.param == "socket" else in_memory
                context = place(bounds)
            async with context as store:
                await test(store)

        asyncio.run(tested())

    return ran


def test_counts(run: Run) -> None:
    """Each key counts for itself, each token once, and a reset of one leaves the others."""

    async def table(store: Store) -> None:
        rows = [
            ("", "k", "t1", 1, 0),
            ("", "k", "t2", 1, 1),
            ("", "k", "t2", 1, 1),
            ("", "k", "t1", 1, 0),
            ("a", "k", "t3", 1, 0),
            ("a", "k", "t4", 5, 1),
            ("a", "k", "t5", 1, 6),
        ]
        for space, key, token, by, expected in rows:
            assert expected == await store.count(space, key, token, by)
        await store.reset("a")
        assert [0, 2] == [await store.count("a", "k", "t6"), await store.count("", "k", "t7")]
        await store.reset(None)
        assert [0, 0] == [await store.count("a", "k", "t8"), await store.count("", "k", "t9")]

    run(table)


def test_counting_at_once(run: Run) -> None:
    """Of many who count at the same time each gets another number."""

    async def table(store: Store) -> None:
        found = await asyncio.gather(*(store.count("", "k", f"{n}") for n in range(200)))
        assert list(range(200)) == sorted(found)

    run(table)


def test_changes(run: Run) -> None:
    """A reader is told what became of each namespace since it looked last."""

    async def table(store: Store) -> None:
        first = await store.changes("")
        assert (True, ()) == (first.fresh, first.changes)
        await store.put("a", b"\xff1")
        await store.put("b", b"2")
        await store.end("a")
        await store.reset("c")
        begun = await store.begin()
        assert begun.change != first.change
        second = await store.changes(first.change)
        told = (Change("b", "opened", b"2"), Change("a", "over"), Change("c", "reset"))
        assert (begun.change, False) == (second.change, second.fresh)
        assert told == second.changes
        await store.put("a", b"3")
        await store.reset(None)
        third = await store.changes(second.change)
        assert (Change("a", "opened", b"3"), Change("", "reset all")) == third.changes
        assert (third.change, False, ()) == await store.changes(third.change)
        whole = await store.changes("other/7")
        assert whole.fresh
        assert 4 == len(whole.changes)

    run(table)


def test_numbers(run: Run) -> None:
    """Requests are numbered from 1, any number at once."""

    async def table(store: Store) -> None:
        found = [(await store.begin(asked)).number for asked in (1, 3, 1)]
        assert [1, 2, 5] == found
        assert (await store.begin()).change == (await store.begin(2)).change

    run(table)


def test_journal(run: Run) -> None:
    """Of what was written a reader gets the last edition of each, and nothing beyond the bound."""

    async def table(store: Store) -> None:
        change = (await store.begin()).change
        for number in (2, 1, 3):
            await store.write([Entry(number, "a", change, f"{number}".encode())])
        first = await store.written("")
        assert [b"1", b"2", b"3"] == sorted(first.entries)
        await store.write([Entry(2, "a", change, b"2\xfe")])
        await store.write([Entry(4, "b", change, b"4")])
        second = await store.written(first.mark)
        assert (b"2\xfe", b"4") == second.entries
        assert [b"2\xfe", b"3", b"4"] == sorted((await store.written("")).entries)
        await store.write([Entry(4, "b", change, b"+more"), Entry(9, "b", change, b"+none")])
        assert (b"4\n+more",) == (await store.written(second.mark)).entries
        await store.write([Entry(4, "b", change, b"4")])
        await store.reset("a")
        await store.write([Entry(5, "a", change, b"late")])
        await store.write([Entry(6, "b", change, b"6")])
        assert (b"4", b"6") == (await store.written("")).entries
        assert (b"4", b"6") == (await store.written(second.mark)).entries
        await store.reset(None)
        assert () == (await store.written("")).entries

    run(table)


def test_large_entries(run: Run) -> None:
    """An entry may be far larger than what a socket holds, and so may several at once."""

    async def table(store: Store) -> None:
        entries = [Entry(number, "a", "", b"%d" % number * 2_000_000) for number in (1, 2, 3)]
        await asyncio.gather(*(store.write([entry]) for entry in entries))
        assert {entry.data for entry in entries} == set((await store.written("")).entries)

    run(table)


def test_what_a_process_has_written_all_read() -> None:
    """Nothing is on its way any more when an operation is over, whichever process looks."""

    async def table() -> None:
        async with state_served(MemoryState("e")) as parent:
            one, other = SocketState(await parent.join()), SocketState(await parent.join())
            mark = ""
            for number in range(1, 50):
                begun = await one.begin(1)
                assert number == begun.number
                await one.write([Entry(number, "a", begun.change, b"%d" % number)])
                found = await other.written(mark)
                mark = found.mark
                assert (b"%d" % number,) == found.entries
                await other.put("b", b"1")
                assert begun.change != (await one.begin()).change
                one, other = other, one
            await one.close()
            await other.close()

    asyncio.run(table())


def test_what_a_process_has_written_outlives_it() -> None:
    """A connection that is gone has left what was written on it, but for half an entry."""

    async def table() -> None:
        async with state_served(MemoryState("e")) as parent:
            one, other = SocketState(await parent.join()), SocketState(await parent.join())
            await one.write([Entry(1, "a", "", b"1")])
            await one._outbox.send(b"\0\0\0\x07half")  # noqa: SLF001
            await one.close()
            assert (b"1",) == (await other.written("")).entries
            await other.close()

    asyncio.run(table())


def test_kept(run: Run) -> None:
    """What a namespace keeps goes with it."""

    async def table(store: Store) -> None:
        await store.keep("a", "x", b"\x00\xff")
        await store.keep("a", "y", b"2")
        await store.drop("a", "y")
        found = [await store.kept("a", "x"), await store.kept("a", "y"), await store.kept("b", "x")]
        assert [b"\x00\xff", None, None] == found
        await store.end("a")
        assert await store.kept("a", "x") is None

    run(table)


NAMES = st.sampled_from(["", "a", "b|c", "é", "\ud800"])
ENTRIES = st.builds(
    Entry, st.integers(1, 5), NAMES, st.sampled_from(["", "x/0"]), st.binary() | st.just(b"+")
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("count"), NAMES, NAMES, st.sampled_from(["1", "2", "3"])),
        st.tuples(st.just("put"), NAMES, st.binary(max_size=3)),
        st.tuples(st.just("end"), NAMES),
        st.tuples(st.just("reset"), st.none() | NAMES),
        st.tuples(st.just("keep"), NAMES, NAMES, st.binary(max_size=3)),
        st.tuples(st.just("kept"), NAMES, NAMES),
        st.tuples(st.just("write"), st.lists(ENTRIES, max_size=3)),
    ),
    max_size=25,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(bounds=st.sampled_from([SMALL, TIGHT]), steps=STEPS)
def test_whatever_is_done(run: Run, bounds: Bounds, steps: list[tuple[object, ...]]) -> None:
    """Whatever is asked in whatever order, each place answers as a memory of ours does."""

    async def table(store: Store) -> None:
        model = MemoryState("m", bounds)
        for name, *arguments in steps:
            expected = await getattr(model, str(name))(*arguments)
            assert expected == await getattr(store, str(name))(*arguments), name
        assert (await model.changes("")).changes == (await store.changes("")).changes
        assert (await model.written("")).entries == (await store.written("")).entries

    run(table, bounds)


def test_nobody_there() -> None:
    """Where nobody listens that is said at once."""

    async def asked(store: Store) -> None:
        with pytest.raises(StateAway):
            await store.begin(1)
        await store.close()

    asyncio.run(asked(RedisState("redis://127.0.0.1:1/0")))


def test_a_parent_that_has_left() -> None:
    """Who asks, and who waits for an answer, is told that nobody answers any more."""

    async def table() -> None:
        async with state_served(MemoryState("e")) as parent:
            state, unused = SocketState(await parent.join()), SocketState(await parent.join())
            await state.begin(1)
            waiting = asyncio.create_task(state.count("", "k", "t"))
            await asyncio.sleep(0)
        with pytest.raises(StateAway, match="the parent has left"):
            await waiting
        for asked in (state.begin(1), state.changes(""), unused.changes("")):
            with pytest.raises(StateAway):
                await asked
        with pytest.raises(StateAway):
            await state.write([Entry(1, "", "", b"1")])
        await state.close()
        await unused.close()

    asyncio.run(table())


ADDRESSES = {
    "http://user:secret@host": "http://host is no address",
    "redis://host/abc": "redis://host/abc is no address of a state: 'abc' is no number",
    "redis://:secret@host:abc/0": "redis://host:abc/0 is no address",
    "redis://:secret@host:99999/0": "redis://host:99999/0 is no address",
    "redis://:sec/ret@host:6379": "redis://host:6379 is no address",
    "redis://host?password=s@cret&db=x": "redis://… is no address",
    "user:secret@host:6379": "host:6379 is no address",
}


@pytest.mark.parametrize(("url", "said"), ADDRESSES.items())
def test_no_address(url: str, said: str) -> None:
    """What is no address is said, without its password."""
    with pytest.raises(MockRouterError, match=re.escape(said)):
        RedisState(url)


def test_an_address_is_shown_without_its_password() -> None:
    """As it was written, but for that and for what is asked."""
    assert "redis://host:7/3" == shown("redis://user:secret@host:7/3?db=3")
    assert "unix:///run/redis.sock" == shown("unix://:secret@/run/redis.sock?db=1")
