"""Chat Completions: what is read, what is sent, in each provider's manner."""

from __future__ import annotations

import json
from itertools import product

import pytest
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openrouter.components import ChatResult, ChatStreamChunk

from mockrouter.dialects.chat import CHAT
from mockrouter.errors import BadRequest
from mockrouter.ids import Ids
from mockrouter.profiles import OPENAI, OPENROUTER, PROFILES, SOLROUTER, Profile
from mockrouter.reply import ErrorReply, Reasoning, Refusal, Reply, Text, ToolCall, Usage
from mockrouter.request import Envelope, Message, Request, ToolChoice
from mockrouter.values import Json, JsonObject
from mockrouter.wire import Label, Wire
from specs import problems

WEATHER = ToolCall("get_weather", ('{"city":"Ber', 'lin"}'))
TIME = ToolCall("get_time", ("{}",))
THOUGHT = Reasoning(("Let me ", "see."), signature="sig", encrypted="opaque", format="unknown")

REPLIES = {
    "text": Reply((Text(("It is ", "18 °C.")),)),
    "call": Reply((WEATHER,)),
    "parallel": Reply((WEATHER, TIME)),
    "interleaved": Reply((WEATHER, ToolCall("b", ("{", "}"))), order=(0, 1, 0, 1)),
    "text then call": Reply((Text(("Let me look.",)), WEATHER)),
    "reasoning then call": Reply((THOUGHT, WEATHER)),
    "reasoning between calls": Reply((THOUGHT, WEATHER, Reasoning(("More.",), summary=True), TIME)),
    "details as given": Reply((Reasoning(("Hm.",), details='[{"type":"reasoning.text"}]'), TIME)),
    "refusal": Reply((Refusal(("I ", "cannot.")),)),
    "nothing": Reply(()),
    "cut short": Reply((Text(("It is",)),), finish_reason="length"),
    "exact usage": Reply((Text(("Hi",)),), usage=Usage(9, 12, 4, 2, 0.5)),
}


def render(reply: Reply, profile: Profile, *, stream: bool = False, **more: Json) -> Wire:
    """Render with everything else as usual."""
    envelope = Envelope("openai/gpt-4o", stream=stream, created=1_767_225_600, **more)
    return CHAT.render(reply, envelope, profile, Ids("0|test", created=1_767_225_600))


def events(wire: Wire) -> list[JsonObject]:
    """Read a stream as a client does: off its bytes."""
    lines = wire.body.decode().split("\n\n")
    data = (line.removeprefix("data: ") for line in lines if line.startswith("data: "))
    return [json.loads(line) for line in data if line != "[DONE]"]


CASES = list(product(REPLIES, PROFILES))


@pytest.mark.parametrize(("name", "profile"), CASES)
def test_every_body_is_valid_by_the_published_schemas(name: str, profile: str) -> None:
    """OpenAI's and OpenRouter's own schemas find nothing wrong with a plain reply."""
    body = json.loads(render(REPLIES[name], PROFILES[profile]).body)

    if profile != "openrouter":
        known = ("'refusal' is a required property", "'logprobs' is a required property")
        found = problems("openai.subset.schema.json", "CreateChatCompletionResponse", body)
        assert not [p for p in found if profile == "openai" or not p.endswith(known)]
    assert not problems("openrouter.subset.schema.json", "ChatResult", body)


@pytest.mark.parametrize(("name", "profile"), CASES)
def test_every_chunk_is_valid_by_the_published_schemas(name: str, profile: str) -> None:
    """OpenAI's and OpenRouter's own schemas find nothing wrong with any chunk."""
    for chunk in events(render(REPLIES[name], PROFILES[profile], stream=True)):
        assert not problems(
            "openai.subset.schema.json", "CreateChatCompletionStreamResponse", chunk
        )
        assert not problems("openrouter.subset.schema.json", "ChatStreamChunk", chunk)


@pytest.mark.parametrize(("name", "profile"), CASES)
def test_the_sdks_models_read_every_body_and_chunk(name: str, profile: str) -> None:
    """The types of `openai` and of `openrouter` accept what is sent."""
    body = render(REPLIES[name], PROFILES[profile]).body
    ChatCompletion.model_validate_json(body)
    ChatResult.model_validate_json(body)
    for chunk in events(render(REPLIES[name], PROFILES[profile], stream=True)):
        ChatCompletionChunk.model_validate(chunk)
        ChatStreamChunk.model_validate(chunk)


@pytest.mark.parametrize(("name", "profile"), CASES)
def test_a_stream_says_what_the_body_says(name: str, profile: str) -> None:
    """Put together again, the deltas are the message, the finish reason and the usage."""
    reply, manner = REPLIES[name], PROFILES[profile]
    body = json.loads(render(reply, manner).body)
    chunks = events(render(reply, manner, stream=True, include_usage=True))
    message = body["choices"][0]["message"]
    deltas = [choice["delta"] for chunk in chunks for choice in chunk["choices"]]
    finishes = [c["finish_reason"] for chunk in chunks for c in chunk["choices"]]

    assert (message["content"] or "") == "".join(delta.get("content") or "" for delta in deltas)
    assert message.get("tool_calls", []) == assembled(deltas, indexed=manner.call_index)
    assert (message.get("refusal") or "") == "".join(d.get("refusal") or "" for d in deltas)
    assert body["choices"][0]["finish_reason"] == next(reason for reason in finishes if reason)
    assert [body["usage"]] == [chunk["usage"] for chunk in chunks if chunk.get("usage")]


def assembled(deltas: list[JsonObject], *, indexed: bool) -> list[JsonObject]:
    """Put tool calls together again, as every client does."""
    calls: dict[int, JsonObject] = {}
    for delta in deltas:
        for part in delta.get("tool_calls") or ():
            call = calls.setdefault(part["index"], json.loads(json.dumps(part)))
            if call != part:
                call["function"]["arguments"] += part["function"]["arguments"]
    return [c if indexed else {k: c[k] for k in c if k != "index"} for c in calls.values()]


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda p: p.name)
def test_every_event_is_one_frame(profile: Profile) -> None:
    """One event, one write: official samples lose an event that is split."""
    for frame in render(REPLIES["parallel"], profile, stream=True).frames:
        assert frame.data.endswith(b"\n\n")
        assert frame.data.count(b"\n\n") == 1


def test_the_shorthand_of_solrouters_page_is_in_its_chunks() -> None:
    """[S75] The deltas are those of SolRouter's documentation, inside the full envelope."""
    call = ToolCall("get_weather", ('{"city":"Ber', 'lin"}'), "call_1")
    chunks = events(render(Reply((call,)), SOLROUTER, stream=True))
    deltas = [c["delta"] for chunk in chunks for c in chunk["choices"]]
    opened = {"name": "get_weather", "arguments": ""}

    assert deltas == [
        {"role": "assistant", "content": None},
        {"tool_calls": [{"index": 0, "id": "call_1", "type": "function", "function": opened}]},
        {"tool_calls": [{"index": 0, "function": {"arguments": '{"city":"Ber'}}]},
        {"tool_calls": [{"index": 0, "function": {"arguments": 'lin"}'}}]},
        {},
    ]


def test_custom_tools_take_text() -> None:
    """A tool of `type: custom` is called with `input`, plain and streamed."""
    reply = Reply((ToolCall("sql", ("SELECT ", "1")),))

    body = json.loads(render(reply, OPENAI, custom_tools=("sql",)).body)
    chunks = events(render(reply, OPENAI, stream=True, custom_tools=("sql",)))

    call = body["choices"][0]["message"]["tool_calls"][0]
    assert ("custom", {"name": "sql", "input": "SELECT 1"}) == (call["type"], call["custom"])
    assert chunks[1]["choices"][0]["delta"]["tool_calls"] == [
        {"index": 0, "custom": {"input": "SELECT "}}
    ]


def test_legacy_functions_are_answered_in_kind() -> None:
    """A client that sends `functions` gets `function_call`."""
    body = json.loads(render(Reply((WEATHER,)), OPENAI, legacy_functions=True).body)
    choice = body["choices"][0]

    assert choice["finish_reason"] == "function_call"
    assert choice["message"]["function_call"]["name"] == "get_weather"
    assert "tool_calls" not in choice["message"]


def test_several_choices_have_their_own_finish() -> None:
    """With `n: 2` every choice is there, with call ids of its own."""
    body = json.loads(render(Reply((WEATHER,)), OPENAI, choices=2).body)
    chunks = events(render(Reply((WEATHER,)), OPENAI, stream=True, choices=2))
    ids = [choice["message"]["tool_calls"][0]["id"] for choice in body["choices"]]
    finished = [c["index"] for chunk in chunks for c in chunk["choices"] if c["finish_reason"]]

    assert len(set(ids)) == 2
    assert finished == [0, 1]


@pytest.mark.parametrize(
    ("profile", "last", "choices"),
    [(OPENAI, Label.ERROR, None), (OPENROUTER, Label.DONE, "error")],
    ids=["openai", "openrouter"],
)
def test_an_error_in_mid_stream(profile: Profile, last: Label, choices: str | None) -> None:
    """After so many fragments the error comes, in the provider's shape, and nothing else."""
    error = ErrorReply(502, "Provider returned error", after=1)
    wire = render(Reply((WEATHER,), error=error), profile, stream=True)
    event = events(wire)[-1]

    assert wire.frames[-1].label is last
    assert 1 == sum('{\\"city' in frame.data.decode() for frame in wire.frames)
    assert "lin" not in wire.body.decode()
    assert event["error"]["message"] == "Provider returned error"
    assert choices == (event["choices"][0]["finish_reason"] if "choices" in event else None)


def test_the_debug_chunk_comes_first() -> None:
    """OpenRouter's `debug` echoes the upstream body in a chunk without choices."""
    wire = render(Reply((WEATHER,)), OPENROUTER, stream=True, debug='{"model":"m"}')
    first = events(wire)[0]

    assert first["choices"] == []
    assert first["debug"] == {"echo_upstream_body": {"model": "m"}}


def test_arguments_that_are_no_text_go_out_as_they_are() -> None:
    """Malformed data is the product: an object stays an object."""
    body = json.loads(render(Reply((ToolCall("f", ({"a": 1},)),)), OPENROUTER).body)

    assert body["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"] == {"a": 1}


def test_a_lone_surrogate_is_escaped() -> None:
    """What no UTF-8 can hold is still sent, as JSON can."""
    body = render(Reply((Text(("\ud83d",)),)), OPENAI).body

    assert json.loads(body)["choices"][0]["message"]["content"] == "\ud83d"


# --- reading ---------------------------------------------------------------------------------


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
