"""What the pages on tool calling show: their tools, their conversations."""

from __future__ import annotations

from asgi import Answer, Client
from loop import Manner
from mockrouter.profiles import OPENAI, OPENROUTER, SOLROUTER
from mockrouter.values import Json, JsonObject

CHAT = Manner("chat", OPENROUTER)
CHAT_STREAM = Manner("chat", OPENROUTER, stream=True)
RESPONSES = Manner("responses", OPENROUTER)
RESPONSES_STREAM = Manner("responses", OPENROUTER, stream=True)
SOL = Manner("chat", SOLROUTER)
SOL_STREAM = Manner("chat", SOLROUTER, stream=True)
OPENAI_CHAT = Manner("chat", OPENAI)

_TEXT: JsonObject = {"type": "string"}


def function(name: str, description: str, properties: JsonObject, *needed: str) -> JsonObject:
    """Describe a tool; all properties are required unless *needed* names those that are."""
    required = list(needed or properties)
    schema = {"type": "object", "properties": properties, "required": required}
    return {"name": name, "description": description, "parameters": schema}


WEATHER = function(
    "get_weather",
    "Get the current weather for a location.",
    {
        "location": {"type": "string", "description": "City name, e.g. 'San Francisco, CA'"},
        "unit": {"type": "string", "enum": ["celsius", "fahrenheit"], "default": "celsius"},
    },
    "location",
)
DATABASE = function(
    "search_database",
    "Search the product database.",
    {
        "query": _TEXT,
        "category": {"type": "string", "enum": ["electronics", "clothing", "outdoor"]},
        "limit": {"type": "integer", "default": 5},
    },
    "query",
)
CALCULATE = function("calculate", "Evaluate a mathematical expression.", {"expression": _TEXT})
BOOKS = function(
    "search_gutenberg_books",
    "Search for books in the Project Gutenberg library.",
    {"search_terms": {"type": "array", "items": _TEXT, "description": "Words to search for"}},
)
STOCK = function(
    "lookup_stock_price", "Look up the latest stock price by ticker symbol.", {"ticker": _TEXT}
)
CITY = function(
    "get_weather",
    "Get current weather information for a city.",
    {"city": {"type": "string", "description": "Name of the city, such as Berlin"}},
)

TWO_CALLS = """
turns:
  - say:
      - {tool_call: get_weather, arguments: {location: Tokyo}}
      - {tool_call: search_database, arguments: {query: umbrella}}
  - say: [{text: "{{ results.get_weather.temp }} degrees, {{ results.search_database | json }}"}]
"""
"""A scenario of two parallel calls."""


def user(text: str) -> JsonObject:
    """Say something."""
    return {"role": "user", "content": text}


def ask(client: Client, manner: Manner, text: str, *functions: JsonObject, **more: Json) -> Answer:
    """Ask one thing and offer tools."""
    tools = {"tools": manner.tools(list(functions))} if functions else {}
    return client.post(manner.path(), manner.body([user(text)], **tools, **more))


def replies(client: Client, manner: Manner, history: list[JsonObject], **more: Json) -> Answer:
    """Ask with a whole history, and be answered well."""
    answer = client.post(manner.path(), manner.body(history, **more))
    assert (200, ()) == (answer.status, client.exchanges[-1].warnings), answer.body
    return answer


def complaint(client: Client, answer: Answer) -> tuple[int, str, str]:
    """List status, code and message of the mock's own complaint."""
    return answer.status, client.exchanges[-1].error, answer.json["error"]["message"]
