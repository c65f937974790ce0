"""Conversations with an engine, as its journal's entries tell them."""

from __future__ import annotations

from mockrouter.engine.engine import Engine
from mockrouter.entries import Entry, entries
from mockrouter.values import JsonObject

CALL = """
turns:
  - say: [{tool_call: get_weather, arguments: {city: Oslo}}, {tool_call: get_weather}]
  - say: [{text: It is cold.}]
then: repeat
"""
TEXTS = "turns: [{say: [{text: A.}]}]\nthen: repeat"


def read(served: Engine) -> list[Entry]:
    """Read the journal."""
    return entries(served.journal)


def user(text: str) -> JsonObject:
    """Say something as the user."""
    return {"role": "user", "content": text}


def called(entry: Entry) -> JsonObject:
    """Make the assistant's message of an entry's reply."""
    calls = [
        {"id": c.id, "type": "function", "function": {"name": c.name, "arguments": c.text}}
        for c in entry.calls
    ]
    return {"role": "assistant", "content": entry.text or None, "tool_calls": calls}


def result(call_id: str, content: str = "18") -> JsonObject:
    """Send back what a tool said."""
    return {"role": "tool", "tool_call_id": call_id, "content": content}


def places(served: Engine) -> list[tuple[int, int | None, bool]]:
    """Say of each entry: its conversation, what it follows, whether it is a retry."""
    return [(e.conversation, e.follows, e.is_retry) for e in read(served)]
