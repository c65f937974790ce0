"""W6: the memory of a server before and after many requests."""

from __future__ import annotations

from itertools import count

from bench.client import load, run
from bench.servers import Stage
from bench.tables import table
from bench.throughput import CONNECTIONS

REQUESTS = 100_000
WARM = 10_000
"""Requests before the first look: by then all that is bounded, such as a journal, is full."""
_HEAD = ("", "server", "at the start", f"after {WARM:,}", f"after {REQUESTS:,} more", "grown by")


def compare(stage: Stage) -> list[str]:
    """Ask each server for the same again and again, then for something new each time."""
    rows: list[tuple[str, ...]] = []
    for new in (False, True):
        for name in stage.names:
            with stage.running(name) as server:
                target = server.wait("call")
                sizes = [server.rss()]
                numbers = count() if new else None
                for most in (WARM, REQUESTS):
                    run(load(target, connections=CONNECTIONS, most=most, numbers=numbers))
                    sizes.append(server.rss())
            told = [f"{size / 1e6:.1f} MB" for size in (*sizes, sizes[2] - sizes[1])]
            rows.append((f"W6 {'each new' if new else 'the same request'}", name, *told))
    return table(_HEAD, rows)
