"""The servers that are compared: functions without arguments that return an ASGI app."""

from __future__ import annotations

import asyncio
import json

from starlette.types import ASGIApp, Receive, Scope, Send

from mockrouter.dialects import BY_PATH
from mockrouter.engine.engine import Engine
from mockrouter.engine.targets import target_of
from mockrouter.scenario.library import load, load_text, with_active
from mockrouter.serving.app import App
from mockrouter.serving.ticker import Ticker
from mockrouter.serving.transport import play
from mockrouter.wire import Frame, Wire

PATH = "/v1/chat/completions"
PAUSE = 0.1
EVENTS = 50
SCENARIO = """
turns:
  - say: [{tool_call: get_weather, arguments: "%s"}]
    stream: {arguments: 2 chars}
then: repeat
""" % ("x" * 2 * (EVENTS - 3))

_TOOL = {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object"}}}
_ASKED = {
    "model": "gpt-4o",
    "messages": [{"role": "user", "content": "What is the weather in Tokyo?"}],
    "tools": [_TOOL],
}
BODIES = {
    "w1": json.dumps(_ASKED).encode(),
    "w2": json.dumps(_ASKED | {"stream": True}).encode(),
    "w3": b"{}",
    "starts": b"{}",
}
"""Request bodies by the query that names the workload."""


def engine() -> Engine:
    """Serve one scenario: a tool call whose stream has ``EVENTS`` chunks."""
    return Engine(with_active(load(), [load_text(SCENARIO, name="bench")]))


def mockrouter() -> ASGIApp:
    """The product: read, match, compile or keep, journal, play."""
    return App(engine())


def bare() -> ASGIApp:
    """Nothing but ``send``, of the same bytes."""
    wires = _wires()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await _read(receive)
        wire = wires[scope["query_string"].decode()]
        headers = list(wire.headers)
        if not wire.stream:
            headers.append((b"content-length", b"%d" % len(wire.body)))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for frame in wire.frames[: -1 if not wire.stream else None]:
            await send({"type": "http.response.body", "body": frame.data, "more_body": True})
        last = b"" if wire.stream else wire.frames[-1].data
        await send({"type": "http.response.body", "body": last})

    return app


def played() -> ASGIApp:
    """The same wires, played; and ``w3`` paced, ``starts`` saying when each one began."""
    ticker, wires = Ticker(), _wires()
    event = wires["w2"].frames[3].data
    paced = tuple(Frame(event, delay=PAUSE) for _ in range(EVENTS))
    wires["w3"] = Wire(200, wires["w2"].headers, paced, stream=True)
    starts: dict[str, float] = {}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await _read(receive)
        name, _, number = scope["query_string"].decode().partition("&")
        if name == "starts":
            wire = Wire(200, (), (Frame(json.dumps(starts).encode()),))
        else:
            wire = wires[name]
        sent = await play(wire, scope, receive, send, ticker)
        if name == "w3":
            starts[number] = sent.started

    return app


def _wires() -> dict[str, Wire]:
    served, target = engine(), target_of(PATH)
    if target is None:
        raise LookupError(PATH)

    async def wire(body: bytes) -> Wire:
        exchange = served.open(target, "POST", PATH, {"content-length": str(len(body))})
        await served.answer(exchange, target, BY_PATH[target.endpoint], body)
        if exchange.wire is None:
            raise LookupError(body)
        return exchange.wire

    return {name: asyncio.run(wire(BODIES[name])) for name in ("w1", "w2")}


async def _read(receive: Receive) -> None:
    while (await receive()).get("more_body"):
        pass
