"""Which requests belong together, and how long a client waited."""

from __future__ import annotations

import cProfile
import json
from array import array

import pytest

from conversations import CALL, TEXTS, called, places, read, result, user
from mockrouter.engine.journal import Exchange
from mockrouter.entries import entries
from mockrouter.entries.waits import retry_after
from mockrouter.values import Json
from mockrouter.wire import Sent
from scripts import USER, ask, chat, engine

LOOP = """
turns:
  - attempts:
      - error: {status: 429, retry_after: 2}
      - say: [{tool_call: get_weather, arguments: {city: Oslo}}]
  - say: [{text: It is cold.}]
  - say: [{text: You are welcome.}]
"""


SCRIPTED = """
turns:
  - say: [{tool_call: get_weather, arguments: {city: Oslo}, id: call_1}]
  - say: [{text: It is cold.}]
"""


def test_retries_and_turns_make_a_conversation() -> None:
    """An error, its retry, the call's result, and what the user says next."""
    served = engine(LOOP)
    ask(served, chat())
    ask(served, chat(temperature=0))
    history = [USER, called(read(served)[1])]
    history.append(result(read(served)[1].calls[0].id))
    ask(served, chat(*history))
    ask(served, chat(*history, called(read(served)[2]), user("Thanks")))

    assert [(1, None, False), (1, 1, True), (1, 2, False), (1, 3, False)] == places(served)
    assert [[2], [3], [4], []] == [entry.next for entry in read(served)]
    assert [2.0, None] == [entry.retry_after for entry in read(served)[:2]]


def test_the_same_words_elsewhere_are_no_retry() -> None:
    """Another provider goes on with the conversation; another namespace or scenario does not."""
    served = engine(TEXTS)
    for path in ("/v1", "/api/v1", "/~t/v1", "/~t/v1", "/s/auto/v1"):
        ask(served, chat(), path=f"{path}/chat/completions")

    here = [(1, None, False), (1, 1, False)]
    assert [*here, (3, None, False), (3, 3, True), (5, None, False)] == places(served)


def test_without_ids_the_messages_tell() -> None:
    """Of several conversations that begin alike the longest is continued, then the latest."""
    served = engine(TEXTS)
    said = {"role": "assistant", "content": "A."}
    for messages in (
        [user("a")],
        [user("b")],
        [user("a"), said, user("more")],
        [user("a")],
        [user("a"), said, user("more"), said, user("end")],
        [user("b"), said, user("more")],
        [user("c")],
    ):
        ask(served, chat(*messages))

    follows = [(None, False), (None, False), (1, False), (1, True), (3, False), (2, False)]
    assert [*follows, (None, False)] == [(e.follows, e.is_retry) for e in read(served)]
    assert [1, 2, 1, 1, 1, 2, 7] == [e.conversation for e in read(served)]


def test_ids_tell_where_the_history_was_trimmed() -> None:
    """A client that forgets the beginning still goes on with the same conversation."""
    served = engine(CALL)
    ask(served, chat())
    ask(served, chat(user("Something else")))
    first = read(served)[0]
    ask(served, chat(user("Summary."), called(first), result(first.calls[0].id)))
    ask(served, chat(user("Summary."), result(first.calls[1].id)))

    assert [1, 1] == [entry.follows for entry in read(served)[2:]]


def test_ids_that_come_twice_are_told_apart_by_the_messages() -> None:
    """A scenario may give every conversation the same id."""
    served = engine(SCRIPTED)
    for text in ("a", "b"):
        ask(served, chat(user(text)))
    for text in ("a", "b"):
        ask(served, chat(user(text), called(read(served)[0]), result("call_1", text)))

    assert [1, 2] == [entry.follows for entry in read(served)[2:]]
    assert [["a"], ["b"]] == [
        [found.content for found in entry.calls[0].results] for entry in read(served)[:2]
    ]


def test_responses_that_are_stored_are_continued_by_their_id() -> None:
    """The messages before it are not sent again; those of two conversations may be the same."""
    served = engine(LOOP.replace("- error: {status: 429, retry_after: 2}\n      ", ""))
    made = []
    for text in ("a", "b"):
        wire, _ = ask(served, {"model": "m", "input": text}, path="/v1/responses")
        made.append(json.loads(wire.body))
    for response in made * 2:
        call_id = response["output"][0]["call_id"]
        output = {"type": "function_call_output", "call_id": call_id, "output": "18"}
        body = {"model": "m", "input": [output], "previous_response_id": response["id"]}
        ask(served, body, path="/v1/responses")

    retries = [(1, 3, True), (2, 4, True)]
    assert [(1, 1, False), (2, 2, False), *retries] == places(served)[2:]
    assert [("get_weather", 3)] == [
        (found.name, found.request) for found in read(served)[0].calls[0].results
    ]


def test_how_long_a_client_waited() -> None:
    """From the end of the answer that it follows; nothing is known of one that is not over."""
    served = engine(TEXTS)
    for arrived in (10.0, 14.5, 14.6):
        _, exchange = ask(served, chat())
        exchange.arrived = arrived
    first, second, _ = served.journal
    first.sent = Sent(1, 10, 10.0, 12.0, complete=True, client_left=False, times=array("d"))

    assert [None, 2.5, None] == [entry.waited for entry in read(served)]
    assert second.sent is None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "2"}, 2.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "2"}, 0.25),
        ({"retry-after-ms": "soon", "retry-after": "2"}, 2.0),
        ({"retry-after": "Thu, 01 Jan 1970 00:16:50 GMT"}, 10.0),
        ({"retry-after": "Thu, 01 Jan 1970 00:16:00 GMT"}, 0.0),
        ({"retry-after": "Thu, 01 Jan 1970 00:16:50"}, 10.0),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "later"}, None),
        ({"retry-after": "Thu, 99 Jan 9999"}, None),
    ],
)
def test_what_a_response_asks_for(headers: dict[str, str], seconds: float | None) -> None:
    """Seconds, milliseconds or a date."""
    sent = tuple((name.encode(), value.encode()) for name, value in headers.items())

    assert seconds == retry_after(sent, 1000.0)


@pytest.mark.parametrize(
    "body",
    [
        {"messages": []},
        {"messages": "text"},
        {"model": "m", "input": [], "previous_response_id": "resp_1"},
        [1],
        b"",
    ],
    ids=str,
)
def test_nothing_links_what_says_nothing(body: Json) -> None:
    """Requests that hold no messages stand alone."""
    served = engine(TEXTS)
    for path in ("/v1/chat/completions", "/v1/responses"):
        ask(served, body, path=path)

    assert [(1, None, False), (2, None, False)] == places(served)


def test_linking_takes_work_in_proportion() -> None:
    """Four times the requests, about four times the work: none is held against every other."""

    def work(count: int) -> int:
        made = [_asked(number) for number in range(1, count + 1)]
        with cProfile.Profile() as profile:
            assert count == len({entry.conversation for entry in entries(made)})
        return sum(row.callcount for row in profile.getstats())

    assert work(400) < 5 * work(100)


def _asked(number: int) -> Exchange:
    messages = [user("You are a model."), user(f"Question {number}"), *([user("More")] * 20)]
    body = json.dumps({"messages": messages}).encode()
    return Exchange(number, 0.0, "POST", "/v1/chat/completions", dialect="chat", body=body)


def test_two_clients_that_ask_alike_are_two_conversations() -> None:
    """What comes before the first answer has ended is no retry; later retries are one for each."""
    served = engine(TEXTS)
    for arrived, ended in ((0.0, 1.0), (0.5, 1.5), (2.0, 2.1), (2.5, 2.6)):
        _, exchange = ask(served, chat())
        exchange.arrived = arrived
        exchange.sent = Sent(1, 1, arrived, ended, True, False, array("d"))  # noqa: FBT003

    assert [(1, None, False), (2, None, False), (1, 1, True), (2, 2, True)] == places(served)
    assert [None, None, 1.0, 1.0] == [entry.waited for entry in read(served)]
