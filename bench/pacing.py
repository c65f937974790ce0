"""W3: how late the events of many paced streams come, all open at once."""

from __future__ import annotations

import math
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median, quantiles

from bench.client import Listener, Target, arrivals, run
from bench.servers import Server, Stage
from bench.tables import table
from bench.work import PACES, Pace

STREAMS = (200, 1000)
_HEAD = ("", "server", "p50", "p99", "latest", "earliest", "p99 of bare", "CPU for each event")


@dataclass(frozen=True, slots=True)
class Lateness:
    """
    How late events were, in milliseconds.

    Attributes:
        p50: Half of them were no later.

        p99: All but a hundredth were no later.

        latest: None was later.

        earliest: None was earlier; below 0 one came too soon.

        cpu: Microseconds of the server's own for each event.
    """

    p50: float
    p99: float
    latest: float
    earliest: float
    cpu: float


def measure(server: Server, target: Target, streams: int) -> Lateness:
    """
    Run paced streams at once.

    An event is due so long after its request was sent: the way to the server and back, and what
    the client itself takes to read, are counted as lateness of all servers alike.
    """
    before = server.cpu()
    heard = run(arrivals(target, streams))
    cpu = server.cpu() - before
    late = lateness(heard, PACES["paced"])
    percents = quantiles(late, n=100)
    return Lateness(percents[49], percents[98], max(late), min(late), 1e6 * cpu / len(late))


def lateness(
    heard: Iterable[Listener], pace: Pace, began: float = -math.inf, ended: float = math.inf
) -> list[float]:
    """Say how late each event came that came in some time, in milliseconds after it was due."""
    return [
        1000 * (moment - listener.asked - pace.ttft - pace.gap * event)
        for listener in heard
        for event, moment in enumerate(listener.times[: pace.events])
        if began <= moment < ended
    ]


def compare(stage: Stage) -> list[str]:
    """Let the servers take turns; a row for each number of streams and server."""
    rows: list[tuple[str, ...]] = []
    with ExitStack() as stack:
        servers = {name: stack.enter_context(stage.running(name)) for name in stage.names}
        targets = {name: server.wait("paced") for name, server in servers.items()}
        for name, server in servers.items():
            measure(server, targets[name], min(STREAMS))
        for streams in STREAMS:
            found: dict[str, list[Lateness]] = {name: [] for name in servers}
            for number in range(stage.rounds):
                for name in list(servers)[:: 1 if number % 2 else -1]:
                    found[name].append(measure(servers[name], targets[name], streams))
            rows += _rows(f"W3 {streams:,} streams", found)
    return table(_HEAD, rows)


def _rows(title: str, found: dict[str, list[Lateness]]) -> list[tuple[str, ...]]:
    limit = next(iter(found.values()))
    rows: list[tuple[str, ...]] = []
    for name, each in found.items():
        ratio = median(own.p99 / top.p99 for own, top in zip(each, limit, strict=True))
        rows.append(
            (
                title,
                name,
                f"{median(own.p50 for own in each):.1f} ms",
                f"{median(own.p99 for own in each):.1f} ms",
                f"{max(own.latest for own in each):.0f} ms",
                f"{min(own.earliest for own in each):.2f} ms",
                f"{ratio:.2f}",
                f"{median(own.cpu for own in each):.0f} µs",
            )
        )
    return rows
