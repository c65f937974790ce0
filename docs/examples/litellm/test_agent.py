"""litellm: its own names for what providers refuse, and what it repeats by itself."""

from __future__ import annotations

import pytest
from litellm.exceptions import (
    APIError,
    AuthenticationError,
    ContextWindowExceededError,
    NotFoundError,
)

from pytest_mockrouter import Answer, MockRouter, ToolCallPart

from .agent import ask, tell

QUESTION = "How warm is it in Tokyo?"
CALL: ToolCallPart = {"tool_call": "get_weather", "arguments": {"city": "Tokyo"}}


def test_answers_from_the_result(mockrouter: MockRouter) -> None:
    """The model asks for the weather, gets it, and its answer is ours."""
    mockrouter.script([CALL], "It is 18 degrees.")

    assert ask(QUESTION) == "It is 18 degrees."
    mockrouter.assert_answered("get_weather", {"city": "Tokyo", "degrees": 18})
    mockrouter.assert_history_kept()


def test_streams_the_answer(mockrouter: MockRouter) -> None:
    """Each fragment is a chunk; stream_chunk_builder makes one message of them."""
    mockrouter.script(
        [{**CALL, "cut": "3 chars"}],
        [{"text": "It is 18 degrees.", "cut": "1 word"}],
    )

    assert list(tell(QUESTION)) == ["It", " is", " 18", " degrees."]
    mockrouter.assert_answered("get_weather", arguments={"city": "Tokyo"})
    mockrouter.assert_history_kept()


def test_waits_out_a_rate_limit(mockrouter: MockRouter) -> None:
    """For models of openai/ the retries are the openai SDK's: two, as late as it is told."""
    limited: Answer = {"error": {"status": 429, "retry_after": 20}}
    mockrouter.script({"attempts": [limited, limited, [CALL]]}, "It is 18 degrees.")

    with mockrouter.virtual_time():
        assert ask(QUESTION) == "It is 18 degrees."

    mockrouter.assert_waited()


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, AuthenticationError), (402, APIError), (404, NotFoundError)],
)
def test_has_names_of_its_own_for_errors(
    mockrouter: MockRouter, status: int, error: type[Exception]
) -> None:
    """They are the same for all providers; none of these is tried again."""
    mockrouter.script(status)

    with pytest.raises(error):
        ask(QUESTION)


@pytest.mark.mockrouter("errors/context-length")
def test_tells_a_full_context_from_other_mistakes(mockrouter: MockRouter) -> None:
    """So that an application can shorten the conversation and ask again."""
    with pytest.raises(ContextWindowExceededError):
        ask(QUESTION)

    assert len(mockrouter.requests) == 1


@pytest.mark.mockrouter_each("arguments/[!n]*", "arguments/nested-*")
def test_hands_broken_arguments_through(mockrouter: MockRouter) -> None:
    """They reach the agent as the model wrote them, and go back to it like that."""
    assert ask(QUESTION)
    mockrouter.assert_history_kept()
