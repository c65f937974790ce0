"""What the built-in brain says: of results, to those who want JSON, or without tools."""

from __future__ import annotations

import json
import time

import pytest

from brain import (
    PING,
    STRING,
    TOOLS,
    WEATHER,
    ask,
    called,
    calls,
    parameters,
    text,
)
from mockrouter.auto import decide
from mockrouter.generate import InvalidSchema
from mockrouter.reply import ToolCall
from mockrouter.request import Envelope, Message, Request, Tool
from mockrouter.values import JsonObject, compact

RESULTS: list[tuple[str, str]] = [
    (
        '{"temperature": 18, "condition": "cloudy"}',
        "get_weather says: temperature 18, condition cloudy",
    ),
    (
        '{"wind": {"kph": 12}, "days": ["wet", "dry"]}',
        "get_weather says: wind (kph 12), days (wet; dry)",
    ),
    ('[{"id": 1}, {"id": 2}]', "get_weather says: id 1; id 2"),
    ("18°C and cloudy", "get_weather says: 18°C and cloudy"),
    ("", "get_weather gave back no text."),
    ("[" * 100_000, f"get_weather says: {'[' * 999}…"),
    ("[" * 900 + "]" * 900, f"get_weather says: {'[' * 900}{']' * 99}…"),
    ("null", "get_weather says: null"),
    ('{"error": null, "ok": true}', "get_weather says: error null, ok true"),
    (
        '{"error": "city_not_found", "message": "No data for the requested city"}',
        "get_weather failed: city_not_found, No data for the requested city",
    ),
    ('{"error": {"code": 7, "message": "busy"}}', "get_weather failed: code 7, busy"),
]


@pytest.mark.parametrize(("result", "told"), RESULTS)
@pytest.mark.parametrize("tools", [(), TOOLS])
def test_results_are_told(result: str, told: str, tools: tuple[Tool, ...]) -> None:
    """The text after the calls quotes what they gave back, with tools still offered or not."""
    assert told == text(ask("Weather in Rome?", *tools, history=called(0, WEATHER, result)))


def test_a_result_whose_call_is_not_shown_is_told_too() -> None:
    """Histories are trimmed; calling the tool again would never come to an end."""
    history = (Message("tool", "18", call_id="call_gone"),)
    assert "The tool says: 18" == text(ask("Weather in Rome?", *TOOLS, history=history))


def test_the_tool_whose_schema_is_none_is_named() -> None:
    """Its client is told which, as by the real APIs."""
    broken = Tool("break_it", "Break it.", {"type": "nonsense"})
    with pytest.raises(InvalidSchema) as caught:
        decide(ask("Break it!", WEATHER, broken), "1")
    assert ("break_it", ("type",)) == (caught.value.function, caught.value.steps)


def test_a_long_result_is_cut() -> None:
    """An answer is a few words and not the whole file again."""
    assert len(text(ask("Read it.", history=called(0, PING, "x" * 100_000)))) < 2000


def test_thousands_of_results_are_told_at_once() -> None:
    """Each is told under its call's name, in no more than its share of time."""
    history = tuple(message for n in range(20_000) for message in called(n, PING, "1"))
    start = time.perf_counter()
    assert 20_000 == text(ask("Go on.", history=history)).count("ping says: 1")
    assert time.perf_counter() - start < 10  # each with each would take a minute


def test_without_tools_the_user_is_quoted() -> None:
    """There is always an answer, even to nothing."""
    assert '"Hello, how are you?"' in text(ask("Hello, how are you?"))
    assert text(ask(""))
    assert text(Request("responses", Envelope("m"), ()))


JSON_WANTED: list[JsonObject] = [
    {"response_format": "json_object"},
    {
        "response_format": "json_schema",
        "response_schema": parameters(
            ["name", "email", "company"], name=STRING, email=STRING, company=STRING
        ),
    },
]


@pytest.mark.parametrize("more", JSON_WANTED)
def test_json_is_answered_with_what_the_words_say(more: JsonObject) -> None:
    """A client that wants JSON gets JSON and nothing else, with the facts of its text."""
    request = ask("Extract: Jane Smith, jane@acme.co, Acme Corp", **more)
    expected = {"name": "Jane Smith", "email": "jane@acme.co", "company": "Acme Corp"}
    assert compact(expected) == text(request)


def test_a_json_answer_follows_the_results() -> None:
    """The tools come first; then the schema's values are taken from what they gave back."""
    schema = parameters(["temperature"], temperature={"type": "integer"})
    more: JsonObject = {"response_format": "json_schema", "response_schema": schema}
    words = "Weather in Rome?"
    assert [("get_weather", {"location": "Rome"})] == calls(ask(words, WEATHER, **more))
    history = called(0, WEATHER, "temperature: 18")
    assert {"temperature": 18} == json.loads(text(ask(words, WEATHER, history=history, **more)))
    more = {"response_format": "json_object"}
    answer = json.loads(text(ask(words, WEATHER, history=history, **more)))
    assert "get_weather says: temperature: 18" == answer["answer"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Run this:\n```python\nprint(1)\n```", "print(1)"),
        ("What is 3 * 4?", "3 * 4"),
        ("Say hello", "Say hello"),
    ],
)
def test_a_custom_tool_gets_free_text(words: str, expected: str) -> None:
    """Its arguments are no JSON: code where there is some, a sum, else the words."""
    (part,) = decide(ask(words, Tool("run", custom=True)), "seed")
    assert ToolCall("run", (expected,)) == part
