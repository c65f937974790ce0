"""
The same request again: a client that tries again, a suite of tests, a load generator.

What answers it is a pure function of its bytes and of the library, unless a count or the time has a
part in it. So the answer is found again under those bytes, and nothing is read, chosen or composed.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import NamedTuple

from mockrouter.engine.compiler import Compiled
from mockrouter.engine.cue import Cue
from mockrouter.engine.exchange import Exchange
from mockrouter.engine.fields import Fields
from mockrouter.engine.recall import Stored
from mockrouter.engine.settings import Settings

_MOST_BODY = 64_000
"""Bytes of a body that is looked for; to compare larger ones, and to keep them, costs too much."""
_OVERHEAD = 1_000
"""Bytes that a request takes beside all that is counted, about."""


class Asked(NamedTuple):
    """
    All of a request that decides on its answer.

    Attributes:
        namespace: Token of the URL.

        scenario: Name in the URL.

        profile: Name of the provider's manner.

        endpoint: Such as ``/chat/completions``.

        fields: Header fields.

        body: As it came.

        created: Unix seconds.
    """

    namespace: str
    scenario: str | None
    profile: str
    endpoint: str
    fields: Fields
    body: bytes
    created: int


@dataclass(frozen=True, slots=True)
class Repeat:
    """
    What answered a request, and answers it again.

    Attributes:
        settings: Those by which it was answered; others may answer otherwise.

        shown: The body with its secrets blanked.

        nonce: Of the exchange.

        cue: Which answer.

        compiled: Its wire.

        broken: Which rule of ``expect`` was broken, and how.

        misses: Why the nearest scenarios did not answer.

        stored: The response to be remembered, under its id.
    """

    settings: Settings
    shown: bytes
    nonce: str
    cue: Cue
    compiled: Compiled
    broken: str
    misses: tuple[str, ...]
    stored: tuple[str, Stored] | None

    def fill(self, exchange: Exchange) -> None:
        """Note it in another exchange."""
        cue = self.cue
        exchange.body, exchange.nonce, exchange.broken = self.shown, self.nonce, self.broken
        exchange.scenario, exchange.turn = cue.scenario.name, cue.turn + 1
        exchange.attempt, exchange.misses = cue.attempt + 1, self.misses


class Repeats:
    """
    The requests that came last, with what answered them.

    Attributes:
        bytes: How much memory they take, about.
    """

    def __init__(self, most: int = 4096, most_bytes: int = 16_000_000) -> None:
        """Hold *most* requests and *most_bytes* of memory at the most."""
        self._most = most
        self._most_bytes = most_bytes
        self.bytes = 0
        self._held: OrderedDict[Asked, tuple[Repeat, int]] = OrderedDict()

    def __len__(self) -> int:
        """How many are held."""
        return len(self._held)

    def find(self, asked: Asked, settings: Settings) -> Repeat | None:
        """Find what answers a request again."""
        if len(asked.body) > _MOST_BODY:
            return None
        found, _ = self._held.get(asked, (None, 0))
        return found if found is not None and found.settings is settings else None

    def hold(self, asked: Asked, repeat: Repeat) -> None:
        """
        Hold what answered a request, and let go of those that have been held longest.

        None is held that is too large, or that nobody can repeat, as its fields are not known.
        """
        if len(asked.body) > _MOST_BODY or not asked.fields.known:
            return
        size = _size(asked, repeat)
        self.bytes += size - self._held.pop(asked, (None, 0))[1]
        self._held[asked] = repeat, size
        while len(self._held) > self._most or self.bytes > self._most_bytes:
            self.bytes -= self._held.popitem(last=False)[1][1]


def _size(asked: Asked, repeat: Repeat) -> int:
    """
    Count the bytes that a request takes for itself, about.

    Header fields may be others' too, but outlive those by this. A wire that is kept is others' too,
    and does not.
    """
    texts = len(asked.body) + len(repeat.broken) + len("".join(repeat.misses)) + _OVERHEAD
    shown = 0 if repeat.shown is asked.body else len(repeat.shown)
    wire = 0 if repeat.compiled.kept else repeat.compiled.size
    stored = repeat.stored[1].size if repeat.stored else 0
    return texts + shown + wire + stored + asked.fields.size
