"""
A client that stands in for the user's own: to see what a scenario sends, with no server.

It offers a weather tool, asks for the weather, and plays the conversation up to the turn that is
asked for, running what it is told to run.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from mockrouter.dialects import DIALECTS
from mockrouter.engine.engine import Engine
from mockrouter.engine.fields import fields_of
from mockrouter.engine.journal import Exchange
from mockrouter.engine.settings import Settings
from mockrouter.engine.targets import Target
from mockrouter.profiles import PROFILES
from mockrouter.reply import Reply, ToolCall
from mockrouter.scenario.library import Library
from mockrouter.values import Json, JsonObject
from mockrouter.wire import Wire

QUESTION: Final = "What's the weather in Tokyo?"
PARAMETERS: Final[JsonObject] = {
    "type": "object",
    "properties": {
        "location": {"type": "string", "description": "City, such as Tokyo"},
        "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
    },
    "required": ["location"],
    "additionalProperties": False,
}
FUNCTION: Final[JsonObject] = {
    "name": "get_weather",
    "description": "Get the weather of a place now.",
    "parameters": PARAMETERS,
}
RESULT: Final[JsonObject] = {
    "location": "Tokyo",
    "temp": 21,
    "temperature": 21,
    "unit": "celsius",
    "conditions": "clear sky",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """
    Which answer is asked for, and how.

    Attributes:
        scenario: Its name.

        turn: From 1.

        attempt: From 1.

        dialect: The format.

        profile: The provider's manner.

        stream: Whether a stream is asked for; None leaves it to the body.

        body: The first request's body; None takes the stand-in's own.
    """

    scenario: str
    turn: int = 1
    attempt: int = 1
    dialect: str = "chat"
    profile: str = "openai"
    stream: bool | None = True
    body: JsonObject | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back: the *wire*, and the *exchange* as the journal holds it."""

    wire: Wire
    exchange: Exchange


def ask(library: Library, asking: Asking, settings: Settings | None = None) -> Answered:
    """
    Play the conversation up to the answer that is asked for, and get that.

    An engine of its own answers, so that nothing was tried before.

    A turn on the way that tries the client (``attempts``) is asked until its last answer. Where a
    turn on the way is an error, the conversation goes on as if the model had said nothing.
    """
    body = asking.body or first_request(asking.dialect)
    if asking.stream is not None:
        body = {**body, "stream": asking.stream}
    engine = Engine(library, settings)
    turns = library.find(asking.scenario).model.turns
    for number in range(asking.turn - 1):
        tries = len(turns[min(number, len(turns) - 1)].attempts or (1,))
        said = _asked(engine, asking, body, tries).exchange.compiled
        reply = said.said if said and isinstance(said.said, Reply) else Reply(())
        body = continued(body, asking.dialect, reply, number)
    return _asked(engine, asking, body, asking.attempt)


def _asked(engine: Engine, asking: Asking, body: JsonObject, times: int) -> Answered:
    """Send a body several times, as a client that tries again does; the last answer counts."""
    dialect, profile = DIALECTS[asking.dialect], PROFILES[asking.profile]
    target = Target("", asking.scenario, profile, dialect.path)
    path = f"/s/{asking.scenario}{profile.base}{dialect.path}"
    raw = json.dumps(body).encode()
    for _ in range(times):
        headers = {"content-type": "application/json", "content-length": str(len(raw))}
        fields = fields_of(headers)
        exchange = engine.open(target, "POST", path, fields)
        asyncio.run(engine.answer(exchange, target, dialect, raw, fields))
    if exchange.wire is None:
        raise LookupError(path)
    return Answered(exchange.wire, exchange)


def first_request(dialect: str) -> JsonObject:
    """Ask for the weather, with the tool that tells it."""
    asked: Json = [{"role": "user", "content": QUESTION}]
    if dialect == "responses":
        return {"model": "gpt-4o", "input": asked, "tools": [{"type": "function", **FUNCTION}]}
    tools = [{"type": "function", "function": FUNCTION}]
    return {"model": "gpt-4o", "messages": asked, "tools": tools}


def continued(body: JsonObject, dialect: str, said: Reply, turn: int) -> JsonObject:
    """
    Make the next request of the conversation: what the model said, and the results of its calls.

    Args:
        body: Of the request before.

        dialect: The format.

        said: The model's answer to it.

        turn: Its number, for ids where the scenario gives none.
    """
    calls = [(call.id or f"call_{turn}_{n}", call) for n, call in enumerate(said.calls)]
    if dialect == "responses":
        before = body.get("input", [])
        if isinstance(before, str):
            before = [{"role": "user", "content": before}]
        return {**body, "input": [*before, *_items(said, calls)]}
    return {**body, "messages": [*body.get("messages", []), *_messages(said, calls)]}


def _messages(said: Reply, calls: list[tuple[str, ToolCall]]) -> Iterator[JsonObject]:
    message: JsonObject = {"role": "assistant", "content": said.text}
    if calls:
        message["tool_calls"] = [
            {"id": made, "type": "function", "function": _function(call)} for made, call in calls
        ]
    yield message
    for made, call in calls:
        yield {"role": "tool", "tool_call_id": made, "content": _result(call)}
    if not calls:
        yield {"role": "user", "content": "Go on."}


def _items(said: Reply, calls: list[tuple[str, ToolCall]]) -> Iterator[JsonObject]:
    if said.text or not calls:
        yield {"role": "assistant", "content": said.text}
    for made, call in calls:
        yield {"type": "function_call", "call_id": made, **_function(call)}
    for made, call in calls:
        yield {"type": "function_call_output", "call_id": made, "output": _result(call)}
    if not calls:
        yield {"role": "user", "content": "Go on."}


def _function(call: ToolCall) -> JsonObject:
    """Say a call again; a client cannot send arguments back that are no JSON."""
    arguments = call.arguments
    try:
        json.loads(arguments)
    except (ValueError, TypeError):
        arguments = "{}"
    return {"name": call.name, "arguments": arguments}


def _result(call: ToolCall) -> str:
    return json.dumps(RESULT if call.name == FUNCTION["name"] else {"ok": True})
