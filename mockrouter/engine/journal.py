"""
What happened: every exchange, from the request to the last byte sent. Bounded by count and bytes.

Secrets are blanked before anything is written down; see ``redaction``.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from threading import Lock
from typing import Literal, NamedTuple, TypeAlias

from mockrouter.engine.compiler import Compiled, Shared
from mockrouter.engine.exchange import Exchange
from mockrouter.wire import Sent

__all__ = ["Event", "Exchange", "Journal", "Listener"]

_LOGGER = logging.getLogger("mockrouter")
_MOST_SPACES = 10_000


class _Held(NamedTuple):
    """An exchange, and what was counted for it."""

    exchange: Exchange
    size: int
    compiled: Compiled | None


Event = Literal["opened", "answered", "sent"]
"""What happens to an exchange: it came, its answer is known, its answer has gone out."""

Listener: TypeAlias = Callable[[Event, Exchange], object]


class Journal:
    """
    The most recent exchanges.

    Other threads may read it, and clear it, while a server writes. Listeners are called in the
    server's.

    Attributes:
        apart: Whether each namespace has numbers of its own.

        most: How many it holds at the most.

        most_bytes: How much memory they take at the most, about; the newest is always held.

        total: How many there have been; the ``sequence`` of the newest.

        changes: How often it was written to.

        bytes: How much memory those that are held take, about. A shared wire is counted once.
    """

    def __init__(
        self, most: int = 1_000, most_bytes: int = 64_000_000, *, apart: bool = False
    ) -> None:
        """
        Hold *most* exchanges and *most_bytes* at the most.

        With *apart* each namespace numbers its own from 1, so that a test's report is the same
        whatever ran before it; else numbers go on over all of them.
        """
        self.apart = apart
        self.most = most
        self.most_bytes = most_bytes
        self.total = 0
        self.changes = 0
        self.bytes = 0
        self._lock = Lock()
        self._numbers: OrderedDict[str, int] = OrderedDict()
        self._held: OrderedDict[tuple[str, int], _Held] = OrderedDict()
        self._spaces: dict[str, dict[int, Exchange]] = {}
        self._forgotten: OrderedDict[str, int] = OrderedDict()
        self._shared = Shared()
        self._listeners: list[Listener] = []

    def next_number(self, namespace: str, given: int = 0) -> int:
        """Number the next exchange; *given* is what several servers number it."""
        if given:
            self.total = max(self.total, given)
            return given
        space = namespace if self.apart else ""
        with self._lock:
            self.total += 1
            number = self._numbers.pop(space, 0) + 1 if self.apart else self.total
            self._numbers[space] = number
            # One of which anything is held is among the last that were numbered.
            if len(self._numbers) > max(_MOST_SPACES, self.most):
                self._numbers.popitem(last=False)
        return number

    def open(self, exchange: Exchange) -> None:
        """Write down an exchange; the oldest go where a bound is passed."""
        with self._lock:
            exchange.sequence = exchange.sequence or (self.total if self.apart else exchange.number)
            self._place(self._count(exchange))
            self._trim()
        self._tell("opened", exchange)

    def weigh(self, exchange: Exchange) -> None:
        """
        Write down that an exchange has its answer.

        What it holds is counted anew, unless it was forgotten; the oldest go likewise.
        """
        key = self._key(exchange)
        with self._lock:
            before = self._held.get(key)
            if before is not None and before.exchange is exchange:
                self._held[key] = self._count(exchange)
                self._discount(before)
                self._trim()
        self._tell("answered", exchange)

    def finish(self, exchange: Exchange, sent: Sent) -> None:
        """Write down what went out of an exchange's response, now that it is over."""
        exchange.sent = sent
        self._tell("sent", exchange)

    def merge(self, exchanges: Iterable[Exchange]) -> None:
        """Write down what other servers answered, in the place that its sequence gives it."""
        found, known = list(exchanges), set()
        with self._lock:
            for exchange in found:
                other = self._held.get(key := self._key(exchange))
                if other is not None and other.exchange.replica == exchange.replica:
                    known.add(key)
                    self._discount(self._lift(other.exchange))
                self.total = max(self.total, exchange.sequence)
                self._place(self._count(exchange))
            if found:
                self._sort({exchange.namespace for exchange in found})
            self._trim()
        for exchange in found:
            if self._key(exchange) not in known:
                self._tell("answered", exchange)
            if exchange.sent is not None:
                self._tell("sent", exchange)

    def renumber(self, exchanges: Sequence[Exchange], first: int) -> None:
        """Number exchanges as several servers do, from *first* on, those that are held too."""
        with self._lock:
            # All are lifted before any is placed, as their old numbers may be others' new ones.
            held = [self._lift(each) for each in exchanges if self._holds(each)]
            for number, exchange in enumerate(exchanges, first):
                exchange.number = exchange.sequence = number
                self.total = max(self.total, number)
            for each in held:
                self._place(each)
            self._sort({each.exchange.namespace for each in held})

    def _holds(self, exchange: Exchange) -> bool:
        held = self._held.get(self._key(exchange))
        return held is not None and held.exchange is exchange

    def _lift(self, exchange: Exchange) -> _Held:
        del self._spaces[exchange.namespace][exchange.number]
        return self._held.pop(self._key(exchange))

    def _place(self, held: _Held) -> None:
        """Write down one; who has its number is yet to be numbered by several, and gives way."""
        exchange = held.exchange
        there = self._held.get(self._key(exchange))
        other = self._lift(there.exchange) if there else None
        self._held[self._key(exchange)] = held
        self._spaces.setdefault(exchange.namespace, {})[exchange.number] = exchange
        if other is None:
            return
        if self.apart:  # numbered before its namespace was cleared
            self._discount(other)
            return
        self.total += 1
        other.exchange.number = other.exchange.sequence = self.total
        self._place(other)

    def _sort(self, namespaces: Iterable[str]) -> None:
        self._held = OrderedDict(sorted(self._held.items(), key=lambda h: h[1].exchange.sequence))
        for name in namespaces:
            self._spaces[name] = dict(sorted(self._spaces[name].items()))

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """
        Call *listener* with all that happens from now on; one that raises is not called again.

        Returns:
            Ends it; may be called more than once.
        """
        self._listeners.append(listener)
        return partial(self._drop, listener)

    def __iter__(self) -> Iterator[Exchange]:
        """Oldest first."""
        return iter([held.exchange for held in list(self._held.values())])

    def __len__(self) -> int:
        """How many are held."""
        return len(self._held)

    def of(self, namespace: str) -> list[Exchange]:
        """List those of one namespace, oldest first."""
        return list(self._spaces.get(namespace, {}).values())

    def find(self, number: int, namespace: str = "") -> Exchange | None:
        """Find an exchange that is still held; *namespace* where each has numbers of its own."""
        held = self._held.get((namespace if self.apart else "", number))
        return held.exchange if held else None

    def forgotten(self, namespace: str | None = None) -> int:
        """
        Count the exchanges that fell out of the bounds since they were last cleared.

        Args:
            namespace: Only its own; of the namespaces that lost one longest ago nothing is known.
        """
        if namespace is None:
            return sum(list(self._forgotten.values()))
        return self._forgotten.get(namespace, 0)

    def clear(self, namespace: str | None = None) -> None:
        """Forget all, or those of one namespace."""
        with self._lock:
            self.changes += 1
            for space in list(self._spaces) if namespace is None else [namespace]:
                self._forgotten.pop(space, None)
                for exchange in self._spaces.pop(space, {}).values():
                    self._discount(self._held.pop(self._key(exchange)))
                if self.apart:
                    self._numbers.pop(space, None)
            if namespace is None:
                self._forgotten.clear()

    def _key(self, exchange: Exchange) -> tuple[str, int]:
        return exchange.namespace if self.apart else "", exchange.number

    def _drop(self, listener: Listener) -> None:
        if listener in self._listeners:
            self._listeners.remove(listener)

    def _tell(self, event: Event, exchange: Exchange) -> None:
        self.changes += 1
        for listener in tuple(self._listeners):
            # Whatever a listener is and does, the client gets its answer.
            try:
                listener(event, exchange)
            except Exception:
                _LOGGER.exception("a listener of the journal failed; it is not called again")
                self._drop(listener)

    def _count(self, exchange: Exchange) -> _Held:
        held = _Held(exchange, exchange.size, exchange.compiled)
        self.bytes += held.size + self._shared.take(held.compiled)
        return held

    def _discount(self, held: _Held) -> None:
        self.bytes -= held.size + self._shared.give(held.compiled)

    def _trim(self) -> None:
        while len(self._held) > self.most or (self.bytes > self.most_bytes and len(self._held) > 1):
            held = self._held.popitem(last=False)[1]
            self._discount(held)
            self._forget(held.exchange.number, held.exchange.namespace)

    def _forget(self, number: int, namespace: str) -> None:
        del self._spaces[namespace][number]
        if not self._spaces[namespace]:
            del self._spaces[namespace]
        self._forgotten[namespace] = self._forgotten.pop(namespace, 0) + 1
        if len(self._forgotten) > _MOST_SPACES:
            self._forgotten.popitem(last=False)
