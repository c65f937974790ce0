"""A loop written by hand against a model that is slow, confused, or never done."""

from __future__ import annotations

import pytest

from pytest_mockrouter import Answer, MockRouter, ToolCallPart

from .agent import MAX_ROUNDS, ask

QUESTION = "How warm is it in Tokyo?"
CALL: ToolCallPart = {"tool_call": "get_weather", "arguments": {"city": "Tokyo"}}


def test_answers_from_the_result(mockrouter: MockRouter) -> None:
    """The model asks for the weather, gets it, and its answer is ours."""
    mockrouter.script([CALL], "It is 18 degrees.")

    assert ask(QUESTION) == "It is 18 degrees."
    mockrouter.assert_answered("get_weather", {"city": "Tokyo", "degrees": 18})


def test_answers_each_of_several_calls(mockrouter: MockRouter) -> None:
    """Two calls in one reply get two results in one request."""
    oslo: ToolCallPart = {"tool_call": "get_weather", "arguments": {"city": "Oslo"}}
    mockrouter.script([CALL, oslo], "Tokyo and Oslo are alike.")

    ask("Compare Tokyo and Oslo.")

    results = mockrouter.last_request.tool_results
    assert [result.value["city"] for result in results] == ["Tokyo", "Oslo"]


def test_waits_as_long_as_it_is_told(mockrouter: MockRouter) -> None:
    """A rate limit is waited for; in virtual time, so the test need not."""
    limited: Answer = {"error": {"status": 429, "retry_after": 30}}
    mockrouter.script({"attempts": [limited, [CALL]]}, "It is 18 degrees.")

    with mockrouter.virtual_time():
        assert ask(QUESTION) == "It is 18 degrees."

    mockrouter.assert_waited()


def test_tells_the_model_that_its_arguments_are_no_json(mockrouter: MockRouter) -> None:
    """The model gets the parser's words and can try again."""
    broken: ToolCallPart = {**CALL, "malformed": "truncated"}
    mockrouter.script([broken], [CALL], "It is 18 degrees.")

    assert ask(QUESTION) == "It is 18 degrees."
    first, second = mockrouter.calls
    assert first.results[0].value == {
        "error": "Unterminated string starting at: line 1 column 9 (char 8)"
    }
    assert second.results[0].value == {"city": "Tokyo", "degrees": 18}


@pytest.mark.mockrouter("loops/endless")
def test_gives_up_on_a_model_that_never_answers(mockrouter: MockRouter) -> None:
    """Five rounds of calls are enough."""
    with pytest.raises(RuntimeError, match="no answer after 5 rounds"):
        ask(QUESTION)

    assert len(mockrouter.requests) == MAX_ROUNDS


@pytest.mark.mockrouter_each("arguments/*", "calls/[!i]*", mode="plain")
def test_always_says_something(mockrouter: MockRouter) -> None:
    """However odd the model's calls are, the loop ends, and no call stays without a result."""
    assert isinstance(ask(QUESTION), str)
    assert all(call.results for call in mockrouter.calls)
