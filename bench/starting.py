"""W4: from the start of the process to its first good answer, and the memory that it has then."""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median

from bench.servers import MOCKROUTER, Stage
from bench.tables import table

_HEAD = ("", "server", "first good reply", "memory then")


def start(stage: Stage, name: str, reads: Path | None = None) -> tuple[float, int]:
    """Start a server and ask until it answers; seconds, and bytes of memory."""
    began = time.monotonic()
    with stage.running(name, reads) as server:
        server.wait("call")
        return time.monotonic() - began, server.rss()


def compare(stage: Stage) -> list[str]:
    """Start each server in turns; medians over the rounds."""
    alone = stage.folder / "none"
    alone.mkdir()
    kinds: dict[str, tuple[str, Path | None]] = {name: (name, None) for name in stage.names}
    kinds[f"{MOCKROUTER}, no scenario"] = (MOCKROUTER, alone)
    found: dict[str, list[tuple[float, int]]] = {title: [] for title in kinds}
    for number in range(stage.rounds):
        for title in list(kinds)[:: 1 if number % 2 else -1]:
            name, reads = kinds[title]
            found[title].append(start(stage, name, reads))
    return table(
        _HEAD,
        [
            (
                "W4",
                title,
                f"{median(seconds for seconds, _ in each):.2f} s",
                f"{median(size for _, size in each) / 1e6:.0f} MB",
            )
            for title, each in found.items()
        ],
    )
