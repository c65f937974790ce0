"""What a shared state holds at the most, and for how long, wherever it lives."""

from __future__ import annotations

from typing import Final, NamedTuple

DAY: Final = 86_400
"""Seconds."""


class Bound(NamedTuple):
    """
    Of what is held by namespace and name; what nobody has written for longest goes first.

    Attributes:
        most: How many.

        seconds: After which one goes that nobody has written again.

        bytes: That all take with their names; one is held however large it is. None for any.
    """

    most: int
    seconds: int
    bytes: int | None = None


class Bounds(NamedTuple):
    """
    Of all that is held.

    Attributes:
        entries: Of the journal.

        entry_bytes: That those take; one is held however large it is.

        page_bytes: Of those that are read at once, about.

        counts: Attempts, and what chance counts.

        tokens: By which it is known what has been counted.

        kept: Stored responses. They hold what was asked as it came, so not for long.

        spaces: Namespaces that were pushed; those go that nobody has asked for longest.

        over: Namespaces that ended or were forgotten last, which are known to have.
    """

    entries: int = 1_000
    entry_bytes: int = 64_000_000
    page_bytes: int = 4_000_000
    counts: Bound = Bound(100_000, 7 * DAY)
    tokens: Bound = Bound(100_000, DAY)
    kept: Bound = Bound(10_000, DAY, 32_000_000)
    spaces: Bound = Bound(10_000, 7 * DAY, 32_000_000)
    over: int = 10_000
