"""W1 and W2: requests per second of the server's own CPU time, as a share of the limit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from statistics import median

from bench.client import Target, load, run
from bench.servers import AIMOCK, Server, Stage
from bench.tables import table

CONNECTIONS = 32
_WARM = 3.0
"""Seconds before the first round; what is compiled as it runs needs some."""
_HEAD = ("", "server", "requests per CPU second", "per second", "of bare")


@dataclass(frozen=True, slots=True)
class Kind:
    """
    What is measured.

    Attributes:
        title: In the table.

        work: That is asked for.

        new: Whether no two requests are alike.
    """

    title: str
    work: str
    new: bool = False


W1 = (Kind("W1 the same request", "call"), Kind("W1 each new", "call", new=True))
W2 = (
    Kind("W2 the same request", "stream"),
    Kind("W2 each new", "stream", new=True),
    Kind("W2 `writes: together`", "together"),
)


def measure(
    server: Server, target: Target, seconds: float, numbers: Iterator[int] | None
) -> tuple[float, float]:
    """Put load on a server; replies for each second of its CPU time, and of the clock."""
    before = server.cpu()
    replies = run(load(target, connections=CONNECTIONS, seconds=seconds, numbers=numbers))
    return replies / (server.cpu() - before), replies / seconds


def compare(stage: Stage, kinds: tuple[Kind, ...]) -> list[str]:
    """Let the servers take turns; a row for each kind and server, medians over the rounds."""
    rows: list[tuple[str, ...]] = []
    with ExitStack() as stack:
        servers = {name: stack.enter_context(stage.running(name)) for name in stage.names}
        for server in servers.values():
            server.wait("call")
        for kind in kinds:
            # It cannot put events together.
            those = {n: s for n, s in servers.items() if n != AIMOCK or kind.work != "together"}
            rows += _compared(stage, kind, those)
    return table(_HEAD, rows)


def _compared(stage: Stage, kind: Kind, servers: dict[str, Server]) -> list[tuple[str, ...]]:
    targets = {name: server.target(kind.work) for name, server in servers.items()}
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in servers}
    # One for all rounds: a request of an earlier one would be no new one.
    numbers = count() if kind.new else None
    for name, server in servers.items():
        measure(server, targets[name], _WARM, numbers)
    for number in range(stage.rounds):
        # Nobody always goes first.
        for name in list(servers)[:: 1 if number % 2 else -1]:
            target = targets[name]
            found[name].append(measure(servers[name], target, stage.seconds, numbers))
    limit = next(iter(found.values()))
    rows: list[tuple[str, ...]] = []
    for name, each in found.items():
        ratio = median(own[0] / top[0] for own, top in zip(each, limit, strict=True))
        busy, wall = median(own[0] for own in each), median(own[1] for own in each)
        rows.append((kind.title, name, f"{busy:,.0f}", f"{wall:,.0f}", f"{ratio:.2f}"))
    return rows
