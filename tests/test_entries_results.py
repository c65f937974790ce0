"""Which results came back for a call, and in which requests."""

from __future__ import annotations

import json

from conversations import CALL, called, read, result, user
from scripts import USER, ask, chat, engine


def test_a_result_that_is_sent_again_is_no_second_result() -> None:
    """The history comes with every request; two results in one request are two."""
    served = engine(CALL)
    ask(served, chat())
    one, two = (call.id for call in read(served)[0].calls)
    history = [USER, called(read(served)[0]), result(one), result(two, "5"), result(two, "6")]
    ask(served, chat(*history))
    ask(served, chat(*history))
    ask(served, chat(*history, {"role": "assistant", "content": "5"}, user("More")))

    first = read(served)[0]
    assert [[("18", 2)], [("5", 2), ("6", 2)]] == [
        [(found.content, found.request) for found in call.results] for call in first.calls
    ]
    assert [0, 3, 3, 0] == [len(entry.tool_results) for entry in read(served)]
    assert {2} == {found.request for found in read(served)[2].tool_results}


def test_a_tool_that_ran_again_has_two_results() -> None:
    """Each in a request of its own, as where a client begins anew after an error."""
    served = engine(CALL)
    ask(served, chat())
    first = read(served)[0]
    for content in ("18", "19"):
        ask(served, chat(USER, called(first), result(first.calls[0].id, content)))

    (call, other) = read(served)[0].calls
    assert [("18", 2), ("19", 3)] == [(found.content, found.request) for found in call.results]
    assert () == other.results


SHARED = """
turns:
  - say:
      - {tool_call: get_weather, arguments: {city: Oslo}, id: same}
      - {tool_call: get_time, id: same}
  - say: [{tool_call: get_weather, id: same}]
  - say: [{text: It is cold.}]
"""


def test_calls_that_share_an_id_have_a_result_each() -> None:
    """The first result is the first call's; an id that a later turn takes again is that turn's."""
    served = engine(SHARED)
    ask(served, chat())
    history = [USER, called(read(served)[0]), result("same", "18"), result("same", "noon")]
    ask(served, chat(*history))
    history += [called(read(served)[1]), result("same", "19")]
    ask(served, chat(*history))
    ask(served, chat(*history))

    assert [[["18"], ["noon"]], [["19"]], [], []] == [
        [[found.content for found in call.results] for call in entry.calls]
        for entry in read(served)
    ]
    assert ["get_weather", "get_time"] == [found.name for found in read(served)[1].tool_results]


def test_a_call_that_shares_its_id_ran_twice() -> None:
    """Another result than the one before, in a request that was asked anew."""
    served = engine(SHARED.replace("  - say: [{tool_call: get_weather, id: same}]\n", ""))
    ask(served, chat())
    said = called(read(served)[0])
    for content in ("18", "19"):
        ask(served, chat(USER, said, result("same", content), result("same", content)))

    assert [[2, 3], [2, 3]] == [
        [found.request for found in call.results] for call in read(served)[0].calls
    ]


def test_a_result_may_answer_a_second_choice() -> None:
    """The same call has an id of its own in each choice; the client took the second."""
    served = engine(CALL)
    wire, _ = ask(served, chat(n=2))
    message = json.loads(wire.body)["choices"][1]["message"]
    ask(served, chat(USER, message, result(message["tool_calls"][0]["id"])))

    assert 1 == read(served)[1].follows
    assert ["18"] == [found.content for found in read(served)[0].calls[0].results]


def test_results_of_a_closed_history_keep_their_request() -> None:
    """A history of which nothing is known brings its results itself."""
    served = engine(CALL)
    message = {"role": "assistant", "tool_calls": []}
    ask(served, chat(USER, message, result("foreign")))

    (found,) = read(served)[0].tool_results
    assert ("", 1) == (found.name, found.request)
