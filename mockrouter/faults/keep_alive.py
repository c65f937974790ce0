"""Filling silence with what keeps a connection alive."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from mockrouter.wire import Frame, Label

COMMENT: Final = "keep-alive"
"""What comments say where nothing else is written."""

SHORTEST: Final = 0.1
"""Seconds from one comment to the next."""


def comment(text: str) -> bytes:
    """Write a comment, a line of it for each of *text*, and the blank line behind it."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    said = [f": {line}" if line else ":" for line in lines]
    return "\n".join([*said, "", ""]).encode("utf-8", "surrogatepass")


def filled(frames: Iterable[Frame], data: bytes, every: float) -> tuple[Frame, ...]:
    """Send *data* each *every* seconds of a longer wait; all else comes when it did."""
    result: list[Frame] = []
    for frame in frames:
        count = max(0, math.ceil(frame.delay / every) - 1)
        result.extend([Frame(data, Label.COMMENT, every)] * count)
        left = frame.delay - count * every
        result.append(replace(frame, delay=left) if count else frame)
    return tuple(result)
