"""
What a parent and its workers say to each other: a size, and a value as ``marshal`` writes it.

That is less work than JSON, and both are processes of the same program.
"""

from __future__ import annotations

import marshal
from typing import Any, Final

_SIZE: Final = 4
"""Bytes that say how many follow."""


def message(value: Any) -> bytes:  # noqa: ANN401 - whatever ``marshal`` takes
    """Write down a value that is made of plain ones."""
    data = marshal.dumps(value)
    return len(data).to_bytes(_SIZE) + data


def taken(buffer: bytearray) -> list[Any]:
    """Take the messages that are whole out of what has come so far."""
    found, start, end = [], 0, len(buffer)
    with memoryview(buffer) as view:
        while end - start >= _SIZE:
            size = int.from_bytes(view[start : start + _SIZE])
            if end - start < _SIZE + size:
                break
            start += _SIZE
            # From a process of the same program, over a socket that nobody else may open.
            found.append(marshal.loads(view[start : start + size]))  # noqa: S302
            start += size
    del buffer[:start]
    return found
