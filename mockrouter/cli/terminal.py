"""Writing to a terminal, or to what is none: then plain, unwrapped, without control codes."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console

_UNWRAPPED = 100_000


def console(*, stderr: bool = False) -> Console:
    """Make a console as wide as the terminal; lines are never wrapped on the way into a pipe."""
    from rich.console import Console  # noqa: PLC0415 - takes longer than some whole commands

    stream = sys.stderr if stderr else sys.stdout
    forgive(stream)
    width = None if stream.isatty() else _UNWRAPPED
    return Console(file=stream, highlight=False, emoji=False, markup=False, width=width)


def forgive(stream: TextIO) -> None:
    """Let a stream that cannot take every sign write a plain one in place of an error."""
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="replace")


def tell(text: str, *, stderr: bool = False) -> bool:
    """
    Write in one go; a reader that has left, as a script after the first line, is no error.

    Returns:
        Whether there is still a reader.
    """
    stream = sys.stderr if stderr else sys.stdout
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        # What is still in the buffer is written once more at the end, and must not fail then.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        return False
    return True


def has_color(*, stderr: bool = False) -> bool:
    """Tell whether colors are welcome. Source: https://no-color.org."""
    stream = sys.stderr if stderr else sys.stdout
    return stream.isatty() and not os.environ.get("NO_COLOR")


def count(number: int, noun: str) -> str:
    """Count things: ``1 scenario``, ``2 scenarios``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
