"""The names that templates can use."""

from __future__ import annotations

import time
from random import Random

import pytest

from mockrouter.request import Call, Envelope, Message, Request
from mockrouter.scenario.names import names
from mockrouter.values import Json, JsonObject


def named(*messages: Message) -> JsonObject:
    """Collect the names for a conversation's first reply."""
    request = Request("chat", Envelope("any/model"), messages)
    return names(request, turn=1, attempt=1, rng=Random(0))


def exchange(call: str, tool: str, result: str) -> tuple[Message, Message]:
    """Make the two messages of a call and its result."""
    return (
        Message("assistant", calls=(Call(call, tool, "{}"),)),
        Message("tool", result, call_id=call),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [('{"temp": 18}', {"temp": 18}), ("sunny", "sunny"), ("[" * 100_000, "[" * 100_000)],
)
def test_a_result_is_its_json_value_or_its_text(text: str, expected: Json) -> None:
    """No tool result is too odd to answer."""
    found = named(*exchange("call_1", "get_weather", text))

    assert {"get_weather": expected} == found["results"]
    assert expected == found["result"]


def test_results_go_by_the_last_call_of_their_id() -> None:
    """The last result of a tool holds; one whose call is not shown goes by its id."""
    found = named(
        *exchange("call_1", "search", "1"),
        *exchange("call_1", "lookup", "2"),
        *exchange("call_2", "lookup", "3"),
        Message("tool", "4", call_id="call_9"),
        Message("tool", "5"),
    )

    assert [("lookup", 3), ("call_9", 4), ("tool", 5)] == list(found["results"].items())


def test_a_long_conversation_is_read_once() -> None:
    """Thousands of results take no more than their share of time each."""
    messages = [m for n in range(20_000) for m in exchange(f"call_{n}", f"tool_{n % 7}", "1")]
    start = time.perf_counter()

    assert 7 == len(named(*messages)["results"])
    assert time.perf_counter() - start < 10  # each with each would take a minute
