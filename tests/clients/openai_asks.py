"""Every way in which the openai SDK asks, each as one request with a history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from openai import OpenAI
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response, ResponseStreamEvent

from clients.scripts import CHAT_TOOLS, MODEL, RESPONSES_TOOLS, Call, Heard
from mockrouter.values import JsonObject

CHAT: dict[str, Any] = {"model": MODEL, "tools": CHAT_TOOLS}
RESPONSES: dict[str, Any] = {"model": MODEL, "tools": RESPONSES_TOOLS}
USAGE = {"include_usage": True}


def from_completion(completion: ChatCompletion) -> Heard:
    """Read a plain chat completion."""
    choice, usage = completion.choices[0], completion.usage
    calls = [call for call in choice.message.tool_calls or () if call.type == "function"]
    return Heard(
        choice.message.content or "",
        tuple(Call(call.id, call.function.name, call.function.arguments) for call in calls),
        choice.finish_reason,
        (usage.prompt_tokens, usage.completion_tokens) if usage else None,
        (choice.message,),
    )


class Accumulator:
    """Puts a chat stream together by hand, as clients without the SDK's helper do."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.text, self.end = "", ""
        self.tokens: tuple[int, int] | None = None
        self.calls: dict[int, JsonObject] = {}

    def add(self, chunk: ChatCompletionChunk) -> None:
        """Take the next chunk."""
        if chunk.usage:
            self.tokens = chunk.usage.prompt_tokens, chunk.usage.completion_tokens
        for choice in chunk.choices:
            self.text += choice.delta.content or ""
            self.end = choice.finish_reason or self.end
            for fragment in choice.delta.tool_calls or ():
                call = self.calls.setdefault(
                    fragment.index, {"id": "", "name": "", "arguments": ""}
                )
                call["id"] += fragment.id or ""
                if fragment.function:
                    call["name"] += fragment.function.name or ""
                    call["arguments"] += fragment.function.arguments or ""

    @property
    def heard(self) -> Heard:
        """What came out."""
        calls = tuple(Call(**self.calls[index]) for index in sorted(self.calls))
        functions = [{"name": call.name, "arguments": call.arguments} for call in calls]
        said: JsonObject = {"role": "assistant", "content": self.text or None}
        if calls:
            said["tool_calls"] = [
                {"id": call.id, "type": "function", "function": function}
                for call, function in zip(calls, functions, strict=True)
            ]
        return Heard(self.text, calls, self.end, self.tokens, (said,))


def from_response(response: Response) -> Heard:
    """Read a response."""
    calls = [item for item in response.output if item.type == "function_call"]
    usage = response.usage
    return Heard(
        response.output_text,
        tuple(Call(call.call_id, call.name, call.arguments) for call in calls),
        response.status,
        (usage.input_tokens, usage.output_tokens) if usage else None,
        tuple(response.output),
    )


def last_response(events: list[ResponseStreamEvent]) -> Response:
    """Read the response that ends a stream, and hold the stream's own pieces against it."""
    last = events[-1]
    assert last.type == "response.completed"
    spoken = "".join(e.delta for e in events if e.type == "response.output_text.delta")
    assert last.response.output_text == spoken
    for place, item in enumerate(last.response.output):
        if item.type == "function_call":
            deltas = [e for e in events if e.type == "response.function_call_arguments.delta"]
            pieces = "".join(e.delta for e in deltas if e.output_index == place)
            assert item.arguments == pieces
    assert list(range(len(events))) == [event.sequence_number for event in events]
    return last.response


def chat_plain(client: OpenAI, history: list[Any]) -> Heard:
    """Ask with ``create``."""
    return from_completion(client.chat.completions.create(messages=history, **CHAT))


def chat_stream(client: OpenAI, history: list[Any]) -> Heard:
    """Ask with ``create(stream=True)``, the chunks put together by hand."""
    heard = Accumulator()
    asked = {**CHAT, "messages": history, "stream_options": USAGE}
    with client.chat.completions.create(**asked, stream=True) as stream:
        for chunk in stream:
            heard.add(chunk)
    return heard.heard


def with_one_role(completion: ChatCompletion) -> ChatCompletion:
    """
    Mend what the SDK's stream helper makes of OpenRouter's streams.

    Every delta there has the role, as in recorded traffic, and the helper joins them to
    ``assistantassistant``, which no API takes back.
    """
    for choice in completion.choices:
        assert "" == choice.message.role.replace("assistant", "")
        choice.message.role = "assistant"
    return completion


def chat_helper(client: OpenAI, history: list[Any]) -> Heard:
    """Ask with the SDK's own stream helper."""
    asked = {**CHAT, "messages": history, "stream_options": USAGE}
    with client.chat.completions.stream(**asked) as stream:
        return from_completion(with_one_role(stream.get_final_completion()))


def responses_plain(client: OpenAI, history: list[Any]) -> Heard:
    """Ask Responses with ``create``."""
    return from_response(client.responses.create(input=history, **RESPONSES))


def responses_stream(client: OpenAI, history: list[Any]) -> Heard:
    """Ask Responses with ``create(stream=True)``."""
    with client.responses.create(input=history, stream=True, **RESPONSES) as stream:
        return from_response(last_response(list(stream)))


def responses_helper(client: OpenAI, history: list[Any]) -> Heard:
    """Ask Responses with the SDK's own stream helper."""
    with client.responses.stream(input=history, **RESPONSES) as stream:
        return from_response(stream.get_final_response())


SYNC: dict[str, Callable[[OpenAI, list[Any]], Heard]] = {
    each.__name__: each
    for each in (
        chat_plain,
        chat_stream,
        chat_helper,
        responses_plain,
        responses_stream,
        responses_helper,
    )
}
"""Every way by its name."""
