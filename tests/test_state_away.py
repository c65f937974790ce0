"""A state that is away, and comes back while requests go on."""

from __future__ import annotations

import asyncio

import pytest

from mockrouter.state.memory import MemoryState
from sharers import CHAT, replicas, run

SAYINGS = ", ".join(f"{{say: [{{text: '{number}'}}]}}" for number in range(400))
MANY = f"turns: [{{attempts: [{SAYINGS}]}}]"


def test_journals_are_the_same_afterwards() -> None:
    """What one answered alone gets its place among the others', and nothing gets lost for it."""

    async def test() -> None:
        async with replicas() as servers:
            await servers.ask(0)
            await servers.ask(1)
            servers.ways[0].cut = True
            for _ in range(5):
                await servers.ask(0)
            for _ in range(2):
                await servers.ask(1)
            await servers.back()
            await servers.ask(0)
            pages = [await servers.journal(which) for which in (0, 1)]
            assert pages[0] == pages[1]
            assert list(range(1, 11)) == [number for number, _ in pages[0]]
            replicas_ = [replica for _, replica in pages[0]]
            assert ["r0", *["r1"] * 3, *["r0"] * 6] == replicas_

    run(test)


def test_journals_are_the_same_whoever_goes_on_meanwhile() -> None:
    """Others answer while entries are brought over, and more is asked of the one that was away."""

    async def test() -> None:
        async with replicas(3) as servers:
            servers.ways[0].cut = servers.ways[1].cut = True
            for _ in range(250):
                await servers.ask(0)
                await servers.ask(1)
            back = asyncio.create_task(servers.back())
            while not back.done():
                await asyncio.gather(*map(servers.ask, (0, 1, 2, 0)))
            pages = [await servers.journal(which) for which in (0, 1, 2)]
            assert pages[0] == pages[1] == pages[2]
            total = servers.state.state._number  # noqa: SLF001
            assert list(range(1, total + 1)) == [number for number, _ in pages[0]]

    run(test)


def test_coming_back_takes_few_questions() -> None:
    """Numbers are given to a whole batch, and however often a key was tried it is told once."""

    async def test() -> None:
        async with replicas() as servers:
            servers.ways[0].cut = True
            for _ in range(300):
                await servers.ask(0)
            servers.state.asked.clear()
            await servers.back()
            await servers.shared[0].journal.pull()
            asked = servers.state.asked
            found = {name: asked.count(name) for name in ("begin", "count", "write")}
            assert {"begin": 2, "count": 1, "write": 2} == found
            await servers.ask(1)
            assert 300 == sum(1 for _, replica in await servers.journal(1) if replica == "r0")

    run(test)


def test_it_comes_back_while_requests_go_on() -> None:
    """A server that is never idle is back as soon as one that is, and no attempt comes twice."""

    async def test() -> None:
        async with replicas(2, MANY) as servers:
            said: list[str] = []

            async def ask(which: int) -> None:
                message = (await servers.ask(which)).json()["choices"][0]["message"]
                said.append(message["content"])

            servers.ways[0].cut = True
            for _ in range(20):
                await ask(0)
            back = asyncio.create_task(servers.back())
            while not back.done():
                await asyncio.gather(*(ask(0) for _ in range(8)))
            for which in (0, 1, 0, 1):
                await ask(which)
            assert [f"{n}" for n in range(len(said))] == sorted(said, key=int)

    run(test)


def test_a_bug_in_what_is_brought(caplog: pytest.LogCaptureFixture) -> None:
    """What cannot be brought over is told, and all else is."""

    async def test() -> None:
        async with replicas() as servers:
            servers.ways[0].cut = True
            await servers.ask(0)
            link = servers.shared[0].link

            async def broken() -> None:
                raise ZeroDivisionError

            link._bring.insert(0, broken)  # noqa: SLF001
            await servers.back()
            assert 1 == len(await servers.journal(1))

    run(test)
    assert "cannot be brought over" in caplog.text


@pytest.mark.parametrize("required", [True, False])
def test_what_is_full_can_be_emptied(*, required: bool) -> None:
    """A state that takes nothing more is away, and stays so until something was forgotten."""

    async def test() -> None:
        async with replicas(required=required) as servers:
            servers.state.full = True
            await servers.ask(0)
            away = await servers.ask(0)
            assert "unreachable" == away.headers["x-mockrouter-state"]
            url = "/_mockrouter/requests"
            assert 204 == (await servers.clients[0].delete(url)).status_code
            assert "reset" in servers.state.asked
            assert not servers.shared[0].link.reachable
            await servers.back()
            assert 429 == (await servers.ask(0)).status_code

    run(test)


def test_what_is_away_cannot_be_emptied() -> None:
    """One that cannot be reached at all is not told to forget."""

    async def test() -> None:
        async with replicas(required=True) as servers:
            servers.state.away = True
            for _ in range(2):
                answer = await servers.clients[0].delete("/_mockrouter/requests")
                assert 503 == answer.status_code

    run(test)


def test_a_state_that_is_lost_meanwhile() -> None:
    """What is owed then comes first in the new one, alike for all; nothing is over any more."""

    async def test() -> None:
        async with replicas() as servers:
            path = f"/~t1{CHAT}"
            assert (
                204 == (await servers.clients[0].delete("/_mockrouter/namespaces/t1")).status_code
            )
            assert [410, 410] == [(await servers.ask(n, path=path)).status_code for n in (0, 1)]
            for which in (0, 1, 0):
                await servers.ask(which)
            servers.ways[0].cut = True
            for _ in range(3):
                await servers.ask(0)
            servers.state.state = MemoryState("f")
            await servers.back()
            for which in (1, 0):
                await servers.ask(which)
            pages = [await servers.journal(which) for which in (0, 1)]
            assert pages[0] == pages[1]
            expected = [*enumerate(["r0", "r0", "r0", "r1", "r0"], 1)]
            assert expected == pages[0]
            complete = [each["sent"] for each in (await servers.get(1, "requests"))["requests"]]
            assert all(complete)
            statuses = [(await servers.ask(which, path=path)).status_code for which in (0, 1)]
            assert [429, 503] == statuses

    run(test)


OTHERS = {
    "a setting": b'{"scenarios": [["pushed", "turns: [hi]"]], "settings": {"latency": 3}}',
    "a scenario": b'{"scenarios": [["pushed", "turns: [{sing: 3}]"]], "settings": {}}',
    "a shape": b'{"scenarios": 3}',
    "no JSON": b"\xff",
}


@pytest.mark.parametrize("document", OTHERS.values(), ids=OTHERS)
def test_what_a_server_of_another_edition_pushed(
    document: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """A namespace that cannot be opened here is told, and stops nothing else."""

    async def test() -> None:
        async with replicas() as servers:
            await servers.state.state.put("newer", document)
            await servers.state.state.reset(None)
            assert [429, 503] == [(await servers.ask(which)).status_code for which in (0, 1)]
            assert [] == (await servers.get(0, "namespaces"))["namespaces"]

    run(test)
    told = [r.getMessage() for r in caplog.records if "'newer'" in r.getMessage()]
    assert 2 == len(told)
    assert "run one edition everywhere" in told[0]
