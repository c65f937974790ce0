"""What each test has for itself on a server that all of them share."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace
from functools import partial

import pytest

from mockrouter.engine.engine import Engine
from mockrouter.engine.settings import Settings
from mockrouter.serving.app import App
from mockrouter.serving.server import HttpServer
from mockrouter.serving.ticker import Ticker, VirtualClock
from mockrouter.values import Json
from scripts import ask, chat, converse, engine, library, said

TWO_TURNS = "turns: [{say: [{tool_call: get_weather}]}, {say: [{text: Done.}]}]"
RETRIED = "turns: [{attempts: [429, 503, {say: [{text: Well.}]}]}]"
CASES = """
turns:
  - cases:
      - {when: {user: never said}, say: [{text: A}]}
      - {say: [{text: B}]}
"""
PATH = "/~t1/v1/chat/completions"


def opened(*texts: str, **settings: Json) -> Engine:
    """Open the namespace `t1`, which answers by scenarios given as YAML."""
    served = engine("turns: [the server's own]")
    served.open_namespace("t1", library(*texts), replace(Settings(), **settings))
    return served


def test_a_namespace_answers_by_its_own_scenarios() -> None:
    """What is opened has its own scenarios and seed; any other token is the server itself."""
    served = opened("turns: [mine]", seed=7)
    mine, exchange = ask(served, chat(tools=...), path=PATH)
    other, _ = ask(served, chat(tools=...), path="/~t2/v1/chat/completions")

    assert ("mine", "the server's own") == (said(mine)["content"], said(other)["content"])
    assert 7 == exchange.seed
    assert (b"x-mockrouter-seed", b"7") in mine.headers


def test_a_namespace_is_opened_once() -> None:
    """Two tests never share a namespace by mistake."""
    served = opened(TWO_TURNS)

    with pytest.raises(ValueError, match="'t1' is open already; close it first"):
        served.open_namespace("t1", library(), Settings())


@pytest.mark.parametrize(
    ("scenario", "asked", "left"),
    [
        (TWO_TURNS, 0, ["turn 1", "turn 2"]),
        (TWO_TURNS, 1, ["turn 2"]),
        (TWO_TURNS, 2, []),
        (RETRIED, 0, ["turn 1"]),
        (RETRIED, 1, ["attempt 2 of turn 1", "attempt 3 of turn 1"]),
        (RETRIED, 3, []),
        (CASES, 0, ["turn 1"]),
        (CASES, 1, []),
    ],
)
def test_what_nobody_asked_for_is_left_over(scenario: str, asked: int, left: list[str]) -> None:
    """Each turn and attempt that was never served is named; of the cases, one is enough."""
    served = opened(scenario)
    if "tool_call" in scenario:
        for _ in range(asked and 1):
            converse(served, path=PATH, rounds=asked)
    else:
        for _ in range(asked):
            ask(served, chat(tools=...), path=PATH)
    found = served.namespace("t1").leftovers()

    assert left == [
        each.split(": ")[1].removesuffix(" of 's0' was never asked for") for each in found
    ]
    assert all(each.startswith("<inline>:") for each in found)


def test_a_namespace_that_is_closed_is_over() -> None:
    """Late requests get 410."""
    served = opened(TWO_TURNS)
    asyncio.run(served.close("t1"))
    wire, exchange = ask(served, chat(), path=PATH)

    assert (410, "mockrouter_namespace_closed") == (wire.status, exchange.error)


@pytest.mark.parametrize("any_namespace", [True, False])
def test_a_namespace_that_is_opened_again_is_new(*, any_namespace: bool) -> None:
    """It answers, and knows nothing of its last life, nor of what came too late for that."""
    served = engine("turns: [hello]", any_namespace=any_namespace)
    served.open_namespace("t1", library(TWO_TURNS), served.settings)
    asyncio.run(served.close("t1"))
    late = ask(served, chat(), path=PATH)[0].status
    served.open_namespace("t1", library(TWO_TURNS), served.settings)

    assert [] == served.journal.of("t1")
    assert (410, 200) == (late, ask(served, chat(), path=PATH)[0].status)


def test_only_opened_namespaces() -> None:
    """Where nobody may make up a token, one that was never opened is over too."""
    served = engine("turns: [hello]", any_namespace=False)

    assert 410 == ask(served, chat(tools=...), path=PATH)[0].status
    assert 200 == ask(served, chat(tools=...))[0].status


def test_attempts_run_out_in_a_namespace_that_says_so() -> None:
    """A test counts every try: one more than the scenario has is an error."""
    served = opened("turns: [{attempts: [429, fine]}]", restart=False)
    statuses = [ask(served, chat(tools=...), path=PATH)[0].status for _ in range(3)]

    assert [429, 200, 404] == statuses


def test_closing_a_namespace_closes_its_connections() -> None:
    """A stream that stalls for ever ends with its namespace; those of others go on."""
    stall = "turns: [{say: [{text: Hello}], faults: [{fault: stall, after: 1}]}]"
    served = engine(stall)
    app = App(served)

    def asking(server: HttpServer, namespace: str) -> socket.socket:
        client = socket.create_connection(("127.0.0.1", server.port), timeout=10)
        body = b'{"model": "m", "stream": true, "messages": [{"role": "user", "content": "Hi"}]}'
        head = f"POST /~{namespace}/v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: "
        client.sendall(f"{head}{len(body)}\r\n\r\n".encode() + body)
        assert client.recv(10)
        return client

    with HttpServer(app, grace=0.01) as server, asking(server, "a") as a, asking(server, "b") as b:
        with socket.create_connection(("127.0.0.1", server.port)) as control:
            lines = "DELETE /_mockrouter/namespaces/a HTTP/1.1\r\nhost: localhost\r\n\r\n"
            control.sendall(lines.encode())
            assert b"204" in control.recv(1000)
        assert all(iter(partial(a.recv, 10_000), b""))
        b.settimeout(0.05)
        with pytest.raises(TimeoutError):
            all(iter(partial(b.recv, 10_000), b""))


def test_waits_are_scaled() -> None:
    """A namespace's waits take as many times as long as it says; what never comes never comes."""
    paced = "turns: [{say: [{text: a b c d}], stream: {text: 2 chars}, pace: {ttft: 10, itl: 1}}]"
    times = []
    for scale in (1.0, 0.5, 0.0):
        served = opened(paced, time_scale=scale)
        app = App(served, Ticker(VirtualClock()))
        times.append(asyncio.run(_asked(app)))

    whole, half, none = times
    assert (whole[0] / 2, whole[1] / 2) == half
    assert whole[1] > 10
    assert (0.0, 0.0) == none


async def _asked(app: App) -> tuple[float, float]:
    """Stream a reply; gives the seconds of its first and its last write."""
    body = b'{"model": "m", "stream": true, "messages": [{"role": "user", "content": "Hi"}]}'
    times: list[float] = []

    async def receive() -> dict[str, object]:
        if not times:
            times.append(-1.0)
            return {"type": "http.request", "body": body, "more_body": False}
        return await asyncio.Future()

    async def send(_: object) -> None:
        times.append(app.ticker.now())

    scope = {"type": "http", "method": "POST", "path": PATH, "headers": [], "query_string": b""}
    began = app.ticker.now()
    await app(scope, receive, send)
    return times[1] - began, times[-1] - began
