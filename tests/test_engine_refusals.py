"""Requests that the engine refuses, and scenarios that it cannot carry out: each says why."""

from __future__ import annotations

import json

import pytest

from mockrouter.malformations import MALFORMATIONS
from mockrouter.values import Json, JsonObject
from scripts import WEATHER, ask, chat, engine


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff", b"[" * 100_000, b"nul"])
def test_a_body_that_is_no_json_object(body: bytes) -> None:
    """It is refused in OpenAI's words; nothing crashes."""
    wire, _ = ask(engine(), body)

    assert wire.status == 400
    assert "We could not parse the JSON body" in json.loads(wire.body)["error"]["message"]


@pytest.mark.parametrize(
    ("reply", "fields", "field"),
    [
        ("{tool_call: get_weather}", {"tool_choice": "none"}, "tool_choice"),
        ("{text: No.}", {"tool_choice": "required"}, "tool_choice"),
        (
            "{text: No.}",
            {"tool_choice": {"type": "function", "function": {"name": "get_weather"}}},
            "tool_choice",
        ),
        (
            "{tool_call: get_time}",
            {"tool_choice": {"type": "function", "function": {"name": "get_weather"}}},
            "tool_choice",
        ),
        (
            "{tool_call: a}, {tool_call: b}",
            {"parallel_tool_calls": False},
            "parallel_tool_calls",
        ),
        ("{text: No JSON.}", {"response_format": {"type": "json_object"}}, "response_format"),
    ],
)
def test_a_reply_that_contradicts_the_request(reply: str, fields: JsonObject, field: str) -> None:
    """[S4, S20, S35] It is an error that names both sides and the line, unless it is the point."""
    script = f"turns:\n  - say: [{reply}]\n"
    wire, exchange = ask(engine(script), chat(**fields))
    meant, _ = ask(engine(f"{script}    ignores: [{field}]\n"), chat(**fields))

    assert (wire.status, exchange.error) == (400, "mockrouter_contradiction")
    assert f"<inline>:2: {field}: the reply" in json.loads(wire.body)["error"]["message"]
    assert meant.status == 200


def test_a_template_that_fails_names_its_line() -> None:
    """A 500 that is not retried, with file, line and remedy."""
    script = "turns:\n  - say:\n      - text: fine\n      - text: '{{ results.nothing.at_all }}'\n"
    wire, exchange = ask(engine(script), chat())
    message = json.loads(wire.body)["error"]["message"]

    assert (wire.status, exchange.error) == (500, "mockrouter_template")
    assert message.startswith("<inline>:4: the template failed:")
    assert (b"x-should-retry", b"false") in wire.headers


def test_a_schema_that_cannot_be_satisfied_names_its_line() -> None:
    """The mock says that it cannot make arguments, and for which path."""
    impossible = {"type": "integer", "minimum": 2, "maximum": 1}
    broken = {"type": "object", "properties": {"n": impossible}, "required": ["n"]}
    tool = {"type": "function", "function": {"name": "f", "parameters": broken}}
    wire, exchange = ask(engine("turns: [{say: [{tool_call: any}]}]"), chat(tools=[tool]))

    assert (wire.status, exchange.error) == (500, "mockrouter_cannot_compose")
    assert "$.n" in json.loads(wire.body)["error"]["message"]


def test_the_metadata_of_an_error_may_hold_templates() -> None:
    """They are filled anew for each request, as everywhere else."""
    served = engine("turns: [{error: {status: 403, metadata: {flagged_input: '{{ user }}'}}}]")
    for words in ("One.", "Two."):
        body = chat({"role": "user", "content": words})
        wire, _ = ask(served, body, path="/api/v1/chat/completions")

        assert {"flagged_input": words} == json.loads(wire.body)["error"]["metadata"]


def test_any_tool_without_tools_is_an_error() -> None:
    """`any` needs a client that offers one."""
    wire, exchange = ask(engine("turns: [{say: [{tool_call: any}]}]"), chat(tools=...))

    assert (wire.status, exchange.error) == (400, "mockrouter_no_tool")


def test_a_fault_that_strikes_nothing_is_a_warning() -> None:
    """The reply goes out without it, and header and journal say so."""
    script = """
    turns:
      - say: [{text: Hello.}]
        faults: [{fault: drop, label: tool_call}]
    """
    wire, exchange = ask(engine(script), chat(stream=True))
    warnings = [value.decode() for name, value in wire.headers if name == b"x-mockrouter-warning"]

    assert wire.status == 200
    assert list(exchange.warnings) == warnings
    assert warnings[0].startswith("<inline>:4: ")


@pytest.mark.parametrize("name", MALFORMATIONS)
@pytest.mark.parametrize("schema", [None, {"type": "object", "properties": {}}])
def test_arguments_with_nothing_to_break_are_an_array(name: str, schema: JsonObject | None) -> None:
    """Whatever the tool, the call goes out malformed; header and journal say where it differs."""
    tool = {"name": "ping", **({"parameters": schema} if schema else {})}
    script = f"turns: [{{say: [{{tool_call: any, malformed: {name}}}]}}]"
    wire, exchange = ask(engine(script), chat(tools=[{"type": "function", "function": tool}]))
    (call,) = json.loads(wire.body)["choices"][0]["message"]["tool_calls"]
    warnings = [value.decode() for name, value in wire.headers if name == b"x-mockrouter-warning"]

    assert list(exchange.warnings) == warnings
    if warnings:
        assert "[]" == call["function"]["arguments"]
        assert warnings[0].startswith("<inline>:1: ")
        assert ", so [] was sent; " in warnings[0]
    assert "{}" != call["function"]["arguments"]


def test_the_mocks_own_words_fit_both_error_envelopes() -> None:
    """OpenRouter's integer code keeps its place; the mock's code stands in the metadata."""
    wire, _ = ask(engine(), chat(model="mock/none"), path="/api/v1/chat/completions")
    error: Json = json.loads(wire.body)["error"]

    assert error["code"] == 404
    assert error["metadata"]["code"] == "mockrouter_unknown_scenario"


def test_a_clients_schema_that_is_none_is_the_clients_mistake() -> None:
    """It is refused in OpenAI's words, with the tool's place, by a scenario and by `auto`."""
    function = {
        "name": "f",
        "parameters": {"type": "object", "properties": {"n": {"type": "numb"}}},
    }
    tools = [WEATHER, {"type": "function", "function": function}]
    choice = {"type": "function", "function": {"name": "f"}}
    for served in (engine(), engine("turns: [{say: [{tool_call: any}]}]")):
        wire, _ = ask(served, chat(tools=tools, tool_choice=choice))
        error = json.loads(wire.body)["error"]

        assert (wire.status, error["code"]) == (400, "invalid_function_parameters")
        assert error["param"] == "tools[1].function.parameters"
        assert error["message"].startswith("Invalid schema for function 'f': In context=(")
