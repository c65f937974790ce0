"""Requirements on who may be called, and how often; see ``test_requirements`` for [S…]."""

from __future__ import annotations

import pytest

from asgi import Client
from loop import MANNERS, Manner, talk
from mockrouter.values import Json
from requirement_samples import (
    CALCULATE,
    CHAT,
    DATABASE,
    TWO_CALLS,
    WEATHER,
    ask,
    complaint,
)


@pytest.mark.parametrize("manner", MANNERS, ids=str)
@pytest.mark.parametrize(
    ("choice", "names"),
    [
        ("auto", ["get_weather"]),
        ("required", ["get_weather"]),
        ("none", []),
        ("search_database", ["search_database"]),
    ],
)
def test_each_tool_choice_is_obeyed(manner: Manner, choice: str, names: list[str]) -> None:
    """[S4] [S61] All four values are accepted, and decide which tool is called, if any."""
    nested = {"type": "function", "function": {"name": choice}}
    flat = {"type": "function", "name": choice}
    named = nested if manner.dialect == "chat" else flat
    wanted: Json = named if choice == "search_database" else choice

    answer = ask(Client(), manner, "Weather in Tokyo?", WEATHER, DATABASE, tool_choice=wanted)

    assert names == [call.name for call in manner.hear(answer).calls]


@pytest.mark.parametrize("manner", MANNERS, ids=str)
def test_the_default_choice_is_auto(manner: Manner) -> None:
    """[S61] Without ``tool_choice`` the model may call, and may as well not."""
    calling = ask(Client(), manner, "Weather in Tokyo?", WEATHER)
    silent = ask(Client.playing("turns: [{say: [{text: No.}]}]"), manner, "Hi", WEATHER)

    assert [1, 0] == [len(manner.hear(each).calls) for each in (calling, silent)]


@pytest.mark.parametrize("manner", MANNERS, ids=str)
@pytest.mark.parametrize(
    ("say", "choice", "said", "asked"),
    [
        ("text: Sunny.", "required", "calls no tool", "required"),
        ("tool_call: get_weather", "none", "'get_weather'", "none"),
        ("tool_call: get_weather", "search_database", "'get_weather'", "search_database"),
    ],
)
def test_a_contradiction_names_both_sides(
    manner: Manner, say: str, choice: str, said: str, asked: str
) -> None:
    """[S4] [S20] A turn against ``tool_choice`` is a mistake in the scenario, which is told so."""
    inner = {"name": choice}
    named = {"type": "function"} | ({"function": inner} if manner.dialect == "chat" else inner)
    wanted: Json = named if choice == "search_database" else choice
    client = Client.playing(f"turns: [{{say: [{{{say}}}]}}]")

    answer = ask(client, manner, "Weather?", WEATHER, DATABASE, tool_choice=wanted)

    status, code, message = complaint(client, answer)
    assert (400, "mockrouter_contradiction") == (status, code)
    assert said in message
    assert asked in message


def test_disobedience_can_be_scripted() -> None:
    """[S20] A server that ignores ``tool_choice`` is played by a turn that says so."""
    client = Client.playing("turns: [{say: [{text: Sunny.}], ignores: [tool_choice]}]")

    answer = ask(client, CHAT, "Weather?", WEATHER, tool_choice="required")

    assert ("Sunny.", ()) == (CHAT.hear(answer).text, CHAT.hear(answer).calls)


@pytest.mark.parametrize("manner", MANNERS, ids=str)
def test_no_parallel_calls_where_they_are_forbidden(manner: Manner) -> None:
    """[S35] [S62] With ``parallel_tool_calls: false`` the calls come one after the other."""
    words = "Calculate 10*5 and also tell me the weather in Miami"
    functions = [CALCULATE, WEATHER]

    both = list(talk(Client(), manner, functions, user=words))
    single = list(talk(Client(), manner, functions, user=words, parallel_tool_calls=False))

    assert [2, 0] == [len(each.calls) for each in both]
    assert [1, 1, 0] == [len(each.calls) for each in single]


@pytest.mark.parametrize("manner", MANNERS, ids=str)
def test_a_script_with_forbidden_parallel_calls(manner: Manner) -> None:
    """[S35] Two scripted calls against ``parallel_tool_calls: false`` are a scenario's mistake."""
    client = Client.playing(TWO_CALLS)

    answer = ask(client, manner, "Both?", WEATHER, DATABASE, parallel_tool_calls=False)

    status, code, message = complaint(client, answer)
    assert (400, "mockrouter_contradiction") == (status, code)
    assert "parallel_tool_calls: the reply makes 2 calls, the request has false" in message
