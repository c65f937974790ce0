"""
Counting what a journal tells, for ``/metrics``.

Numbers that are added to, because a stream of a hundred paced events is a hundred of them; the
client library makes a page of them when somebody asks for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from mockrouter.engine.engine import Engine
from mockrouter.engine.exchange import Exchange
from mockrouter.serving.telemetry.outcome import end, lateness, outcome, status_class
from mockrouter.serving.telemetry.totals import (
    SECONDS,
    Histogram,
    Now,
    Process,
    Told,
    Totals,
    View,
)
from mockrouter.serving.telemetry.watch import Watch

if TYPE_CHECKING:
    from mockrouter.state.sharing import Sharing


class Figures:
    """What a journal's exchanges come to, since this began to listen."""

    def __init__(self, engine: Engine, sharing: Sharing | None = None) -> None:
        """Count nothing yet; *sharing* is what the server shares, if it does."""
        self._totals = Totals()
        self._engine = engine
        self._sharing = sharing
        self._watch = Watch(self._count)

    def listen(self) -> Callable[[], None]:
        """Begin; what comes back ends it."""
        return self._watch.begin(self._engine.journal)

    @property
    def totals(self) -> Totals:
        """What was counted."""
        self._totals.refused = self._sharing.refused if self._sharing else 0
        return self._totals

    @property
    def now(self) -> Now:
        """How the server is."""
        journal, scenarios = self._engine.journal, len(self._engine.library.named)
        reachable = self._sharing.link.reachable if self._sharing else None
        return Now(self._watch.streaming, len(journal), journal.bytes, scenarios, reachable)

    @property
    def view(self) -> View:
        """Show this server alone."""
        return View(self.totals, [Process("", 0, self.now)])

    @property
    def told(self) -> Told:
        """Tell another process of this one."""
        return self.totals.plain(), tuple(self.now)

    def _count(self, exchange: Exchange) -> None:
        totals = self._totals
        endpoint, profile = exchange.dialect or "other", exchange.profile
        ended = status_class(exchange), outcome(exchange), end(exchange)
        totals.requests[endpoint, profile, *ended] += 1
        sent, compiled = exchange.sent, exchange.compiled
        if sent is None or compiled is None:
            return
        key = endpoint, "stream" if compiled.wire.stream else "plain"
        if sent.times:
            wait = sent.times[0] - exchange.arrived
            totals.first.setdefault(key, Histogram(SECONDS)).add(wait)
        totals.last.setdefault(key, Histogram(SECONDS)).add(sent.ended - exchange.arrived)
        totals.bytes += sent.bytes
        scale = self._engine.namespace(exchange.namespace).settings.time_scale
        for seconds in lateness(exchange, scale):
            totals.late.add(seconds)
