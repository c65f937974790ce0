"""
What clients sent back for the calls that were made.

Every request of a conversation repeats what came before, so a result counts where it is new: one
more for its call than the requests before it had. That it is sent again is no second result. Where
calls of one answer share an id, the first result is the first one's, and so on.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import NamedTuple

from mockrouter.entries.calls import ToolResult
from mockrouter.entries.conversations import Conversations
from mockrouter.entries.reading import Reading
from mockrouter.request import Message

_Known = dict[str, tuple[ToolResult, ...]]
"""Results by their call's id."""


class _Call(NamedTuple):
    """Where a call stands in its answer, and its tool."""

    place: int
    name: str


class _Maker(NamedTuple):
    """The exchange that made an id, how many results the id had before, and the calls it names."""

    number: int
    before: int
    calls: tuple[_Call, ...]

    def call(self, place: int) -> _Call:
        """Find the call of a result by its place among all results of the id."""
        return self.calls[min(max(place - self.before, 0), len(self.calls) - 1)]


class Results:
    """The results in linked exchanges, found out when somebody asks."""

    def __init__(self, conversations: Conversations) -> None:
        """Find nothing yet."""
        self._conversations = conversations

    def held(self, number: int) -> list[ToolResult]:
        """List the results in a request's messages, in order."""
        return self._all.held.get(number, [])

    def waiting(self, number: int) -> list[ToolResult]:
        """List the results at the end of a request's messages, which are not answered yet."""
        request = self._conversations.readings[number].request
        count = len(request.results) if request else 0
        return self.held(number)[-count:] if count else []

    def of(self, number: int, call: int) -> list[ToolResult]:
        """List what came back for a call that exchange *number* made; *call* counts from 0."""
        return list(self._all.brought.get((number, call), ()))

    @cached_property
    def _all(self) -> _Walk:
        walk = _Walk(self._conversations)
        for reading in self._conversations.readings.values():
            walk.read(reading)
        return walk


class _Walk:
    """Goes through exchanges in order."""

    def __init__(self, conversations: Conversations) -> None:
        self._links = conversations.links
        self._makers: dict[tuple[int, str], _Maker] = {}
        self._known: dict[int, _Known] = {}
        self.held: dict[int, list[ToolResult]] = {}
        self.brought: dict[tuple[int, int], list[ToolResult]] = defaultdict(list)

    def read(self, reading: Reading) -> None:
        number, link = reading.number, self._links[reading.number]
        before = self._known[link.follows] if link.follows is not None else {}
        known = dict(before)
        request = reading.request
        places: dict[str, int] = defaultdict(int)
        self.held[number] = []
        for message in request.messages if request else ():
            if message.role != "tool":
                continue
            call_id = message.call_id or ""
            place, places[call_id] = places[call_id], places[call_id] + 1
            earlier = before.get(call_id, ())
            is_new = place >= len(earlier)
            first = number if is_new else earlier[place].request
            maker = self._makers.get((link.conversation, call_id))
            made = maker.call(place) if maker else None
            name = _name(reading, message, maker, made)
            result = ToolResult(name, call_id, message.text, first)
            self.held[number].append(result)
            if is_new:
                known[call_id] = (*known.get(call_id, ()), result)
                if maker and made:
                    self.brought[maker.number, made.place].append(result)
        self._known[number] = known
        self._note(reading, link.conversation)

    def _note(self, reading: Reading, conversation: int) -> None:
        calls: dict[str, list[_Call]] = defaultdict(list)
        for place, call in enumerate(reading.made):
            for made_id in call.ids or (call.id,):
                calls[made_id].append(_Call(place, call.name))
        for made_id, sharing in calls.items():
            before = len(self._known[reading.number].get(made_id, ()))
            self._makers[conversation, made_id] = _Maker(reading.number, before, tuple(sharing))


def _name(reading: Reading, message: Message, maker: _Maker | None, made: _Call | None) -> str:
    call = reading.request.call(message.call_id) if reading.request else None
    if maker and made and (call is None or len(maker.calls) > 1):
        return made.name
    return call.name if call else ""
