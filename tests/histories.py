"""What clients send back of a conversation."""

from __future__ import annotations

from mockrouter.values import Json, JsonObject


def call(made: str = "call_1", arguments: Json = "{}") -> JsonObject:
    """Make a call of the history."""
    function = {"name": "get_weather", "arguments": arguments}
    return {"id": made, "type": "function", "function": function}


def assistant(*calls: JsonObject, **fields: Json) -> JsonObject:
    """Make a message of the model's; a field of `...` is left out."""
    made: JsonObject = {"role": "assistant", "content": None, "tool_calls": list(calls), **fields}
    return {name: value for name, value in made.items() if value is not ...}


def result(made: str = "call_1") -> JsonObject:
    """Make a result."""
    return {"role": "tool", "tool_call_id": made, "content": "18 degrees"}
