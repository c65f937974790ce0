"""What is read off a Responses request."""

from __future__ import annotations

import json

import pytest

from mockrouter.profiles import OPENAI, OPENROUTER, PROFILES, Profile
from mockrouter.request import Call, Message, Tool, ToolChoice
from mockrouter.values import Json, JsonObject
from responses_samples import CALL_ITEM, GREP, OUTPUT, WEATHER, read

READ_CALL = Call("call_1", "get_weather", '{"location":"Boston"}')


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ("Hello", [Message("user", "Hello")]),
        ([{"role": "user", "content": "Hello"}], [Message("user", "Hello")]),
        ([{"type": "message", "role": "user", "content": "Hi"}], [Message("user", "Hi")]),
        (
            [
                {
                    "type": "message",
                    "role": "user",
                    "content": [
                        {"type": "input_text", "text": "What is"},
                        {"type": "input_image", "image_url": "data:,"},
                        {"type": "input_file", "file_url": "http://localhost/f"},
                        {"type": "input_text", "text": "this?"},
                    ],
                }
            ],
            [Message("user", "What is\nthis?")],
        ),
        (
            [
                {"role": "developer", "content": "Be brief."},
                {"role": "system", "content": "Or not."},
            ],
            [Message("developer", "Be brief."), Message("system", "Or not.")],
        ),
        (
            [CALL_ITEM, OUTPUT],
            [
                Message("assistant", calls=(READ_CALL,), ids=("fc_1",)),
                Message("tool", '{"temp":7}', call_id="call_1"),
            ],
        ),
        (
            [
                {
                    "type": "function_call_output",
                    "id": "fc_output_1",
                    "call_id": "call_1",
                    "output": [
                        {"type": "input_text", "text": "7"},
                        {"type": "input_image", "image_url": "data:,"},
                        {"type": "input_file", "file_id": "f"},
                        {"type": "input_text", "text": "degrees"},
                    ],
                }
            ],
            [Message("tool", "7\ndegrees", call_id="call_1", ids=("fc_output_1",))],
        ),
        (
            [
                {"type": "custom_tool_call", "call_id": "c", "name": "grep", "input": "x.*"},
                {"type": "custom_tool_call_output", "call_id": "c", "output": "x1"},
            ],
            [
                Message("assistant", calls=(Call("c", "grep", "x.*"),)),
                Message("tool", "x1", call_id="c"),
            ],
        ),
        ([{"type": "item_reference", "id": "rs_1"}], [Message("assistant", ids=("rs_1",))]),
        ([{"id": "msg_1"}], [Message("assistant", ids=("msg_1",))]),
        ([{"type": "web_search_call", "id": "ws_1"}], [Message("assistant", ids=("ws_1",))]),
        (
            [{"type": "shell_call_output", "call_id": "c", "output": []}],
            [Message("tool", call_id="c")],
        ),
        ([{"type": "openrouter:web_search", "id": "x"}], [Message("assistant", ids=("x",))]),
    ],
)
def test_reads_items(items: Json, expected: list[Message]) -> None:
    """Every item has its message, with or without type, id and status."""
    assert tuple(expected) == read(input=items).messages


def test_a_run_of_model_made_items_is_one_turn() -> None:
    """Reasoning, text and calls in a row are one message with all their ids, texts and calls."""
    run = [
        {"type": "reasoning", "id": "rs_1", "summary": []},
        {
            "type": "message",
            "role": "assistant",
            "id": "msg_1",
            "status": "completed",
            "content": [
                {"type": "output_text", "text": "Let me look.", "annotations": []},
                {"type": "refusal", "refusal": "No."},
            ],
        },
        CALL_ITEM,
        CALL_ITEM | {"id": "fc_2", "call_id": "call_2"},
    ]

    (message,) = read(input=run).messages

    assert (
        Message(
            "assistant",
            "Let me look.",
            calls=(READ_CALL, Call("call_2", READ_CALL.name, READ_CALL.arguments)),
            ids=("rs_1", "msg_1", "fc_1", "fc_2"),
        )
        == message
    )


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_reads_a_follow_up_without_tools(profile: Profile) -> None:
    """A question about a result needs no tools, and an answer in the history no more than text."""
    request = read(
        profile,
        input=[
            {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "A?"}]},
            CALL_ITEM,
            OUTPUT | {"id": "fc_output_1"},
            {
                "type": "message",
                "role": "assistant",
                "id": "msg_1",
                "status": "completed",
                "content": [{"type": "output_text", "text": "It is 7.", "annotations": []}],
            },
            {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "B?"}]},
        ],
    )

    assert ["user", "assistant", "tool", "assistant", "user"] == [m.role for m in request.messages]
    assert "B?" == request.user
    assert (request.call("call_1"), ()) == (READ_CALL, request.results)


def test_instructions_come_first() -> None:
    """Instructions are the conversation's first message."""
    assert (Message("system", "Be kind."), Message("user", "Hello")) == read(
        instructions="Be kind."
    ).messages


def test_reads_tools() -> None:
    """Functions and custom tools are offered; what the provider would run itself is not."""
    request = read(tools=[WEATHER, {"type": "web_search"}, GREP | {"description": "Search."}])

    assert (
        Tool("get_weather", WEATHER["description"], WEATHER["parameters"]),
        Tool("grep", "Search.", custom=True),
    ) == request.tools
    assert ("grep",) == request.envelope.custom_tools


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (..., ToolChoice()),
        (None, ToolChoice()),
        ("auto", ToolChoice()),
        ("none", ToolChoice("none")),
        ("required", ToolChoice("required")),
        (
            {"type": "function", "name": "get_weather"},
            ToolChoice("required", ("get_weather",), named=True),
        ),
        ({"type": "custom", "name": "grep"}, ToolChoice("required", ("grep",), named=True)),
        (
            {"type": "allowed_tools", "tools": [{"type": "function", "name": "get_weather"}]},
            ToolChoice("auto", ("get_weather",)),
        ),
        (
            {"type": "allowed_tools", "mode": "required", "tools": [GREP, {"type": "web_search"}]},
            ToolChoice("required", ("grep",)),
        ),
        ({"type": "web_search_preview"}, ToolChoice()),
        ({"type": "mcp", "server_label": "deepwiki"}, ToolChoice()),
    ],
)
def test_reads_tool_choice(choice: Json, expected: ToolChoice) -> None:
    """Every form of tool_choice is understood."""
    request = read(tools=[WEATHER, GREP], tool_choice=choice)

    assert expected == request.tool_choice


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (..., ("text", None)),
        ({"verbosity": "low"}, ("text", None)),
        ({"format": {"type": "json_object"}}, ("json_object", None)),
        (
            {"format": {"type": "json_schema", "name": "n", "schema": {"type": "object"}}},
            ("json_schema", {"type": "object"}),
        ),
    ],
)
def test_reads_text_format(text: Json, expected: Json) -> None:
    """The format of the text is read from ``text.format``."""
    request = read(text=text)

    assert expected == (request.response_format, request.response_schema)


def test_reads_settings() -> None:
    """What shapes the reply is in the envelope, and what does not is no obstacle."""
    request = read(
        stream=True,
        stream_options={"include_obfuscation": False},
        include=["reasoning.encrypted_content", "message.output_text.logprobs"],
        parallel_tool_calls=False,
        previous_response_id="resp_1",
        no_such_field=[1],
    )

    envelope = request.envelope
    assert (True, False, 7) == (envelope.stream, envelope.obfuscation, envelope.created)
    assert ("reasoning.encrypted_content",) == envelope.include
    assert (False, "resp_1", "openai") == (
        request.parallel_tool_calls,
        request.previous,
        request.profile,
    )


@pytest.mark.parametrize(
    ("profile", "body", "model"),
    [
        (OPENAI, {"model": "gpt-4o"}, "gpt-4o"),
        (OPENROUTER, {"model": ...}, "openrouter/auto"),
        (OPENROUTER, {"model": ..., "models": ["a/b", "c/d"]}, "a/b"),
    ],
)
def test_reads_model(profile: Profile, body: JsonObject, model: str) -> None:
    """The reply names the model asked for, the first of several, or the profile's own."""
    assert model == read(profile, **body).envelope.model


@pytest.mark.parametrize(("text", "expected"), [("", 1), ("1234", 2), ("ééé", 2), ("12345678", 3)])
def test_counts_the_prompt(text: str, expected: int) -> None:
    """A prompt has a token for each four bytes of its JSON, and one at least."""
    assert expected == read(input=text).envelope.prompt_tokens


def test_input_may_be_missing_where_a_response_is_continued() -> None:
    """A stateful provider can go on from a response with nothing new."""
    assert () == read(input=..., previous_response_id="resp_1").messages


def test_echo_fills_in_what_schemas_require() -> None:
    """What the reply repeats has every key that some schema requires."""
    request = read(
        tools=[{"type": "function", "name": "f"}, WEATHER, GREP],
        tool_choice={"type": "allowed_tools", "tools": [{"type": "function", "name": "f"}]},
        text={"verbosity": "low", "format": {"type": "json_schema", "name": "n", "schema": {}}},
        reasoning={"effort": "low", "max_tokens": 100},
        max_output_tokens=9000,
        metadata={"a": "b"},
        temperature=None,
    )

    echoed = json.loads(request.envelope.echo)
    bare = {"type": "function", "name": "f", "description": None, "parameters": None}
    assert {
        "tools": [bare | {"strict": True}, WEATHER, GREP],
        "tool_choice": {
            "type": "allowed_tools",
            "mode": "auto",
            "tools": [{"type": "function", "name": "f"}],
        },
        "text": {
            "verbosity": "low",
            "format": {
                "type": "json_schema",
                "name": "n",
                "schema": {},
                "description": None,
                "strict": False,
            },
        },
        "reasoning": {"effort": "low", "summary": None},
        "max_output_tokens": 9000,
        "metadata": {"a": "b"},
        "store": True,
    } == echoed
