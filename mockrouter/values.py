"""Parsed JSON, named once, and how it is read and written."""

from __future__ import annotations

import json
from typing import Any, Final, TypeAlias

Json: TypeAlias = Any
"""Anything ``json.loads`` returns. The one place where ``Any`` is right: it came from outside."""

JsonObject: TypeAlias = dict[str, Any]
"""A JSON object."""

# Made once: `json.dumps` makes one for each value, and there is one for each event of a stream.
_COMPACT: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def parsed(text: str) -> Json:
    """Read a text that somebody sent: its JSON value if it is JSON, else the text itself."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def compact(value: Json) -> str:
    """Write JSON as the providers do: no spaces, and letters of every script as themselves."""
    return _COMPACT.encode(value)


def message_in(body: bytes | str) -> str:
    """Read an error's message out of a body; empty where there is none."""
    try:
        return str(json.loads(body)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return ""
