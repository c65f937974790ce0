"""What one core serves: paced streams in a steady state, when all of them are open."""

from __future__ import annotations

import asyncio
import resource
import time
from dataclasses import dataclass
from statistics import median, quantiles

from bench.client import Target, ask, connected, run
from bench.pacing import lateness
from bench.servers import MOCKROUTER, Server, Stage
from bench.tables import table
from bench.work import PACES

LEVELS = (
    ("paced", 250),
    ("paced", 500),
    ("paced", 1_000),
    ("tenth", 1_000),
    ("tenth", 2_500),
    ("half", 5_000),
    ("half", 10_000),
)
"""A pace, and how many streams have it."""

_OPENED = 2_500
"""Streams that begin in a second, before all are open."""
_MARGIN = 0.2
"""Seconds before the first stream ends."""
_HEAD = (
    *("streams", "an event each", "events per second", "of one core", "CPU for each event"),
    *("p50", "p99", "latest", "memory for each"),
)


@dataclass(frozen=True, slots=True)
class Steady:
    """
    A server while all streams are open.

    Attributes:
        events: That came in a second.

        core: Share of a core that the server used.

        late: How late each event was, in milliseconds.

        memory: Bytes that each stream took.
    """

    events: float
    core: float
    late: list[float]
    memory: float


def compare(stage: Stage) -> list[str]:
    """Open more and more streams; a row for each level, medians over the rounds."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    # A child has the limits of its parent.
    most = 2 * max(streams for _, streams in LEVELS)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, most), hard))
    return table(_HEAD, [_row(stage, work, streams) for work, streams in LEVELS])


def _row(stage: Stage, work: str, streams: int) -> tuple[str, ...]:
    found = []
    for _ in range(stage.rounds):
        with stage.running(MOCKROUTER) as server:
            found.append(run(_steady(server, server.wait(work), work, streams)))
    percents = [quantiles(each.late, n=100) for each in found]
    return (
        f"{streams:,}",
        f"{1000 * PACES[work].gap:.0f} ms",
        f"{median(each.events for each in found):,.0f}",
        f"{100 * median(each.core for each in found):.0f} %",
        f"{1e6 * median(each.core / each.events for each in found):.0f} µs",
        f"{median(each[49] for each in percents):.1f} ms",
        f"{median(each[98] for each in percents):.1f} ms",
        f"{median(max(each.late) for each in found):.0f} ms",
        f"{median(each.memory for each in found) / 1000:.0f} kB",
    )


async def _steady(server: Server, target: Target, work: str, streams: int) -> Steady:
    """Measure from when the last stream has begun until the first one ends."""
    pace, within = PACES[work], streams / _OPENED
    empty = server.rss()
    heard = await connected(target, streams)
    asking = asyncio.create_task(ask(heard, within))
    await asyncio.sleep(within + pace.ttft + pace.gap)
    began, before = time.monotonic(), server.cpu()
    await asyncio.sleep(sum(pace.delays) - within - pace.ttft - 2 * pace.gap - _MARGIN)
    ended, after = time.monotonic(), server.cpu()
    memory = (server.rss() - empty) / streams
    await asking
    seconds = ended - began
    late = lateness(heard, pace, began, ended)
    return Steady(len(late) / seconds, (after - before) / seconds, late, memory)
