"""
Exchanges written down for other servers, so that those read them as they read their own.

Nothing in what is read back is ever run: composite values are lists that begin with one of a few
words.
"""

from __future__ import annotations

import json
import zlib
from array import array
from base64 import b64decode, b64encode
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final, Generic, TypeVar

from mockrouter.engine.compiler import Compiled
from mockrouter.engine.exchange import Exchange
from mockrouter.engine.framing import framed
from mockrouter.engine.redaction import redactor
from mockrouter.reply import ErrorReply, Reasoning, Refusal, Reply, Text, ToolCall, Usage
from mockrouter.state.protocol import MORE
from mockrouter.values import Json
from mockrouter.verbatim import Head, Verbatim
from mockrouter.wire import Ending, Frame, Label, Sent, Wire

_KINDS: Final = {
    kind.__name__: kind
    for kind in (
        *(Reply, ErrorReply, Verbatim, Head, Text, Refusal, Reasoning, ToolCall, Usage),
        *(Wire, Frame, Sent),
    )
}
_ENUMS: Final[dict[str, Callable[[str], object]]] = {"label": Label, "ending": Ending}
_NUMBERS: Final = ("number", "sequence", "time")
"""Fields of an exchange in which it differs from others with the same request and answer."""
_ALIKE: Final = (
    *("method", "path", "namespace", "profile", "dialect", "headers_size", "body", "scenario"),
    *("turn", "attempt", "seed", "error", "broken", "warnings", "misses", "nonce", "replica"),
)
_PLAIN: Final = (*_NUMBERS, *_ALIKE, "headers")
"""Fields of an exchange that are written as they are."""

_alike = attrgetter(*_ALIKE)
_KEPT = 256
_KEPT_BYTES = 16_000_000


_Same = tuple[int, int, tuple[object, ...]]
T = TypeVar("T")
U = TypeVar("U")


class _Known(Generic[T, U]):
    """What was written last, to be written again; bounded by count and bytes."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._held: OrderedDict[T, tuple[U, int]] = OrderedDict()
        self._bytes = 0

    def find(self, key: T) -> U | None:
        """Find what is known under a key."""
        held = self._held.get(key)
        return held[0] if held else None

    def keep(self, key: T, found: U, size: int) -> None:
        """Keep so many bytes under a new key, and let go of those that have been kept longest."""
        self._held[key] = found, size
        self._bytes += size
        while len(self._held) > _KEPT or self._bytes > _KEPT_BYTES:
            self._bytes -= self._held.popitem(last=False)[1][1]


class Writer:
    """
    Writes exchanges, and reads them.

    Their times are those of each server's own ticker, and written in Unix seconds.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        """Blank what stands under these *names* in exchanges that others wrote."""
        self._redactor = redactor(names)
        self._read = lru_cache(_KEPT)(_compiled)
        # Each with what it is known by, so that nothing else gets the same place in memory.
        self._texts: _Known[int, tuple[Compiled, str]] = _Known()
        self._same: _Known[_Same, tuple[object, bytes]] = _Known()

    def write(self, exchange: Exchange) -> bytes:
        """Write an exchange down."""
        numbers = f'{{"number": {exchange.number}, "sequence": {exchange.sequence}, '
        text = f'{numbers}"time": {exchange.time!r}, '.encode() + self._rest(exchange)
        return text + b"\n" + self.more(exchange) if exchange.sent else text

    def more(self, exchange: Exchange) -> bytes:
        """Write down what went out, to be added to the rest."""
        sent, offset = exchange.sent, exchange.time - exchange.arrived
        assert sent is not None  # noqa: S101 - the caller knows
        times = sent.times.tobytes().hex()  # as there may be many
        found = [sent.frames, sent.bytes, sent.started, sent.ended, sent.complete, sent.client_left]
        return MORE + json.dumps([*found, offset, times]).encode()

    def _rest(self, exchange: Exchange) -> bytes:
        """Write all but its numbers, and once for all that came with the same and got the same."""
        headers, compiled = exchange.headers, exchange.compiled
        same = (id(headers), id(compiled), _alike(exchange))
        known = self._same.find(same)
        if known is not None:
            return known[1]
        found = dict(zip(_ALIKE, same[2], strict=True))
        found |= {"body": exchange.body.decode("latin-1"), "headers": headers}
        text = json.dumps(found)[1:]
        if compiled is not None:
            text = f'{text[:-1]}, "compiled": {self._text(compiled)}}}'
        rest = text.encode()
        if compiled is not None and compiled.kept:
            self._same.keep(same, ((headers, compiled), rest), len(rest))
        return rest

    def _text(self, compiled: Compiled) -> str:
        known = self._texts.find(id(compiled))
        if known is not None:
            return known[1]
        wire, said, head = map(_written, (compiled.wire, compiled.said, compiled.head))
        # Within the JSON as a text of its own, so that equal ones are read once.
        text = json.dumps([wire, said, list(compiled.warnings), head])
        if not compiled.kept:
            return json.dumps(text)
        # Written again and again, so it pays to make it short once.
        text = json.dumps(b64encode(zlib.compress(text.encode())).decode())
        self._texts.keep(id(compiled), (compiled, text), len(text))
        return text

    def read(self, entry: bytes, offset: float) -> Exchange:
        """
        Read an exchange.

        Args:
            entry: As another server wrote it.

            offset: Unix seconds at which this server's ticker began.
        """
        first, _, more = entry.partition(b"\n")
        found = json.loads(first)
        plain = {name: found[name] for name in _PLAIN}
        plain |= {name: tuple(found[name]) for name in ("warnings", "misses")}
        plain["body"] = found["body"].encode("latin-1")
        exchange = Exchange(**plain, redactor=self._redactor, arrived=found["time"] - offset)
        if more:
            sent = json.loads(more.rpartition(MORE)[2])
            frames, size, started, ended, complete, left, began, times = sent
            shift = began - offset
            at = array("d", [when + shift for when in array("d", bytes.fromhex(times))])
            exchange.sent = Sent(frames, size, started + shift, ended + shift, complete, left, at)
        if "compiled" in found:
            exchange.compiled = self._read(found["compiled"])
        return exchange


def _compiled(text: str) -> Compiled:
    if not text.startswith("["):
        text = zlib.decompress(b64decode(text)).decode()
    wire, said, warnings, head = json.loads(text)
    return Compiled(framed(_read(wire)), _read(said), tuple(warnings), None, _read(head))


def _written(value: object) -> Json:
    if isinstance(value, bytes):
        return ["bytes", value.decode("latin-1")]
    if isinstance(value, tuple):
        return ["tuple", *map(_written, value)]
    if isinstance(value, list):
        return ["list", *map(_written, value)]
    if isinstance(value, dict):
        return ["dict", *([_written(key), _written(each)] for key, each in value.items())]
    if is_dataclass(value):
        found = [_written(getattr(value, field.name)) for field in fields(value)]
        return [type(value).__name__, *found]
    return value


def _read(value: Json) -> Any:  # noqa: ANN401 - whatever was written
    if not isinstance(value, list):
        return value
    word, *inner = value
    if word == "bytes":
        return inner[0].encode("latin-1")
    if word == "dict":
        return {_read(key): _read(each) for key, each in inner}
    found = [_read(each) for each in inner]
    if word in {"tuple", "list"}:
        return tuple(found) if word == "tuple" else found
    kind = _KINDS[word]
    named = dict(zip((field.name for field in fields(kind)), found, strict=True))
    for name, enum in _ENUMS.items():
        if name in named:
            named[name] = enum(named[name])
    return kind(**named)
