"""``python -m bench``: what the mock costs above a bare ASGI app that sends the same."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from bench import fixture
from bench.apps import PAUSE
from bench.client import Target, arrivals, load, probe

SERVERS = {
    "bare": "bench.apps:bare",
    "play": "bench.apps:played",
    "mockrouter": "bench.apps:mockrouter",
}
WORKLOADS = {"W1 json": "w1", "W2 sse": "w2"}
CONNECTIONS = 32
STREAMS = 1000


@dataclass(frozen=True, slots=True)
class Running:
    """A server process: where it listens, and its process id."""

    port: int
    pid: int

    def cpu(self) -> float:
        """Seconds that all its threads have been on a core."""
        tasks = Path(f"/proc/{self.pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


@contextmanager
def running(target: str, core: int) -> Iterator[Running]:
    """Start a server on a core of its own, and end it well."""
    command = [sys.executable, "-m", "bench.serve", target, str(core)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        if process.stdout is None:
            raise RuntimeError("no pipe")
        try:
            yield Running(int(process.stdout.readline()), process.pid)
        finally:
            process.terminate()


def measure(server: Running, target: Target, seconds: float) -> tuple[float, float]:
    """Put load on a server; replies for each second of its CPU time, and of the clock."""
    before = server.cpu()
    count = asyncio.run(load(target, connections=CONNECTIONS, seconds=seconds))
    return count / (server.cpu() - before), count / seconds


def compare(servers: dict[str, Running], query: str, rounds: int, seconds: float) -> dict[str, str]:
    """Take turns; a row for each server, its ratio to the first being the median over rounds."""
    targets = {name: asyncio.run(probe(each.port, query)) for name, each in servers.items()}
    first = next(iter(targets.values()))
    for name, target in targets.items():
        if target.reply != first.reply:
            raise SystemExit(f"{name} does not send the same bytes for {query}")
        measure(servers[name], target, seconds / 4)
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in servers}
    for number in range(rounds):
        # Nobody always goes first.
        for name in list(servers)[:: 1 if number % 2 else -1]:
            found[name].append(measure(servers[name], targets[name], seconds))
    limit = next(iter(found.values()))
    rows = {}
    for name, each in found.items():
        ratio = median(own[0] / top[0] for own, top in zip(each, limit, strict=True))
        busy, wall = median(own[0] for own in each), median(own[1] for own in each)
        rows[name] = f"{busy:10,.0f} /cpu s  {wall:10,.0f} /s  {ratio:6.2f} of bare"
    return rows


def lateness(server: Running) -> str:
    """Run many paced streams at once; how late their events reached the client."""
    target = asyncio.run(probe(server.port, "w3"))
    before = server.cpu()
    arrived = asyncio.run(arrivals(target, STREAMS))
    cpu = server.cpu() - before
    starts = json.loads(asyncio.run(probe(server.port, "starts")).reply.partition(b"\r\n\r\n")[2])
    late = [
        1000 * (moment - starts[number] - PAUSE * event)
        for number, moments in arrived.items()
        for event, moment in enumerate(moments, 1)
    ]
    percents = quantiles(late, n=100)
    return (
        f"late by p50 {percents[49]:.1f} ms  p99 {percents[98]:.1f} ms  max {max(late):.1f} ms  "
        f"min {min(late):.2f} ms  {1e6 * cpu / len(late):.0f} cpu us/event"
    )


def main() -> None:
    """Run what is asked for and print it."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("what", nargs="?", choices=["server", "fixture"], default="server")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each round, for each server")
    parser.add_argument("--tests", type=int, default=200, help="of each round, for each suite")
    options = parser.parse_args()
    if options.what == "fixture":
        rows = iter(fixture.compare(options.rounds, options.tests))
    else:
        rows = servers(options.rounds, options.seconds)
    for row in rows:
        print(row, flush=True)  # noqa: T201


def servers(rounds: int, seconds: float) -> Iterator[str]:
    """Compare the servers; a row for each result, as it comes."""
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[-1]})
    with ExitStack() as stack:
        started = {
            name: stack.enter_context(running(target, cores[0])) for name, target in SERVERS.items()
        }
        for title, query in WORKLOADS.items():
            for name, row in compare(started, query, rounds, seconds).items():
                yield f"{title:8} {name:10} {row}"
        yield f"W3 paced {STREAMS} streams  {lateness(started['play'])}"


if __name__ == "__main__":
    main()
