"""Whether a client kept its conversation, as a test asks its mock."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import count

import pytest

from mockrouter import MockRouter, Server
from mockrouter.values import Json
from scripts import WEATHER
from tool_loops import CALL, Chat, Make, clients, complaint, send, user


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One for all; each test has a namespace."""
    with Server(strict=False) as running:
        yield running


@pytest.fixture
def mock(server: Server) -> Iterator[MockRouter]:
    """A mock that owes nothing."""
    with server.namespace("test", strict=False) as opened:
        yield opened


def change(number: int, **fields: Json) -> Callable[[Chat], object]:
    """Change an item of a client's history."""
    return lambda client: client.history[number].update(fields)


def _other_arguments(client: Chat) -> None:
    client.history[1]["tool_calls"][0]["function"]["arguments"] = '{"city":"Bergen"}'


LOST: list[tuple[Callable[[Chat], object], str]] = [
    (
        lambda client: client.history.pop(0),
        "request 2 lost or changed a message of 1 (user: What is the weather in Tokyo?)",
    ),
    (
        change(0, content="Weather?"),
        "request 2 lost or changed a message of 1 (user: What is the weather in Tokyo?)",
    ),
    (
        change(1, content="Wait."),
        "request 2 lost or changed the text of answer 1: Let me see.",
    ),
    (
        _other_arguments,
        r'''request 2 changed the call of 'get_weather' (ID):
  (- was expected, + was there)
  - "get_weather {\"city\":\"Oslo\"}"
  + "get_weather {\"city\":\"Bergen\"}"''',
    ),
]


@pytest.mark.parametrize(("spoil", "said"), LOST, ids=count())
def test_history_that_is_lost(mock: MockRouter, spoil: Callable[[Chat], object], said: str) -> None:
    """What a request left out or changed of its conversation is named."""
    mock.script([{"text": "Let me see."}, *CALL], "It is cold.")
    client = Chat(mock)
    client.ask()
    client.reply()
    spoil(client)
    client.ask()

    found = complaint(mock.assert_history_kept)
    assert said == found.replace(mock.calls[0].id, "ID")


def test_history_of_strangers(mock: MockRouter) -> None:
    """A request that holds nothing of what was said is a new conversation only where one may be."""
    mock.script({"attempts": ["A.", "B."]})
    first, second = Chat(mock), Chat(mock)
    second.history[0]["content"] = "Something else"
    first.ask()
    second.ask()

    expected = (
        "request 2 continues no earlier one (conversations begin in 1, 2); "
        "if it is meant to begin a new one, write conversations=2"
    )
    assert expected == complaint(mock.assert_history_kept)
    mock.assert_history_kept(conversations=2)


@clients
def test_history_that_is_lost_late(mock: MockRouter, make: Make) -> None:
    """That one request kept the history excuses no other."""
    mock.script("A.", "B.", then="repeat")
    client = make(mock)
    client.ask()
    client.history.append(user("More"))
    client.ask()
    kept = complaint(mock.assert_history_kept)
    client.history = [user("And more")]
    client.ask()

    assert "" == kept
    assert "request 3 continues no earlier one" in complaint(mock.assert_history_kept)


def test_history_without_the_response_before(mock: MockRouter) -> None:
    """In Responses the history may be a name; a client that forgets it lost the history."""
    mock.script("A.", "B.", then="repeat")
    url = f"{mock.base_url}/responses"
    _, said = send(url, {"model": "m", "input": "a"})
    previous = json.loads(said)["id"]
    send(url, {"model": "m", "input": "b", "previous_response_id": previous})
    kept = complaint(mock.assert_history_kept)
    send(url, {"model": "m", "input": "c"})

    assert "" == kept
    assert "request 3 continues no earlier one" in complaint(mock.assert_history_kept)


@clients
def test_history_of_a_retry_alone(mock: MockRouter, make: Make) -> None:
    """Who asked the same again after an error had nothing to keep yet."""
    mock.script({"attempts": [500, 500, "Hello."]})
    client = make(mock)
    for _ in range(3):
        client.ask()

    mock.assert_history_kept()


def test_history_before_any_answer(mock: MockRouter) -> None:
    """A question that got no answer, or was refused, may be put in other words."""
    mock.script(500, then="repeat")
    client = Chat(mock)
    client.ask()
    send(f"{mock.base_url}/chat/completions", {"messages": "?"})
    client.history = [user("Shorter")]
    client.ask()

    mock.assert_history_kept()


def test_history_of_a_second_choice(mock: MockRouter) -> None:
    """The client may go on with any of the choices; each has ids of its own."""
    mock.script(CALL, "It is cold.")
    client = Chat(mock)
    body = {"model": "m", "messages": client.history, "tools": [WEATHER], "n": 2}
    _, said = send(f"{mock.base_url}/chat/completions", body)
    client.history.append(json.loads(said)["choices"][1]["message"])
    client.reply()
    client.ask()

    mock.assert_history_kept()
    mock.assert_answered("get_weather", {"temp": 18})
