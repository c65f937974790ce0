"""The openai SDK: its tool loops in every way it can ask, and what else it knows."""

from __future__ import annotations

import json
from typing import Any

import pytest
from openai import OpenAI

from clients.mock import Mock
from clients.openai_asks import CHAT, RESPONSES, SYNC, USAGE
from clients.scripts import (
    CHAT_TOOLS,
    LOOP,
    MODEL,
    PARALLEL,
    chat_result,
    expected,
    facts,
    responses_result,
    talk,
)
from mockrouter.profiles import OPENAI, OPENROUTER, Profile

SCRIPTS = pytest.mark.parametrize("script", [LOOP, PARALLEL], ids=["loop", "parallel"])


def ends(way: str) -> tuple[str, str]:
    """Say how a turn with calls and one without end."""
    return ("tool_calls", "stop") if way.startswith("chat") else ("completed", "completed")


def client(mock: Mock, profile: Profile) -> OpenAI:
    """Point the SDK at the mock, by nothing but its base URL."""
    return OpenAI(base_url=mock.url(profile), api_key="sk-test")


@SCRIPTS
@pytest.mark.parametrize("way", SYNC)
def test_loop(mock: Mock, profile: Profile, way: str, script: str) -> None:
    """Whichever way the SDK asks, it hears each call and the answer made from its results."""
    mock.play(script)
    result = chat_result if way.startswith("chat") else responses_result

    with client(mock, profile) as openai:
        heard = list(talk(lambda history: SYNC[way](openai, history), result))

    assert facts(expected(script, ends(way))) == facts(heard)
    assert 2 == len(mock.requests)


@pytest.mark.parametrize("way", SYNC)
def test_loop_without_a_script(mock: Mock, profile: Profile, way: str) -> None:
    """With no scenario the offered tool is called with fitting arguments, its result then told."""
    result = chat_result if way.startswith("chat") else responses_result

    with client(mock, profile) as openai:
        first, last = talk(lambda history: SYNC[way](openai, history), result)

    (call,) = first.calls
    assert "get_weather" == call.name
    assert {"city"} <= json.loads(call.arguments).keys() <= {"city", "unit"}
    assert ends(way) == (first.end, last.end)
    assert "get_weather says: degrees 18" == last.text


@pytest.mark.parametrize("dump", ["object", "dict", "exclude_none"])
def test_echoed_message(mock: Mock, profile: Profile, dump: str) -> None:
    """The assistant message comes back in each form the SDK gives it, and the loop goes on."""
    mock.play(LOOP)
    history: list[Any] = [{"role": "user", "content": "How is the weather?"}]
    with client(mock, profile) as openai:
        said = openai.chat.completions.create(messages=history, **CHAT).choices[0].message
        forms: dict[str, Any] = {
            "object": said,
            "dict": said.model_dump(),
            "exclude_none": said.model_dump(exclude_none=True),
        }
        history += [forms[dump], {**RESULT, "tool_call_id": "call_berlin"}]
        answer = openai.chat.completions.create(messages=history, **CHAT)

    assert "It is 18 °C in Berlin." == answer.choices[0].message.content


RESULT = {"role": "tool", "content": '{"degrees": 18}'}


NO_USAGE: dict[str, Any] = {}


def test_usage_only_on_request(mock: Mock) -> None:
    """OpenAI sends usage in a stream only to who asks for it, OpenRouter to everybody."""
    mock.play(LOOP)
    asked: Any = {**CHAT, "messages": [{"role": "user", "content": "Hi"}], "stream": True}
    counts = {}
    for profile in (OPENAI, OPENROUTER):
        for options in NO_USAGE, {"stream_options": USAGE}:
            with client(mock, profile) as openai:
                chunks = list(openai.chat.completions.create(**asked, **options))
            counts[profile.name, bool(options)] = sum(chunk.usage is not None for chunk in chunks)
            last = chunks[-1].choices

    assert {
        ("openai", False): 0,
        ("openai", True): 1,
        ("openrouter", False): 1,
        ("openrouter", True): 1,
    } == counts
    assert "tool_calls" == last[0].finish_reason


def test_models(mock: Mock, profile: Profile) -> None:
    """The SDK lists models and looks one up."""
    with client(mock, profile) as openai:
        listed = [model.id for model in openai.models.list()]
        found = openai.models.retrieve(MODEL)
    known = MODEL.rpartition("/")[2] if profile.name == "openai" else MODEL

    assert known in listed
    assert (known, "model") == (found.id, found.object)


def test_raw_response(mock: Mock, profile: Profile) -> None:
    """The raw response shows the headers that the provider sends, and parses as usual."""
    mock.play(LOOP)
    asked = {**CHAT, "messages": [{"role": "user", "content": "Hi"}]}
    with client(mock, profile) as openai:
        raw = openai.chat.completions.with_raw_response.create(**asked)
        parsed = raw.parse()

    header, shape = profile.request_id
    assert raw.headers[header].startswith(shape.prefix)
    assert "1" == raw.headers["x-mockrouter-turn"]
    assert "application/json" == raw.headers["content-type"]
    assert "call_berlin" == parsed.choices[0].message.tool_calls[0].id


def test_request_id(mock: Mock) -> None:
    """``_request_id`` is OpenAI's ``x-request-id``, the same for the same request."""
    mock.play(LOOP)
    asked = {**CHAT, "messages": [{"role": "user", "content": "Hi"}]}
    with client(mock, OPENAI) as openai:
        first, second = (openai.chat.completions.create(**asked) for _ in range(2))

    # Public in spite of its name, as the SDK's own documentation says.
    made = [each._request_id for each in (first, second)]  # noqa: SLF001
    assert made[0] == made[1]
    assert str(made[0]).startswith("req_")


def test_streaming_response(mock: Mock, profile: Profile) -> None:
    """``with_streaming_response`` hands over the lines as they come."""
    mock.play(LOOP)
    asked = {**CHAT, "messages": [{"role": "user", "content": "Hi"}], "stream": True}
    with (
        client(mock, profile) as openai,
        openai.chat.completions.with_streaming_response.create(**asked) as response,
    ):
        lines = list(response.iter_lines())

    assert response.headers["content-type"].startswith("text/event-stream")
    assert ["data: [DONE]", ""] == lines[-2:]
    data = [line.removeprefix("data: ") for line in lines[:-2] if line.startswith("data: ")]
    events = [json.loads(text) for text in data]
    assert {"chat.completion.chunk"} == {event["object"] for event in events}


def test_custom_tool_chat(mock: Mock) -> None:
    """A custom tool is called with its input as plain text, streamed and not."""
    mock.play("turns: [{say: [{tool_call: run_code, id: call_code, arguments: print(1)}]}]")
    tools: Any = [{"type": "custom", "custom": {"name": "run_code"}}]
    with client(mock, OPENAI) as openai:
        asked: Any = {"model": MODEL, "messages": [{"role": "user", "content": "Run it"}]}
        plain = openai.chat.completions.create(tools=tools, **asked)
        chunks = list(openai.chat.completions.create(tools=tools, stream=True, **asked))

    (call,) = plain.choices[0].message.tool_calls or []
    assert call.type == "custom"
    assert ("call_code", "run_code", "print(1)") == (call.id, call.custom.name, call.custom.input)
    deltas = [f for c in chunks for f in (c.choices[0].delta.tool_calls or ())]
    assert "print(1)" == "".join(delta.to_dict()["custom"]["input"] for delta in deltas)


def test_custom_tool_responses(mock: Mock, profile: Profile) -> None:
    """Responses has custom calls as items of their own, and takes their outputs back."""
    mock.play(
        """
        turns:
          - say: [{tool_call: run_code, id: call_code, arguments: print(1)}]
          - say: [{text: "It prints {{ result }}."}]
        """
    )
    asked: Any = {"model": MODEL, "tools": [{"type": "custom", "name": "run_code"}]}
    history: list[Any] = [{"role": "user", "content": "Run it"}]
    with client(mock, profile) as openai:
        first = openai.responses.create(input=history, **asked)
        with openai.responses.stream(input=history, **asked) as stream:
            events = list(stream)
        output: Any = {"type": "custom_tool_call_output", "call_id": "call_code", "output": "1"}
        last = openai.responses.create(input=[*history, *first.output, output], **asked)

    (call,) = first.output
    assert call.type == "custom_tool_call"
    assert ("call_code", "run_code", "print(1)") == (call.call_id, call.name, call.input)
    pieces = [e.delta for e in events if e.type == "response.custom_tool_call_input.delta"]
    assert "print(1)" == "".join(pieces)
    assert "It prints 1." == last.output_text


def test_previous_response(mock: Mock) -> None:
    """OpenAI remembers: the second request sends the tool's output alone."""
    mock.play(LOOP)
    with client(mock, OPENAI) as openai:
        first = openai.responses.create(input="How is the weather?", **RESPONSES)
        output: Any = {"type": "function_call_output", "call_id": "call_berlin"}
        output["output"] = '{"degrees": 18}'
        second = openai.responses.create(input=[output], previous_response_id=first.id, model=MODEL)
        kept = openai.responses.retrieve(second.id)
        openai.responses.delete(second.id)

    assert "It is 18 °C in Berlin." == second.output_text == kept.output_text
    assert first.id == second.previous_response_id


def test_several_choices(mock: Mock) -> None:
    """``n`` choices come with an index each, streamed and not."""
    mock.play("turns: [{say: [{text: Heads.}]}]")
    asked: Any = {"model": MODEL, "messages": [{"role": "user", "content": "Toss"}], "n": 2}
    with client(mock, OPENAI) as openai:
        plain = openai.chat.completions.create(**asked)
        with openai.chat.completions.stream(**asked) as stream:
            streamed = stream.get_final_completion()

    for completion in (plain, streamed):
        told = [(choice.index, choice.message.content) for choice in completion.choices]
        assert [(0, "Heads."), (1, "Heads.")] == told


def test_legacy_functions(mock: Mock) -> None:
    """The deprecated ``functions`` still work, with ``function_call`` in both directions."""
    mock.play(LOOP.replace("        id: call_berlin\n", ""))
    functions: Any = [tool["function"] for tool in CHAT_TOOLS]
    history: list[Any] = [{"role": "user", "content": "How is the weather?"}]
    with client(mock, OPENAI) as openai:
        first = openai.chat.completions.create(model=MODEL, messages=history, functions=functions)
        message: Any = first.choices[0].message
        result: Any = {"role": "function", "name": "get_weather", "content": '{"degrees": 18}'}
        last = openai.chat.completions.create(
            model=MODEL, messages=[*history, message, result], functions=functions
        )

    assert "function_call" == first.choices[0].finish_reason
    assert message.function_call
    assert "get_weather" == message.function_call.name
    assert "It is 18 °C in Berlin." == last.choices[0].message.content
