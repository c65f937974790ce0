"""
What the Open Responses compliance suite asks of a server, in our own words.

Each test has the name that its counterpart has there. Bodies are judged by the specification's own
schemas, where they lie beside the checkout.

Source: https://www.openresponses.org/compliance
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from clients.mock import Mock
from mockrouter.profiles import OPENAI, PROFILES, Profile
from mockrouter.values import Json, JsonObject
from specs import definitions, problems

SPECIFICATION = "openresponses/openapi.2026-04-24.json"
EVENT = "StreamingEvent"
TIMEOUT = 10

WEATHER: JsonObject = {
    "type": "function",
    "name": "get_weather",
    "description": "Current weather at a place",
    "parameters": {
        "type": "object",
        "properties": {"location": {"type": "string", "description": "City and state"}},
        "required": ["location"],
    },
}

DOT = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    "gg=="
)


def message(role: str, content: Json, **more: str) -> JsonObject:
    """Write an input item."""
    return {"type": "message", "role": role, "content": content, **more}


BODIES: dict[str, JsonObject] = {
    "basic-response": {"input": [message("user", "Greet me in three words.")]},
    "assistant-phase": {
        "input": [
            message("assistant", "I look the number up.", phase="commentary"),
            message("assistant", "It is seven.", phase="final_answer"),
            message("user", "The number alone, please."),
        ]
    },
    "system-prompt": {
        "input": [message("system", "You talk like a sailor."), message("user", "Hello there.")]
    },
    "tool-calling": {
        "input": [message("user", "What is the weather in Lisbon?")],
        "tools": [WEATHER],
    },
    "image-input": {
        "input": [
            message(
                "user",
                [
                    {"type": "input_text", "text": "What do you see?"},
                    {"type": "input_image", "image_url": f"data:image/png;base64,{DOT}"},
                ],
            )
        ]
    },
    "multi-turn": {
        "input": [
            message("user", "I am Ada."),
            message("assistant", "Nice to meet you, Ada."),
            message("user", "Who am I?"),
        ]
    },
    "file-input": {
        "input": [
            message(
                "user",
                [
                    {"type": "input_text", "text": "Sum this up."},
                    {
                        "type": "input_file",
                        "filename": "notes.txt",
                        "file_data": "data:text/plain;base64,SGk=",
                    },
                ],
            )
        ]
    },
}


def ask(mock: Mock, profile: Profile, body: JsonObject, path: str = "/responses") -> JsonObject:
    """Post a request that has to succeed."""
    response = requests.post(
        mock.url(profile) + path,
        json={"model": "gpt-4o", **body},
        headers={"Authorization": "Bearer sk-test"},
        timeout=TIMEOUT,
    )
    assert 200 == response.status_code, response.text
    answer: JsonObject = response.json()
    return answer


def stream(mock: Mock, profile: Profile, body: JsonObject) -> list[JsonObject]:
    """Ask for a stream; its events, each valid in itself and named as its frame says."""
    response = requests.post(
        mock.url(profile) + "/responses",
        json={"model": "gpt-4o", "stream": True, **body},
        headers={"Authorization": "Bearer sk-test"},
        timeout=TIMEOUT,
    )
    assert response.headers["content-type"].startswith("text/event-stream")
    events = list(parsed(response.content.decode()))
    schemas = by_type()
    for number, event in enumerate(events):
        assert number == event["sequence_number"]
        assert [] == problems(SPECIFICATION, schemas[event["type"]], event)
    return events


def parsed(text: str) -> Iterator[JsonObject]:
    """Read server-sent events."""
    for block in text.split("\n\n"):
        fields = [line.partition(": ")[::2] for line in block.split("\n") if line[:1] != ":"]
        told = dict(fields)
        if "data" in told and told["data"] != "[DONE]":
            event: JsonObject = json.loads(told["data"])
            assert told.get("event", event["type"]) == event["type"]
            yield event


def by_type() -> dict[str, str]:
    """Map each event's type to the name of its schema."""
    schemas = definitions(SPECIFICATION)
    found: dict[str, str] = {}
    for name, schema in schemas.items():
        if name.endswith(EVENT):
            found |= dict.fromkeys(schema["properties"]["type"]["enum"], name)
    return found


def check(response: JsonObject) -> None:
    """Judge a whole response as the suite does."""
    assert [] == problems(SPECIFICATION, "ResponseResource", response)
    assert "completed" == response["status"]
    assert response["output"]


def calls(response: JsonObject) -> list[JsonObject]:
    """List a response's function calls."""
    return [item for item in response["output"] if item["type"] == "function_call"]


@pytest.mark.parametrize("test", BODIES)
def test_plain(mock: Mock, profile: Profile, test: str) -> None:
    """Every body is answered by a complete and valid response."""
    response = ask(mock, profile, BODIES[test])

    check(response)
    assert ("tool-calling" == test) is bool(calls(response))


@pytest.mark.parametrize("test", BODIES)
def test_streaming_response(mock: Mock, profile: Profile, test: str) -> None:
    """Streamed, each event is valid, and the last holds the response that a plain reply has."""
    events = stream(mock, profile, BODIES[test])

    assert ["response.created", "response.in_progress"] == [e["type"] for e in events[:2]]
    assert "response.completed" == events[-1]["type"]
    check(events[-1]["response"])


def test_tool_calling_streaming(mock: Mock, profile: Profile) -> None:
    """A streamed call is added, grows by deltas, is done twice over, and stays the same item."""
    events = stream(mock, profile, BODIES["tool-calling"])

    def of(kind: str) -> list[JsonObject]:
        return [event for event in events if event["type"] == kind]

    (added,) = of("response.output_item.added")
    (done,) = of("response.output_item.done")
    (finished,) = of("response.function_call_arguments.done")
    deltas = of("response.function_call_arguments.delta")
    assert "function_call" == added["item"]["type"] == done["item"]["type"]
    assert finished["arguments"] == "".join(event["delta"] for event in deltas)
    assert finished["arguments"] == done["item"]["arguments"]
    assert {added["item"]["id"]} == {e["item_id"] for e in (*deltas, finished)}
    assert [done["item"]] == events[-1]["response"]["output"]


@pytest.mark.parametrize("name", [p.name for p in PROFILES.values() if p.stateful])
def test_function_call_roundtrip(mock: Mock, name: str) -> None:
    """A forced call is answered by its id alone, and the model goes on from there."""
    forced = {**BODIES["tool-calling"], "tool_choice": {"type": "function", "name": "get_weather"}}
    first = ask(mock, PROFILES[name], forced)
    (call,) = calls(first)
    output = {"type": "function_call_output", "call_id": call["call_id"], "output": "17, cloudy"}
    second = ask(mock, PROFILES[name], {"input": [output], "previous_response_id": first["id"]})

    check(second)
    assert first["id"] == second["previous_response_id"]
    assert "17, cloudy" in second["output"][0]["content"][0]["text"]


def test_previous_response_id(mock: Mock) -> None:
    """A conversation goes on from a response's id."""
    first = ask(mock, OPENAI, BODIES["basic-response"])
    body: dict[str, Any] = {"input": "And again.", "previous_response_id": first["id"]}
    second = ask(mock, OPENAI, body)

    check(second)
    assert first["id"] == second["previous_response_id"] != second["id"]


def test_compact_response(mock: Mock) -> None:
    """A conversation is compacted to one item that stands for it."""
    body = {**BODIES["multi-turn"], "prompt_cache_key": "sailor"}
    compacted = ask(mock, OPENAI, body, "/responses/compact")

    assert [] == problems(SPECIFICATION, "CompactResource", compacted)
    assert "response.compaction" == compacted["object"]
    assert "compaction" in [item["type"] for item in compacted["output"]]


def test_compact_missing_model(mock: Mock) -> None:
    """Nothing is compacted for no model."""
    body = {"model": None, **BODIES["multi-turn"]}
    response = requests.post(mock.url(OPENAI) + "/responses/compact", json=body, timeout=TIMEOUT)
    assert response.status_code in {400, 422}
