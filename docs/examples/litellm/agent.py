"""A weather agent with litellm: one function for all providers, and a loop around it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from litellm import completion, stream_chunk_builder

MODEL = "openai/gpt-4o"
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "Get the current weather in a city.",
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string"}},
                "required": ["city"],
            },
        },
    }
]


def get_weather(city: str) -> dict[str, Any]:
    """Stand for a weather service."""
    return {"city": city, "degrees": 18}


def ask(question: str) -> str:
    """Answer a question, with the tool where the model wants it."""
    messages: list[Any] = [{"role": "user", "content": question}]
    while True:
        message = completion(MODEL, messages, tools=TOOLS).choices[0].message
        if not message.tool_calls:
            return message.content
        messages += [message, *results(message.tool_calls)]


def tell(question: str) -> Iterator[str]:
    """Answer a question piece by piece, as the model speaks."""
    messages: list[Any] = [{"role": "user", "content": question}]
    while True:
        chunks = []
        for chunk in completion(MODEL, messages, tools=TOOLS, stream=True):
            chunks.append(chunk)
            if chunk.choices[0].delta.content:
                yield chunk.choices[0].delta.content
        message = stream_chunk_builder(chunks).choices[0].message
        if not message.tool_calls:
            return
        messages += [message, *results(message.tool_calls)]


def results(calls: list[Any]) -> list[dict[str, Any]]:
    """Run calls, and write the messages that answer them."""
    return [
        {"role": "tool", "tool_call_id": call.id, "content": run(call.function)} for call in calls
    ]


def run(function: Any) -> str:
    """Give a call's result as JSON; the model is told what was wrong with its call."""
    if function.name != "get_weather":
        return json.dumps({"error": f"unknown tool: {function.name}"})
    try:
        return json.dumps(get_weather(**json.loads(function.arguments)))
    except (ValueError, TypeError) as error:
        return json.dumps({"error": str(error)})
