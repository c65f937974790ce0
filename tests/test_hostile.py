"""Whatever a client sends, it is answered: in the provider's envelope, and with valid JSON."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockrouter.dialects import DIALECTS
from mockrouter.engine.engine import Engine
from mockrouter.entries import entries
from mockrouter.ids import HOLE
from mockrouter.profiles import PROFILES
from mockrouter.values import Json, JsonObject
from mockrouter.wire import Ending
from scripts import USER, WEATHER, ask, chat, engine, said

ODD: st.SearchStrategy[Json] = st.sampled_from(
    [None, True, 0, -1, 1e300, "", "x", "\ud800", [], {}, [[]], {"type": []}, 2**70]
)
CALL = {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": "{}"}}
CHAT = chat(
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": [{"type": "text", "text": "Weather in Tokyo?"}]},
    {"role": "assistant", "content": None, "tool_calls": [CALL]},
    {"role": "tool", "tool_call_id": "call_1", "content": '{"temp": 18}'},
    USER,
    tool_choice={"type": "function", "function": {"name": "get_weather"}},
    response_format={"type": "json_schema", "json_schema": {"name": "x", "schema": {}}},
    stream_options={"include_usage": True},
    models=["a", "b"],
    n=1,
)
RESPONSES = {
    "model": "m",
    "input": [
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]},
        {"type": "function_call", "call_id": "c", "name": "get_weather", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c", "output": [{"type": "input_text"}]},
    ],
    "tools": [{"type": "function", **WEATHER["function"]}],
    "tool_choice": {"type": "function", "name": "get_weather"},
    "text": {"format": {"type": "json_schema", "name": "x", "schema": {}}},
}
BODIES = {"chat": CHAT, "responses": RESPONSES}


@cache
def automatic() -> Engine:
    """Serve without a scenario; loaded once, as thousands of requests go there."""
    return engine()


def paths(value: Json, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """List the place of every value inside a value."""
    if path:
        yield path
    inner: Iterable[tuple[str | int, Json]] = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    for key, child in inner:
        yield from paths(child, (*path, key))


def changed(body: JsonObject, path: tuple[str | int, ...], value: Json) -> JsonObject:
    """Put another value at a place."""
    made: JsonObject = copy.deepcopy(body)
    place: Json = made
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return made


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "plain"])
@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("dialect", DIALECTS)
@settings(max_examples=60)
@given(data=st.data())
def test_any_value_at_any_place_is_answered(
    dialect: str,
    profile: str,
    stream: bool,  # noqa: FBT001
    data: st.DataObject,
) -> None:
    """One field of a good request is made odd: it is served or refused, and never crashes."""
    body = BODIES[dialect] | {"stream": stream}
    body = changed(body, data.draw(st.sampled_from(list(paths(body)))), data.draw(ODD))
    path = PROFILES[profile].base + DIALECTS[dialect].path

    wire, _ = ask(automatic(), json.dumps(body).encode(), path=path)

    assert wire.status in {200, 400, 404, 500}
    if not wire.stream:
        json.loads(wire.body)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 50_000, "\ud83d", "NaN", "1e999"])
def test_odd_tool_results_are_text(text: str) -> None:
    """A result that is no JSON, however hard it tries, is quoted as a text."""
    call = {"role": "assistant", "content": None, "tool_calls": [CALL]}
    result = {"role": "tool", "tool_call_id": "call_1", "content": text}
    script = "turns: [{say: [{text: x}]}, {say: [{text: '{{ result }}'}]}]"
    body = json.dumps(chat(USER, call, result)).encode()

    assert ask(engine(), body)[0].status == 200
    assert ask(engine(script), body)[0].status == 200


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e999"])
def test_numbers_that_json_does_not_have(number: bytes) -> None:
    """They are refused, as they could not be echoed."""
    body = b'{"model": "m", "input": "Hi", "temperature": %s}' % number

    assert ask(engine(), body, path="/v1/responses")[0].status == 400


def test_text_is_never_taken_for_an_id() -> None:
    """What the author or the client writes goes out letter by letter."""
    script = "turns: [{say: [{text: 'commit 7f3e9ad0c5 of {{ user }}'}]}]"
    wire, _ = ask(engine(script), chat({"role": "user", "content": "deadbeef00"}))

    assert said(wire)["content"] == "commit 7f3e9ad0c5 of deadbeef00"


@pytest.mark.parametrize("size", range(40, 420, 7))
def test_a_body_that_is_cut_inside_an_id(size: int) -> None:
    """Every byte before the cut is the byte of the whole body, ids included."""
    script = "turns: [{say: [{tool_call: get_weather, arguments: {city: Oslo}}]%s}]"
    cut = f", faults: [{{fault: truncate, bytes: {size}}}]"
    whole, _ = ask(engine(script % ""), chat())
    wire, _ = ask(engine(script % cut), chat())

    assert wire.ending is Ending.COMPLETE
    assert whole.body[:size] == wire.body
    assert HOLE[:1] not in wire.body


def test_the_hash_seed_changes_no_byte() -> None:
    """Python's own chance, which differs for each process, decides nothing."""
    code = """
import json, sys
sys.path.insert(0, sys.argv[1])
from scripts import ask, chat, engine
when = "when: {model: a, stream: true, tools: get_time, turn: 3, user: x}\\nturns: [{error: 500}]"
for served in (engine(when, strict=True), engine()):
    print(ask(served, chat())[0].body.decode())
"""
    here = str(Path(__file__).parent)
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code, here],
            check=True,
            capture_output=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert len(outputs) == 1


def test_a_header_that_is_matched_is_not_shown() -> None:
    """A condition on a key never puts the client's key into an error or the journal."""
    script = "when: {headers: {authorization: {equals: Bearer good}}}\nturns: [{error: 500}]"
    secret = {"authorization": "Bearer sk-secret"}
    wire, exchange = ask(engine(script, strict=True), chat(), headers=secret)

    (entry,) = entries([exchange])
    assert "headers.authorization is another value" in wire.body.decode()
    assert "sk-secret" not in wire.body.decode() + json.dumps(entry.to_json())


def test_an_edited_scenario_counts_attempts_anew() -> None:
    """A new edition of a file, and another provider, begin with the first attempt."""
    script = "turns: [{attempts: [{error: 429}, {say: [{text: %s}]}]}]"
    served = engine(script % "One")

    assert ask(served, chat())[0].status == 429
    assert ask(served, chat(), path="/ai/chat/completions")[0].status == 429
    served.use(engine(script % "Two").library)
    assert ask(served, chat())[0].status == 429
    assert said(ask(served, chat())[0])["content"] == "Two"


def test_what_a_fault_broke_is_recalled_whole() -> None:
    """`previous_response_id` recalls what the model said, whatever became of it on its way."""
    script = """
    turns:
      - say: [{tool_call: get_weather, arguments: {city: Tokyo}, malformed: object}]
        faults: [{fault: drop, label: finish}]
      - say: [{text: "{{ calls.get_weather.city }}"}]
    """
    served = engine(script)
    body = {"model": "m", "input": "Hi", "tools": RESPONSES["tools"], "stream": True}
    first, _ = ask(served, body, path="/v1/responses")
    made = json.loads(first.frames[0].data.partition(b"data: ")[2])["response"]["id"]
    call = served.responses.find("", made)
    assert call is not None
    output = {"type": "function_call_output", "output": "1"}
    output["call_id"] = call.response["output"][0]["call_id"]
    more = {"model": "m", "previous_response_id": made, "input": [output]}
    second = json.loads(ask(served, more, path="/v1/responses")[0].body)

    assert second["output"][0]["content"][0]["text"] == "Tokyo"


def test_an_error_cuts_a_plain_reply_as_it_cuts_a_stream() -> None:
    """After one fragment the rest is gone, in a body too."""
    script = (
        "turns: [{say: [{text: one two}], stream: {text: 1 word}, error: {status: 502, after: 1}}]"
    )
    wire, _ = ask(engine(script), chat(tools=...), path="/api/v1/chat/completions")

    assert said(wire)["content"] == "one"


@pytest.mark.parametrize("body", [b"{", json.dumps(chat(model="mock/none")).encode()])
def test_every_refusal_names_its_request(body: bytes) -> None:
    """Errors carry the provider's request id, as its real ones do."""
    wire, _ = ask(engine(), body)
    names = [name for name, _ in wire.headers]

    assert names.count(b"x-request-id") == 1
    assert b"x-mockrouter-turn" not in names


def test_names_may_hold_what_base_urls_end_in() -> None:
    """A scenario in a folder called `ai` or `v1` is chosen by URL like any other."""
    served = engine("name: calls/ai/v1/y\nturns: [{say: [{text: Here.}]}]")

    wire, exchange = ask(served, chat(), path="/s/calls/ai/v1/y/v1/chat/completions")

    assert (wire.status, exchange.scenario) == (200, "calls/ai/v1/y")
