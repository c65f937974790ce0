"""Parsed JSON, named once."""

from __future__ import annotations

from typing import Any, TypeAlias

Json: TypeAlias = Any
"""Anything ``json.loads`` returns. The one place where ``Any`` is right: it came from outside."""

JsonObject: TypeAlias = dict[str, Any]
"""A JSON object."""
