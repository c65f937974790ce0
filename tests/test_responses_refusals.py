"""Which Responses requests are refused, and in which words."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockrouter.dialects.base import bad_request
from mockrouter.dialects.refusals import unknown_previous
from mockrouter.dialects.responses import RESPONSES
from mockrouter.errors import BadRequest
from mockrouter.profiles import OPENAI, OPENROUTER, PROFILES, SOLROUTER, Profile
from mockrouter.values import JsonObject
from responses_samples import CALL_ITEM, OUTPUT, WEATHER, read, refusal, said

CONTENT = "input[0].content[0]"
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)
NESTED = {"type": "function", "function": {"name": "get_weather"}}
FORCED = {"type": "function", "name": "get_time"}


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"model": ...}, "model"),
        ({"input": ...}, "input"),
        ({"input": [{}]}, "input[0].type"),
        ({"input": [{"role": "user"}]}, "input[0].content"),
        ({"input": [CALL_ITEM | {"name": None}]}, "input[0].name"),
        ({"input": [OUTPUT, OUTPUT | {"call_id": None}]}, "input[1].call_id"),
        ({"input": [{"type": "reasoning", "id": "rs_1"}]}, "input[0].summary"),
        ({"input": [{"role": "user", "content": [{"type": "input_text"}]}]}, CONTENT + ".text"),
        ({"tools": [NESTED]}, "tools[0].name"),
        ({"tools": [{"name": "f"}]}, "tools[0].type"),
        ({"tools": [WEATHER], "tool_choice": NESTED}, "tool_choice.name"),
        ({"tool_choice": {"name": "f"}}, "tool_choice.type"),
        ({"tool_choice": {"type": "allowed_tools", "allowed_tools": {}}}, "tool_choice.tools"),
        ({"text": {"format": {"type": "json_schema", "json_schema": {}}}}, "text.format.name"),
        ({"text": {"format": {"type": "json_schema", "name": "n"}}}, "text.format.schema"),
    ],
)
def test_refuses_what_is_missing(body: JsonObject, path: str) -> None:
    """A field that is missing, or nested as in Chat Completions, is named by its path."""
    refused = refusal(**body)

    assert (400, f"Missing required parameter: '{path}'.", path, "missing_required_parameter") == (
        said(refused)
    )


@pytest.mark.parametrize(
    ("body", "path", "expected", "got"),
    [
        ({"input": 7}, "input", "a string or an array of objects", "an integer"),
        ({"input": ["Hi"]}, "input[0]", "an object", "a string"),
        ({"input": [CALL_ITEM | {"arguments": {}}]}, "input[0].arguments", "a string", "an object"),
        ({"tools": {}}, "tools", "an array of objects", "an object"),
        ({"tools": [{"type": ["function"]}]}, "tools[0].type", "a string", "an array"),
        ({"tool_choice": True}, "tool_choice", "a string or an object", "a boolean"),
        ({"temperature": "hot"}, "temperature", "a decimal number", "a string"),
        ({"stream": 1}, "stream", "a boolean", "an integer"),
        ({"text": {"format": "json"}}, "text.format", "an object", "a string"),
    ],
)
def test_refuses_wrong_types(body: JsonObject, path: str, expected: str, got: str) -> None:
    """A field of the wrong JSON type is refused with both types."""
    message = f"Invalid type for '{path}': expected {expected}, but got {got} instead."

    assert (400, message, path, "invalid_type") == said(refusal(**body))


@pytest.mark.parametrize(
    ("body", "path", "got", "supported"),
    [
        (
            {"input": [{"role": "tool", "content": "7"}]},
            "input[0].role",
            "tool",
            "'assistant', 'system', 'developer', and 'user'",
        ),
        (
            {"input": [OUTPUT | {"output": [{"type": "text", "text": "7"}]}]},
            "input[0].output[0].type",
            "text",
            "'input_text', 'input_image', and 'input_file'",
        ),
        ({"tool_choice": "any"}, "tool_choice", "any", "'none', 'auto', and 'required'"),
        (
            {"tool_choice": {"type": "allowed_tools", "mode": "none", "tools": []}},
            "tool_choice.mode",
            "none",
            "'auto' and 'required'",
        ),
    ],
)
def test_refuses_wrong_words(body: JsonObject, path: str, got: str, supported: str) -> None:
    """A word that means nothing is refused with those that do."""
    message = f"Invalid value: '{got}'. Supported values are: {supported}."

    assert (400, message, path, "invalid_value") == said(refusal(**body))


@pytest.mark.parametrize("kind", ["text", "image_url", "tool_result"])
def test_refuses_parts_of_other_formats(kind: str) -> None:
    """Content parts of Chat Completions or Messages are refused."""
    refused = refusal(input=[{"role": "user", "content": [{"type": kind, "text": ""}]}])

    assert refused.message.startswith(
        f"Invalid value: '{kind}'. Supported values are: 'input_text'"
    )
    assert (CONTENT + ".type", "invalid_value") == (refused.param, refused.code)


@pytest.mark.parametrize("choice", [FORCED, {"type": "allowed_tools", "tools": [FORCED]}])
def test_refuses_a_choice_that_is_not_offered(choice: JsonObject) -> None:
    """A tool that is demanded must be offered."""
    message = "Tool choice 'get_time' not found in 'tools' parameter."

    assert (400, message, "tool_choice", None) == said(refusal(tools=[WEATHER], tool_choice=choice))


def test_refuses_small_limits_as_openai() -> None:
    """OpenAI writes sixteen tokens or none."""
    message = (
        "Invalid 'max_output_tokens': integer below minimum value. "
        "Expected a value >= 16, but got 15 instead."
    )

    assert (400, message, "max_output_tokens", "integer_below_min_value") == said(
        refusal(max_output_tokens=15)
    )


def test_small_limits_are_for_openai_to_refuse() -> None:
    """Elsewhere a limit of less than 16 tokens is fine, and is repeated."""
    assert (
        15 == json.loads(read(OPENROUTER, max_output_tokens=15).envelope.echo)["max_output_tokens"]
    )


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"store": True}, ["store"]),
        ({"previous_response_id": "resp_1"}, ["previous_response_id"]),
        ({"input": [{"type": "item_reference", "id": "rs_1"}]}, ["input", 0, "type"]),
    ],
)
@pytest.mark.parametrize("profile", [OPENROUTER, SOLROUTER], ids=["openrouter", "solrouter"])
def test_state_is_refused_where_there_is_none(
    profile: Profile, body: JsonObject, path: list[str | int]
) -> None:
    """A stateless provider refuses what would need a memory, in the shape seen at OpenRouter."""
    refused = refusal(profile, **body)

    wire = RESPONSES.render_error(bad_request(refused), profile)

    answer = json.loads(wire.body)
    assert (400, {"code": "invalid_prompt", "message": "Invalid Responses API request"}) == (
        wire.status,
        answer["error"],
    )
    assert [path] == [issue["path"] for issue in json.loads(answer["metadata"]["raw"])]


@pytest.mark.parametrize("body", [{"store": True}, {"store": False}, {"previous_response_id": "r"}])
def test_state_is_fine_where_there_is_some(body: JsonObject) -> None:
    """OpenAI stores and continues responses."""
    assert read(OPENAI, **body).body.items() >= body.items()


def test_no_model_has_a_shape_of_its_own() -> None:
    """Without a model to fall back on, OpenRouter's manner has a string as the code."""
    wire = RESPONSES.render_error(bad_request(refusal(SOLROUTER, model=...)), SOLROUTER)

    assert {
        "error": {"code": "invalid_prompt", "message": "Missing required parameter: 'model'."},
        "metadata": None,
    } == json.loads(wire.body)


def test_an_unknown_previous_response() -> None:
    """The wording, the param and the code are the real API's."""
    refused = unknown_previous("resp_1")

    assert refused.message == "Previous response with id 'resp_1' not found."
    assert refused.param == "previous_response_id"
    assert refused.code == "previous_response_not_found"


FIELDS = ["input", "tools", "tool_choice", "text", "model", "include", "stream_options", "store"]
ITEM_FIELDS = ["type", "role", "content", "output", "id", "call_id", "name", "arguments", "summary"]


@given(
    st.dictionaries(st.sampled_from(FIELDS), ANY_JSON),
    st.dictionaries(st.sampled_from(ITEM_FIELDS), ANY_JSON),
    st.sampled_from([CALL_ITEM, OUTPUT, {"role": "user", "content": []}]),
    st.sampled_from(list(PROFILES.values())),
)
def test_nothing_crashes_it(
    body: JsonObject, changes: JsonObject, item: JsonObject, profile: Profile
) -> None:
    """Whatever a client sends is read or refused."""
    choice = {"type": "allowed_tools", "tools": [changes]} | changes
    broken: JsonObject = {"tools": [WEATHER | changes], "tool_choice": choice}
    for whole in (body, {"input": [item | changes], **body}, broken):
        with suppress(BadRequest):
            assert "responses" == read(profile, **whole).dialect
