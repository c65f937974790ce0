"""
What happened: every exchange, from the request to the last byte sent. Bounded by count and bytes.

Secrets are blanked before anything is written down; see ``redaction``.
"""

from __future__ import annotations

import json
import logging
import math
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Literal, NamedTuple, TypeAlias

from mockrouter.engine.compiler import Compiled
from mockrouter.engine.redaction import BUILT_IN, Redactor
from mockrouter.ids import HOLE_MARK
from mockrouter.values import Json, JsonObject
from mockrouter.wire import Sent, Wire

_LOGGER = logging.getLogger("mockrouter")
_MOST_SPACES = 10_000
_OVERHEAD = 2_000
"""Bytes that an exchange takes beside all that is counted, about."""
_STRING = 60
"""Bytes that Python needs for a string beside its characters, about."""
_TIME = 8
"""Bytes that it takes to note when a frame went out."""
_DEEPEST = 100
"""Levels of a body that is shown as JSON; much deeper, and Python cannot write it."""
_LONGEST = 100_000
"""Bytes of a body that are shown as text."""


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
        wire, compiled = self.wire, self.compiled
        return self.redactor.shown(wire, compiled.said) if wire and compiled else None

    def to_json(self) -> JsonObject:
        """Show it as ``/_mockrouter/requests`` does."""
        shown: JsonObject = {
            name: getattr(self, name)
            for name in ("number", "time", "method", "path", "namespace", "profile", "dialect")
        }
        shown |= {"scenario": self.scenario, "turn": self.turn, "attempt": self.attempt}
        shown |= {"seed": self.seed, "error": self.error or None}
        shown |= {"warnings": list(self.warnings), "misses": list(self.misses)}
        shown["request"] = {"headers": self.headers, "body": _shown_body(self.body)}
        wire = self.shown
        shown["response"] = _shown_wire(wire) if wire else None
        shown["sent"] = _shown_sent(self.sent) if self.sent else None
        return shown


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

        bytes: How much memory those that are held take, about. A shared wire is counted once.
    """

    def __init__(self, most: int = 1_000, most_bytes: int = 64_000_000) -> None:
        """Hold *most* exchanges and *most_bytes* at the most."""
        self.most = most
        self.most_bytes = most_bytes
        self.total = 0
        self.bytes = 0
        self._held: OrderedDict[int, _Held] = OrderedDict()
        self._spaces: dict[str, dict[int, Exchange]] = {}
        self._forgotten: OrderedDict[str, int] = OrderedDict()
        self._holders: dict[int, int] = {}
        self._listeners: list[Listener] = []

    def next_number(self) -> int:
        """Number the next exchange."""
        self.total += 1
        return self.total

    def open(self, exchange: Exchange) -> None:
        """Write down an exchange; the oldest go where a bound is passed."""
        self._held[exchange.number] = self._count(exchange)
        self._spaces.setdefault(exchange.namespace, {})[exchange.number] = exchange
        self._trim()
        self._tell("opened", exchange)

    def weigh(self, exchange: Exchange) -> None:
        """
        Write down that an exchange has its answer.

        What it holds is counted anew, unless it was forgotten; the oldest go likewise.
        """
        before = self._held.get(exchange.number)
        if before is not None:
            self._held[exchange.number] = self._count(exchange)
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

    def find(self, number: int) -> Exchange | None:
        """Find an exchange that is still held."""
        held = self._held.get(number)
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
        for space in list(self._spaces) if namespace is None else [namespace]:
            self._forgotten.pop(space, None)
            for number in self._spaces.pop(space, {}):
                self._discount(self._held.pop(number))
        if namespace is None:
            self._forgotten.clear()

    def _drop(self, listener: Listener) -> None:
        if listener in self._listeners:
            self._listeners.remove(listener)

    def _tell(self, event: Event, exchange: Exchange) -> None:
        for listener in tuple(self._listeners):
            # Whatever a listener is and does, the client gets its answer.
            try:
                listener(event, exchange)
            except Exception:
                _LOGGER.exception("a listener of the journal failed; it is not called again")
                self._drop(listener)

    def _count(self, exchange: Exchange) -> _Held:
        held = _Held(exchange, exchange.size, exchange.compiled)
        self.bytes += held.size
        if held.compiled is not None:
            # By identity: whether two wires are equal takes long to see.
            holders = self._holders.get(id(held.compiled), 0)
            self._holders[id(held.compiled)] = holders + 1
            self.bytes += 0 if holders else held.compiled.size
        return held

    def _discount(self, held: _Held) -> None:
        self.bytes -= held.size
        if held.compiled is not None:
            holders = self._holders.pop(id(held.compiled)) - 1
            if holders:
                self._holders[id(held.compiled)] = holders
            else:
                self.bytes -= held.compiled.size

    def _trim(self) -> None:
        while len(self._held) > self.most or (self.bytes > self.most_bytes and len(self._held) > 1):
            number, held = self._held.popitem(last=False)
            self._discount(held)
            self._forget(number, held.exchange.namespace)

    def _forget(self, number: int, namespace: str) -> None:
        space = self._spaces[namespace]
        del space[number]
        if not space:
            del self._spaces[namespace]
        self._forgotten[namespace] = self._forgotten.pop(namespace, 0) + 1
        if len(self._forgotten) > _MOST_SPACES:
            self._forgotten.popitem(last=False)


def _shown_sent(sent: Sent) -> JsonObject:
    return {
        "frames": sent.frames,
        "bytes": sent.bytes,
        "seconds": round(sent.ended - sent.started, 6),
        "at": [round(when - sent.started, 6) for when in sent.times],
        "complete": sent.complete,
        "client_left": sent.client_left,
    }


def _shown_body(body: bytes) -> Json:
    """Parse a body, or show it as text where it is no JSON or none that can be written again."""
    if not body:
        return None
    try:
        value = json.loads(body, parse_constant=str, parse_float=_number)
    except (ValueError, RecursionError):
        return _shown_text(body)
    return _shown_text(body) if _is_deep(value) else value


def _shown_text(body: bytes) -> str:
    text = body[:_LONGEST].decode("utf-8", "replace")
    return text if len(body) <= _LONGEST else f"{text}… ({len(body)} bytes)"


def _number(text: str) -> float | str:
    number = float(text)
    return number if math.isfinite(number) else text


def _is_deep(value: Json) -> bool:
    level = [value]
    for _ in range(_DEEPEST):
        level = [inner for each in level for inner in _inside(each)]
        if not level:
            return False
    return True


def _inside(value: Json) -> Iterable[Json]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _shown_wire(wire: Wire) -> JsonObject:
    return {
        "status": wire.status,
        "headers": [[name.decode(), value.decode("latin-1")] for name, value in wire.headers],
        "delay": wire.delay,
        "ending": wire.ending.value,
        "frames": [
            {
                "label": frame.label.value,
                "delay": frame.delay,
                "data": frame.data.decode("utf-8", "replace"),
            }
            for frame in wire.frames
        ],
    }
