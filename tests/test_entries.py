"""Entries: what the journal tells of one request, whatever a client sent."""

from __future__ import annotations

import json

import pytest

from mockrouter.entries import Entry, entries
from mockrouter.values import Json, JsonObject
from mockrouter.wire import Label
from scripts import USER, WEATHER, ask, chat, engine

CALL = "turns: [{say: [{text: Let me look.}, {tool_call: get_weather, arguments: {city: Oslo}}]}]"
PATHS = ["/v1/chat/completions", "/v1/responses", "/api/v1/chat/completions", "/ai/responses"]
HOSTILE = [
    b"",
    b"\xff\xfe",
    b"[1, 2]",
    b'"text"',
    b"[" * 100_000,
    b'{"messages": ' + b"[" * 500 + b"]" * 500 + b"}",
    b'{"messages": {"role": "user"}, "tools": 7, "stream": "yes", "model": []}',
    b'{"messages": [1, null, {"tool_calls": 3}, {"tool_calls": [4]}], "model": NaN}',
    b'{"messages": [{"role": "user", "content": "\\ud83d"}], "model": "\\ud83d"}',
    b'{"input": [1e999, {"type": "function_call", "call_id": {}}], "model": "m"}',
    b'{"model": "m", "messages": [], "input": [], "previous_response_id": 3}',
]


def only(body: Json, text: str = CALL, path: str = PATHS[0]) -> Entry:
    """Ask once; gives the entry."""
    served = engine(text)
    ask(served, body, path=path)
    (entry,) = entries(served.journal)
    return entry


def strictly(text: str) -> Json:
    """Read JSON as strict readers do, without NaN and its like."""

    def refuse(name: str) -> Json:
        raise AssertionError(name)

    return json.loads(text, parse_constant=refuse)


@pytest.mark.parametrize("path", PATHS)
def test_an_entry_says_what_was_asked_and_answered(path: str) -> None:
    """The same words hold in every format and manner."""
    key = "input" if path.endswith("responses") else "messages"
    tool = WEATHER if key == "messages" else {"type": "function", **WEATHER["function"]}
    entry = only({"model": "m", key: [USER], "tools": [tool], "stream": True}, path=path)

    assert ("m", [USER], ["get_weather"], True) == (
        entry.model,
        entry.messages,
        entry.tools,
        entry.stream,
    )
    assert ("Let me look.", 200, "s0", 1) == (
        entry.text,
        entry.status,
        entry.scenario,
        entry.turn,
    )
    (call,) = entry.calls
    assert ("get_weather", {"city": "Oslo"}, '{"city":"Oslo"}', "valid") == (
        call.name,
        call.arguments,
        call.text,
        call.verdict,
    )
    assert entry.wire is not None
    assert call.id.encode() in entry.wire.body


def test_a_plain_input_is_a_message_of_the_user() -> None:
    """Responses take a text for the input, and legacy chat requests have a prompt."""
    expected = [{"role": "user", "content": "Hi"}]

    assert expected == only({"model": "m", "input": "Hi"}, path=PATHS[1]).messages
    assert expected == only({"model": "m", "prompt": "Hi"}).messages


def test_history_and_results() -> None:
    """What the client's history holds, and what of it still waits for an answer."""
    function = {"name": "get_weather", "arguments": '{"city": 1}'}
    call = {"id": "c1", "type": "function", "function": function}
    history: list[JsonObject] = [
        USER,
        {"role": "assistant", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": '{"temp": 18}'},
        {"role": "tool", "tool_call_id": "c2", "content": "none"},
    ]
    entry = only(chat(*history), f"{CALL}\nthen: repeat")

    (held,) = entry.tool_calls
    first, second = entry.tool_results
    assert ("c1", {"city": 1}, "SchemaMismatch", (first,)) == (
        held.id,
        held.arguments,
        held.verdict,
        held.results,
    )
    assert ("get_weather", "c1", {"temp": 18}, 1) == (
        first.name,
        first.id,
        first.value,
        first.request,
    )
    assert ("", "c2", "none") == (second.name, second.id, second.value)


def test_a_reply_that_breaks_off_says_what_came_before() -> None:
    """Calls that never opened were not made; one that was cut short is no JSON."""
    entry = only(chat(stream=True), f"{CALL[:-2]}, error: {{status: 502, after: 5}}}}]")

    assert "Let me look." == entry.text
    assert [("get_weather", "InvalidJson")] == [(c.name, c.verdict) for c in entry.calls]
    assert entry.wire is not None
    assert Label.ERROR in {frame.label for frame in entry.wire.frames}


def test_a_plain_reply_that_fails_says_nothing() -> None:
    """OpenAI's plain answer to an error in the middle is the error alone."""
    entry = only(chat(), f"{CALL[:-2]}, error: 502}}]")

    assert (502, "", []) == (entry.status, entry.text, entry.calls)


def test_old_style_functions_are_named_by_their_name() -> None:
    """They have no ids: the function's name takes its place, in calls as in results."""
    served = engine(f"{CALL}\nthen: repeat")
    function = {"functions": [WEATHER["function"]], "tools": ...}
    ask(served, chat(**function))
    made = {"role": "assistant", "function_call": {"name": "get_weather", "arguments": "{}"}}
    answer = {"role": "function", "name": "get_weather", "content": "18"}
    ask(served, chat(USER, made, answer, **function))

    (call,) = entries(served.journal)[0].calls
    assert ("get_weather", ["18"]) == (call.id, [result.content for result in call.results])


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
def test_no_body_is_too_strange(body: bytes, path: str) -> None:
    """Whatever was sent, everything can be asked for, and what is shown is strict JSON."""
    entry = only(body, path=path)

    names = [name for name in dir(Entry) if not name.startswith("_") and not name.startswith("to_")]
    assert all(getattr(entry, name) is not ... for name in names)
    shown = strictly(json.dumps(entry.to_json()))
    assert entry.number == shown["number"]
    assert entry.to_curl()
    assert ([], []) == (entry.tool_results, entry.tool_calls)


def test_strange_arguments_are_shown() -> None:
    """Numbers and depths that JSON cannot carry are shown as the text they came from."""
    for text in ('{"a":1e999}', '{"a":' * 90 + "[" * 90 + "]" * 90 + "}" * 90, '"\\ud83d"'):
        entry = only(chat(), json.dumps({"turns": [{"say": [_call(text)]}]}))

        (shown,) = strictly(json.dumps(entry.to_json()))["calls"]
        assert text == shown["text"]


def _call(text: str) -> JsonObject:
    return {"tool_call": "get_weather", "arguments": text}


def test_what_is_shown_names_calls_and_links() -> None:
    """The rows of the control API."""
    shown = only(chat()).to_json()

    (call,) = shown["calls"]
    assert ("get_weather", "valid", None, []) == (
        call["name"],
        call["verdict"],
        call["problem"],
        call["results"],
    )
    assert {"model": "gpt-4o", "stream": False, "tools": ["get_weather"]}.items() <= (
        shown["request"].items()
    )
    assert (1, None, False, None, None, []) == tuple(
        shown[name]
        for name in ("conversation", "follows", "is_retry", "waited", "retry_after", "next")
    )


def test_secrets_in_arguments_are_not_shown() -> None:
    """They are blanked in the call as in the frames that carry it; a test still sees them."""
    secret = {"tool_call": "get_weather", "arguments": {"city": "Oslo", "api_key": "hunter2"}}
    parameters = {"properties": {"api_key": {"type": "integer"}}}
    tool = {"type": "function", "function": {"name": "get_weather", "parameters": parameters}}
    text = json.dumps({"turns": [{"say": [secret]}]})
    entry = only(chat(stream=True, tools=[tool]), text)

    assert "hunter2" not in json.dumps(entry.to_json())
    assert "hunter2" not in entry.to_scenario()
    assert "hunter2" == entry.calls[0].arguments["api_key"]
    (call,) = entry.to_json()["calls"]
    assert "The arguments of 'get_weather' do not fit its schema." == call["problem"]


def test_an_entry_shows_itself_in_a_line() -> None:
    """As a failing assertion prints it."""
    assert "<Entry 1: POST /v1/chat/completions, s0 turn 1, 200>" == repr(only(chat()))
