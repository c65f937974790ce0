"""The bytes of a scenario file."""

from __future__ import annotations

from typing import Final

from mockrouter.errors import Mistake, ScenarioError

MAX_BYTES: Final = 4_000_000
"""Size of a file, in bytes; of a text, in characters."""

_MOST: Final = 64_000
"""Bytes of nearly every file: to make room for the largest takes longer than to read."""


def contents(path: str) -> bytes:
    """
    Read a file.

    Raises:
        ScenarioError: It cannot be opened, or is too large.
    """
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - to make a Path takes longer than to read
            data = file.read(_MOST)
            if len(data) == _MOST:
                data += file.read(MAX_BYTES + 1 - _MOST)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        what = f"the file cannot be read ({reason})"
        raise ScenarioError([Mistake(path, 1, 1, what, "check its name and rights")]) from None
    if len(data) > MAX_BYTES:
        raise ScenarioError([too_large(path)])
    return data


def too_large(path: str) -> Mistake:
    """Say that a file is."""
    what = f"the file is larger than {MAX_BYTES:,} bytes"
    return Mistake(path, 1, 1, what, "split it")
