"""Several servers that share their state, one of which may be out of reach."""

from __future__ import annotations

import asyncio
import json
import logging

import httpx
import pytest

from mockrouter.engine.engine import Engine
from mockrouter.serving.app import App
from mockrouter.state.memory import MemoryState
from mockrouter.values import Json
from scripts import chat, library
from sharers import CHAT, THREE, replicas, run


def test_an_attempt_counts_whoever_serves_it() -> None:
    """A conversation sees its script, however its requests are spread."""

    async def test() -> None:
        async with replicas(3) as servers:
            statuses = [(await servers.ask(n % 3)).status_code for n in range(6)]
            assert [429, 503, 200] * 2 == statuses

    run(test)


def test_a_reply_that_is_lost_counts_once() -> None:
    """The state counted, its answer got lost: brought over later, that is still one attempt."""

    async def test() -> None:
        async with replicas() as servers:
            servers.state.forgets_to_answer = 1
            first = await servers.ask(0)
            assert (429, "unreachable") == (first.status_code, first.headers["x-mockrouter-state"])
            await servers.back()
            assert 503 == (await servers.ask(1)).status_code

    run(test)


def test_away(caplog: pytest.LogCaptureFixture) -> None:
    """While the state is away a server goes on from what it knows, says so, and recovers."""

    async def test() -> None:
        async with replicas() as servers:
            assert 429 == (await servers.ask(0)).status_code
            servers.state.away = True
            away = [await servers.ask(0) for _ in range(2)]
            assert [503, 200] == [answer.status_code for answer in away]
            assert {"unreachable"} == {a.headers["x-mockrouter-state"] for a in away}
            state = {"url": "redis://h:1/0", "reachable": False}
            assert state == (await servers.get(0, "health"))["state"]
            await servers.back()
            assert (await servers.get(0, "health"))["state"]["reachable"]
            answer = await servers.ask(1)
            assert 429 == answer.status_code
            assert "x-mockrouter-state" not in answer.headers
            numbers = [each["number"] for each in (await servers.get(1, "requests"))["requests"]]
            assert [1, 2, 3, 4] == numbers

    with caplog.at_level(logging.WARNING, "mockrouter"):
        run(test)
    assert 1 == sum("cannot be reached" in record.message for record in caplog.records)
    assert 1 == sum("is back" in record.message for record in caplog.records)


def test_required() -> None:
    """A server that needs the state answers nothing without it, and clients may try again."""

    async def test() -> None:
        async with replicas(required=True) as servers:
            assert 429 == (await servers.ask(0)).status_code
            servers.state.away = True
            answer = await servers.ask(0)
            assert 503 == answer.status_code
            assert "mockrouter_state_unreachable" == answer.json()["error"]["code"]
            assert "x-should-retry" not in answer.headers
            assert 200 == (await servers.clients[0].get("/_mockrouter/health")).status_code
            assert 503 == (await servers.clients[0].get("/_mockrouter/requests")).status_code
            assert 404 == (await servers.clients[0].get("/metrics")).status_code
            await servers.back()
            second = await servers.ask(1)
            assert (503, None) == (second.status_code, second.headers.get("x-mockrouter-error"))

    run(test)


@pytest.mark.parametrize(("required", "status"), [(True, 503), (False, 200)])
def test_ready(*, required: bool, status: int) -> None:
    """A server is ready while it can answer, which is looked up where nobody else has yet."""

    async def test() -> None:
        async with replicas(required=required) as servers:
            url, client = "/_mockrouter/ready", servers.clients[0]
            assert "ready" == (await servers.get(0, "ready"))["status"]
            servers.state.away = True
            assert status == (await client.get(url)).status_code
            assert required is not (await servers.get(0, "ready"))["state"]["reachable"]
            await servers.back()
            assert 200 == (await client.get(url)).status_code

    run(test)


def test_health_waits_for_nothing() -> None:
    """Whether a server lives is told without the state, which may be stuck."""

    async def test() -> None:
        async with replicas(required=True) as servers:
            servers.state.asked.clear()
            assert "ok" == (await servers.get(0, "health"))["status"]
            assert [] == servers.state.asked

    run(test)


def test_alone_nothing_is_asked() -> None:
    """A server that shares nothing has no state to wait for."""
    engine = Engine(library(THREE))

    assert engine.responses.shelf is None
    assert "state" not in json.loads(json.dumps(asyncio.run(_health(engine))))


async def _health(engine: Engine) -> Json:
    transport = httpx.ASGITransport(app=App(engine))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return (await client.get("/_mockrouter/health")).json()


PUSHED = """
seed: 7
scenarios:
  hello: {turns: [mine]}
"""


def test_what_is_pushed_to_one_is_there_for_all() -> None:
    """Opened, looked at, asked, replaced and ended, each time through another server."""

    async def test() -> None:
        async with replicas(3) as servers:
            url = "/_mockrouter/namespaces/t1"
            made = await servers.clients[0].put(url, content=PUSHED)
            assert (201, ["hello"]) == (made.status_code, made.json()["scenarios"])
            assert {"seed": 7} == (await servers.get(1, "namespaces/t1"))["settings"]
            answer = await servers.ask(2, chat(tools=...), "/~t1/v1/chat/completions")
            assert "mine" == answer.json()["choices"][0]["message"]["content"]
            assert "7" == answer.headers["x-mockrouter-seed"]
            again = await servers.clients[1].put(url, content="turns: [other]")
            assert (200, ["pushed"]) == (again.status_code, again.json()["scenarios"])
            answer = await servers.ask(0, chat(tools=...), "/~t1/v1/chat/completions")
            assert "other" == answer.json()["choices"][0]["message"]["content"]
            assert 204 == (await servers.clients[2].delete(url)).status_code
            late = await servers.ask(1, path="/~t1/v1/chat/completions")
            assert (410, 404) == (late.status_code, (await servers.clients[0].get(url)).status_code)
            assert [] == (await servers.get(0, "namespaces"))["namespaces"]

    run(test)


def test_reset_for_all() -> None:
    """Forgetting through one forgets the attempts and the journal of all."""

    async def test() -> None:
        async with replicas() as servers:
            path = "/~t1/v1/chat/completions"
            for which in (0, 1):
                await servers.ask(which, path=path)
                await servers.ask(which)
            assert 4 == len((await servers.get(0, "requests"))["requests"])
            url = "/_mockrouter/requests?namespace=t1"
            assert 204 == (await servers.clients[1].delete(url)).status_code
            for which in (0, 1):
                page = (await servers.get(which, "requests"))["requests"]
                assert ["", ""] == [each["namespace"] for each in page]
            statuses = [(await servers.ask(0, path=p)).status_code for p in (path, CHAT)]
            assert [429, 200] == statuses
            await servers.clients[0].delete("/_mockrouter/requests")
            assert [] == (await servers.get(1, "requests"))["requests"]

    run(test)


def test_nothing_is_changed_while_the_state_is_away() -> None:
    """What could not be known to the others is refused, and may be tried again."""

    async def test() -> None:
        async with replicas() as servers:
            servers.state.away = True
            url = "/_mockrouter/namespaces/t1"
            answer = await servers.clients[0].put(url, content=PUSHED)
            assert 503 == answer.status_code
            assert "nothing can be changed for all servers" in answer.json()["error"]["message"]
            await servers.back()
            assert 201 == (await servers.clients[0].put(url, content=PUSHED)).status_code

    run(test)


def test_one_journal() -> None:
    """Each server shows what all have answered, in one order, as its own."""
    tools = "turns: [{say: [{tool_call: get_weather, arguments: {city: Rome}}]}, Done.]"

    async def test() -> None:
        async with replicas(2, tools) as servers:
            message = (await servers.ask(0)).json()["choices"][0]["message"]
            result = {"role": "tool", "tool_call_id": message["tool_calls"][0]["id"]}
            user = chat()["messages"][0]
            await servers.ask(1, chat(user, message, result | {"content": "18"}))
            pages = [(await servers.get(which, "requests"))["requests"] for which in (0, 1)]
            for page in pages:
                assert [("r0", 1), ("r1", 2)] == [
                    (each["replica"], each["number"]) for each in page
                ]
                assert [None, 1] == [each["follows"] for each in page]
                assert "18" == page[0]["calls"][0]["results"][0]["content"]
                assert page[1]["waited"] == pytest.approx(pages[0][1]["waited"], abs=0.5)
            drop = {"waited", "sent"}
            first, second = (
                [{k: v for k, v in each.items() if k not in drop} for each in page]
                for page in pages
            )
            assert first == second
            curl = [
                await servers.clients[n].get("/_mockrouter/requests/1?format=curl") for n in (0, 1)
            ]
            assert curl[0].text == curl[1].text
            url = "/_mockrouter/requests/1?format=scenario"
            assert "get_weather" in (await servers.clients[0].get(url)).text
            other = await servers.clients[1].get(url)
            assert 422 == other.status_code
            assert "answered by replica r0" in other.text

    run(test)


def test_a_writer_that_is_cancelled() -> None:
    """A request that ends while it writes for all takes nobody's entry along."""

    async def test() -> None:
        async with replicas() as servers:
            servers.state.stuck = asyncio.Event()
            asking = [asyncio.create_task(servers.ask(0)) for _ in range(3)]
            while "write" not in servers.state.asked:  # noqa: ASYNC110
                await asyncio.sleep(0)
            asking[0].cancel()
            await asyncio.gather(asking[0], return_exceptions=True)
            servers.state.stuck.set()
            await asyncio.gather(*asking[1:])
            assert 3 == len((await servers.get(1, "requests"))["requests"])

    run(test)


def test_a_server_that_leaves_has_written_how_its_answers_ended() -> None:
    """Endings that wait for an entry, or are on their way, are there before a server is gone."""

    async def test() -> None:
        async with replicas() as servers:
            await servers.ask(0)
            servers.state.stuck = asyncio.Event()
            while servers.state.asked.count("write") < 2:  # noqa: ASYNC110
                await asyncio.sleep(0)
            closing = asyncio.create_task(servers.shared[0].close())
            await asyncio.sleep(0)
            assert not closing.done()
            servers.state.stuck.set()
            await closing
            await servers.ask(1)
            await servers.shared[1].close()
            page = (await servers.get(1, "requests"))["requests"]
            assert [True, True] == [each["sent"]["complete"] for each in page]

    run(test)


def test_stored_responses() -> None:
    """A response that one server stored is continued, found and deleted through the others."""

    async def test() -> None:
        async with replicas(2, "turns: [first, second]") as servers:
            body = {"model": "m", "input": "Hello"}
            made = (await servers.ask(0, body, "/v1/responses")).json()
            url = f"/v1/responses/{made['id']}"
            found = (await servers.clients[1].get(url)).json()
            assert made["output"] == found["output"]
            body = {"model": "m", "input": "And?", "previous_response_id": made["id"]}
            second = (await servers.ask(1, body, "/v1/responses")).json()
            assert "second" == second["output"][0]["content"][0]["text"]
            assert (await servers.clients[1].delete(url)).json()["deleted"]
            assert 404 == (await servers.clients[0].get(url)).status_code

    run(test)


def test_a_state_that_is_lost() -> None:
    """Where all that was shared is gone, servers begin again with nothing."""

    async def test() -> None:
        async with replicas() as servers:
            await servers.clients[0].put("/_mockrouter/namespaces/t1", content=PUSHED)
            assert 429 == (await servers.ask(1)).status_code
            servers.state.state = MemoryState("f")
            assert [429, 503] == [(await servers.ask(n)).status_code for n in (0, 1)]
            assert [] == (await servers.get(1, "namespaces"))["namespaces"]
            statuses = [(await servers.ask(n, path=f"/~t1{CHAT}")).status_code for n in (0, 1)]
            assert [429, 503] == statuses
            numbers = [each["number"] for each in (await servers.get(0, "requests"))["requests"]]
            assert [1, 2, 3, 4] == numbers

    run(test)
