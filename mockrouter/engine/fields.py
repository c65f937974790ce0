"""The header fields of requests: read and blanked once for all that come with the same."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias

from mockrouter.engine.redaction import BUILT_IN, Redactor

_MOST = 256
_MOST_BYTES = 16_000
"""Of one request's fields; those of most clients come to a tenth of it."""
_STRING = 60
"""Bytes that Python needs for a string beside its characters, about."""

_Key: TypeAlias = tuple[tuple[str, ...], tuple[tuple[bytes, bytes], ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Fields:
    """
    The header fields of a request; none are equal but the very same.

    Attributes:
        headers: As they came, names in lower case.

        shown: The same with secrets blanked. Neither is ever changed.

        size: Bytes that these take, about.

        known: Whether another request with the same gets these.
    """

    headers: dict[str, str]
    shown: dict[str, str]
    size: int
    known: bool = False

    def sized(self, length: int) -> Fields:
        """Add the *length* of a body that came without it."""
        if "content-length" in self.headers:
            return self
        name, text = "content-length", str(length)
        return Fields(self.headers | {name: text}, self.shown | {name: text}, self.size + _STRING)


def fields_of(headers: dict[str, str], redactor: Redactor = BUILT_IN) -> Fields:
    """Make them of text; names in lower case."""
    shown = redactor.headers(headers)
    size = sum(len(name) + len(text) + 2 * _STRING for name, text in shown.items())
    return Fields(headers, shown, size)


class KnownFields:
    """Those that were new last: so many, and none that are large."""

    def __init__(self) -> None:
        """Know of none."""
        self._known: OrderedDict[_Key, Fields] = OrderedDict()

    def read(self, raw: Iterable[tuple[bytes, bytes]], redactor: Redactor) -> Fields:
        """Read what a server hands over, with *redactor* blanking secrets."""
        key = redactor.names, tuple(raw)
        known = self._known.get(key)
        if known is None:
            text = {name.decode("latin-1"): value.decode("latin-1") for name, value in key[1]}
            known = fields_of(text, redactor)
            if known.size <= _MOST_BYTES:
                known = self._known[key] = replace(known, known=True)
                if len(self._known) > _MOST:
                    self._known.popitem(last=False)
        return known
