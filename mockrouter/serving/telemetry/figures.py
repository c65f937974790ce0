"""
Counting what a journal tells, for ``/metrics``.

Numbers that are added to, because a stream of a hundred paced events is a hundred of them; the
client library makes a page of them when somebody asks for it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from mockrouter.engine.engine import Engine
from mockrouter.engine.exchange import Exchange
from mockrouter.engine.journal import Journal
from mockrouter.serving.telemetry.outcome import lateness, outcome, status_class
from mockrouter.serving.telemetry.watch import Watch

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
        """Start empty."""
        self.counts = [0] * (len(self.bounds) + 1)

    def add(self, value: float) -> None:
        """Count one value; one that is equal to a bound lies below it."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value

    def buckets(self) -> list[tuple[str, float]]:
        """List bounds and how many lie below each, as Prometheus has them."""
        names = [*map(str, map(float, self.bounds)), "+Inf"]
        return list(zip(names, map(float, accumulate(self.counts)), strict=True))


class Figures:
    """
    What a journal's exchanges come to, since this began to listen.

    Labels come from short lists alone, never from what a client or an author writes.

    Attributes:
        requests: How many are over, by endpoint, profile, class of status and outcome.

        first: Seconds from arrival to the first byte of the body, by endpoint and mode.

        last: Seconds from arrival to the last byte, likewise.

        late: Seconds that paced events went out too late.

        bytes: Of bodies that went out.
    """

    def __init__(self, engine: Engine) -> None:
        """Count nothing yet."""
        self.requests: Counter[tuple[str, str, str, str]] = Counter()
        self.first: dict[tuple[str, str], Histogram] = {}
        self.last: dict[tuple[str, str], Histogram] = {}
        self.late = Histogram(FINE_SECONDS)
        self.bytes = 0
        self._engine = engine
        self._watch = Watch(self._count)

    def listen(self) -> Callable[[], None]:
        """Begin; what comes back ends it."""
        return self._watch.begin(self.journal)

    @property
    def journal(self) -> Journal:
        """That is listened to."""
        return self._engine.journal

    @property
    def scenarios(self) -> int:
        """How many the server knows."""
        return len(self._engine.library.named)

    @property
    def streaming(self) -> int:
        """How many streams are going out."""
        return self._watch.streaming

    def _count(self, exchange: Exchange) -> None:
        endpoint, profile = exchange.dialect or "other", exchange.profile
        self.requests[endpoint, profile, status_class(exchange), outcome(exchange)] += 1
        sent, compiled = exchange.sent, exchange.compiled
        if sent is None or compiled is None:
            return
        key = endpoint, "stream" if compiled.wire.stream else "plain"
        if sent.times:
            self.first.setdefault(key, Histogram(SECONDS)).add(sent.times[0] - exchange.arrived)
        self.last.setdefault(key, Histogram(SECONDS)).add(sent.ended - exchange.arrived)
        self.bytes += sent.bytes
        scale = self._engine.namespace(exchange.namespace).settings.time_scale
        for seconds in lateness(exchange, scale):
            self.late.add(seconds)
