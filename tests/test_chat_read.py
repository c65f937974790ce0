"""Chat Completions: what is read, and what is refused in the API's own words."""

from __future__ import annotations

import pytest

from mockrouter.dialects.chat import CHAT
from mockrouter.errors import BadRequest
from mockrouter.profiles import OPENAI, OPENROUTER, Profile
from mockrouter.request import Message, Request, ToolChoice
from mockrouter.values import Json, JsonObject

TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}


USER = {"role": "user", "content": "Hi"}


def read(profile: Profile = OPENAI, **fields: Json) -> Request:
    """Read a request with everything else as usual."""
    body = {"model": "m", "messages": [USER], "tools": [TOOL], **fields}
    return CHAT.read({k: v for k, v in body.items() if v is not ...}, {}, profile, 0)


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (None, ToolChoice("auto")),
        ("auto", ToolChoice("auto")),
        ("none", ToolChoice("none")),
        ("required", ToolChoice("required")),
        (
            {"type": "function", "function": {"name": "f"}},
            ToolChoice("required", ("f",), named=True),
        ),
        (
            {"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": [TOOL]}},
            ToolChoice("required", ("f",)),
        ),
        ({"type": "openrouter:web_search"}, ToolChoice("auto")),
    ],
)
def test_tool_choice_in_all_its_forms(choice: Json, expected: ToolChoice) -> None:
    """[S4, S61] Every documented form is read."""
    assert expected == read(tool_choice=choice).tool_choice


ECHOES = [
    {"role": "assistant", "content": None, "tool_calls": []},
    {"role": "assistant", "tool_calls": []},
    {
        "role": "assistant",
        "content": "",
        "refusal": None,
        "annotations": None,
        "audio": None,
        "function_call": None,
        "reasoning": None,
        "reasoning_details": [],
        "tool_calls": [],
    },
    {"role": "assistant", "content": [], "provider_specific_fields": {"x": 1}, "tool_calls": []},
]


@pytest.mark.parametrize("echo", ECHOES, ids=["null", "absent", "dumped", "list"])
def test_what_clients_send_back_is_accepted(echo: JsonObject) -> None:
    """[S7, S29, S59, S71] The assistant's message comes back in many shapes; all are read."""
    call = {"index": 0, "id": "call_1", "type": "function"}
    call |= {"function": {"name": "f", "arguments": "{}"}}
    tool = {"role": "tool", "tool_call_id": "call_1", "name": "f", "content": '{"temp": 18}'}
    messages = [USER, echo | {"tool_calls": [call]}, tool]

    request = read(messages=messages)

    assert ("user", "assistant", "tool") == tuple(m.role for m in request.messages)
    assert (Message("tool", '{"temp": 18}', call_id="call_1"),) == request.results
    assert request.call("call_1") == request.messages[1].calls[0]


@pytest.mark.parametrize(
    ("fields", "message", "param", "code"),
    [
        ({"model": ...}, "you must provide a model parameter", None, None),
        (
            {"messages": ...},
            "Missing required parameter: 'messages'.",
            "messages",
            "missing_required_parameter",
        ),
        (
            {"messages": []},
            (
                "Invalid 'messages': empty array. Expected an array with minimum length 1, but got "
                "an empty array instead."
            ),
            "messages",
            "empty_array",
        ),
        (
            {"messages": "hi"},
            "Invalid type for 'messages': expected an array of objects, but got a string instead.",
            "messages",
            "invalid_type",
        ),
        (
            {"messages": [{"content": "x"}]},
            "Missing required parameter: 'messages[0].role'.",
            "messages[0].role",
            "missing_required_parameter",
        ),
        (
            {"tools": [{"type": "function", "name": "flat"}]},
            "Missing required parameter: 'tools[0].function'.",
            "tools[0].function",
            "missing_required_parameter",
        ),
        (
            {"tool_choice": {"type": "function", "function": {"name": "g"}}},
            (
                "Invalid value for 'tool_choice': no function named 'g' was specified in the "
                "'tools' parameter."
            ),
            "tool_choice",
            None,
        ),
        (
            {"tool_choice": {"type": "function", "name": "f"}},
            "Missing required parameter: 'tool_choice.function'.",
            "tool_choice.function",
            "missing_required_parameter",
        ),
        (
            {"n": 0},
            "Invalid 'n': integer below minimum value. Expected a value >= 1, but got 0 instead.",
            "n",
            "integer_below_min_value",
        ),
    ],
)
def test_bad_shapes_are_refused_in_the_apis_own_words(
    fields: JsonObject, message: str, param: str | None, code: str | None
) -> None:
    """The message names the place, as the real API's does."""
    with pytest.raises(BadRequest) as caught:
        read(**fields)

    assert (message, param, code) == (caught.value.message, caught.value.param, caught.value.code)


def test_openrouter_needs_no_model() -> None:
    """OpenRouter answers with the account's default, or the first of `models`."""
    assert read(OPENROUTER, model=...).envelope.model == "openrouter/auto"
    assert read(OPENROUTER, model=..., models=["a/b", "c/d"]).envelope.model == "a/b"


@pytest.mark.parametrize(
    "field",
    [
        {"max_tokens": 1024},
        {"temperature": 0.2, "top_p": 1, "seed": 7, "stop": ["x"], "logit_bias": {}},
        {"provider": {"order": ["a"]}, "plugins": [{"id": "web"}], "route": "fallback"},
        {"usage": {"include": True}, "transforms": ["middle-out"], "reasoning": {"effort": "high"}},
        {"metadata": {"a": "b"}, "user": "u", "session_id": "s", "service_tier": "auto"},
        {"something_unknown": {"x": 1}},
    ],
)
def test_other_fields_are_accepted(field: JsonObject) -> None:
    """[S5, S22, S23] Fields that do not matter to a mock are accepted and kept."""
    assert field.items() <= read(**field).body.items()


def test_multimodal_content_is_read_as_its_text() -> None:
    """Parts that are no text add nothing to the text and are no error."""
    parts = [
        {"type": "text", "text": "What is"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}},
        {"type": "text", "text": "this?"},
    ]

    assert read(messages=[{"role": "user", "content": parts}]).user == "What is\nthis?"
