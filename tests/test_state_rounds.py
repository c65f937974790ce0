"""Requests that come at once ask the state together."""

from __future__ import annotations

import asyncio

import pytest

from mockrouter.state.protocol import Entry, StateAway
from mockrouter.state.rounds import Asked, Count, Rounds, Told

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
        return Told("c", 10 * len(steps), tuple(count.by for count in asked.counts))

    async def asked() -> list[Told]:
        rounds = Rounds(step)
        first = asyncio.create_task(rounds.ask(Asked(1)))
        while not steps:  # noqa: ASYNC110
            await asyncio.sleep(0)
        asking = [
            Asked(2, (counted(7),)),
            Asked(0, entries=(ENTRY, ENTRY)),
            Asked(1, (counted(8), counted(9)), (ENTRY,)),
        ]
        return [await first, *await asyncio.gather(*map(rounds.ask, asking))]

    found = asyncio.run(asked())

    assert [(1, 0, 0), (3, 3, 3)] == [(n, len(counts), len(e)) for n, counts, e in steps]
    assert [(10, ()), (20, (7,)), (22, ()), (22, (8, 9))] == [told[1:] for told in found]


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
