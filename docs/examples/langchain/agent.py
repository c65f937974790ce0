"""A weather agent with langchain-openai: a chat model, a tool, and the loop around them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    HumanMessage,
    ToolMessage,
)
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI


@tool
def get_weather(city: str) -> dict[str, Any]:
    """Get the current weather in a city."""
    return {"city": city, "degrees": 18}


def ask(question: str) -> str:
    """Answer a question, with the tool where the model wants it."""
    messages: list[BaseMessage] = [HumanMessage(question)]
    while True:
        reply = model().invoke(messages)
        found = results(reply)
        if not found:
            return reply.text
        messages += [reply, *found]


def tell(question: str) -> Iterator[str]:
    """Answer a question piece by piece, as the model speaks."""
    messages: list[BaseMessage] = [HumanMessage(question)]
    while True:
        reply = AIMessageChunk("")
        for chunk in model().stream(messages):
            if chunk.text:
                yield chunk.text
            reply += chunk
        found = results(reply)
        if not found:
            return
        messages += [reply, *found]


def model() -> Any:
    """Get the model, which knows the tool."""
    return ChatOpenAI(model="gpt-4o").bind_tools([get_weather])


def results(reply: AIMessage) -> list[ToolMessage]:
    """Run the calls of a reply; the model is told of those that cannot be read."""
    return [get_weather.invoke(call) for call in reply.tool_calls] + [
        ToolMessage(f"unreadable call: {call['error']}", tool_call_id=call["id"])
        for call in reply.invalid_tool_calls
    ]
