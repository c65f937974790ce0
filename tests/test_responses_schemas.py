"""Other people's schemas and SDKs judge our Responses objects and events."""

from __future__ import annotations

import re
from functools import cache

import pytest
from openai.types.responses import Response, ResponseStreamEvent
from openrouter.components import OpenResponsesResult, StreamEvents
from pydantic import TypeAdapter

from mockrouter.dialects.responses import RESPONSES
from mockrouter.ids import Ids
from mockrouter.profiles import OPENAI, OPENROUTER, PROFILES, Profile
from mockrouter.reply import ErrorReply, Part, Reasoning, Refusal, Reply, Text, ToolCall
from mockrouter.values import Json, JsonObject
from responses_samples import GREP, WEATHER, read
from specs import definitions, problems

OPENAI_FILE = "openai.subset.schema.json"
OPENROUTER_FILE = "openrouter.subset.schema.json"
OPEN_RESPONSES_FILE = "openresponses/openapi.2026-04-24.json"

WHOLE = {
    OPENAI_FILE: "Response",
    OPENROUTER_FILE: "OpenResponsesResult",
    OPEN_RESPONSES_FILE: "ResponseResource",
}

DEFECTS = {
    OPENAI_FILE: {
        r"usage: None is not of type 'object'": "no recording has a usage before the end",
        r"ArgumentsDoneEvent \$: 'name' is a required": "no recording of OpenAI's has the name",
        r"ErrorEvent \$: '(code|message|param)' is a required": "recorded nested, specified flat",
    },
    OPENROUTER_FILE: {
        r"usage: None is not of type 'object'": "as OpenAI's",
        r"ArgsDoneEvent \$: 'name' is a required": "right, but for OpenRouter's own manner alone",
        r"ErrorEvent \$: '(code|message|param)' is a required": "as OpenAI's",
        r"\$\.part: {'type': 'reasoning_text'": "its base event forbids what it allows",
    },
    OPEN_RESPONSES_FILE: {
        r"ErrorStreamingEvent \$: 'error' is a required": "OpenRouter's SDKs want the error flat",
        r"no definition of response.reasoning_text\.": "the events' name in all recordings",
        r"no definition of response.custom_tool_call": "it has no custom tools",
        r"'custom(_tool_call)?'.* is not valid under any": "it has no custom tools",
    },
}
"""What the specifications get wrong, or see otherwise than recorded traffic, and why."""

CALL = ToolCall("get_weather", ('{"a"', ":1}"))
REPLIES = {
    "text": Reply((Text(("Hel", "lo")),)),
    "nothing": Reply(()),
    "reasoning": Reply((Reasoning(("H", "m"), signature="s", format="anthropic-claude-v1"), CALL)),
    "summary": Reply((Reasoning(("Hm",), summary=True, encrypted="gAAA"), Text(("Hi",)))),
    "hidden": Reply((Reasoning(), Text(("Hi",)))),
    "parallel": Reply((CALL, CALL, Text(("Hi", "!"))), order=(0, 1, 1, 2, 0)),
    "custom": Reply((ToolCall("grep", ("x", ".*")),)),
    "refusal": Reply((Refusal(("I", " can't")),)),
    "length": Reply((CALL,), finish_reason="length"),
    "content_filter": Reply((Text(("a",)),), finish_reason="content_filter"),
    "error": Reply((Text(("a", "b")),), error=ErrorReply(502, "", after=1)),
    "quota": Reply((), error=ErrorReply(429, "", code="rate_limit_exceeded")),
}


def bodies(reply: Reply, profile: Profile, *, stream: bool) -> list[JsonObject]:
    """Render a reply to a request that offers the tools it calls."""
    names = {part.name for part in reply.parts if isinstance(part, ToolCall)}
    request = read(
        profile,
        stream=stream,
        tools=[tool for tool in (WEATHER, GREP) if tool["name"] in names],
        include=["reasoning.encrypted_content"],
    )
    wire = RESPONSES.render(reply, request.envelope, profile, Ids("schemas", created=1764265411))
    return [frame.event for frame in wire.frames if frame.event is not None]


@cache
def events_in(file: str) -> dict[str, str]:
    """Find the definition of each type of event."""
    named = definitions(file)
    roots = {OPENAI_FILE: "ResponseStreamEvent", OPENROUTER_FILE: "StreamEvents"}
    if file in roots:
        root = named[roots[file]]
        found = [_name(union) for union in root.get("oneOf", root.get("anyOf"))]
    else:
        found = [name for name in named if name.endswith("StreamingEvent")]
    return {_type(named[name], named): name for name in found}


def _name(reference: Json) -> str:
    return str(reference["$ref"]).rsplit("/", 1)[-1]


def _type(schema: Json, named: Json) -> str:
    if "$ref" in schema:
        return _type(named[_name(schema)], named)
    if "type" in schema.get("properties", {}):
        return str(schema["properties"]["type"]["enum"][0])
    return _type(schema["allOf"][0], named)


def found_in(file: str, body: JsonObject, *, stream: bool) -> list[str]:
    """List what a file has against an event or an object."""
    definition = events_in(file).get(body["type"]) if stream else WHOLE[file]
    if definition is None:
        return [f"no definition of {body['type']}"]
    return [f"{definition} {problem}" for problem in problems(file, definition, body)]


@cache
def against(file: str, profile: Profile, reply: Reply, *, stream: bool) -> list[str]:
    """List what a file has against all that a reply is rendered as."""
    return [
        problem
        for body in bodies(reply, profile, stream=stream)
        for problem in found_in(file, body, stream=stream)
    ]


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES)
@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
@pytest.mark.parametrize("file", WHOLE)
def test_schemas_find_nothing_but_their_own_defects(
    file: str, profile: Profile, reply: Reply
) -> None:
    """Each event, and the plain object, has the shape that its specification gives it."""
    found = [
        problem
        for stream in (True, False)
        for problem in against(file, profile, reply, stream=stream)
    ]

    assert [] == [one for one in found if not any(re.search(known, one) for known in DEFECTS[file])]


@pytest.mark.parametrize("file", WHOLE)
def test_defects_are_still_there(file: str) -> None:
    """An entry in the table of defects that no longer applies is to be deleted."""
    found = [
        problem
        for reply in REPLIES.values()
        for profile in PROFILES.values()
        for problem in against(file, profile, reply, stream=True)
    ]

    assert [] == [known for known in DEFECTS[file] if not any(re.search(known, f) for f in found)]


OPENAI_EVENT: TypeAdapter[Json] = TypeAdapter(ResponseStreamEvent)
OPENROUTER_EVENT: TypeAdapter[Json] = TypeAdapter(StreamEvents)


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES)
def test_openrouter_sdk_knows_every_event(reply: Reply) -> None:
    """OpenRouter's SDK, which is strict, parses the stream with no UNKNOWN, and the object."""
    events = bodies(reply, OPENROUTER, stream=True)
    parsed = [OPENROUTER_EVENT.validate_python(event) for event in events]
    (whole,) = bodies(reply, OPENROUTER, stream=False)

    assert [event["type"] for event in events] == [event.type for event in parsed]
    assert whole["id"] == OpenResponsesResult.model_validate(whole).id


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES)
@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_openai_sdk_models_every_event(profile: Profile, reply: Reply) -> None:
    """OpenAI's own models hold each event, but for the nested error that its API really sends."""
    for event in bodies(reply, profile, stream=True):
        if event["type"] != "error" or profile is not OPENAI:
            assert event["type"] == OPENAI_EVENT.validate_python(event, strict=True).type
    (whole,) = bodies(reply, profile, stream=False)
    parsed = Response.model_validate(whole)
    assert "".join(_text(part) for part in reply.parts if whole["status"] == "completed") == (
        parsed.output_text if parsed.status == "completed" else ""
    )


def _text(part: Part) -> str:
    return part.text if isinstance(part, Text) else ""
