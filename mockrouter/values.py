"""Parsed JSON, named once, and how it is written."""

from __future__ import annotations

import json
from typing import Any, TypeAlias

Json: TypeAlias = Any
"""Anything ``json.loads`` returns. The one place where ``Any`` is right: it came from outside."""

JsonObject: TypeAlias = dict[str, Any]
"""A JSON object."""


def compact(value: Json) -> str:
    """Write JSON as the providers do: no spaces, and letters of every script as themselves."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
