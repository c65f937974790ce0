"""Requirements on the Responses API; see ``test_requirements`` for what [S…] means."""

from __future__ import annotations

import json

import pytest

from asgi import Client
from loop import MANNERS, Manner
from mockrouter.profiles import OPENAI
from mockrouter.values import Json, JsonObject
from requirement_samples import (
    CALCULATE,
    WEATHER,
    ask,
    replies,
    user,
)

MANNERS_HERE = [manner for manner in MANNERS if manner.dialect == "responses"]
EACH = pytest.mark.parametrize("manner", MANNERS_HERE, ids=str)

CALL: JsonObject = {
    "type": "function_call",
    "id": "fc_1",
    "call_id": "call_123",
    "name": "get_weather",
    "arguments": '{"location":"San Francisco, CA"}',
}


def output(value: Json, **more: str) -> JsonObject:
    """Answer the call."""
    return {"type": "function_call_output", "call_id": "call_123", "output": value, **more}


def whole(manner: Manner, client: Client) -> JsonObject:
    """Get the Response object of the last answer."""
    sent = client.exchanges[-1].wire
    assert sent is not None
    if not manner.stream:
        return dict(json.loads(sent.body))
    events = [line for line in sent.body.decode().splitlines() if line.startswith("data: {")]
    return dict(json.loads(events[-1].removeprefix("data: "))["response"])


def test_it_is_served_below_the_base() -> None:
    """[S38] The path below OpenRouter's base takes a key and JSON, and answers with a Response."""
    body = {"model": "openai/o4-mini", "input": "Hello"}

    answer = Client().post("/api/v1/responses", body, authorization="Bearer sk-or-v1-any")

    assert (200, "response") == (answer.status, answer.json["object"])


@EACH
def test_tools_are_flat_and_echoed(manner: Manner) -> None:
    """[S39] A flat tool with ``strict: null`` is accepted, and the response repeats it so."""
    client = Client()

    ask(client, manner, "What is the weather in San Francisco?", WEATHER)

    (tool,) = whole(manner, client)["tools"]
    assert ("function", "get_weather", None) == (tool["type"], tool["name"], tool["strict"])


@EACH
@pytest.mark.parametrize("text", ["bare", "message"])
def test_input(manner: Manner, text: str) -> None:
    """[S40] The input is a string, or a list of messages of typed parts."""
    part = {"type": "input_text", "text": "Hello"}
    message = {"type": "message", "role": "user", "content": [part]}
    words: Json = "Hello" if text == "bare" else [message]

    answer = replies(Client(), manner, words)

    assert "Hello" in manner.hear(answer).text


@EACH
@pytest.mark.parametrize("choice", ["auto", "none", {"type": "function", "name": "get_weather"}])
def test_tool_choice(manner: Manner, choice: Json) -> None:
    """[S41] The flat forms are accepted."""
    answer = ask(Client(), manner, "Weather in Paris?", WEATHER, tool_choice=choice)

    assert (choice != "none") == bool(manner.hear(answer).calls)


@EACH
@pytest.mark.parametrize(
    ("choice", "message"),
    [
        (
            {"type": "function", "function": {"name": "get_weather"}},
            "Missing required parameter: 'tool_choice.name'.",
        ),
        (
            {"type": "function", "name": "get_time"},
            "Tool choice 'get_time' not found in 'tools' parameter.",
        ),
    ],
    ids=["nested", "unknown"],
)
def test_wrong_tool_choices(manner: Manner, choice: Json, message: str) -> None:
    """[S41] The nested form of chat is refused, and so is a name that is not offered."""
    answer = ask(Client(), manner, "Weather in Paris?", WEATHER, tool_choice=choice)

    assert 400 == answer.status
    assert message in answer.body.decode().replace("\\n", "")


@EACH
def test_a_forced_tool(manner: Manner) -> None:
    """[S42] A forced tool is called though nothing asks for it, and nothing is said."""
    choice = {"type": "function", "name": "get_weather"}
    client = Client()

    ask(client, manner, "Hello, how are you?", WEATHER, tool_choice=choice)

    items = whole(manner, client)["output"]
    assert [("function_call", "get_weather")] == [(item["type"], item["name"]) for item in items]


@EACH
def test_no_tool(manner: Manner) -> None:
    """[S43] With ``none`` there is only a message, though the words ask for the tool."""
    client = Client()

    ask(client, manner, "What is the weather in Paris?", WEATHER, tool_choice="none")

    assert ["message"] == [item["type"] for item in whole(manner, client)["output"]]


@EACH
def test_max_output_tokens(manner: Manner) -> None:
    """[S44] The limit is accepted and echoed; below 16 OpenAI refuses it."""
    client = Client()
    ask(client, manner, "Hi", max_output_tokens=9000)
    assert 9000 == whole(manner, client)["max_output_tokens"]

    low = ask(client, manner, "Hi", max_output_tokens=15)

    assert (400 if manner.profile is OPENAI else 200) == low.status
    if low.status == 400:
        assert "Expected a value >= 16, but got 15 instead." in low.json["error"]["message"]


@EACH
def test_one_of_two_tools(manner: Manner) -> None:
    """[S45] The tool that fits the words is called, with the words' own sum."""
    (call,) = manner.hear(ask(Client(), manner, "What is 25 * 4?", WEATHER, CALCULATE)).calls

    assert ("calculate", {"expression": "25 * 4"}) == (call.name, json.loads(call.arguments))


@EACH
def test_two_calls(manner: Manner) -> None:
    """[S46] Two calls are two items with two ids, at places 0 and 1."""
    words = "Calculate 10*5 and also tell me the weather in Miami"

    answer = ask(Client(), manner, words, WEATHER, CALCULATE)

    calls = manner.hear(answer).calls
    assert ["calculate", "get_weather"] == [call.name for call in calls]
    assert 2 == len({call.id for call in calls})
    if manner.stream:
        opened = (e for e in answer.events if e["type"] == "response.output_item.added")
        assert [0, 1] == [event["output_index"] for event in opened]


@EACH
def test_the_paths_of_a_response(manner: Manner) -> None:
    """[S47] Every field of the page's example is there, with its type."""
    client = Client.playing(
        "turns: [{say: [{tool_call: get_weather}], "
        "usage: {prompt_tokens: 45, completion_tokens: 25}}]"
    )
    ask(client, manner, "Weather?", WEATHER)
    response = whole(manner, client)
    (item,) = response["output"]
    fields = {name: response[name] for name in ("object", "status", "created_at", "model")}
    usage = {name: response["usage"][name] for name in ("input_tokens", "output_tokens")}

    assert {
        "object": "response",
        "status": "completed",
        "created_at": 1_767_225_600,
        "model": "openai/gpt-4o",
    } == fields
    assert {"input_tokens": 45, "output_tokens": 25} == usage
    assert 70 == response["usage"]["total_tokens"]
    assert "function_call" == item["type"]
    assert {str} == {type(item[name]) for name in ("id", "call_id", "name", "arguments")}
    needed = ("error", "incomplete_details", "instructions", "metadata", "parallel_tool_calls")
    assert {*needed, "temperature", "tool_choice", "tools", "top_p"} <= response.keys()


@EACH
def test_a_whole_history_without_tools(manner: Manner) -> None:
    """[S48] Call, output, assistant message and a new question need no ``tools`` with them."""
    answered = {
        "type": "message",
        "role": "assistant",
        "id": "msg_abc123",
        "status": "completed",
        "content": [{"type": "output_text", "text": "It is sunny.", "annotations": []}],
    }
    done = output('{"temperature":"72F"}', id="fc_output_1")
    history = [user("Weather?"), CALL, done, answered, user("Is that good weather for a picnic?")]

    answer = replies(Client(), manner, history)

    assert "picnic" in manner.hear(answer).text


@EACH
def test_only_the_call_id_pairs(manner: Manner) -> None:
    """[S49] An output needs no ``id``, and it is ``call_id`` that says what it answers."""
    script = "turns: [{say: [{text: No.}]}, {say: [{text: '{{ results | json }}'}]}]"
    client = Client.playing(script)

    paired = replies(client, manner, [user("Weather?"), CALL, output("sunny")])
    other = output("sunny", id="fc_1") | {"call_id": "call_999"}
    alone = replies(client, manner, [user("Weather?"), CALL, other])

    assert {"get_weather": "sunny"} == json.loads(manner.hear(paired).text)
    assert {"call_999": "sunny"} == json.loads(manner.hear(alone).text)


PARTS: list[JsonObject] = [
    {"type": "input_text", "text": "Sunny,"},
    {"type": "input_text", "text": "20 degrees"},
    {"type": "input_image", "image_url": "https://example.com/sky.png"},
    {"type": "input_file", "filename": "a.txt", "file_data": "data:text/plain;base64,YQ=="},
]


@EACH
def test_outputs_of_parts(manner: Manner) -> None:
    """[S50] [S51] An output may be parts; their texts, joined, are what conditions look at."""
    script = r"""turns:
      - say: [{text: No.}]
      - cases: [{when: {result: {equals: "Sunny,\n20 degrees"}}, say: [{text: Fine.}]}]
    """
    client = Client.playing(script)

    answer = replies(client, manner, [user("Weather?"), CALL, output(PARTS)])

    assert "Fine." == manner.hear(answer).text
    assert PARTS == client.bodies[0]["input"][2]["output"]


@EACH
def test_unknown_parts(manner: Manner) -> None:
    """[S50] A part of another type is refused."""
    body = manner.body([CALL, output([{"type": "output_text", "text": "Sunny"}])])

    answer = Client().post(manner.path(), body)

    assert 400 == answer.status
    assert b"Invalid value: 'output_text'." in answer.body
