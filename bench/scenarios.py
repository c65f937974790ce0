"""W5: W1 with many scenarios loaded, asking for the last of them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median

from bench.client import Target, load, run
from bench.servers import AIMOCK, MOCKROUTER, Server, Stage
from bench.tables import table
from bench.throughput import CONNECTIONS
from bench.work import tool, write_many, write_many_fixtures

NUMBERS = (1, 1000, 10_000)
_WARM = 2.0
_HEAD = (
    "",
    "server",
    "scenarios",
    "requests per CPU second",
    "of one scenario",
    "starts in",
    "again in",
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """
    A server with many scenarios.

    Attributes:
        server: That runs.

        target: Asks for the last of them.

        first: Seconds from its start to its first answer.

        again: The same for the next start.

        numbers: Make its requests differ, in all rounds.
    """

    server: Server
    target: Target
    first: float
    again: float
    numbers: Iterator[int]


def compare(stage: Stage) -> list[str]:
    """Compare each server with itself, in turns; no two requests are alike."""
    rows: list[tuple[str, ...]] = []
    for name, condition in ((MOCKROUTER, "model"), (MOCKROUTER, "tools"), (AIMOCK, "model")):
        if name in stage.names:
            rows += _rows(stage, name, condition)
    return table(_HEAD, rows)


def _rows(stage: Stage, name: str, condition: str) -> list[tuple[str, ...]]:
    with ExitStack() as stack:
        those = {number: _loaded(stage, stack, name, condition, number) for number in NUMBERS}
        found: dict[int, list[float]] = {number: [] for number in NUMBERS}
        for loaded in those.values():
            _measure(loaded, _WARM)
        for turn in range(stage.rounds):
            for number in NUMBERS[:: 1 if turn % 2 else -1]:
                found[number].append(_measure(those[number], stage.seconds))
    rows: list[tuple[str, ...]] = []
    for number, each in found.items():
        ratio = median(own / one for own, one in zip(each, found[NUMBERS[0]], strict=True))
        rows.append(
            (
                f"W5 by `{condition}`",
                name,
                f"{number:,}",
                f"{median(each):,.0f}",
                f"{ratio:.2f}",
                f"{those[number].first:.1f} s",
                f"{those[number].again:.1f} s",
            )
        )
    return rows


def _loaded(stage: Stage, stack: ExitStack, name: str, condition: str, number: int) -> Loaded:
    last = f"n{number - 1}"
    asked: dict[str, object] = {"tools": [tool(last)]} if condition == "tools" else {"model": last}
    reads = _write(stage.folder / f"{name}-{condition}-{number}", name, condition, number)
    # What it keeps from one start to the next is its own, and goes with the stage.
    more = ["--cache", str(stage.folder / "cache")] if name == MOCKROUTER else []
    began = time.monotonic()
    with stage.running(name, reads, *more) as server:
        server.wait("call", **asked)
        first = time.monotonic() - began
    began = time.monotonic()
    server = stack.enter_context(stage.running(name, reads, *more))
    target = server.wait("call", **asked)
    return Loaded(server, target, first, time.monotonic() - began, count())


def _write(path: Path, name: str, condition: str, number: int) -> Path:
    if name == MOCKROUTER:
        return write_many(path, number, condition)
    return write_many_fixtures(path, number)


def _measure(loaded: Loaded, seconds: float) -> float:
    before = loaded.server.cpu()
    asking = load(loaded.target, connections=CONNECTIONS, seconds=seconds, numbers=loaded.numbers)
    return run(asking) / (loaded.server.cpu() - before)
