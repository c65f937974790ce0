"""A weather agent with the OpenAI Agents SDK, which runs the tools and the loop itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from agents import Agent, Runner, function_tool


@function_tool
def get_weather(city: str) -> dict[str, Any]:
    """Get the current weather in a city."""
    return {"city": city, "degrees": 18}


agent = Agent(name="Weather", model="gpt-4o", tools=[get_weather])


async def ask(question: str) -> str:
    """Answer a question, with the tool where the model wants it."""
    result = await Runner.run(agent, question, max_turns=5)
    return result.final_output


async def tell(question: str) -> AsyncIterator[str]:
    """Answer a question piece by piece, as the model speaks."""
    result = Runner.run_streamed(agent, question, max_turns=5)
    async for event in result.stream_events():
        if event.type == "raw_response_event" and event.data.type == "response.output_text.delta":
            yield event.data.delta
