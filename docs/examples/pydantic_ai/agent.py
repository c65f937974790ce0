"""A weather agent with pydantic-ai, which runs the tools and the loop itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from pydantic_ai import Agent

# The model is looked for when the agent runs, so that importing this needs no key.
agent = Agent("openai-chat:gpt-4o", defer_model_check=True)


@agent.tool_plain
def get_weather(city: str) -> dict[str, Any]:
    """Get the current weather in a city."""
    return {"city": city, "degrees": 18}


async def ask(question: str) -> str:
    """Answer a question, with the tool where the model wants it."""
    result = await agent.run(question)
    return result.output


async def tell(question: str) -> AsyncIterator[str]:
    """Answer a question piece by piece, as the model speaks."""
    async with agent.run_stream(question) as result:
        async for piece in result.stream_text(delta=True, debounce_by=None):
            yield piece
