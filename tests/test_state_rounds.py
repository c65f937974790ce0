"""Requests that come at once ask the state together."""

from __future__ import annotations

import asyncio

import pytest

from mockrouter.state.protocol import Entry, StateAway
from mockrouter.state.rounds import Asked, Call, Count, Rounds, Told

ENTRY = Entry(1, "", "", b"")


def counted(number: int) -> Count:
    """Count so many."""
    return Count("", "k", "t", number)


def test_who_comes_meanwhile_goes_in_one_round() -> None:
    """The first is asked for at once, all who come while it is under way together after it."""
    steps: list[Asked] = []

    async def step(asked: Asked) -> Told:
        steps.append(asked)
        await asyncio.sleep(0)
        counts = tuple(count.by for count in asked.counts)
        return Told("c", 10 * len(steps), counts, tuple(call.script for call in asked.calls))

    async def asked() -> list[Told]:
        rounds = Rounds(step)
        first = asyncio.create_task(rounds.ask(Asked(1)))
        while not steps:  # noqa: ASYNC110
            await asyncio.sleep(0)
        asking = [
            Asked(2, (counted(7),)),
            Asked(0, entries=(ENTRY, ENTRY), calls=(Call("x", ()), Call("y", ()))),
            Asked(1, (counted(8), counted(9)), (ENTRY,), (Call("z", ()),)),
        ]
        return [await first, *await asyncio.gather(*map(rounds.ask, asking))]

    found = asyncio.run(asked())

    assert [(1, 0, 0, 0), (3, 3, 3, 3)] == [(n, *map(len, rest)) for n, *rest in steps]
    assert [
        *[(10, (), ()), (20, (7,), ())],
        *[(22, (), ("x", "y")), (22, (8, 9), ("z",))],
    ] == [told[1:] for told in found]


def test_who_comes_late_is_told_of_what_is_late() -> None:
    """Nobody is told by a round that was under way as it came: what it looks for may be newer."""
    now = ["before"]

    async def step(_: Asked) -> Told:
        told = Told(now[0], 0)
        await asyncio.sleep(0)
        return told

    async def asked() -> list[str]:
        rounds = Rounds(step)
        first = asyncio.create_task(rounds.ask(Asked()))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        now[0] = "after"
        return [each.change for each in await asyncio.gather(rounds.ask(Asked()), first)]

    assert ["after", "before"] == asyncio.run(asked())


def test_a_round_has_bounds() -> None:
    """So much goes in one that none takes long, in order; what is larger goes alone."""
    steps: list[Asked] = []

    async def step(asked: Asked) -> Told:
        steps.append(asked)
        return Told("c", 1)

    async def asked() -> None:
        rounds = Rounds(step)
        sizes = [1, 3_000_000, 999_999, 1, 5_000_000, 1]
        entries = [(Entry(n, "", "", bytes(size)),) for n, size in enumerate(sizes)]
        many = [Asked(1)] * 2_500
        asking = [*(Asked(entries=each) for each in entries), *many]
        await asyncio.gather(*map(rounds.ask, asking))

    asyncio.run(asked())

    written = [[entry.sequence for entry in asked.entries] for asked in steps]
    assert [[0, 1, 2], [3], [4], [5], [], []] == written
    assert [0, 0, 0, 999, 1_000, 501] == [asked.numbers for asked in steps]


def test_a_round_that_fails_fails_for_all_in_it() -> None:
    """Each who waits is told that the state is away, and the next round is asked for anew."""
    steps: list[int] = []

    async def step(asked: Asked) -> Told:
        steps.append(asked.numbers)
        if len(steps) == 1:
            raise StateAway("gone")
        return Told("c", 1)

    async def asked() -> None:
        rounds = Rounds(step)
        both = rounds.ask(Asked(1)), rounds.ask(Asked(1))
        found = await asyncio.gather(*both, return_exceptions=True)
        assert ["gone", "gone"] == [str(each) for each in found]
        assert 1 == (await rounds.ask(Asked(1))).number

    asyncio.run(asked())

    assert [2, 1] == steps


def test_a_bug_is_told_to_all() -> None:
    """Whatever goes wrong, nobody waits for ever."""

    async def step(_: Asked) -> Told:
        raise ZeroDivisionError

    async def asked() -> list[object]:
        rounds = Rounds(step)
        both = rounds.ask(Asked(1)), rounds.ask(Asked(1))
        return list(await asyncio.gather(*both, return_exceptions=True))

    assert [ZeroDivisionError] * 2 == [type(each) for each in asyncio.run(asked())]


def test_who_is_cancelled_takes_nobody_along() -> None:
    """What it came with is written all the same, and the others get their answer."""
    written: list[Entry] = []

    async def step(asked: Asked) -> Told:
        await asyncio.sleep(0)
        written.extend(asked.entries)
        return Told("c", 1)

    async def asked() -> None:
        rounds = Rounds(step)
        asking = [asyncio.create_task(rounds.ask(Asked(entries=(ENTRY,)))) for _ in range(2)]
        await asyncio.sleep(0)
        asking[0].cancel()
        await asking[1]
        with pytest.raises(asyncio.CancelledError):
            await asking[0]

    asyncio.run(asked())

    assert [ENTRY, ENTRY] == written
