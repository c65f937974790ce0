"""Responses requests and replies to test with."""

from __future__ import annotations

import pytest

from mockrouter.dialects.responses import RESPONSES
from mockrouter.errors import BadRequest
from mockrouter.ids import Ids
from mockrouter.profiles import OPENAI, Profile
from mockrouter.reply import Part, Reply, ToolCall
from mockrouter.request import Request
from mockrouter.values import Json, JsonObject
from mockrouter.wire import Wire

WEATHER: JsonObject = {
    "type": "function",
    "name": "get_weather",
    "description": "Get the current weather in a location.",
    "strict": None,
    "parameters": {"type": "object", "properties": {"location": {"type": "string"}}},
}
GREP: JsonObject = {"type": "custom", "name": "grep"}
CALL_ITEM: JsonObject = {
    "type": "function_call",
    "id": "fc_1",
    "call_id": "call_1",
    "name": "get_weather",
    "arguments": '{"location":"Boston"}',
}
OUTPUT: JsonObject = {"type": "function_call_output", "call_id": "call_1", "output": '{"temp":7}'}

CALL = ToolCall("get_weather", ('{"location":"Ber', 'lin"}'))
IDS = Ids("test", created=1764265411)


def read(profile: Profile = OPENAI, /, **body: Json) -> Request:
    """Read a request that has a model and an input unless told otherwise."""
    whole = {"model": "gpt-4o", "input": "Hello", **body}
    return RESPONSES.read({k: v for k, v in whole.items() if v is not ...}, {}, profile, 7)


def said(refused: BadRequest) -> tuple[int, str, str | None, str | None]:
    """List all that a refusal says."""
    return refused.status, refused.message, refused.param, refused.code


def refusal(profile: Profile = OPENAI, /, **body: Json) -> BadRequest:
    """Have a request refused."""
    with pytest.raises(BadRequest) as caught:
        read(profile, **body)
    return caught.value


def render(*parts: Part, profile: Profile = OPENAI, stream: bool = True, **fields: Json) -> Wire:
    """Render a reply to a request that offers a function and a custom tool."""
    envelope = read(profile, stream=stream, tools=[WEATHER, GREP]).envelope
    return RESPONSES.render(Reply(parts, **fields), envelope, profile, IDS)


def events(wire: Wire) -> list[JsonObject]:
    """List the events of a stream."""
    return [frame.event for frame in wire.frames if frame.event is not None]


def types(wire: Wire) -> list[str]:
    """List the types of a stream's events, without what all begin with."""
    return [event["type"].removeprefix("response.") for event in events(wire)]
