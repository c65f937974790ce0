"""How long a response asks its client to wait."""

from __future__ import annotations

import math
from datetime import UTC
from email.utils import parsedate_to_datetime

from mockrouter.wire import Headers


def retry_after(headers: Headers, now: float) -> float | None:
    """
    Say how long a response asks its client to wait.

    Args:
        headers: Of the response.

        now: Unix seconds from which a date is counted.

    Returns:
        Seconds, 0 for a date that is past; None where it does not ask, or in no words that a client
        can read.

    Source: RFC 9110, section 10.2.3; ``retry-after-ms`` comes first, as OpenAI's SDKs have it.
    """
    found = {name: value.decode("latin-1") for name, value in headers}
    milliseconds = _seconds(found.get(b"retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds / 1000
    text = found.get(b"retry-after", "")
    seconds = _seconds(text)
    return _until(text, now) if seconds is None else seconds


def _seconds(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def _until(text: str, now: float) -> float | None:
    try:
        date = parsedate_to_datetime(text)
        date = date if date.tzinfo else date.replace(tzinfo=UTC)
        return max(0.0, date.timestamp() - now)
    except (ValueError, TypeError, OverflowError):
        return None
