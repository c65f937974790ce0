"""
What a shared state does, wherever it lives: in this process, behind a socket, in Redis.

Few and narrow operations, each atomic, so that each is one round trip.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from mockrouter.errors import MockRouterError

MORE = b"+"
"""With which an addition to an entry begins."""


class StateAway(MockRouterError):
    """The state cannot be reached; says why in one clause."""


class Begun(NamedTuple):
    """
    How things stand as a request comes.

    Attributes:
        change: Names the last change of all; only to be compared, and to be handed back.

        number: Of the first of the requests that are numbered, from 1; of no meaning for none.
    """

    change: str
    number: int


class Change(NamedTuple):
    """
    What became of a namespace.

    Attributes:
        token: Its name.

        kind: ``opened`` with its document, ``over``, ``reset`` (forget exchanges and attempts), or
            ``reset all``, which is for every namespace.

        document: For ``opened`` alone.
    """

    token: str
    kind: str
    document: bytes = b""


class Changes(NamedTuple):
    """
    What changed since a reader looked last.

    Attributes:
        change: Names the last change.

        fresh: Whether the reader knows nothing of this state, so that these are all there are.

        changes: In their order; only the last of each kind for each namespace.
    """

    change: str
    fresh: bool
    changes: tuple[Change, ...]


class Entry(NamedTuple):
    """
    An entry of the journal, or its next edition.

    Attributes:
        sequence: Its number.

        space: Its namespace.

        seen: The last change that was known as its request came.

        data: What is written; what begins with a plus sign is added to what was, in a line of its
            own, if that is held.
    """

    sequence: int
    space: str
    seen: str
    data: bytes


class Written(NamedTuple):
    """
    What was written to the journal.

    Attributes:
        mark: To go on from.

        entries: As they were written, in the order of writing; only the last edition of each.
    """

    mark: str
    entries: tuple[bytes, ...]


class Store(Protocol):
    """
    A state that several servers share.

    Every operation raises ``StateAway`` where the state cannot be reached, and may be asked again
    then: none does twice what it has done.
    """

    async def probe(self) -> None:
        """Look whether it takes what is written, by writing something of no meaning."""

    async def begin(self, numbers: int = 0) -> Begun:
        """Tell the last change, and number so many requests more."""

    async def count(self, space: str, key: str, token: str, by: int = 1) -> int:
        """Count *by* more under a namespace's *key*, once for each *token*; how many there were."""

    async def changes(self, since: str) -> Changes:
        """List what changed since *since*; empty for all."""

    async def put(self, space: str, document: bytes) -> None:
        """Open a namespace, or replace it; what it held is forgotten."""

    async def end(self, space: str) -> None:
        """Mark a namespace as over; what it held is forgotten."""

    async def reset(self, space: str | None) -> None:
        """Forget the counts and the journal of a namespace, or of all."""

    async def write(self, entries: Sequence[Entry]) -> None:
        """Write entries, but those whose namespace was reset since what they had *seen*."""

    async def written(self, since: str) -> Written:
        """List what was written to the journal since *since*; empty for all that is held."""

    async def keep(self, space: str, name: str, value: bytes) -> None:
        """Keep a namespace's value under a name."""

    async def kept(self, space: str, name: str) -> bytes | None:
        """Find what is kept."""

    async def drop(self, space: str, name: str) -> None:
        """Forget what is kept."""

    async def close(self) -> None:
        """Let go of connections."""
