"""
What happened: every exchange, from the request to the last byte sent. Bounded by count and bytes.

Keys are redacted before anything is written down.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from mockrouter.engine.compiler import Compiled
from mockrouter.ids import HOLE_MARK
from mockrouter.values import Json, JsonObject
from mockrouter.wire import Sent, Wire

_SECRET_HEADERS = frozenset(
    {"authorization", "proxy-authorization", "cookie", "x-api-key", "api-key"}
)
REDACTED = "[redacted]"
_OVERHEAD = 2_000
"""Bytes that an exchange takes beside its body, about."""


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

        headers: Without secrets, names in lower case.

        body: As received.

        scenario: That answered.

        turn: From 1; None where no turn was reached.

        attempt: From 1; None likewise.

        seed: The server's.

        error: Code of the mock's own complaint.

        warnings: What could not be done as written.

        misses: Why the nearest scenarios did not answer.

        compiled: The wire with its hole, shared with other exchanges of the same reply.

        nonce: Fills the hole.

        sent: What went out, and when; None while it is going out.
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
    error: str = ""
    warnings: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()
    compiled: Compiled | None = None
    nonce: str = HOLE_MARK
    sent: Sent | None = None

    @property
    def size(self) -> int:
        """Bytes that the journal counts for it."""
        return len(self.body) + _OVERHEAD

    @property
    def wire(self) -> Wire | None:
        """The response as it was meant to go out."""
        return self.compiled.fill(self.nonce) if self.compiled else None

    def to_json(self) -> JsonObject:
        """Show it as ``/_mockrouter/requests`` does."""
        shown: JsonObject = {
            name: getattr(self, name)
            for name in ("number", "time", "method", "path", "namespace", "profile", "dialect")
        }
        shown |= {"scenario": self.scenario, "turn": self.turn, "attempt": self.attempt}
        shown |= {"seed": self.seed, "error": self.error or None}
        shown |= {"warnings": list(self.warnings), "misses": list(self.misses)}
        shown["request"] = {"headers": redacted(self.headers), "body": _shown_body(self.body)}
        wire = self.wire
        shown["response"] = _shown_wire(wire) if wire else None
        shown["sent"] = _shown_sent(self.sent) if self.sent else None
        return shown


class Journal:
    """The most recent exchanges."""

    def __init__(self, most: int = 1_000, most_bytes: int = 64_000_000) -> None:
        """Hold *most* exchanges and *most_bytes* of bodies at the most."""
        self.most = most
        self.most_bytes = most_bytes
        self._exchanges: deque[Exchange] = deque()
        self._bytes = 0
        self.total = 0

    def open(self, exchange: Exchange) -> None:
        """Write down an exchange; the oldest go where a bound is passed."""
        self._exchanges.append(exchange)
        self.grow(exchange.size)

    def grow(self, size: int) -> None:
        """Count *size* bytes more for the newest exchange."""
        self._bytes += size
        while len(self._exchanges) > self.most or (
            self._bytes > self.most_bytes and len(self._exchanges) > 1
        ):
            self._bytes -= self._exchanges.popleft().size

    def next_number(self) -> int:
        """Number the next exchange."""
        self.total += 1
        return self.total

    def __iter__(self) -> Iterator[Exchange]:
        """Oldest first."""
        return iter(tuple(self._exchanges))

    def __len__(self) -> int:
        """How many are held."""
        return len(self._exchanges)

    def clear(self, namespace: str | None = None) -> None:
        """Forget all, or those of one namespace."""
        kept = [] if namespace is None else [e for e in self if e.namespace != namespace]
        self._exchanges = deque(kept)
        self._bytes = sum(exchange.size for exchange in kept)


def redacted(headers: dict[str, str]) -> dict[str, str]:
    """Blank every header that holds a secret."""
    return {name: REDACTED if name in _SECRET_HEADERS else value for name, value in headers.items()}


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
    try:
        return json.loads(body) if body else None
    except ValueError:
        return body.decode("utf-8", "replace")


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
