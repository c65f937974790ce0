"""The programs of the Responses guide, unchanged but for their base URL."""

from __future__ import annotations

import json

import pytest
import requests

from clients.mock import Mock
from clients.samples import CALCULATE, MODEL, WEATHER
from mockrouter.profiles import OPENROUTER
from mockrouter.values import Json, JsonObject

HEADERS = {"Authorization": "Bearer sk-or-v1-test"}


def respond(mock: Mock, body: JsonObject) -> JsonObject:
    """Post to OpenRouter's Responses API."""
    url = mock.url(OPENROUTER) + "/responses"
    response = requests.post(url, json={"model": MODEL, **body}, headers=HEADERS, timeout=10)
    response.raise_for_status()
    answer: JsonObject = response.json()
    return answer


def flat(*functions: JsonObject) -> list[JsonObject]:
    """Write tools as Responses has them."""
    return [{"type": "function", "strict": None, **each} for each in functions]


def said(text: str) -> list[JsonObject]:
    """Write a user's message as Responses has it."""
    content = [{"type": "input_text", "text": text}]
    return [{"type": "message", "role": "user", "content": content}]


@pytest.mark.parametrize(
    ("prompt", "choice", "calls"),
    [
        ("What is 25 * 4?", "auto", [("calculate", {"expression": "25 * 4"})]),
        (
            "Calculate 10*5 and also tell me the weather in Miami",
            "auto",
            [("calculate", {"expression": "10*5"}), ("get_weather", {"location": "Miami"})],
        ),
        ("What is the weather in Paris?", "none", []),
    ],
    ids=["one", "two", "none"],
)
def test_responses(
    mock: Mock, prompt: str, choice: Json, calls: list[tuple[str, JsonObject]]
) -> None:
    """The samples of the Responses guide get the calls that they ask for."""
    body = {"input": said(prompt), "tools": flat(WEATHER, CALCULATE), "tool_choice": choice}
    answer = respond(mock, {**body, "max_output_tokens": 9000})

    items = [item for item in answer["output"] if item["type"] == "function_call"]
    assert calls == [(item["name"], json.loads(item["arguments"])) for item in items]
    assert len(items) == len({item["call_id"] for item in items})
    assert (9000, None) == (answer["max_output_tokens"], answer["tools"][0]["strict"])
    assert ("response", "completed") == (answer["object"], answer["status"])
    assert calls or ["message"] == [item["type"] for item in answer["output"]]


def test_forced_tool(mock: Mock) -> None:
    """A forced tool is called though nobody asked about the weather."""
    choice = {"type": "function", "name": "get_weather"}
    body = {"input": said("Hello, how are you?"), "tools": flat(WEATHER), "tool_choice": choice}

    (item,) = respond(mock, body)["output"]

    assert ("function_call", "get_weather") == (item["type"], item["name"])
    assert {"type", "id", "call_id", "name", "arguments", "status"} == item.keys()


def test_conversation_without_tools(mock: Mock) -> None:
    """A later request holds calls, outputs and answers of its own, and no tools: it is taken."""
    call = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "get_weather"}
    answer: JsonObject = {"type": "message", "role": "assistant", "id": "msg_1"}
    answer["content"] = [{"type": "output_text", "text": "It is 21 degrees.", "annotations": []}]
    history = [
        *said("What's the weather in Boston?"),
        {**call, "arguments": '{"location": "Boston"}'},
        {"type": "function_call_output", "id": "fc_output_1", "call_id": "call_1", "output": "21"},
        {**answer, "status": "completed"},
        *said("Is that warm?"),
    ]
    (item,) = respond(mock, {"input": history})["output"]

    assert "Is that warm?" in item["content"][0]["text"]


def test_responses_stream(mock: Mock) -> None:
    """The streaming sample prints each call's name, then its arguments, and stops at the end."""
    body = {"model": MODEL, "input": said("What is 25 * 4?"), "tools": flat(CALCULATE)}
    url = mock.url(OPENROUTER) + "/responses"
    printed = []
    with requests.post(url, json={**body, "stream": True}, stream=True, timeout=10) as response:
        for line in response.iter_lines(decode_unicode=True):
            if line == "data: [DONE]":
                printed.append("done")
                break
            if line.startswith("data: "):
                event = json.loads(line[6:])
                if event["type"] == "response.output_item.added":
                    printed.append(event["item"]["name"])
                if event["type"] == "response.function_call_arguments.done":
                    printed.append(event["arguments"])

    assert ["calculate", '{"expression":"25 * 4"}', "done"] == printed
