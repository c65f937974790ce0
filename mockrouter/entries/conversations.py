"""
Which requests belong together: what continues a conversation, and what asks the same again.

Read off the requests themselves, as the turns are. A request continues the exchange whose reach
into its messages is longest: one that made an id in them, or one whose own messages they begin
with. Of several the latest counts. The same messages on the same path are the same request again,
unless the first had no answer yet: then two clients ask alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from mockrouter.entries.history import History, history_of
from mockrouter.entries.reading import Reading


@dataclass(slots=True)
class Link:
    """
    Where an exchange stands.

    Attributes:
        conversation: Number of the first exchange of its conversation.

        follows: Number of the exchange that it continues, or asks again; None for the first.

        is_retry: Whether it asks again.

        next: Numbers of the exchanges that follow it.
    """

    conversation: int
    follows: int | None = None
    is_retry: bool = False
    next: list[int] = field(default_factory=list)


class Conversations:
    """
    Exchanges with what links them, found out when somebody asks.

    Attributes:
        readings: The exchanges by their numbers, in order.
    """

    def __init__(self, readings: Iterable[Reading]) -> None:
        """Link nothing yet."""
        self.readings = {reading.number: reading for reading in readings}

    @cached_property
    def links(self) -> dict[int, Link]:
        """Where each exchange stands, by its number."""
        index, links = _Index(), dict[int, Link]()
        for number, reading in self.readings.items():
            history = history_of(reading)
            again = index.same(reading, history)
            follows = again if again is not None else index.continued(reading, history)
            conversation = number if follows is None else links[follows].conversation
            links[number] = Link(conversation, follows, again is not None)
            if follows is not None:
                links[follows].next.append(number)
            index.add(reading, history)
        return links

    def path(self, number: int) -> list[Reading]:
        """List the exchanges that led to one, the first one first, and itself."""
        found = []
        at: int | None = number
        while at is not None:
            found.append(self.readings[at])
            at = self.links[at].follows
        return found[::-1]

    def waited(self, number: int) -> float | None:
        """
        Say how long a client waited before it went on.

        Returns:
            Seconds from the end of the answer that the exchange follows to its own arrival;
            negative where it came before that end. None where it follows none that is over.
        """
        follows = self.links[number].follows
        sent = self.readings[follows].exchange.sent if follows is not None else None
        return self.readings[number].exchange.arrived - sent.ended if sent else None


class _Index:
    """What the exchanges so far are found by, each time the latest."""

    def __init__(self) -> None:
        self._asked: dict[tuple[bytes, str, str], list[Reading]] = {}
        self._whole: dict[bytes, Reading] = {}
        self._made: dict[tuple[str, str], int] = {}
        self._made_after: dict[tuple[str, bytes], int] = {}

    def add(self, reading: Reading, history: History) -> None:
        exchange, number = reading.exchange, reading.number
        if history.whole:
            alike = self._asked.setdefault((history.whole, exchange.path, exchange.profile), [])
            alike.append(reading)
            self._whole[history.whole] = reading
        made = [made_id for call in reading.made for made_id in call.ids]
        for made_id in filter(None, [*made, reading.response_id]):
            self._made[exchange.namespace, made_id] = number
            self._made_after[made_id, history.whole] = number

    def same(self, reading: Reading, history: History) -> int | None:
        """Find the first exchange that asked the same and was not asked again yet."""
        exchange = reading.exchange
        alike = self._asked.get((history.whole, exchange.path, exchange.profile), [])
        for place, before in enumerate(alike):
            if _is_over(before, reading):
                return alike.pop(place).number
        return None

    def continued(self, reading: Reading, history: History) -> int | None:
        """Find the exchange that is continued."""
        place, ids = self._last_known(reading, history)
        for length in range(len(history.prefixes), 0, -1):
            prefix = history.prefixes[length - 1]
            whole = self._whole.get(prefix)
            if length > place and whole is not None and _is_over(whole, reading):
                return whole.number
            if length <= place:
                exact = [self._made_after.get((made, prefix)) for made in ids]
                if any(exact):
                    return max(filter(None, exact))
        made = [self._made[reading.exchange.namespace, each] for each in ids]
        return max(made, default=None)

    def _last_known(self, reading: Reading, history: History) -> tuple[int, list[str]]:
        """Find the last message with ids that were made here, and those ids."""
        namespace = reading.exchange.namespace
        known = [(at, made) for at, made in history.ids if (namespace, made) in self._made]
        last = known[-1][0] if known else -1
        return last, [made for at, made in known if at == last]


def _is_over(before: Reading, reading: Reading) -> bool:
    """Tell whether an answer had ended, or its client had left, when another request came."""
    sent = before.exchange.sent
    return sent is None or sent.client_left or sent.ended <= reading.exchange.arrived
