"""
What happened: every exchange, from the request to the last byte sent. Bounded by count and bytes.

Secrets are blanked before anything is written down; see ``redaction``.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Literal, NamedTuple, TypeAlias

from mockrouter.engine.compiler import Compiled, Shared
from mockrouter.engine.redaction import BUILT_IN, Redactor
from mockrouter.ids import HOLE_MARK
from mockrouter.wire import Sent, Wire

_LOGGER = logging.getLogger("mockrouter")
_MOST_SPACES = 10_000
_OVERHEAD = 2_000
"""Bytes that an exchange takes beside all that is counted, about."""
_STRING = 60
"""Bytes that Python needs for a string beside its characters, about."""
_TIME = 8
"""Bytes that it takes to note when a frame went out."""


@dataclass(slots=True)
class Exchange:
    """
    One request and what was answered.

    Attributes:
        number: From 1, in the order of arrival.

        time: Unix seconds of arrival.

        method: HTTP method.

        path: As asked for.

        namespace: Token of the URL; empty for the server's own.

        profile: The provider's manner.

        dialect: The format; empty where no format was reached.

        headers: With secrets blanked, names in lower case.

        body: As received.

        scenario: That answered.

        turn: From 1; None where no turn was reached.

        attempt: From 1; None likewise.

        seed: The server's.

        arrived: The ticker's seconds of arrival, by the same clock as *sent*.

        error: Code of the mock's own complaint.

        broken: Which rule of ``expect`` was broken, and how.

        warnings: What could not be done as written.

        misses: Why the nearest scenarios did not answer.

        compiled: The wire with its hole, shared with other exchanges of the same reply.

        nonce: Fills the hole.

        sent: What went out, and when; None while it is going out.

        redactor: Blanks the secrets in what is shown of the response.
    """

    number: int
    time: float
    method: str
    path: str
    namespace: str = ""
    profile: str = ""
    dialect: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    scenario: str = ""
    turn: int | None = None
    attempt: int | None = None
    seed: int = 0
    arrived: float = 0.0
    error: str = ""
    broken: str = ""
    warnings: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()
    compiled: Compiled | None = None
    nonce: str = HOLE_MARK
    sent: Sent | None = None
    redactor: Redactor = field(default=BUILT_IN, repr=False)

    @property
    def size(self) -> int:
        """Bytes that it holds or will, about, without its wire, which others may share."""
        headers = self.headers
        texts = len("".join(headers)) + len("".join(headers.values())) + len(self.path)
        texts += len("".join(self.misses)) + 2 * len(headers) * _STRING
        times = len(self.compiled.framed.frames) * _TIME if self.compiled else 0
        return len(self.body) + texts + times + _OVERHEAD

    @property
    def wire(self) -> Wire | None:
        """The response as it was meant to go out."""
        return self.compiled.fill(self.nonce) if self.compiled else None

    @property
    def shown(self) -> Wire | None:
        """The same with secrets blanked, as it may be seen by people."""
        wire, made = self.wire, self.compiled
        return self.redactor.shown(wire, made.said) if wire and made else None


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

    Other threads may read it while a server writes. Listeners are called in the server's.

    Attributes:
        most: How many it holds at the most.

        most_bytes: How much memory they take at the most, about; the newest is always held.

        total: How many there have been.

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
        self._apart = apart
        self.most = most
        self.most_bytes = most_bytes
        self.total = 0
        self.changes = 0
        self.bytes = 0
        self._numbers: dict[str, int] = {}
        self._held: OrderedDict[tuple[str, int], _Held] = OrderedDict()
        self._spaces: dict[str, dict[int, Exchange]] = {}
        self._forgotten: OrderedDict[str, int] = OrderedDict()
        self._shared = Shared()
        self._listeners: list[Listener] = []

    def next_number(self, namespace: str) -> int:
        """Number the next exchange."""
        self.total += 1
        space = namespace if self._apart else ""
        number = self._numbers[space] = self._numbers.get(space, 0) + 1
        return number

    def open(self, exchange: Exchange) -> None:
        """Write down an exchange; the oldest go where a bound is passed."""
        self._held[self._key(exchange)] = self._count(exchange)
        self._spaces.setdefault(exchange.namespace, {})[exchange.number] = exchange
        self._trim()
        self._tell("opened", exchange)

    def weigh(self, exchange: Exchange) -> None:
        """
        Write down that an exchange has its answer.

        What it holds is counted anew, unless it was forgotten; the oldest go likewise.
        """
        key = self._key(exchange)
        if (before := self._held.get(key)) is not None:
            self._held[key] = self._count(exchange)
            self._discount(before)
            self._trim()
        self._tell("answered", exchange)

    def finish(self, exchange: Exchange, sent: Sent) -> None:
        """Write down what went out of an exchange's response, now that it is over."""
        exchange.sent = sent
        self._tell("sent", exchange)

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
        held = self._held.get((namespace if self._apart else "", number))
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
        self.changes += 1
        for space in list(self._spaces) if namespace is None else [namespace]:
            self._forgotten.pop(space, None)
            for exchange in self._spaces.pop(space, {}).values():
                self._discount(self._held.pop(self._key(exchange)))
            if self._apart:
                self._numbers.pop(space, None)
        if namespace is None:
            self._forgotten.clear()

    def _key(self, exchange: Exchange) -> tuple[str, int]:
        return exchange.namespace if self._apart else "", exchange.number

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
