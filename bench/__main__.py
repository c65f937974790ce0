"""``python -m bench``: what the mock costs, next to the limit and to others."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from functools import partial

from bench import capacity, fixture, idle, memory, pacing, scenarios, starting, throughput
from bench.servers import Stage, aimock_is_here, stage

WORKLOADS: dict[str, Callable[[Stage], list[str]]] = {
    "w1": partial(throughput.compare, kinds=throughput.W1),
    "w2": partial(throughput.compare, kinds=throughput.W2),
    "w3": pacing.compare,
    "w4": starting.compare,
    "w5": scenarios.compare,
    "w6": memory.compare,
    "w7": idle.compare,
    "capacity": capacity.compare,
}


def main() -> None:
    """Run what is asked for and print it."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("what", nargs="*", choices=[*WORKLOADS, "all", "fixture"], default="all")
    parser.add_argument("--rounds", type=_positive, default=7)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each round, for each server")
    parser.add_argument("--tests", type=_positive, default=200, help="of each round and suite")
    options = parser.parse_args()
    what = list(WORKLOADS) if options.what in ("all", ["all"]) else options.what
    if what == ["fixture"]:
        rows = iter(fixture.compare(options.rounds, options.tests))
    else:
        rows = servers(what, options.rounds, options.seconds)
    for row in rows:
        print(row, flush=True)  # noqa: T201


def _positive(text: str) -> int:
    if not text.isdigit() or not int(text):
        message = f"'{text}' is no number from 1 on"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def servers(what: list[str], rounds: int, seconds: float) -> Iterator[str]:
    """Run workloads, one after the other; the lines of their tables, as they come."""
    if not aimock_is_here():
        yield "aimock is skipped; install it: npm ci --prefix bench/node"
        yield ""
    with stage(rounds, seconds) as made:
        for name in what:
            yield from WORKLOADS[name](made)
            yield ""


if __name__ == "__main__":
    main()
