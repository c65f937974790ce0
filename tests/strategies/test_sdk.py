"""The accumulators of OpenAI's SDK come to the reply that was meant."""

from __future__ import annotations

from typing import Any

import httpx2
from hypothesis import given
from openai import OpenAI

from mockrouter import strategies
from mockrouter.strategies import Call, Reply, Stream, Variation
from strategies.drawing import same

UNREAD: tuple[Variation, ...] = ("bom", "fields")
"""It does not know of marks, and once there was an id takes a comment for an event of no data."""


class Writes(httpx2.SyncByteStream):
    """A body that arrives in these pieces."""

    def __init__(self, stream: Stream) -> None:
        """Hold them."""
        self._writes = stream.writes

    def __iter__(self) -> Any:  # noqa: ANN401 - an iterator of bytes
        """Give one after the other."""
        return iter(self._writes)


def client(stream: Stream) -> OpenAI:
    """Make a client whose every request is answered by a stream."""
    headers = {k: v for k, v in stream.headers.items() if k.startswith("content-type")}

    def answer(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(stream.status, headers=headers, stream=Writes(stream))

    transport = httpx2.Client(transport=httpx2.MockTransport(answer))
    return OpenAI(base_url="http://mock/v1", api_key="any", http_client=transport, max_retries=0)


@same(40)
@given(strategies.streams(dialect="chat", profile="openai", without=UNREAD))
def test_chat(stream: Stream) -> None:
    """Its accumulator of chunks gets text, calls and finish."""
    with (
        client(stream) as sdk,
        sdk.chat.completions.stream(
            model="gpt-4o", messages=[{"role": "user", "content": "Hi"}]
        ) as events,
    ):
        events.until_done()
        (choice,) = events.current_completion_snapshot.choices
    calls = [
        Call(call.function.name, call.function.arguments, call.id)
        for call in choice.message.tool_calls or ()
    ]
    assert stream.reply == Reply(
        choice.message.content or "", tuple(calls), choice.finish_reason or ""
    )


@same(40)
@given(strategies.streams(dialect="responses", profile="openai", without=UNREAD))
def test_responses(stream: Stream) -> None:
    """Its accumulator of events gets text, calls and status."""
    added: dict[int, Any] = {}
    with client(stream) as sdk, sdk.responses.stream(model="gpt-4o", input="Hi") as events:
        for event in events:
            if event.type == "response.output_item.done":
                added[event.output_index] = event.item
            if event.type in {"response.completed", "response.incomplete"}:
                response = event.response
    text = "".join(
        part.text for item in added.values() if item.type == "message" for part in item.content
    )
    calls = [
        Call(item.name, item.arguments, item.call_id)
        for _, item in sorted(added.items())
        if item.type == "function_call"
    ]
    assert (stream.reply.text, stream.reply.calls) == (text, tuple(calls))
    meant = "completed" if stream.reply.finish_reason in {"stop", "tool_calls"} else "incomplete"
    assert meant == response.status
