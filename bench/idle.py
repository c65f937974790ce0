"""W7: the memory of connections that nobody uses, and of streams that wait."""

from __future__ import annotations

import asyncio
import resource

from bench.client import Target, arrivals, connected, run
from bench.servers import Server, Stage
from bench.tables import table
from bench.work import PACES

MANY = 5000
_WITHIN = 4.0
"""Seconds in which the streams begin; the first event is due later than that."""
_SETTLED = 1.0
_HEAD = ("", "server", "memory before", "with them", "for each", "errors")


def compare(stage: Stage) -> list[str]:
    """Hold connections open, idle and then streaming; a row for each server."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    # A child has the limits of its parent.
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4 * MANY), hard))
    rows: list[tuple[str, ...]] = []
    for title, holding in (("idle", _idle), ("paced", _streams)):
        for name in stage.names:
            with stage.running(name) as server:
                target = server.wait("slow" if title == "paced" else "call")
                before = server.rss()
                during, errors = run(holding(server, target))
            each = (during - before) / MANY / 1000
            sizes = (f"{before / 1e6:.0f} MB", f"{during / 1e6:.0f} MB", f"{each:.1f} kB")
            rows.append((f"W7 {MANY:,} {title}", name, *sizes, str(errors)))
    return table(_HEAD, rows)


async def _idle(server: Server, target: Target) -> tuple[int, int]:
    """Connect and ask nothing; bytes of memory then, and how many were closed too early."""
    made = await connected(target, MANY)
    await asyncio.sleep(_SETTLED)
    size, closed = server.rss(), sum(each.done.done() for each in made)
    for each in made:
        each.transport.close()
    await asyncio.gather(*(each.done for each in made))
    return size, closed


async def _streams(server: Server, target: Target) -> tuple[int, int]:
    """Let all streams run; bytes of memory in their midst, and how many failed."""
    asking = asyncio.create_task(arrivals(target, MANY, within=_WITHIN))
    await asyncio.sleep(_WITHIN + sum(PACES["slow"].delays) / 1.5)
    size = server.rss()
    made = await asking
    return size, sum(each.done.exception() is not None for each in made)
