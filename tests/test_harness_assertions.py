"""What a test may ask of a client's requests: each question's yes, and the words of its no."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import count
from unittest.mock import ANY

import pytest

from mockrouter import MockRouter, Server
from mockrouter.values import Json, JsonObject
from scripts import WEATHER
from tool_loops import RESULT, Chat, Responses, send

CALL: Json = [{"tool_call": "get_weather", "arguments": {"city": "Oslo"}}]


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


CLIENTS = [
    pytest.param(lambda mock, kind=kind, stream=stream: kind(mock, stream=stream), id=name)
    for kind in (Chat, Responses)
    for stream in (False, True)
    for name in [f"{kind.__name__}{' stream' if stream else ''}"]
]
Make = Callable[[MockRouter], Chat]
clients = pytest.mark.parametrize("make", CLIENTS)


def complaint(check: Callable[..., None], *args: Json, **named: Json) -> str:
    """Run an assertion; its words, empty where it holds."""
    try:
        check(*args, **named)
    except AssertionError as error:
        return str(error)
    return ""


def user(text: str) -> JsonObject:
    """Say something as the user."""
    return {"role": "user", "content": text}


def looped(client: Chat, content: str = RESULT) -> Chat:
    """Ask, answer the call, and ask on."""
    client.ask()
    client.reply(content)
    client.ask()
    return client


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


def test_ran_once_where_nothing_was_called(mock: MockRouter) -> None:
    """No call cannot have run once."""
    mock.script("Hello.")
    Chat(mock).ask()

    assert "no tool call was made" == complaint(mock.assert_ran_once)


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


@clients
def test_ran_twice_for_one_call(mock: MockRouter, make: Make) -> None:
    """A client that carries a call out anew when it tries again sends another result."""
    mock.script(CALL, {"attempts": [500, "It is cold."]})
    client = looped(make(mock))
    client.history.pop()
    client.reply('{"temp": 19}')
    client.ask()

    assert "the call of 'get_weather' in answer 1 got 2 results, in requests 2, 3" == complaint(
        mock.assert_ran_once
    )


@clients
def test_ran_twice_for_one_turn(mock: MockRouter, make: Make) -> None:
    """A client that carries out the calls of two answers to one question."""
    mock.script({"attempts": [{"say": CALL}, {"say": CALL}]}, "It is cold.")
    looped(make(mock))
    looped(make(mock))

    assert "turn 1 was answered 2 times, and its call of 'get_weather' was carried out 2 times" in (
        complaint(mock.assert_ran_once)
    )


@clients
def test_tried_again(mock: MockRouter, make: Make) -> None:
    """A client that comes back with the same result has run its tool once."""
    mock.script(CALL, {"attempts": [500, "It is cold."]})
    client = looped(make(mock))
    client.ask()

    mock.assert_ran_once()
    mock.assert_history_kept()


@clients
def test_calls_that_share_an_id_ran_once(mock: MockRouter, make: Make) -> None:
    """A client that answers each call has run each once, whatever ids the model gave."""
    mock.load("calls/duplicate-ids")
    client = make(mock)
    client.ask()
    if isinstance(client, Responses):
        client.history += [
            {"type": "function_call_output", "call_id": "call_duplicate", "output": RESULT}
        ] * 2
    else:
        client.reply()
    client.ask()

    assert [1, 1] == [len(call.results) for call in mock.calls]
    mock.assert_ran_once()
    mock.assert_history_kept()


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


WAIT: Json = {"error": {"status": 429, "retry_after": 60}}


def test_waits(mock: MockRouter) -> None:
    """Who comes back sooner than told, or never, is named with the seconds."""
    mock.script({"attempts": [WAIT, "Hello."]})
    client = Chat(mock)
    client.ask()
    never = complaint(mock.assert_waited)
    client.ask()
    soon = complaint(mock.assert_waited)

    assert "request 1 was told to wait 60 s and was never tried again" == never
    assert soon.startswith("request 2 tried 1 again after ")
    assert soon.endswith(" s, not 60 s")


def test_done(server: Server) -> None:
    """Turns left over and requests without an answer are each a line."""
    with server.namespace("owing", strict=True, check=False) as mock:
        mock.script("Hello.", "Never.", when={"model": "other"})
        Chat(mock).ask()
        lines = complaint(mock.assert_done).splitlines()

    assert lines[0].startswith("request 1 had no answer: no scenario matches this request")
    assert lines[-2].endswith(": turn 1 of 'script' was never asked for")
    assert lines[-1].endswith(": turn 2 of 'script' was never asked for")


def test_a_full_journal(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where requests were forgotten, nothing can be said to be fine."""
    monkeypatch.setattr(server._host.engine.journal, "most", 2)  # noqa: SLF001
    with server.namespace("full", strict=False) as mock:
        for _ in range(5):
            Chat(mock).ask()

        assert "the journal forgot 3 requests, as it is full" == complaint(mock.assert_done)
