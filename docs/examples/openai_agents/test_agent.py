"""The OpenAI Agents SDK: it speaks Responses, and bears bad arguments better than bad names."""

from __future__ import annotations

import pytest
from agents import MaxTurnsExceeded, ModelBehaviorError

from pytest_mockrouter import Answer, MockRouter, ToolCallPart

from .agent import ask, tell

QUESTION = "How warm is it in Tokyo?"
CALL: ToolCallPart = {"tool_call": "get_weather", "arguments": {"city": "Tokyo"}}


async def test_answers_from_the_result(mockrouter: MockRouter) -> None:
    """The result reaches the model as Python writes it, which is no JSON."""
    mockrouter.script([CALL], "It is 18 degrees.")

    assert await ask(QUESTION) == "It is 18 degrees."
    assert mockrouter.last_request.dialect == "responses"
    mockrouter.assert_answered("get_weather", "{'city': 'Tokyo', 'degrees': 18}")


async def test_streams_the_answer(mockrouter: MockRouter) -> None:
    """The calls before it are run on the way."""
    mockrouter.script(
        [{**CALL, "cut": "3 chars"}],
        [{"text": "It is 18 degrees.", "cut": "1 word"}],
    )

    assert [piece async for piece in tell(QUESTION)] == ["It", " is", " 18", " degrees."]
    mockrouter.assert_answered("get_weather", arguments={"city": "Tokyo"})


async def test_waits_out_a_rate_limit(mockrouter: MockRouter) -> None:
    """Retries are the openai SDK's: two, as late as it is told."""
    limited: Answer = {"error": {"status": 429, "retry_after": 20}}
    mockrouter.script({"attempts": [limited, limited, [CALL]]}, "It is 18 degrees.")

    with mockrouter.virtual_time():
        assert await ask(QUESTION) == "It is 18 degrees."

    mockrouter.assert_waited()


@pytest.mark.mockrouter_each("arguments/empty", "arguments/markdown-fence", "arguments/truncated")
async def test_tells_the_model_of_bad_arguments(mockrouter: MockRouter) -> None:
    """The call's result is an apology; the tool does not run."""
    assert await ask(QUESTION)
    (told,) = mockrouter.requests[1].tool_results
    assert told.content.startswith("An error occurred while running the tool.")


@pytest.mark.mockrouter("arguments/truncated-by-length", leftovers=False)
async def test_fails_at_a_reply_that_the_token_limit_cuts(mockrouter: MockRouter) -> None:
    """A response that is incomplete ends the run, whatever is in it."""
    with pytest.raises(ModelBehaviorError, match="max_output_tokens"):
        await ask(QUESTION)

    mockrouter.assert_not_answered("get_weather")


@pytest.mark.mockrouter("turns/unknown-tool", leftovers=False)
async def test_fails_at_a_tool_that_is_not_there(mockrouter: MockRouter) -> None:
    """The model gets no second chance, unlike with bad arguments."""
    with pytest.raises(ModelBehaviorError, match="tool_that_nobody_offers not found"):
        await ask(QUESTION)

    assert len(mockrouter.requests) == 1


@pytest.mark.mockrouter("loops/endless")
async def test_ends_what_has_no_end(mockrouter: MockRouter) -> None:
    """After max_turns a model that only calls is given up."""
    with pytest.raises(MaxTurnsExceeded):
        await ask(QUESTION)

    assert len(mockrouter.requests) == 5
