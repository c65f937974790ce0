"""pydantic-ai: it checks every call, tells the model what is wrong, and gives up early."""

from __future__ import annotations

import pytest
from pydantic_ai import UnexpectedModelBehavior

from pytest_mockrouter import Answer, MockRouter, ToolCallPart

from .agent import ask, tell

QUESTION = "How warm is it in Tokyo?"
CALL: ToolCallPart = {"tool_call": "get_weather", "arguments": {"city": "Tokyo"}}


async def test_answers_from_the_result(mockrouter: MockRouter) -> None:
    """The model asks for the weather, gets it, and its answer is ours."""
    mockrouter.script([CALL], "It is 18 degrees.")

    assert await ask(QUESTION) == "It is 18 degrees."
    mockrouter.assert_answered("get_weather", {"city": "Tokyo", "degrees": 18})


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


async def test_asks_for_better_arguments(mockrouter: MockRouter) -> None:
    """What pydantic finds wrong with a call is its result, and the model can try again."""
    mockrouter.script([{**CALL, "arguments": {"town": "Tokyo"}}], [CALL], "It is 18 degrees.")

    assert await ask(QUESTION) == "It is 18 degrees."
    (told,) = mockrouter.requests[1].tool_results
    assert "Field required" in told.content


async def test_gives_up_at_the_second_bad_call(mockrouter: MockRouter) -> None:
    """One retry for each tool is the default."""
    bad: ToolCallPart = {**CALL, "malformed": "truncated"}
    mockrouter.script([bad], [bad])

    with pytest.raises(UnexpectedModelBehavior, match="exceeded max retries count of 1"):
        await ask(QUESTION)


@pytest.mark.mockrouter("calls/duplicate-ids", leftovers=False)
async def test_refuses_two_calls_with_one_id(mockrouter: MockRouter) -> None:
    """Other clients run both."""
    with pytest.raises(UnexpectedModelBehavior, match="unique"):
        await ask(QUESTION)

    mockrouter.assert_not_answered("get_weather")


@pytest.mark.mockrouter_each("arguments/[!no]*", "arguments/nested-*")
async def test_survives_bad_arguments(mockrouter: MockRouter) -> None:
    """One bad call never breaks a run, as long as its arguments are a text."""
    assert await ask(QUESTION)
    assert all(call.results for call in mockrouter.calls)


@pytest.mark.mockrouter_each("arguments/null", "arguments/object")
async def test_wants_arguments_to_be_a_text(mockrouter: MockRouter) -> None:
    """Anything else ends the run, where other clients ask the model again."""
    with pytest.raises(UnexpectedModelBehavior, match="valid string"):
        await ask(QUESTION)

    mockrouter.assert_not_answered("get_weather")
