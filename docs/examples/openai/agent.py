"""A weather agent with the openai SDK: at once, as a stream, and with asyncio on Responses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from openai import AsyncOpenAI, OpenAI

MODEL = "gpt-4o"
WEATHER = {
    "name": "get_weather",
    "description": "Get the current weather in a city.",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
    },
}
TOOLS = [{"type": "function", "function": WEATHER}]


def get_weather(city: str) -> dict[str, Any]:
    """Stand for a weather service."""
    return {"city": city, "degrees": 18}


def run(name: str, arguments: str) -> str:
    """Give a call's result as JSON; the model is told what was wrong with its call."""
    if name != "get_weather":
        return json.dumps({"error": f"unknown tool: {name}"})
    try:
        return json.dumps(get_weather(**json.loads(arguments)))
    except (ValueError, TypeError) as error:
        return json.dumps({"error": str(error)})


def results(calls: list[Any]) -> list[Any]:
    """Run the calls of a chat message, and write the messages that answer them."""
    return [
        {
            "role": "tool",
            "tool_call_id": call.id,
            "content": run(call.function.name, call.function.arguments),
        }
        for call in calls
    ]


def ask(question: str) -> str:
    """Answer a question, with the tool where the model wants it."""
    messages: list[Any] = [{"role": "user", "content": question}]
    while True:
        reply = OpenAI().chat.completions.create(model=MODEL, messages=messages, tools=TOOLS)
        message = reply.choices[0].message
        if not message.tool_calls:
            return message.content
        messages += [message, *results(message.tool_calls)]


def tell(question: str) -> Iterator[str]:
    """Answer a question piece by piece, as the model speaks."""
    messages: list[Any] = [{"role": "user", "content": question}]
    while True:
        with OpenAI().chat.completions.stream(
            model=MODEL, messages=messages, tools=TOOLS
        ) as stream:
            for event in stream:
                if event.type == "content.delta" and event.delta:
                    yield event.delta
            message = stream.get_final_completion().choices[0].message
        if not message.tool_calls:
            return
        messages += [message, *results(message.tool_calls)]


async def ask_on_responses(question: str) -> str:
    """Answer a question over the Responses API, which keeps the history itself."""
    client = AsyncOpenAI()
    tools: list[Any] = [{"type": "function", "strict": False, **WEATHER}]
    history: list[Any] = [{"role": "user", "content": question}]
    previous = None
    while True:
        response = await client.responses.create(
            model=MODEL, input=history, tools=tools, previous_response_id=previous
        )
        calls = [item for item in response.output if item.type == "function_call"]
        if not calls:
            return response.output_text
        previous = response.id
        history = [
            {
                "type": "function_call_output",
                "call_id": call.call_id,
                "output": run(call.name, call.arguments),
            }
            for call in calls
        ]
