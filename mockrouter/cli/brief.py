"""Events of a stream in brief: what each one brings, and ``…`` for what they all repeat."""

from __future__ import annotations

import json
from typing import Final

from mockrouter.values import Json, JsonObject, compact

_ENVELOPE: Final = frozenset(
    {
        "created",
        "created_at",
        "id",
        "item_id",
        "model",
        "obfuscation",
        "object",
        "provider",
        "sequence_number",
        "service_tier",
        "system_fingerprint",
    }
)
"""Keys of an event that say nothing new."""

_OF_A_RESPONSE: Final = frozenset({"error", "incomplete_details", "status", "usage"})
"""Keys of a whole response that do; its output came before, and all else was asked for."""

_OFTEN_NULL: Final = frozenset(
    {
        "error",
        "finish_reason",
        "incomplete_details",
        "logprobs",
        "native_finish_reason",
        "refusal",
        "usage",
    }
)
"""Keys whose null says nothing; null at any other key is shown."""


def brief(data: bytes) -> bytes:
    """Shorten a frame: each line of it that holds a JSON object; other bytes stay as they are."""
    return b"\n".join(map(_line, data.split(b"\n")))


def _line(line: bytes) -> bytes:
    head, marker, text = line.partition(b"data: ")
    try:
        event = json.loads(text) if marker and not head else None
    except ValueError:
        return line
    return marker + _event(event).encode() if isinstance(event, dict) else line


def _event(event: JsonObject) -> str:
    left_out = _ENVELOPE
    if isinstance(event.get("type"), str):
        # In Responses the line above names the event already.
        left_out |= {"type"}
    return _mapping(event, left_out)


def _mapping(value: JsonObject, left_out: frozenset[str] = frozenset()) -> str:
    pairs: list[str] = []
    for key, inner in value.items():
        if key in left_out or (inner is None and key in _OFTEN_NULL):
            # One sign stands for all that is left out at a place.
            pairs += [] if pairs[-1:] == ["…"] else ["…"]
        elif key == "response" and isinstance(inner, dict):
            pairs.append(f'"{key}":{_mapping(inner, frozenset(inner) - _OF_A_RESPONSE)}')
        else:
            pairs.append(f"{compact(key)}:{_value(inner)}")
    return f"{{{','.join(pairs)}}}"


def _value(value: Json) -> str:
    if isinstance(value, dict):
        return _mapping(value)
    return f"[{','.join(map(_value, value))}]" if isinstance(value, list) else compact(value)
