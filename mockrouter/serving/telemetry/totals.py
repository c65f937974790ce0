"""
Figures as values: what one server has counted, and how several come to one page.

They are plain enough to be handed from one process to another.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, NamedTuple, Self

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
"""Upper bounds of what a request takes: from an answer out of hand to a stalled stream."""
FINE_SECONDS = (0.00025, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1)
"""Upper bounds of lateness."""


@dataclass(slots=True)
class Histogram:
    """
    How many values lie below each bound.

    Attributes:
        bounds: Upper ones, in order; there is one bucket more, for all beyond.

        counts: For each bucket, on its own.

        total: Of all values.
    """

    bounds: Sequence[float]
    counts: list[int] = field(default_factory=list)
    total: float = 0.0

    def __post_init__(self) -> None:
        """Start empty, unless there are counts."""
        self.counts = self.counts or [0] * (len(self.bounds) + 1)

    def add(self, value: float) -> None:
        """Count one value; one that is equal to a bound lies below it."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value

    def merge(self, other: Histogram) -> None:
        """Count what another has counted, which has the same bounds."""
        self.counts = [one + more for one, more in zip(self.counts, other.counts, strict=True)]
        self.total += other.total

    def buckets(self) -> list[tuple[str, float]]:
        """List bounds and how many lie below each, as Prometheus has them."""
        names = [*map(str, map(float, self.bounds)), "+Inf"]
        return list(zip(names, map(float, accumulate(self.counts)), strict=True))


Times = dict[tuple[str, str], Histogram]
"""By endpoint and mode."""


@dataclass(slots=True)
class Totals:
    """
    What only grows.

    Labels come from short lists alone, never from what a client or an author writes.

    Attributes:
        requests: How many are over, by endpoint, profile, class of status, outcome and end.

        first: Seconds from arrival to the first byte of the body, by endpoint and mode.

        last: Seconds from arrival to the last byte, likewise.

        late: Seconds that paced events went out too late.

        bytes: Of bodies that went out.

        refused: Requests that were not looked at, as a state that is required was away.
    """

    requests: Counter[tuple[str, str, str, str, str]] = field(default_factory=Counter)
    first: Times = field(default_factory=dict)
    last: Times = field(default_factory=dict)
    late: Histogram = field(default_factory=lambda: Histogram(FINE_SECONDS))
    bytes: int = 0
    refused: int = 0

    def merge(self, other: Totals) -> None:
        """Add what another server has counted."""
        self.requests += other.requests
        for times, more in ((self.first, other.first), (self.last, other.last)):
            for key, histogram in more.items():
                times.setdefault(key, Histogram(SECONDS)).merge(histogram)
        self.late.merge(other.late)
        self.bytes += other.bytes
        self.refused += other.refused

    def plain(self) -> tuple[Any, ...]:
        """Write down all of it in tuples, dictionaries and numbers."""
        first, last = _plain(self.first), _plain(self.last)
        late = self.late.counts, self.late.total
        return dict(self.requests), first, last, late, self.bytes, self.refused

    @classmethod
    def of(cls, plain: tuple[Any, ...]) -> Self:
        """Read what ``plain`` wrote."""
        requests, first, last, late, size, refused = plain
        fine = Histogram(FINE_SECONDS, *late)
        return cls(Counter(requests), _times(first), _times(last), fine, size, refused)


class Now(NamedTuple):
    """
    How a server is at this moment.

    Attributes:
        streams: That are going out.

        entries: Requests that its journal holds.

        bytes: Memory that they take, about.

        scenarios: That it knows.

        reachable: Whether it reaches what it shares; None where it shares nothing.
    """

    streams: int
    entries: int
    bytes: int
    scenarios: int
    reachable: bool | None


class Process(NamedTuple):
    """
    A process of a server.

    Attributes:
        name: Tells it from the others; empty for one that is alone.

        pid: Its number; 0 for the one that is asked.

        now: How it is; None for one that answers no requests.
    """

    name: str
    pid: int
    now: Now | None


Told = tuple[Any, Any]
"""What a process tells of itself: its totals, and how it is, in plain values."""
Rows = list[tuple[str, int, Told | None]]
"""Of each process its name, its number, and what it told; None where it told nothing."""


class View(NamedTuple):
    """
    What a page shows.

    Attributes:
        totals: Of all processes, also of those that are no more.

        processes: That there are.
    """

    totals: Totals
    processes: Sequence[Process]


def view_of(gone: tuple[Any, ...], rows: Rows) -> View:
    """Add up what several processes told, and those that are *gone* had counted."""
    totals = Totals.of(gone)
    for _, _, told in rows:
        if told is not None:
            totals.merge(Totals.of(told[0]))
    processes = [Process(name, pid, told and Now(*told[1])) for name, pid, told in rows]
    return View(totals, processes)


def _plain(times: Times) -> Mapping[tuple[str, str], tuple[list[int], float]]:
    return {key: (each.counts, each.total) for key, each in times.items()}


def _times(plain: Mapping[tuple[str, str], tuple[list[int], float]]) -> Times:
    return {key: Histogram(SECONDS, *each) for key, each in plain.items()}
