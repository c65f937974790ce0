"""The openai SDK: what it retries, what it raises, and what it leaves to the application."""

from __future__ import annotations

import asyncio

import pytest
from openai import APIConnectionError

from pytest_mockrouter import Answer, MockRouter, ToolCallPart

from .agent import ask, ask_on_responses, tell

QUESTION = "How warm is it in Tokyo?"
CALL: ToolCallPart = {"tool_call": "get_weather", "arguments": {"city": "Tokyo"}}


def test_answers_from_the_result(mockrouter: MockRouter) -> None:
    """The model asks for the weather, gets it, and its answer is ours."""
    mockrouter.script([CALL], "It is 18 degrees.")

    assert ask(QUESTION) == "It is 18 degrees."
    mockrouter.assert_answered("get_weather", {"city": "Tokyo", "degrees": 18})
    mockrouter.assert_history_kept()


def test_streams_the_answer(mockrouter: MockRouter) -> None:
    """Each fragment arrives by itself; those of the arguments are put together."""
    mockrouter.script(
        [{**CALL, "cut": "3 chars"}],
        [{"text": "It is 18 degrees.", "cut": "1 word"}],
    )

    assert list(tell(QUESTION)) == ["It", " is", " 18", " degrees."]
    mockrouter.assert_answered("get_weather", arguments={"city": "Tokyo"})


def test_waits_out_a_rate_limit(mockrouter: MockRouter) -> None:
    """The SDK retries twice by itself and waits as long as it is told, up to a minute."""
    limited: Answer = {"error": {"status": 429, "retry_after": 20}}
    mockrouter.script({"attempts": [limited, limited, [CALL]]}, "It is 18 degrees.")

    with mockrouter.virtual_time():
        assert ask(QUESTION) == "It is 18 degrees."

    mockrouter.assert_waited()
    mockrouter.assert_ran_once()


def test_hands_broken_arguments_through(mockrouter: MockRouter) -> None:
    """The SDK does not look into the arguments; the agent does, and tells the model."""
    mockrouter.script([{**CALL, "malformed": "trailing_comma"}], "Let me do without it.")

    assert ask(QUESTION) == "Let me do without it."
    (call,) = mockrouter.calls
    assert call.verdict == "InvalidJson"
    assert "error" in call.results[0].value


@pytest.mark.mockrouter("wire/disconnect-mid-arguments", leftovers=False)
def test_does_not_retry_what_breaks_in_mid_stream(mockrouter: MockRouter) -> None:
    """Retries end with the headers: from then on a lost connection is the application's."""
    with pytest.raises(APIConnectionError):
        list(tell(QUESTION))

    assert len(mockrouter.requests) == 1


@pytest.mark.mockrouter_each("stream/*")
def test_puts_every_stream_together(mockrouter: MockRouter) -> None:
    """However the stream is cut, the history holds what the model said, letter by letter."""
    assert "".join(tell(QUESTION))
    mockrouter.assert_history_kept()


async def test_conversations_side_by_side(mockrouter: MockRouter) -> None:
    """The mock reads off each request where its conversation stands, on Responses too."""
    mockrouter.script(
        [{"tool_call": "get_weather", "arguments": {"city": "{{ user.split()[-1] }}"}}],
        "{{ result.city }}: {{ result.degrees }} degrees.",
    )

    answers = await asyncio.gather(ask_on_responses("Tokyo"), ask_on_responses("Oslo"))

    assert answers == ["Tokyo: 18 degrees.", "Oslo: 18 degrees."]
    assert {request.dialect for request in mockrouter.requests} == {"responses"}
