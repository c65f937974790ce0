"""Which calls a client answered, and with what, as a test asks its mock."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from unittest.mock import ANY

import pytest

from mockrouter import MockRouter, Server
from mockrouter.values import Json, JsonObject
from tool_loops import CALL, RESULT, Chat, Make, clients, complaint, looped


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


@clients
def test_a_good_client(mock: MockRouter, make: Make) -> None:
    """For a client without fault each assertion holds, in each format."""
    mock.script([{"text": "Let me see."}, *CALL], "It is cold.")
    looped(make(mock))

    mock.assert_done()
    mock.assert_answered("get_weather")
    mock.assert_answered("get_weather", {"temp": 18})
    mock.assert_answered("get_weather", RESULT, arguments={"city": "Oslo"})
    mock.assert_ran_once()
    mock.assert_history_kept()


ANSWERED: list[tuple[JsonObject, str]] = [
    ({"name": "get_time"}, "no call of 'get_time' was made; calls made: get_weather"),
    (
        {"name": "get_weather", "arguments": {"city": "Bergen"}},
        """no call of 'get_weather' had these arguments:
  (- was expected, + was there)
    {
  -   "city": "Bergen"
  +   "city": "Oslo"
    }""",
    ),
    (
        {"name": "get_weather", "result": {"temp": 19}},
        """request 2 answered 'get_weather' otherwise:
  (- was expected, + was there)
    {
  -   "temp": 19
  +   "temp": 18
    }""",
    ),
    (
        {"name": "get_weather", "result": "cold"},
        """request 2 answered 'get_weather' otherwise:
  (- was expected, + was there)
  - "cold"
  + {
  +   "temp": 18
  + }""",
    ),
]


@clients
@pytest.mark.parametrize(("asked", "said"), ANSWERED)
def test_answered(mock: MockRouter, make: Make, asked: JsonObject, said: str) -> None:
    """What is missing is told, with what there was in its place."""
    mock.script(CALL, "It is cold.")
    looped(make(mock))

    assert said == complaint(mock.assert_answered, **asked)


def test_answered_where_nothing_was_called(mock: MockRouter) -> None:
    """A model that called nothing is told as such."""
    mock.script("Hello.")
    Chat(mock).ask()

    expected = "no call of 'get_weather' was made; calls made: none at all"
    assert expected == complaint(mock.assert_answered, "get_weather")


@clients
def test_not_answered(mock: MockRouter, make: Make) -> None:
    """A call that no result came back for, and one that should not have been carried out."""
    mock.script(CALL, "It is cold.")
    client = make(mock)
    client.ask()
    unanswered = complaint(mock.assert_answered, "get_weather")
    nothing = complaint(mock.assert_not_answered, "get_weather")
    client.reply()
    client.ask()

    made = 'the call of \'get_weather\' with {"city":"Oslo"}'
    assert f"no result was sent back for {made}" == unanswered
    assert "" == nothing
    assert f"request 2 sent back a result for {made}: {RESULT}" == complaint(
        mock.assert_not_answered, "get_weather"
    )


def test_what_a_client_sent_is_spelled_out(mock: MockRouter) -> None:
    """A failure's words can be written to any terminal and file."""
    mock.script(CALL, "It is cold.")
    looped(Chat(mock), "\ud83d\x1b[2J")

    said = complaint(mock.assert_answered, "get_weather", 1)
    assert '+ "\\ud83d\\u001b[2J"' in said
    assert said.encode()


def test_not_answered_under_another_id(mock: MockRouter) -> None:
    """A client that renames the call has carried it out nevertheless."""
    mock.script(CALL, "It is cold.")
    client = Chat(mock)
    client.ask()
    client.history[-1]["tool_calls"][0]["id"] = "mine"
    client.reply()
    client.ask()

    assert (
        "request 2 sent back a result for a call of 'get_weather' under an id that no answer had "
        f"('mine'): {RESULT}"
    ) == complaint(mock.assert_not_answered, "get_weather")


def test_what_never_happened_is_not_fine(mock: MockRouter) -> None:
    """A check of something that was never there, or has another name, fails."""
    mock.script(CALL)
    asked_nothing = [complaint(check) for check in (mock.assert_ran_once, mock.assert_waited)]
    Chat(mock).ask()

    assert ["nothing was asked"] * 2 == asked_nothing
    assert "no answer said Retry-After" == complaint(mock.assert_waited)
    assert "no call of 'get_wether' was made; calls made: get_weather" == complaint(
        mock.assert_not_answered, "get_wether"
    )


EQUAL: list[tuple[Json, Json, bool]] = [
    (1, True, False),
    (True, 1, False),
    (0.0, False, False),
    (1.0, 1, True),
    ([1, {"a": True}], [1, {"a": 1}], False),
    ({"a": [None, "b"]}, {"a": [None, "b"]}, True),
    ((1, 2), [1, 2], True),
    ([1], [1, 2], False),
    ({"a": ANY}, {"a": False}, True),
]


@pytest.mark.parametrize(("expected", "actual", "equal"), EQUAL, ids=count())
def test_equal_as_json(mock: MockRouter, expected: Json, actual: Json, equal: Json) -> None:
    """True is no number, and what compares itself may."""
    mock.script([{"tool_call": "get_weather", "arguments": {"city": actual}}], "It is cold.")
    looped(Chat(mock), json.dumps(actual))

    by_result = complaint(mock.assert_answered, "get_weather", expected)
    by_arguments = complaint(mock.assert_answered, "get_weather", arguments={"city": expected})
    assert [equal, equal] == [not by_result, not by_arguments]


def test_no_failure_tells_a_secret(mock: MockRouter) -> None:
    """What a call holds under a secret's name is blanked in each message about it."""
    arguments = {"city": "Oslo", "api_key": "hunter2"}
    mock.script([{"tool_call": "get_weather", "arguments": arguments}], "It is cold.")
    client = Chat(mock)
    client.ask()
    wrong = {"city": "Bergen", "api_key": "hunter2"}
    said = [
        complaint(mock.assert_answered, "get_weather"),
        complaint(mock.assert_answered, "get_weather", arguments=wrong),
    ]
    client.reply()
    client.ask()
    said.append(complaint(mock.assert_not_answered, "get_weather"))

    assert all(said)
    assert "hunter2" not in "".join(said)
    mock.assert_answered("get_weather", arguments=arguments)
