"""A weather agent without any SDK: a tool loop over requests."""

from __future__ import annotations

import json
import os
import time
from typing import Any

import requests

MAX_ROUNDS = 5
MAX_TRIES = 3
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
    messages: list[dict[str, Any]] = [{"role": "user", "content": question}]
    for _ in range(MAX_ROUNDS):
        message = complete(messages)
        if not message.get("tool_calls"):
            return message["content"]
        messages.append(message)
        for number, call in enumerate(message["tool_calls"]):
            call.setdefault("id", f"call_{number}")  # some servers send none
            content = run(call["function"])
            messages.append({"role": "tool", "tool_call_id": call["id"], "content": content})
    raise RuntimeError(f"no answer after {MAX_ROUNDS} rounds")


def complete(messages: list[dict[str, Any]]) -> dict[str, Any]:
    """Get the model's next message; wait where a rate limit says so."""
    for _ in range(MAX_TRIES):
        reply = requests.post(
            f"{os.environ['OPENAI_BASE_URL']}/chat/completions",
            headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
            json={"model": "gpt-4o", "messages": messages, "tools": TOOLS},
            timeout=60,
        )
        if reply.status_code != requests.codes.too_many_requests:
            break
        time.sleep(float(reply.headers.get("retry-after", 1)))
    reply.raise_for_status()
    return reply.json()["choices"][0]["message"]


def run(function: dict[str, str]) -> str:
    """Give a call's result as JSON; the model is told what was wrong with its call."""
    if function["name"] != "get_weather":
        return json.dumps({"error": f"unknown tool: {function['name']}"})
    try:
        return json.dumps(get_weather(**json.loads(function.get("arguments", "{}"))))
    except (ValueError, TypeError) as error:
        return json.dumps({"error": str(error)})
