"""Requirements in SolRouter's manner, which is Chat Completions; see ``test_requirements``."""

from __future__ import annotations

import json

import pytest

from asgi import Client
from loop import Call, Manner, talk
from mockrouter.profiles import PROFILES, Profile
from mockrouter.values import JsonObject
from requirement_samples import CITY, SOL, SOL_STREAM, ask, user

ARGUMENTS = '{"city":"Berlin"}'
ANSWER = "The weather in Berlin is currently 18°C and cloudy, with winds around 12 kph."


def first_deltas(manner: Manner) -> list[JsonObject]:
    """Stream the page's call; the deltas with a call or an end in them."""
    body = manner.body([user("Weather in Berlin?")], tools=manner.tools([CITY]))
    events = Client().post(manner.path("loops/weather"), body).events
    choices = [choice for event in events for choice in event["choices"]]
    return [c["delta"] for c in choices if "tool_calls" in c["delta"] or c["finish_reason"]]


def test_the_first_answer_of_the_page() -> None:
    """[S70] The fields are those of the page: its id's prefix, its usage, the cost a number."""
    body = SOL.body([user("Weather in Berlin?")], tools=SOL.tools([CITY]))

    answer = Client().post(SOL.path("loops/weather"), body).json

    assert answer["id"].startswith("chatcmpl_")
    assert ("chat.completion", 1_767_225_600) == (answer["object"], answer["created"])
    (choice,) = answer["choices"]
    message = choice["message"]
    assert (0, "tool_calls") == (choice["index"], choice["finish_reason"])
    assert ("assistant", None) == (message["role"], message["content"])
    assert ARGUMENTS == message["tool_calls"][0]["function"]["arguments"]
    wanted = {"prompt_tokens": 67, "completion_tokens": 18, "total_tokens": 85, "cost": 0.0000121}
    assert wanted == {name: answer["usage"][name] for name in wanted}


@pytest.mark.parametrize("manner", [SOL, SOL_STREAM], ids=str)
def test_the_final_answer_of_the_page(manner: Manner) -> None:
    """[S72] The last turn ends with ``stop``, and the degree sign is whole, as UTF-8."""
    *_, last = talk(Client(), manner, [CITY], scenario="loops/weather")

    assert (ANSWER, "stop") == (last.text, last.end)
    assert "°".encode() in last.answer.body


@pytest.mark.parametrize("manner", [SOL, SOL_STREAM], ids=str)
def test_the_final_answer_cut_inside_the_degree_sign(manner: Manner) -> None:
    """[S72] A write may end between the two bytes of the degree sign, with nothing lost."""
    say = f"{{say: [{{text: '{ANSWER}'}}], faults: [{{fault: writes, inside: {{find: °}}}}]}}"

    answer = ask(Client.playing(f"turns: [{say}]"), manner, "Weather in Berlin?", CITY)

    first, second = "°".encode()[:1], "°".encode()[1:]
    ends = [data[-1:] for _, data in answer.writes]
    assert 1 == ends.count(first)
    assert answer.writes[ends.index(first) + 1][1].startswith(second)
    assert ANSWER == manner.hear(answer).text


@pytest.mark.parametrize("choice", ["auto", "none", "required"])
def test_tool_choices_are_accepted(choice: str) -> None:
    """[S74] ``required`` is accepted like the values that the page has."""
    answer = ask(Client(), SOL, "Weather in Berlin?", CITY, tool_choice=choice)

    assert 200 == answer.status
    assert (choice != "none") == bool(SOL.hear(answer).calls)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_the_deltas_of_the_page(profile: Profile) -> None:
    """[S75] [S76] Opening, two fragments cut inside a string, and the end, as on the page."""
    opening, one, two, end, *_ = first_deltas(Manner("chat", profile, stream=True))

    (opened,) = opening["tool_calls"]
    assert {"index", "id", "type", "function"} == opened.keys()
    assert ("function", {"name": "get_weather", "arguments": ""}) == (
        opened["type"],
        opened["function"],
    )
    assert [
        [{"index": 0, "function": {"arguments": '{"city":"Ber'}}],
        [{"index": 0, "function": {"arguments": 'lin"}'}}],
    ] == [one["tool_calls"], two["tool_calls"]]
    assert "tool_calls" not in end


def test_the_deltas_have_nothing_else() -> None:
    """[S75] In SolRouter's manner the deltas are the page's but for the id, the last one empty."""
    opening, *fragments, end = first_deltas(SOL_STREAM)

    assert [{"tool_calls"}] * 3 == [delta.keys() for delta in (opening, *fragments)]
    assert {} == end


@pytest.mark.parametrize(
    ("cut", "fragments"),
    [
        ('["{\\"c", "", "ity\\":\\"Berlin\\"}"]', ['{"c', "", 'ity":"Berlin"}']),
        ("[1, 9]", ["{", '"city":"B', 'erlin"}']),
        ("{at: [-2]}", ['{"city":"Berlin', '"}']),
        ("whole", [ARGUMENTS]),
    ],
)
def test_fragments_are_the_author_s(cut: str, fragments: list[str]) -> None:
    """[S76] Fragments can be listed one by one, cut by sizes, at offsets, or left whole."""
    script = f"turns: [{{say: [{{tool_call: x, arguments: '{ARGUMENTS}', cut: {cut}}}]}}]"

    events = ask(Client.playing(script), SOL_STREAM, "Hi", CITY).events

    parts = [p for e in events for c in e["choices"] for p in c["delta"].get("tool_calls", ())]
    assert ["", *fragments] == [part["function"]["arguments"] for part in parts]


class UnsupportedTool(Exception):
    """Raised by a client that is asked for a tool it does not have."""


def run(call: Call) -> str:
    """Run a tool as the page's end-to-end example does; failures become payloads."""
    if call.name != "get_weather":
        return json.dumps({"error": f"Unsupported tool: {call.name}"})
    try:
        city = json.loads(call.arguments)["city"]
    except ValueError as error:
        return json.dumps({"error": "invalid_arguments", "message": str(error)})
    if not isinstance(city, str):
        return json.dumps({"error": "tool_execution_failed", "message": "Invalid city argument"})
    if city != "Berlin":
        return json.dumps({"error": "city_not_found"})
    return json.dumps({"city": city, "temperature_c": 18})


@pytest.mark.parametrize("manner", [SOL, SOL_STREAM], ids=str)
@pytest.mark.parametrize(
    ("call", "payload"),
    [
        ("tool_call: get_weather, arguments: {city: Atlantis}", "city_not_found"),
        ("tool_call: get_wether, arguments: {city: Berlin}", "Unsupported tool: get_wether"),
        ("tool_call: get_weather, malformed: not_json", "invalid_arguments"),
        ("tool_call: get_weather, arguments: {city: 12}", "Invalid city argument"),
    ],
    ids=["unknown city", "unknown tool", "no JSON", "no string"],
)
def test_the_end_to_end_example(manner: Manner, call: str, payload: str) -> None:
    """[S85] Whatever is wrong with the call, the second request reports it and gets a text."""
    explains = "{say: [{text: 'Sorry: {{ result.error }}'}]}"
    client = Client.playing(f"turns: [{{say: [{{{call}}}]}}, {explains}]")

    heard = list(talk(client, manner, [CITY], run=run))

    assert [1, 0] == [len(each.calls) for each in heard]
    assert heard[-1].text.startswith("Sorry: ")
    assert payload in client.bodies[1]["messages"][-1]["content"]


def test_a_client_that_throws() -> None:
    """[S73] A client that throws on a name it does not know meets such a name."""

    def strict(call: Call) -> str:
        raise UnsupportedTool(call.name)

    with pytest.raises(UnsupportedTool, match="tool_that_nobody_offers"):
        list(talk(Client(), SOL, [CITY], scenario="turns/unknown-tool", run=strict))
