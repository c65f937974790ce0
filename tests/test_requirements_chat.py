"""Requirements on what Chat Completions sends; see ``test_requirements`` for what [S…] means."""

from __future__ import annotations

import json

import pytest

from asgi import Client
from loop import MANNERS, Manner, talk
from mockrouter.profiles import OPENROUTER, PROFILES, Profile
from mockrouter.values import Json
from requirement_samples import (
    CALCULATE,
    CHAT,
    CHAT_STREAM,
    DATABASE,
    OPENAI_CHAT,
    STOCK,
    TWO_CALLS,
    WEATHER,
    ask,
    user,
)

CHAT_MANNERS = [manner for manner in MANNERS if manner.dialect == "chat"]


@pytest.mark.parametrize(
    ("base", "profile"), [("/api/v1", "openrouter"), ("/v1", "openai"), ("/ai", "solrouter")]
)
def test_the_base_url_alone_leads_here(base: str, profile: str) -> None:
    """[S1] [S66] Each provider's path below its base is served, in that provider's manner."""
    client = Client()
    body = {"model": "openai/gpt-4o", "messages": [user("Hi")]}

    answer = client.post(f"{base}/chat/completions", body, authorization="Bearer sk-any")

    assert (200, "chat.completion") == (answer.status, answer.json["object"])
    assert profile == client.exchanges[0].profile


@pytest.mark.parametrize("manner", MANNERS, ids=str)
def test_arguments_are_a_json_string(manner: Manner) -> None:
    """[S6] [S64] The arguments are a string, which parses to what the scenario says."""
    wanted = {"location": "Tokyo", "unit": "celsius"}
    script = f"turns: [{{say: [{{tool_call: get_weather, arguments: {json.dumps(wanted)}}}]}}]"

    (call,) = manner.hear(ask(Client.playing(script), manner, "Tokyo?", WEATHER)).calls

    assert isinstance(call.arguments, str)
    assert wanted == json.loads(call.arguments)


@pytest.mark.parametrize("manner", MANNERS, ids=str)
def test_arguments_are_an_object_by_order_alone(manner: Manner) -> None:
    """[S64] Only ``malformed: object`` sends the object itself."""
    script = "turns: [{say: [{tool_call: get_weather, malformed: object}]}]"

    (call,) = manner.hear(ask(Client.playing(script), manner, "Tokyo?", WEATHER)).calls

    assert isinstance(call.arguments, dict)


@pytest.mark.parametrize("manner", MANNERS, ids=str)
@pytest.mark.parametrize("order", [1, -1])
def test_two_calls_in_one_answer(manner: Manner, order: int) -> None:
    """[S9] Two calls have two ids; their results are accepted in either order."""
    client = Client.playing(TWO_CALLS)
    tools = manner.tools([WEATHER, DATABASE])
    history = [user("What is the weather in Tokyo, and which umbrellas do you have?")]
    first = manner.hear(client.post(manner.path(), manner.body(history, tools=tools)))
    texts = {"get_weather": '{"temp": 18}', "search_database": '["Big umbrella"]'}
    results = [manner.result(call, texts[call.name]) for call in first.calls][::order]

    second = client.post(manner.path(), manner.body([*history, *first.kept, *results], tools=tools))

    assert ["get_weather", "search_database"] == [call.name for call in first.calls]
    assert 2 == len({call.id for call in first.calls})
    assert '18 degrees, ["Big umbrella"]' == manner.hear(second).text


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_two_calls_have_two_indices(profile: Profile) -> None:
    """[S9] In a stream the calls are told apart by index, 0 and 1."""
    manner = Manner("chat", profile, stream=True)

    answer = ask(Client.playing(TWO_CALLS), manner, "Both?", WEATHER, DATABASE)

    opened = [part for part in _parts(answer.events) if "id" in part]
    assert [(0, "get_weather"), (1, "search_database")] == [
        (part["index"], part["function"]["name"]) for part in opened
    ]


@pytest.mark.parametrize("manner", MANNERS, ids=str)
@pytest.mark.parametrize(
    ("words", "function", "arguments"),
    [
        ("What is 42 * 17 + 3?", CALCULATE, {"expression": "42 * 17 + 3"}),
        ("What is the current price of AAPL?", STOCK, {"ticker": "AAPL"}),
    ],
    ids=["calculate", "stock"],
)
def test_the_examples_get_their_arguments(
    manner: Manner, words: str, function: Json, arguments: Json
) -> None:
    """[S12] [S88] With no scenario at all, the call takes its arguments from the user's words."""
    (call,) = manner.hear(ask(Client(), manner, words, function)).calls

    assert (function["name"], arguments) == (call.name, json.loads(call.arguments))


@pytest.mark.parametrize("manner", CHAT_MANNERS, ids=str)
def test_json_mode(manner: Manner) -> None:
    """[S13] In JSON mode the content is a JSON text, there is no call, and the end is ``stop``."""
    client = Client()
    wanted = {"name": "Jane Smith", "email": "jane@acme.co", "company": "Acme Corp"}
    body = manner.body([user("Extract.")], response_format={"type": "json_object"})

    heard = manner.hear(client.post(manner.path("loops/json-extraction"), body))

    assert wanted == json.loads(heard.text)
    assert ((), "stop") == (heard.calls, heard.end)


@pytest.mark.parametrize("manner", CHAT_MANNERS, ids=str)
def test_json_mode_can_fail(manner: Manner) -> None:
    """[S13] A text that is no JSON is served where the turn says that it ignores the format."""
    script = """turns: [{say: [{text: '{"name": "Jane'}], ignores: [response_format]}]"""
    more = {"response_format": {"type": "json_object"}}

    heard = manner.hear(ask(Client.playing(script), manner, "Extract.", **more))

    assert '{"name": "Jane' == heard.text


@pytest.mark.parametrize("manner", CHAT_MANNERS, ids=str)
def test_no_calls_is_no_key(manner: Manner) -> None:
    """[S15] An answer that calls nothing has no ``tool_calls``, though tools are offered."""
    body = manner.body([user("Hi")], tools=manner.tools([WEATHER]))

    answer = Client().post(manner.path("loops/no-call"), body)

    assert b"tool_calls" not in answer.body
    assert "stop" == manner.hear(answer).end


def test_fallback_models() -> None:
    """[S23] ``models`` is accepted, and the answer names the one that is scripted."""
    client = Client.playing("turns: [{say: [{text: Hi.}], model: mistralai/mistral-large}]")
    body = {"models": ["openai/gpt-4o", "mistralai/mistral-large"], "messages": [user("Hi")]}

    assert "mistralai/mistral-large" == client.post(CHAT.path(), body).json["model"]
    assert "openai/gpt-4o" == Client().post(CHAT.path(), body).json["model"]


@pytest.mark.parametrize("manner", MANNERS, ids=str)
def test_three_steps(manner: Manner) -> None:
    """[S26] [S57] Request with tools, run, request with results: the second turn sees them."""
    script = """
    turns:
      - say: [{tool_call: get_weather}]
      - cases:
          - when: {result: "18"}
            say: [{text: "It is {{ results.get_weather.temp }} degrees."}]
    """
    client = Client.playing(script)

    _, last = talk(client, manner, [WEATHER], run=lambda _: '{"temp": 18}')

    assert "It is 18 degrees." == last.text
    assert ["", ""] == [each.error for each in client.exchanges]
    again = manner.hear(ask(client, manner, "From the start, please.", WEATHER))
    assert ["get_weather"] == [call.name for call in again.calls]


@pytest.mark.parametrize("manner", CHAT_MANNERS, ids=str)
def test_the_finish_reason_says_tool_calls(manner: Manner) -> None:
    """[S28] Calls end with ``tool_calls``; OpenRouter has the native reason beside it."""
    answer = ask(Client(), manner, "Weather in Tokyo?", WEATHER)
    heard = manner.hear(answer)
    choices = [c for event in _bodies(answer, manner) for c in event["choices"]]
    native = {c.get("native_finish_reason") for c in choices if c["finish_reason"]}

    assert ("tool_calls", 1) == (heard.end, len(heard.calls))
    assert native == {"tool_calls" if manner.profile is OPENROUTER else None}


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_arguments_are_complete_at_the_finish(profile: Profile) -> None:
    """[S65] No fragment comes after the finish, and what came before it parses."""
    manner = Manner("chat", profile, stream=True)
    answer = ask(Client(), manner, "Weather in Tokyo?", WEATHER)
    choices = [c for event in answer.events for c in event["choices"]]
    ended = next(n for n, choice in enumerate(choices) if choice["finish_reason"])

    assert not any("tool_calls" in choice["delta"] for choice in choices[ended:])
    (call,) = manner.hear(answer).calls
    assert "Tokyo" == json.loads(call.arguments)["location"]


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
@pytest.mark.parametrize("arguments", [{"a": 1}, {"city": "Berlin"}, {}], ids=json.dumps)
def test_arguments_come_in_several_fragments(profile: Profile, arguments: Json) -> None:
    """[S87] By default a call takes two deltas at least, and so do arguments that are not empty."""
    script = f"turns: [{{say: [{{tool_call: get_weather, arguments: {json.dumps(arguments)}}}]}}]"
    manner = Manner("chat", profile, stream=True)

    parts = _parts(ask(Client.playing(script), manner, "Hi", WEATHER).events)

    assert 2 <= len(parts)
    assert (2 if arguments else 1) <= len([p for p in parts if p["function"]["arguments"]])


def test_openai_has_its_own_ids() -> None:
    """[S1] What comes from each base looks like that provider's: ids tell them apart."""
    ids = [ask(Client(), m, "Hi").json["id"] for m in (OPENAI_CHAT, CHAT)]

    assert ["chatcmpl", "gen"] == [made.split("-")[0] for made in ids]
    assert ask(Client(), CHAT_STREAM, "Hi").events[0]["id"].startswith("gen-")


def _bodies(answer: Json, manner: Manner) -> list[Json]:
    return answer.events if manner.stream else [answer.json]


def _parts(events: list[Json]) -> list[Json]:
    deltas = [choice["delta"] for event in events for choice in event["choices"]]
    return [part for delta in deltas for part in delta.get("tool_calls", ())]
