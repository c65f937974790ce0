"""
Exchanges written down for other servers, so that those read them as they read their own.

Nothing in what is read back is ever run: composite values are lists that begin with one of a few
words.
"""

from __future__ import annotations

import json
from array import array
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final, TypeVar

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

_WORDS: Final = ("false", "true")
_alike = attrgetter(*_ALIKE)
_KEPT = 256
_MOST = 32_000
"""Bytes of what is kept to be written again."""


_Same = tuple[int, int, tuple[object, ...]]
T = TypeVar("T")
U = TypeVar("U")


class Writer:
    """
    Writes exchanges, and reads them.

    Their times are those of each server's own ticker, and written in Unix seconds.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        """Blank what stands under these *names* in exchanges that others wrote."""
        self._redactor = redactor(names)
        self._read = lru_cache(_KEPT)(_compiled)
        self._texts: OrderedDict[int, tuple[Compiled, str]] = OrderedDict()
        self._same: OrderedDict[_Same, tuple[object, bytes]] = OrderedDict()

    def write(self, exchange: Exchange) -> bytes:
        """Write an exchange down."""
        numbers = f'{{"number": {exchange.number}, "sequence": {exchange.sequence}, '
        text = f'{numbers}"time": {exchange.time!r}, '.encode() + self._rest(exchange)
        return text + b"\n" + self.more(exchange) if exchange.sent else text

    def more(self, exchange: Exchange) -> bytes:
        """Write down what went out, to be added to the rest."""
        sent, offset = exchange.sent, exchange.time - exchange.arrived
        assert sent is not None  # noqa: S101 - the caller knows
        times = ", ".join([repr(when + offset) for when in sent.times])
        began, end = sent.started + offset, sent.ended + offset
        complete, left = _WORDS[sent.complete], _WORDS[sent.client_left]
        found = f"[{sent.frames}, {sent.bytes}, {began!r}, {end!r}, {complete}, {left}, [{times}]]"
        return MORE + found.encode()

    def _rest(self, exchange: Exchange) -> bytes:
        """Write all but its numbers, and once for all that came with the same and got the same."""
        headers, compiled = exchange.headers, exchange.compiled
        same = (id(headers), id(compiled), _alike(exchange))
        known = self._same.get(same)
        if known is not None:
            return known[1]
        found = dict(zip(_ALIKE, same[2], strict=True))
        found |= {"body": exchange.body.decode("latin-1"), "headers": headers}
        text = json.dumps(found)[1:]
        if compiled is not None:
            text = f'{text[:-1]}, "compiled": {self._text(compiled)}}}'
        rest = text.encode()
        if compiled is not None and compiled.kept and len(rest) <= _MOST:
            # With what it is known by, so that nothing else gets the same place in memory.
            _keep(self._same, same, ((headers, compiled), rest))
        return rest

    def _text(self, compiled: Compiled) -> str:
        known = self._texts.get(id(compiled))
        if known is not None:
            return known[1]
        wire, said, head = map(_written, (compiled.wire, compiled.said, compiled.head))
        # Within the JSON as a text of its own, so that equal ones are read once.
        text = json.dumps(json.dumps([wire, said, list(compiled.warnings), head]))
        if compiled.kept:
            _keep(self._texts, id(compiled), (compiled, text))
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
            frames, size, started, ended, complete, left, times = sent
            at = array("d", (when - offset for when in times))
            began, end = started - offset, ended - offset
            exchange.sent = Sent(frames, size, began, end, complete, left, at)
        if "compiled" in found:
            exchange.compiled = self._read(found["compiled"])
        return exchange


def _keep(kept: OrderedDict[T, U], key: T, found: U) -> None:
    kept[key] = found
    if len(kept) > _KEPT:
        kept.popitem(last=False)


def _compiled(text: str) -> Compiled:
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
