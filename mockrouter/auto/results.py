"""Tool results told in plain words."""

from __future__ import annotations

import json

from mockrouter.values import Json, parsed

_LONGEST = 1000
_NO_ERROR: tuple[Json, ...] = (None, False, "", [], {})


def told(tool: str, text: str) -> str:
    """
    Tell what a tool gave back.

    Args:
        tool: Its name.

        text: The result as the client sent it, JSON or not.

    Returns:
        ``get_weather says: temperature 18, condition cloudy``; where the result has a key
        ``error``, ``get_weather failed: …``. A long result is cut.
    """
    if not text.strip():
        return f"{tool} gave back no text."
    value = parsed(text.strip())
    failed = isinstance(value, dict) and value.get("error") not in _NO_ERROR
    try:
        spoken = _spoken(value, failed=failed)
    except RecursionError:
        spoken = text.strip()
    return f"{tool} {'failed' if failed else 'says'}: {_cut(spoken)}"


def _spoken(value: Json, *, failed: bool = False) -> str:
    if isinstance(value, dict):
        return (
            ", ".join(_pair(key, part, failed=failed) for key, part in value.items()) or "nothing"
        )
    if isinstance(value, list):
        return "; ".join(_spoken(part) for part in value) or "nothing"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _pair(key: str, value: Json, *, failed: bool) -> str:
    if failed and key in ("error", "message"):
        return _spoken(value, failed=True)
    if isinstance(value, dict | list):
        return f"{key} ({_spoken(value)})"
    return f"{key} {_spoken(value)}"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
