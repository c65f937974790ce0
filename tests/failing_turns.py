"""Turns that fail, and histories that they fail after."""

from __future__ import annotations

from mockrouter.engine.journal import Exchange
from mockrouter.values import JsonObject
from mockrouter.wire import Wire
from scripts import USER, ask, chat, engine

ROUTER = "/api/v1/chat/completions"
CALL = {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": "{"}}
ASKED = {"role": "assistant", "content": None, "tool_calls": [CALL]}
RESULT = {"role": "tool", "tool_call_id": "call_1", "content": "18 degrees"}
AFTER: JsonObject = {"messages": [USER, ASKED, RESULT]}
THOUGHT: JsonObject = {
    "messages": [USER, ASKED | {"reasoning_content": "Hm."}, RESULT | {"content": "x" * 900}]
}


def answered(turn: str, fields: JsonObject) -> tuple[Wire, Exchange]:
    """Ask for what one turn says, in OpenRouter's manner."""
    served = engine(f"turns: [{{{turn}}}]\nthen: repeat")
    return ask(served, chat(**({"messages": [USER]} | fields)), path=ROUTER)


def whole(wire: Wire) -> str:
    """Write out the headers and the body."""
    head = "".join(f"{name.decode()}: {value.decode()}\n" for name, value in wire.headers)
    return head + wire.body.decode()
