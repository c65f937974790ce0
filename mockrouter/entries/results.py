"""
What clients sent back for the calls that were made.

Every request of a conversation repeats what came before, so a result counts where it is new: one
more for its call than the requests before it had. That it is sent again is no second result.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from mockrouter.entries.calls import ToolResult
from mockrouter.entries.conversations import Conversations
from mockrouter.entries.reading import Reading
from mockrouter.request import Message

_Known = dict[str, tuple[ToolResult, ...]]
"""Results by their call's id."""


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

    def of(self, number: int, ids: Iterable[str]) -> list[ToolResult]:
        """List what came back for a call that exchange *number* made, by the call's ids."""
        found = [result for made in ids for result in self._all.brought[number, made]]
        return sorted(found, key=lambda result: result.request)

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
        self._names: dict[tuple[int, str], str] = {}
        self._makers: dict[tuple[int, str], int] = {}
        self._known: dict[int, _Known] = {}
        self.held: dict[int, list[ToolResult]] = {}
        self.brought: dict[tuple[int, str], list[ToolResult]] = defaultdict(list)

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
            result = self._result(reading, message, first)
            self.held[number].append(result)
            if is_new:
                known[call_id] = (*known.get(call_id, ()), result)
                self._deliver(link.conversation, result)
        self._known[number] = known
        self._note(reading, link.conversation)

    def _result(self, reading: Reading, message: Message, first: int) -> ToolResult:
        call_id, conversation = message.call_id or "", self._links[reading.number].conversation
        call = reading.request.call(message.call_id) if reading.request else None
        name = call.name if call else self._names.get((conversation, call_id), "")
        return ToolResult(name, call_id, message.text, first)

    def _deliver(self, conversation: int, result: ToolResult) -> None:
        maker = self._makers.get((conversation, result.id))
        if maker is not None:
            self.brought[maker, result.id].append(result)

    def _note(self, reading: Reading, conversation: int) -> None:
        for call in reading.made:
            for made_id in call.ids or (call.id,):
                self._makers[conversation, made_id] = reading.number
                self._names[conversation, made_id] = call.name
