"""
Requests such as clients send, on which answers are tried before there is a client.

They differ in all that changes the shape of a reply: format, provider and mode; no tool, one with
no parameter or one, several with many, and custom ones; little text to repeat and much; results of
calls, or none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Final

from mockrouter.dialects import DIALECTS
from mockrouter.errors import BadRequest
from mockrouter.profiles import PROFILES, Profile
from mockrouter.request import Request
from mockrouter.scenario.models import ToolCallPart
from mockrouter.scenario.scenario import Scenario
from mockrouter.values import Json, JsonObject, compact

_SHORT: Final = "What's the weather in Tokyo?"
_LONG: Final = 'Say "18° C" 🌤\n\t\\ to 7 people in 東京, and add that it is sunny. ' * 20
_ONE: Final[JsonObject] = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
}
_MANY_FIELDS: Final[JsonObject] = {
    "city": {"type": "string", "minLength": 5},
    "note": {"type": "string", "description": "A sentence", "minLength": 400},
    "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
    "days": {"type": "integer", "minimum": 10, "maximum": 99},
    "limit": {"type": "number"},
    "now": {"type": "boolean"},
    "names": {"type": "array", "items": {"type": "string"}, "minItems": 2},
    "place": {
        "type": "object",
        "properties": {"street": {"type": "string"}, "floor": {"type": "integer"}},
        "required": ["street", "floor"],
    },
}
_MANY: Final[JsonObject] = {
    "type": "object",
    "properties": _MANY_FIELDS,
    "required": list(_MANY_FIELDS),
    "additionalProperties": False,
}
_RESULT: Final = {"city": "Tokyo", "temp": 21, "ok": True, "conditions": "clear sky"}
_OTHERS: Final = ("get_weather", "search_web", "send_mail")


@dataclass(frozen=True, slots=True)
class _Sample:
    """
    A request in no format yet.

    Attributes:
        user: What the user says.

        parameters: Of each tool; None where they are custom.

        tools: Names of those that are offered.

        schema: For the text; None for none.

        told: Whether the turns before were calls, which have their results.

        legacy: Whether tools go by the name of functions.

        choices: How many are asked for.
    """

    user: str
    parameters: JsonObject | None
    tools: tuple[str, ...]
    schema: JsonObject | None = None
    told: bool = True
    legacy: bool = False
    choices: int = 1


def samples(scenario: Scenario, *, later: bool) -> Iterator[tuple[Request, Profile]]:
    """
    Make requests, the most usual ones first.

    Args:
        scenario: Whose tools are offered, where it names any.

        later: Whether the model has had a turn.
    """
    names = tuple(_named(scenario))
    ways = (
        _Sample(_SHORT, _ONE, names or _OTHERS[:1]),
        _Sample(_LONG, _MANY, tuple(dict.fromkeys((*names, *_OTHERS))), choices=2),
        _Sample(_SHORT, {"type": "object", "properties": {}}, names or _OTHERS[:1], told=False),
        _Sample(_LONG, None, (), _MANY, told=False),
        _Sample(_LONG, None, names or _OTHERS),
        _Sample(_LONG, _MANY, names or _OTHERS, legacy=True),
    )
    manners = product(ways, DIALECTS.items(), (True, False), PROFILES.values())
    for way, (name, dialect), stream, profile in manners:
        if not (way.legacy and name == "responses"):
            body = _chat(way, later=later) if name == "chat" else _responses(way, later=later)
            body |= {"model": "gpt-4o", "stream": stream, "debug": {"echo_upstream_body": True}}
            try:
                yield dialect.read(body, {}, profile, 0), profile
            except BadRequest:  # as for a tool that no client could offer
                continue


def _named(scenario: Scenario) -> Iterator[str]:
    """Name the tools that a scenario waits for, or calls, each once."""
    wanted = scenario.model.when.tools if scenario.model.when else None
    listed = wanted if isinstance(wanted, list) else [wanted] if wanted else []
    found = dict.fromkeys(name.text for name in listed if not {*name.text} & {*"*?"})
    for turn in scenario.model.turns:
        for answer in turn.answers:
            parts = answer.say if isinstance(answer.say, list) else []
            calls = [part.tool_call for part in parts if isinstance(part, ToolCallPart)]
            found |= dict.fromkeys(call.source for call in calls if not call.dynamic)
    yield from (name for name in found if name not in {"any", "none"} and name)


def _chat(way: _Sample, *, later: bool) -> JsonObject:
    messages: list[Json] = [{"role": "user", "content": way.user}]
    calls = [(f"call_{n}", name) for n, name in enumerate(way.tools) if way.told]
    if later and calls:
        made = [
            {"id": made, "type": "function", "function": {"name": name, "arguments": "{}"}}
            for made, name in calls
        ]
        messages.append({"role": "assistant", "content": None, "tool_calls": made})
        messages += [
            {"role": "tool", "tool_call_id": made, "content": compact(_RESULT)} for made, _ in calls
        ]
    elif later:
        messages += [{"role": "assistant", "content": "Yes?"}, {"role": "user", "content": _LONG}]
    body: JsonObject = {"messages": messages, "n": way.choices}
    body["stream_options"] = {"include_usage": True}
    functions = [_function(way, name) for name in way.tools]
    if way.legacy:
        body["functions"] = functions
    elif functions:
        kind = "custom" if way.parameters is None else "function"
        body["tools"] = [{"type": kind, kind: each} for each in functions]
    if way.schema:
        shape = {"name": "answer", "schema": way.schema}
        body["response_format"] = {"type": "json_schema", "json_schema": shape}
    return body


def _responses(way: _Sample, *, later: bool) -> JsonObject:
    items: list[Json] = [{"role": "user", "content": way.user}]
    calls = [(f"call_{n}", name) for n, name in enumerate(way.tools) if way.told]
    if later and calls:
        items += [
            {"type": "function_call", "call_id": made, "name": name, "arguments": "{}"}
            for made, name in calls
        ]
        items += [
            {"type": "function_call_output", "call_id": made, "output": compact(_RESULT)}
            for made, _ in calls
        ]
    elif later:
        items += [{"role": "assistant", "content": "Yes?"}, {"role": "user", "content": _LONG}]
    kind = "custom" if way.parameters is None else "function"
    body: JsonObject = {
        "input": items,
        "tools": [{"type": kind, **_function(way, name)} for name in way.tools],
        "include": ["reasoning.encrypted_content"],
        "metadata": {"a": "b"},
    }
    if way.schema:
        shape = {"type": "json_schema", "name": "answer", "schema": way.schema}
        body["text"] = {"format": shape}
    return body


def _function(way: _Sample, name: str) -> JsonObject:
    return {"name": name} | ({} if way.parameters is None else {"parameters": way.parameters})
