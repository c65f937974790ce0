"""The exchanges of this server alone: a journal also tells of what others answered."""

from __future__ import annotations

from collections.abc import Callable

from mockrouter.engine.exchange import Exchange
from mockrouter.engine.journal import Event, Journal


class Watch:
    """
    Hears of each exchange once, when it is over.

    Only an exchange that was opened here is this server's: those that it reads from a shared state
    were counted where they were answered.
    """

    def __init__(self, over: Callable[[Exchange], object]) -> None:
        """Call *over* with each."""
        self._over = over
        self._open: set[int] = set()
        self._streaming: set[int] = set()

    @property
    def streaming(self) -> int:
        """How many streams are going out."""
        return len(self._streaming)

    def begin(self, journal: Journal) -> Callable[[], None]:
        """Listen to *journal*; what comes back ends it."""
        return journal.subscribe(self._hear)

    def _hear(self, event: Event, exchange: Exchange) -> None:
        # By identity, as several servers number an exchange anew.
        key = id(exchange)
        if event == "opened":
            self._open.add(key)
        elif key not in self._open:
            return
        elif event == "sent":
            self._open.discard(key)
            self._streaming.discard(key)
            self._over(exchange)
        elif exchange.compiled is not None and exchange.compiled.wire.stream:
            self._streaming.add(key)
