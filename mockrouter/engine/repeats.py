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

    @property
    def size(self) -> int:
        """Bytes that it takes for itself, about: a wire that is kept has others who need it."""
        own = 0 if self.compiled.kept else self.compiled.size
        return len(self.shown) + len("".join(self.misses)) + own


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
        self._held: OrderedDict[Asked, Repeat] = OrderedDict()

    def __len__(self) -> int:
        """How many are held."""
        return len(self._held)

    def find(self, asked: Asked, settings: Settings) -> Repeat | None:
        """Find what answers a request again."""
        if len(asked.body) > _MOST_BODY:
            return None
        found = self._held.get(asked)
        return found if found is not None and found.settings is settings else None

    def hold(self, asked: Asked, repeat: Repeat) -> None:
        """Hold what answered a request, and let go of those that have been held longest."""
        if len(asked.body) > _MOST_BODY:
            return
        before = self._held.pop(asked, None)
        self.bytes += repeat.size - (before.size if before else 0)
        self._held[asked] = repeat
        while len(self._held) > self._most or self.bytes > self._most_bytes:
            self.bytes -= self._held.popitem(last=False)[1].size
