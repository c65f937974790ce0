"""Chat Completions: what is sent, in each provider's manner."""

from __future__ import annotations

import json
from itertools import product

import pytest
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openrouter.components import ChatResult, ChatStreamChunk

from mockrouter.dialects.chat import CHAT
from mockrouter.ids import Ids
from mockrouter.profiles import OPENAI, OPENROUTER, PROFILES, SOLROUTER, Profile
from mockrouter.reply import ErrorReply, Reasoning, Refusal, Reply, Text, ToolCall, Usage
from mockrouter.request import Envelope
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
