"""Every way in which OpenRouter's SDK asks, each as one request with a history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from openrouter import OpenRouter, components

from clients.openai_asks import CHAT, RESPONSES, USAGE
from clients.scripts import Call, Heard


def from_result(result: components.ChatResult) -> Heard:
    """Read a plain chat completion."""
    choice, usage = result.choices[0], result.usage
    assert usage
    calls = choice.message.tool_calls or []
    return Heard(
        str(choice.message.content or ""),
        tuple(Call(call.id, call.function.name, call.function.arguments) for call in calls),
        choice.finish_reason,
        (int(usage.prompt_tokens), int(usage.completion_tokens)),
        (choice.message,),
    )


def from_chunks(chunks: list[components.ChatStreamChunk]) -> Heard:
    """Put a chat stream together."""
    deltas = [choice.delta for chunk in chunks for choice in chunk.choices]
    ends = [choice.finish_reason for chunk in chunks for choice in chunk.choices]
    calls: dict[int, dict[str, str]] = {}
    for fragment in (each for delta in deltas for each in delta.tool_calls or []):
        call = calls.setdefault(int(fragment.index), {"id": "", "name": "", "arguments": ""})
        call["id"] += fragment.id or ""
        assert fragment.function
        call["name"] += fragment.function.name or ""
        call["arguments"] += fragment.function.arguments or ""
    usage = chunks[-1].usage
    assert usage
    text = "".join(str(delta.content) for delta in deltas if delta.content)
    made = tuple(Call(**call) for call in calls.values())
    functions = [{"name": call.name, "arguments": call.arguments} for call in made]
    said: dict[str, Any] = {"role": "assistant", "content": text}
    if made:
        said["tool_calls"] = [
            {"id": call.id, "type": "function", "function": function}
            for call, function in zip(made, functions, strict=True)
        ]
    tokens = int(usage.prompt_tokens), int(usage.completion_tokens)
    return Heard(text, made, next(filter(None, ends)), tokens, (said,))


def from_response(result: components.OpenResponsesResult) -> Heard:
    """Read a response; items go back as they came."""
    items: list[Any] = result.output
    texts = [part.text for item in items if item.type == "message" for part in item.content]
    calls = [item for item in items if item.type == "function_call"]
    assert result.usage
    tokens = int(result.usage.input_tokens), int(result.usage.output_tokens)
    return Heard(
        "".join(texts),
        tuple(Call(call.call_id, call.name, call.arguments) for call in calls),
        result.status,
        tokens,
        tuple(item.model_dump(by_alias=True, exclude_unset=True) for item in items),
    )


def last_response(events: list[Any]) -> components.OpenResponsesResult:
    """
    Read the response that ends a stream.

    The SDK knows every event, except that it insists on ``name`` in one that OpenAI sends without.
    """
    unknown = [e.raw for e in events if isinstance(e, components.UnknownStreamEvents)]
    for event in unknown:
        assert "response.function_call_arguments.done" == event["type"]
        assert "name" not in event
    assert isinstance(events[-1], components.StreamEventsResponseCompleted)
    response: components.OpenResponsesResult = events[-1].response
    return response


def chat_plain(sdk: OpenRouter, history: list[Any]) -> Heard:
    """Ask in one piece."""
    result = sdk.chat.send(messages=history, stream=False, **CHAT)
    assert isinstance(result, components.ChatResult)
    return from_result(result)


def chat_stream(sdk: OpenRouter, history: list[Any]) -> Heard:
    """Ask for a stream."""
    asked: Any = {**CHAT, "messages": history, "stream_options": USAGE}
    stream: Any = sdk.chat.send(stream=True, **asked)
    with stream:
        return from_chunks(list(stream))


def responses_plain(sdk: OpenRouter, history: list[Any]) -> Heard:
    """Ask Responses in one piece."""
    result = sdk.responses.send(input=history, stream=False, **RESPONSES)
    assert isinstance(result, components.OpenResponsesResult)
    return from_response(result)


def responses_stream(sdk: OpenRouter, history: list[Any]) -> Heard:
    """Ask Responses for a stream."""
    stream: Any = sdk.responses.send(input=history, stream=True, **RESPONSES)
    with stream:
        return from_response(last_response(list(stream)))


WAYS: dict[str, Callable[[OpenRouter, list[Any]], Heard]] = {
    each.__name__: each for each in (chat_plain, chat_stream, responses_plain, responses_stream)
}
"""Every way by its name."""
