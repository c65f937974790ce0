"""Exchanges that one server writes down and another reads."""

from __future__ import annotations

import pytest

from asgi import Client
from mockrouter.engine.exchange import Exchange
from mockrouter.entries import entries
from mockrouter.state.writing import Writer
from mockrouter.values import Json

SCENARIOS = {
    "text": "turns: [Hello]",
    "call": "turns: [{say: [{tool_call: get_weather, arguments: {city: Rome}}]}]",
    "parts": """
        turns:
          - say:
              - reasoning: Hm.
              - text: Héllo 🌍
              - {tool_call: f, arguments: {a: [1, {b: null}], c: 1.5}}
            usage: {prompt_tokens: 3}
    """,
    "refusal": "turns: [{say: [{refusal: No.}]}]",
    "error": "turns: [{error: {status: 429, retry_after: 1, message: Later}}]",
    "http": "turns: [{http: {status: 502, html: <p>Bad</p>, headers: {x-a: b}}}]",
    "events": "turns: [{http: {events: [{a: [1]}, text]}}]",
    "reset": "turns: [{say: [{text: Hello}], faults: [{fault: reset, after: 1}]}]",
    "stall": "turns: [{say: [{text: Hello}], faults: [{fault: stall, after: 1}]}]",
    "own error": "turns: [{say: [{tool_call: any}]}]",
}


def shown(exchange: Exchange, *, timed: bool) -> dict[str, Json]:
    """Show an exchange; by another clock, times are not the same to the last digit."""
    (entry,) = entries([exchange])
    found = entry.to_json()
    if not timed and found["sent"]:
        found["sent"] = {k: v for k, v in found["sent"].items() if k not in {"seconds", "at"}}
    return found


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("text", SCENARIOS.values(), ids=SCENARIOS)
def test_it_reads_as_it_was_written(text: str, *, stream: bool) -> None:
    """All that is shown of an exchange is shown of it elsewhere, and again from there."""
    client = Client.playing(text)
    body = {"model": "m", "messages": [{"role": "user", "content": "Hi"}], "stream": stream}
    client.post("/api/v1/chat/completions", body, authorization="Bearer secret")
    (exchange,) = client.exchanges
    writer = Writer(())
    offset = exchange.time - exchange.arrived
    first = writer.read(writer.write(exchange), offset)
    again = writer.read(writer.write(first), offset)

    assert shown(exchange, timed=False) == shown(first, timed=False)
    assert shown(first, timed=True) == shown(again, timed=True)
    assert exchange.compiled is not None
    assert first.compiled is not None
    assert exchange.compiled.framed == first.compiled.framed
    assert exchange.compiled.said == first.compiled.said
    assert b"Bearer secret" not in writer.write(exchange)


def test_an_exchange_without_an_answer() -> None:
    """One whose client left before its request was complete is read too."""
    exchange = Exchange(3, 5.0, "POST", "/", body=b"\xff\x00", headers={"a": "\udc80"})
    read = Writer(()).read(Writer(()).write(exchange), 0.0)

    assert (b"\xff\x00", {"a": "\udc80"}, None) == (read.body, read.headers, read.compiled)
