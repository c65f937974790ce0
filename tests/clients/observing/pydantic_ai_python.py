"""pydantic-ai, which runs tools and loop itself."""

from __future__ import annotations

from collections.abc import AsyncIterable
from typing import Any

from pydantic_ai import Agent, RunContext
from pydantic_ai.models import Model
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.providers.openai import OpenAIProvider

from clients.observing.talking import MODEL, NAME, QUESTION, RESULT, Case, Told, main


async def _watch(_: RunContext[None], events: AsyncIterable[Any]) -> None:
    """Make it ask for streams."""
    async for _event in events:
        pass


async def play(case: Case, told: Told) -> str | None:
    """Hold one conversation."""
    provider = OpenAIProvider(base_url=case["url"], api_key="any")
    kind = OpenAIChatModel if case["dialect"] == "chat" else OpenAIResponsesModel
    model: Model = kind(MODEL, provider=provider)
    agent = Agent(model)

    def get_forecast(city: str, days: int, units: list[str]) -> dict[str, int]:
        """Get the weather forecast for a city."""
        told.runs.append({"city": city, "days": days, "units": units})
        return RESULT

    assert get_forecast.__name__ == NAME
    agent.tool_plain(get_forecast)
    watch: Any = {"event_stream_handler": _watch} if case["stream"] else {}
    result: Any = await agent.run(QUESTION, **watch)
    return str(result.output)


if __name__ == "__main__":
    main(play)
