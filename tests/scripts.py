"""Scenarios and requests in as few words as a test needs."""

from __future__ import annotations

import asyncio
import json
from itertools import count
from textwrap import dedent

from mockrouter.dialects import DIALECTS
from mockrouter.engine.engine import Engine
from mockrouter.engine.journal import Exchange
from mockrouter.engine.settings import Settings
from mockrouter.engine.targets import target_of
from mockrouter.scenario.library import Library, load, load_text, with_active
from mockrouter.values import Json, JsonObject
from mockrouter.wire import Wire

WEATHER: JsonObject = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Get the weather of a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
        },
    },
}
USER: JsonObject = {"role": "user", "content": "What is the weather in Tokyo?"}


def library(*texts: str) -> Library:
    """Load scenarios given as YAML; the first is `s0`, the next `s1`, unless they say a name."""
    found = [load_text(dedent(text), name=f"s{n}") for n, text in enumerate(texts)]
    return with_active(load(), found)


def engine(*texts: str, **settings: Json) -> Engine:
    """Serve scenarios given as YAML."""
    return Engine(library(*texts), Settings(**settings))


def chat(*messages: JsonObject, **fields: Json) -> JsonObject:
    """Make the body of a chat request; without messages the user asks for the weather."""
    body: JsonObject = {"model": "gpt-4o", "messages": list(messages) or [USER]}
    body["tools"] = [WEATHER]
    return {name: value for name, value in (body | fields).items() if value is not ...}


def ask(
    served: Engine,
    body: Json,
    *,
    path: str = "/v1/chat/completions",
    headers: dict[str, str] | None = None,
) -> tuple[Wire, Exchange]:
    """Send one request to an engine."""
    target = target_of(path)
    assert target is not None
    dialect = next(d for d in DIALECTS.values() if d.path == target.endpoint)
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {"content-length": str(len(raw)), **(headers or {})}
    pairs = [(name.encode("latin-1"), text.encode("latin-1")) for name, text in sent.items()]
    fields = served.fields(target.namespace, pairs)
    exchange = served.open(target, "POST", path, fields)
    asyncio.run(served.answer(exchange, target, dialect, raw, fields))
    assert exchange.wire is not None
    return exchange.wire, exchange


def said(wire: Wire) -> JsonObject:
    """Read the message of a plain chat reply."""
    message: JsonObject = json.loads(wire.body)["choices"][0]["message"]
    return message


def converse(served: Engine, *, path: str = "/v1/chat/completions", rounds: int = 9) -> list[Json]:
    """Run a client's tool loop against an engine; gives the message of each turn."""
    messages, turns = [USER], []
    for number in count():
        wire, _ = ask(served, chat(*messages), path=path)
        assert wire.status == 200, wire.body
        message = said(wire)
        turns.append(message)
        if not message.get("tool_calls") or number + 1 == rounds:
            return turns
        results = [
            {"role": "tool", "tool_call_id": call["id"], "content": '{"temp": 18}'}
            for call in message["tool_calls"]
        ]
        messages += [message, *results]
    raise AssertionError
