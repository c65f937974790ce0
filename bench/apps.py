"""The servers that are compared: functions without arguments that return an ASGI app."""

from __future__ import annotations

import asyncio
import json

from starlette.types import ASGIApp, Receive, Scope, Send

from mockrouter.dialects import BY_PATH
from mockrouter.engine.engine import Engine
from mockrouter.engine.fields import fields_of
from mockrouter.engine.framing import Framed, framed
from mockrouter.engine.targets import target_of
from mockrouter.ids import HOLE
from mockrouter.scenario.library import load, load_text, with_active
from mockrouter.serving.app import App
from mockrouter.serving.ticker import Ticker
from mockrouter.serving.transport import play
from mockrouter.wire import Frame, Headers, Wire

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
    answers = _answers()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await _read(receive)
        headers, bodies = answers[scope["query_string"].decode()]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for body in bodies[:-1]:
            await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body", "body": bodies[-1]})

    return app


def played() -> ASGIApp:
    """The same wires, played; and ``w3`` paced, ``starts`` saying when each one began."""
    ticker = Ticker()
    plans = _plans()
    stream = plans["w2"][0].wire
    paced = tuple(Frame(stream.frames[3].data, delay=PAUSE) for _ in range(EVENTS))
    plans["w3"] = framed(Wire(200, stream.headers, paced, stream=True)), HOLE
    starts: dict[str, float] = {}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await _read(receive)
        name, _, number = scope["query_string"].decode().partition("&")
        if name == "starts":
            wire = Wire(200, (), (Frame(json.dumps(starts).encode()),))
            await play(wire, scope, receive, send, ticker)
            return
        plan, nonce = plans[name]
        sent = await play(plan, scope, receive, send, ticker, nonce)
        if name == "w3":
            starts[number] = sent.started

    return app


def _answers() -> dict[str, tuple[Headers, list[bytes]]]:
    """Work out what the product sends: the headers and the writes of each workload."""
    found = {}
    for name, (plan, nonce) in _plans().items():
        hollow = tuple((header, value.replace(HOLE, nonce)) for header, value in plan.hollow)
        ending = [b""] if plan.wire.stream else []
        bodies = [frame.data.replace(HOLE, nonce) for frame in plan.frames] + ending
        found[name] = ((*plan.headers, *hollow), bodies)
    return found


def _plans() -> dict[str, tuple[Framed, bytes]]:
    served, target = engine(), target_of(PATH)
    if target is None:
        raise LookupError(PATH)

    async def plan(body: bytes) -> tuple[Framed, bytes]:
        fields = fields_of({"content-length": str(len(body))})
        exchange = served.open(target, "POST", PATH, fields)
        await served.answer(exchange, target, BY_PATH[target.endpoint], body, fields)
        if exchange.compiled is None:
            raise LookupError(body)
        return exchange.compiled.framed, exchange.nonce.encode()

    return {name: asyncio.run(plan(BODIES[name])) for name in ("w1", "w2")}


async def _read(receive: Receive) -> None:
    while (await receive()).get("more_body"):
        pass
