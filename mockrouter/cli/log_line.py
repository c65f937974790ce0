"""One line for each request, wherever requests are listed, and what the mock says beneath it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator

import click

from mockrouter.printing import printable

_STATUS = re.compile(r"(?<=  )([2-5])\d\d(?=  (\d+ ms|going out))")
_COLORS = {"2": "green", "3": "green", "4": "yellow", "5": "red"}
_INDENT = " " * 10


def log_line(  # noqa: PLR0913 - each is a column
    *,
    at: float,
    method: str,
    path: str,
    scenario: str,
    turn: int | None,
    attempt: int | None,
    status: int | None,
    end: str,
) -> str:
    """
    Write a request's line.

    Args:
        at: Unix seconds.

        method: HTTP method.

        path: As asked for.

        scenario: That answered; empty for none.

        turn: From 1; None where none was reached.

        attempt: From 1; shown where it is a further one.

        status: None where none was sent.

        end: How long it took, and how it ended.
    """
    words = [time.strftime("%H:%M:%S", time.localtime(at)), f"{method} {printable(path)}"]
    if scenario:
        words.append(printable(scenario))
        words += [f"turn {turn}"] if turn is not None else []
        words += [f"attempt {attempt}"] if attempt and attempt > 1 else []
    return "  ".join([*words, str(status or "no status"), end])


def beneath(said: Iterable[str]) -> Iterator[str]:
    """Put what the mock says beneath a line."""
    return (f"{_INDENT}{printable(line)}" for line in said)


def colored(lines: list[str]) -> Iterator[str]:
    """Color a request's line by its status, and what stands beneath it."""
    first, *rest = lines
    yield _STATUS.sub(lambda found: click.style(found[0], fg=_COLORS[found[1]]), first, 1)
    yield from (click.style(line, fg="yellow") for line in rest)
