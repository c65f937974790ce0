"""Requests that come at once ask the state together."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from mockrouter.state.protocol import Begun, Entry, StateAway
from mockrouter.state.rounds import Rounds


def test_who_comes_meanwhile_goes_in_one_round() -> None:
    """The first is asked for at once, all who come while it is under way together after it."""
    steps: list[tuple[int, int]] = []

    async def step(numbers: int, entries: Sequence[Entry]) -> Begun:
        steps.append((numbers, len(entries)))
        await asyncio.sleep(0)
        return Begun(f"e/{len(steps)}", sum(asked for asked, _ in steps[:-1]) + 1)

    async def asked() -> list[Begun]:
        rounds = Rounds(step)
        first = asyncio.create_task(rounds.ask(1))
        while not steps:  # noqa: ASYNC110
            await asyncio.sleep(0)
        entry = Entry(1, "", "", b"")
        asking = [rounds.ask(2), rounds.ask(0, [entry, entry]), rounds.ask(1, [entry])]
        return [await first, *await asyncio.gather(*asking)]

    found = asyncio.run(asked())

    assert [(1, 0), (3, 3)] == steps
    assert [("e/1", 1), ("e/2", 2), ("e/2", 4), ("e/2", 4)] == [tuple(each) for each in found]


def test_a_round_that_fails_fails_for_all_in_it() -> None:
    """Each who waits is told that the state is away, and the next round is asked for anew."""
    steps: list[int] = []

    async def step(numbers: int, entries: Sequence[Entry]) -> Begun:  # noqa: ARG001
        steps.append(numbers)
        if len(steps) == 1:
            raise StateAway("gone")
        return Begun("e/0", 1)

    async def asked() -> None:
        rounds = Rounds(step)
        found = await asyncio.gather(rounds.ask(1), rounds.ask(1), return_exceptions=True)
        assert ["gone", "gone"] == [str(each) for each in found]
        assert 1 == (await rounds.ask(1)).number

    asyncio.run(asked())

    assert [2, 1] == steps


def test_who_is_cancelled_takes_nobody_along() -> None:
    """What it came with is written all the same, and the others get their answer."""
    written: list[int] = []

    async def step(numbers: int, entries: Sequence[Entry]) -> Begun:  # noqa: ARG001
        await asyncio.sleep(0)
        written.extend(each.sequence for each in entries)
        return Begun("e/0", 1)

    async def asked() -> None:
        rounds = Rounds(step)
        asking = [
            asyncio.create_task(rounds.ask(0, [Entry(number, "", "", b"")])) for number in (1, 2)
        ]
        await asyncio.sleep(0)
        asking[0].cancel()
        await asking[1]
        with pytest.raises(asyncio.CancelledError):
            await asking[0]

    asyncio.run(asked())

    assert [1, 2] == written
