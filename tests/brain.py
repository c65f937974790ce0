"""The built-in brain, asked as clients ask it."""

from __future__ import annotations

import json

from mockrouter.auto import decide
from mockrouter.reply import Text, ToolCall
from mockrouter.request import Call, Envelope, Message, Request, Tool
from mockrouter.values import Json, JsonObject

STRING: JsonObject = {"type": "string"}


def parameters(required: list[str], **properties: Json) -> JsonObject:
    """Make the schema of a tool."""
    return {"type": "object", "properties": properties, "required": required}


WEATHER = Tool(
    "get_weather",
    "Get the current weather for a location",
    parameters(["location"], location=STRING, unit={"enum": ["celsius", "fahrenheit"]}),
)
CALCULATE = Tool(
    "calculate",
    "Perform mathematical calculations",
    parameters(["expression"], expression=STRING),
)
SEARCH = Tool(
    "search_database",
    "Search product database",
    parameters(["query"], query=STRING, limit={"type": "integer", "default": 10}),
)
STOCK = Tool("lookup_stock_price", "Look up a stock price", parameters(["ticker"], ticker=STRING))
PING = Tool("ping")
TOOLS = (WEATHER, CALCULATE, SEARCH, STOCK, PING)


def ask(words: str, *tools: Tool, history: tuple[Message, ...] = (), **more: Json) -> Request:
    """Make a request: what the user says, and what has happened since."""
    messages = (Message("user", words), *history)
    return Request("chat", Envelope("any/model"), messages, tools, **more)


def called(number: int, tool: Tool, result: str) -> tuple[Message, ...]:
    """Make the two messages of a call and its result."""
    call = Call(f"call_{number}", tool.name, "{}")
    return (
        Message("assistant", calls=(call,)),
        Message("tool", result, call_id=call.id),
    )


def calls(request: Request) -> list[tuple[str, Json]]:
    """Decide, and read the calls."""
    parts = decide(request, "seed")
    assert all(isinstance(part, ToolCall) and part.id is None for part in parts)
    made = [part for part in parts if isinstance(part, ToolCall)]
    assert all(len(part.fragments) == 1 for part in made)
    return [(part.name, json.loads(part.arguments)) for part in made]


def text(request: Request) -> str:
    """Decide, and read the one text."""
    (part,) = decide(request, "seed")
    assert isinstance(part, Text)
    return part.text
