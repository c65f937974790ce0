"""The servers that are compared: functions without arguments that return an ASGI app."""

from __future__ import annotations

import json

from starlette.types import ASGIApp, Receive, Scope, Send

from mockrouter.ticker import Ticker
from mockrouter.transport import play
from mockrouter.wire import Frame, Wire

EVENTS = 50
PAUSE = 0.1
JSON = json.dumps({"id": "chatcmpl-1", "choices": [{"message": {"content": "x" * 400}}]}).encode()
EVENT = b"data: " + json.dumps({"id": "1", "choices": [{"delta": {"content": "word"}}]}).encode()
PLAIN = ((b"content-type", b"application/json"),)
STREAM = ((b"content-type", b"text/event-stream"),)


def bare() -> ASGIApp:
    """Nothing but ``send``."""
    length = (b"content-length", b"%d" % len(JSON))
    events = [EVENT + b"\n\n"] * EVENTS

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await _read(receive)
        if scope["path"] == "/w1":
            headers = [*PLAIN, length]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": JSON})
            return
        await send({"type": "http.response.start", "status": 200, "headers": list(STREAM)})
        for event in events:
            await send({"type": "http.response.body", "body": event, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    return app


def played() -> ASGIApp:
    """The same responses as wires; and ``/w3`` paced, ``/starts`` saying when each one began."""
    ticker = Ticker()
    paced = tuple(Frame(EVENT + b"\n\n", delay=PAUSE) for _ in range(EVENTS))
    wires = {
        "/w1": Wire(200, PLAIN, (Frame(JSON),)),
        "/w2": Wire(200, STREAM, (Frame(EVENT + b"\n\n"),) * EVENTS, stream=True),
        "/w3": Wire(200, STREAM, paced, stream=True),
    }
    starts: dict[str, float] = {}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await _read(receive)
        if scope["path"] == "/starts":
            wire = Wire(200, PLAIN, (Frame(json.dumps(starts).encode()),))
        else:
            wire = wires[scope["path"]]
        sent = await play(wire, scope, receive, send, ticker)
        if scope["path"] == "/w3":
            starts[scope["query_string"].decode()] = sent.started

    return app


async def _read(receive: Receive) -> None:
    while (await receive()).get("more_body"):
        pass
