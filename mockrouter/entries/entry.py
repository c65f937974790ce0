"""The journal as people read it: one entry for each request, and what it has to do with others."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from mockrouter.engine.journal import Exchange
from mockrouter.entries.calls import ToolCall, ToolResult, tool_call
from mockrouter.entries.conversations import Conversations, Link
from mockrouter.entries.curl import curl
from mockrouter.entries.reading import Reading
from mockrouter.entries.recorded import Recorded
from mockrouter.entries.results import Results
from mockrouter.entries.saving import scenario_text
from mockrouter.entries.showing import show
from mockrouter.entries.waits import retry_after
from mockrouter.request import Message
from mockrouter.values import Json, JsonObject
from mockrouter.wire import Wire

_ROOT = "http://127.0.0.1:4099"


def entries(exchanges: Iterable[Exchange]) -> list[Entry]:
    """
    Read exchanges as entries.

    Args:
        exchanges: In order of arrival. What an entry has to do with others is looked for among
            them alone.
    """
    conversations = Conversations(map(Reading, exchanges))
    results = Results(conversations)
    return [Entry(reading, conversations, results) for reading in conversations.readings.values()]


class Entry(Recorded):
    """
    A request, its answer, and its place among the others.

    Everything is worked out when it is asked for, and nothing raises because of what a client sent:
    of a body that is no JSON, or that its format refuses, the lists are empty.
    """

    def __init__(self, reading: Reading, conversations: Conversations, results: Results) -> None:
        """Show one of several exchanges; see ``entries``."""
        super().__init__(reading.exchange)
        self._reading = reading
        self._conversations = conversations
        self._results = results

    def __repr__(self) -> str:
        """``<Entry 3: POST /v1/chat/completions, weather turn 2, 200>``."""
        turn = f" turn {self.turn}" if self.turn else ""
        scenario = f", {self.scenario}{turn}" if self.scenario else ""
        status = "no status" if self.status is None else self.status
        return f"<Entry {self.number}: {self.method} {self.path}{scenario}, {status}>"

    @property
    def wire(self) -> Wire | None:
        """The response as it was meant to go out; None while there is none."""
        return self._reading.wire

    # What the client sent

    @property
    def body(self) -> Json:
        """The request's JSON value, or its text where it is none; None where it is empty."""
        return self._reading.body

    @property
    def model(self) -> str:
        """The model that is asked for; empty where none is."""
        return self._reading.model

    @property
    def stream(self) -> bool:
        """Whether a stream is asked for."""
        return self._reading.stream

    @property
    def messages(self) -> list[Json]:
        """The messages (in Responses, the items) as they were sent; a text is one of the user's."""
        return self._reading.messages

    @property
    def history(self) -> tuple[Message, ...]:
        """The messages in words that hold in every format; none where they cannot be read."""
        request = self._reading.request
        return request.messages if request else ()

    @property
    def previous(self) -> str | None:
        """The response that ``previous_response_id`` names."""
        return self._reading.previous or None

    @property
    def tools(self) -> list[str]:
        """Names of the tools that are offered."""
        return [tool.name for tool in self._reading.tools]

    @cached_property
    def tool_calls(self) -> list[ToolCall]:
        """The calls in the messages."""
        request = self._reading.request
        calls = (call for message in request.messages for call in message.calls) if request else ()
        held = self._results.held(self.number) if request else []
        return [
            tool_call(
                call.name,
                call.arguments,
                call.id or "",
                self._reading.tools,
                [result for result in held if result.id == call.id],
            )
            for call in calls
        ]

    @property
    def tool_results(self) -> list[ToolResult]:
        """The results at the end of the messages, which are not answered yet."""
        return self._results.waiting(self.number)

    # What the reply said

    @property
    def text(self) -> str:
        """Text of the reply."""
        return self._reading.reply.text if self._reading.reply else ""

    @cached_property
    def calls(self) -> list[ToolCall]:
        """The calls that the reply made."""
        return [
            tool_call(
                made.name,
                made.arguments,
                made.id,
                self._reading.tools,
                self._results.of(self.number, place),
            )
            for place, made in enumerate(self._reading.made)
        ]

    @property
    def call_ids(self) -> list[tuple[str, ...]]:
        """The ids of each of these calls: one for each choice that was asked for."""
        return [made.ids or (made.id,) for made in self._reading.made]

    @property
    def retry_after(self) -> float | None:
        """Seconds that the response asks to wait; None where it does not ask."""
        return retry_after(self.wire.headers, self.time) if self.wire else None

    # What it has to do with others

    @property
    def conversation(self) -> int:
        """Number of the first entry of its conversation."""
        return self._link.conversation

    @property
    def follows(self) -> int | None:
        """Number of the entry that it continues or asks again; None for the first."""
        return self._link.follows

    @property
    def is_retry(self) -> bool:
        """Whether it asks the same as the entry that it follows."""
        return self._link.is_retry

    @property
    def next(self) -> list[int]:
        """Numbers of the entries that follow it."""
        return list(self._link.next)

    @property
    def waited(self) -> float | None:
        """Seconds from the end of the answer that it follows to its arrival; None for none."""
        return self._conversations.waited(self.number)

    @property
    def _link(self) -> Link:
        return self._conversations.links[self.number]

    # What it can be written as

    def to_json(self) -> JsonObject:
        """Show it as ``/_mockrouter/requests`` does."""
        return show(self._reading, self._link, self.calls, self.waited)

    def to_curl(self, root: str = _ROOT) -> str:
        """Write a command for bash that asks the same of the server at *root*."""
        return curl(self._exchange, root, stream=self.stream)

    def to_scenario(self) -> str:
        """
        Save the conversation up to here as YAML.

        Raises:
            ValueError: There is nothing to save, or what was sent cannot be written as a scenario.
        """
        return scenario_text(self._conversations.path(self.number))
