"""langchain-openai: its retries, its chunks, and the two ways in which its tools refuse a call."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from pytest_mockrouter import Answer, MockRouter, ToolCallPart

from .agent import ask, tell

QUESTION = "How warm is it in Tokyo?"
CALL: ToolCallPart = {"tool_call": "get_weather", "arguments": {"city": "Tokyo"}}


def test_answers_from_the_result(mockrouter: MockRouter) -> None:
    """The model asks for the weather, gets it, and its answer is ours."""
    mockrouter.script([CALL], "It is 18 degrees.")

    assert ask(QUESTION) == "It is 18 degrees."
    mockrouter.assert_answered("get_weather", {"city": "Tokyo", "degrees": 18})


def test_streams_the_answer(mockrouter: MockRouter) -> None:
    """Each fragment is a chunk; added up, chunks are a message with whole calls."""
    mockrouter.script(
        [{**CALL, "cut": "3 chars"}],
        [{"text": "It is 18 degrees.", "cut": "1 word"}],
    )

    assert list(tell(QUESTION)) == ["It", " is", " 18", " degrees."]
    mockrouter.assert_answered("get_weather", arguments={"city": "Tokyo"})


def test_waits_out_a_rate_limit(mockrouter: MockRouter) -> None:
    """ChatOpenAI leaves retries to the openai SDK, which makes two and waits as it is told."""
    limited: Answer = {"error": {"status": 429, "retry_after": 20}}
    mockrouter.script({"attempts": [limited, limited, [CALL]]}, "It is 18 degrees.")

    with mockrouter.virtual_time():
        assert ask(QUESTION) == "It is 18 degrees."

    mockrouter.assert_waited()


def test_puts_unreadable_calls_aside(mockrouter: MockRouter) -> None:
    """They are not in tool_calls: an agent that looks only there takes silence for the answer."""
    mockrouter.script([{**CALL, "malformed": "truncated"}], [CALL], "It is 18 degrees.")

    assert ask(QUESTION) == "It is 18 degrees."
    assert "unreadable call" in mockrouter.requests[1].tool_results[0].content


@pytest.mark.mockrouter("arguments/schema-mismatch", leftovers=False)
def test_a_tool_raises_on_arguments_of_another_type(mockrouter: MockRouter) -> None:
    """The model is not told, unless the tool has handle_validation_error."""
    with pytest.raises(ValidationError, match="should be a valid string"):
        ask(QUESTION)

    assert [call.verdict for call in mockrouter.calls] == ["SchemaMismatch"]
    mockrouter.assert_not_answered("get_weather")


@pytest.mark.mockrouter_each("stream/*-fragments", "stream/interleaved-calls")
def test_puts_every_stream_together(mockrouter: MockRouter) -> None:
    """However the stream is cut, the history holds the calls that the model made."""
    assert "".join(tell(QUESTION))
    made, kept = mockrouter.requests[0].calls, mockrouter.last_request.tool_calls
    assert [call.arguments for call in kept] == [call.arguments for call in made]
