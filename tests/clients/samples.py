"""The tools of the sample programs."""

from __future__ import annotations

from mockrouter.values import JsonObject

MODEL = "openai/gpt-4o-mini"


def function(name: str, description: str, **properties: JsonObject) -> JsonObject:
    """Describe a tool, its first property required."""
    required = list(properties)[:1]
    schema = {"type": "object", "properties": properties, "required": required}
    return {"name": name, "description": description, "parameters": schema}


TEXT: JsonObject = {"type": "string"}
UNITS: JsonObject = {"type": "string", "enum": ["celsius", "fahrenheit"], "default": "celsius"}
WEATHER = function("get_weather", "Get the weather at a place.", location=TEXT, unit=UNITS)
DATABASE = function("search_database", "Search the product database.", query=TEXT)
CALCULATE = function("calculate", "Evaluate a mathematical expression.", expression=TEXT)
STOCK = function("lookup_stock_price", "Look up the price of a stock.", ticker=TEXT)
CITY = function("get_weather", "Get the weather in a city.", city=TEXT)
