"""OpenRouter's own SDK, which validates whatever it reads and says so loudly."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from openrouter import OpenRouter, components, errors

from clients.mock import Mock
from clients.openai_asks import CHAT, RESPONSES, USAGE
from clients.scripts import (
    LOOP,
    MODEL,
    PARALLEL,
    Call,
    Heard,
    chat_result,
    expected,
    facts,
    responses_result,
    talk,
)
from mockrouter.profiles import OPENROUTER, PROFILES, SOLROUTER, Profile

HELLO: Any = [{"role": "user", "content": "Hello"}]

INTEGER_CODES = pytest.mark.parametrize(
    "profile",
    [OPENROUTER, SOLROUTER],
    ids=lambda profile: profile.name,
)
"""The profiles whose errors it can read; a code that is a string is none to it."""

CLASSES: dict[int, type[errors.OpenRouterError]] = {
    400: errors.BadRequestResponseError,
    401: errors.UnauthorizedResponseError,
    402: errors.PaymentRequiredResponseError,
    403: errors.ForbiddenResponseError,
    404: errors.NotFoundResponseError,
    408: errors.RequestTimeoutResponseError,
    413: errors.PayloadTooLargeResponseError,
    422: errors.UnprocessableEntityResponseError,
    429: errors.TooManyRequestsResponseError,
    500: errors.InternalServerResponseError,
    502: errors.BadGatewayResponseError,
    503: errors.ServiceUnavailableResponseError,
    524: errors.EdgeNetworkTimeoutResponseError,
    529: errors.ProviderOverloadedResponseError,
}

AMID = """
turns:
  - say: [{text: One two three}]
    stream: {text: 1 word}
    error: {status: 502, message: The model fell over, after: 2}
"""


def client(mock: Mock, profile: Profile) -> OpenRouter:
    """Point the SDK at the mock; it would retry a 5xx for an hour."""
    return OpenRouter(api_key="sk-test", server_url=mock.url(profile), retry_config=None)


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


@pytest.mark.parametrize("script", [LOOP, PARALLEL], ids=["loop", "parallel"])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", PROFILES)
def test_loop(mock: Mock, name: str, way: str, script: str) -> None:
    """Whichever way the SDK asks, it hears each call and the answer made from its results."""
    mock.play(script)
    chat = way.startswith("chat")
    ends = ("tool_calls", "stop") if chat else ("completed", "completed")

    with client(mock, PROFILES[name]) as sdk:
        result = chat_result if chat else responses_result
        heard = list(talk(lambda history: WAYS[way](sdk, history), result))

    assert facts(expected(script, ends)) == facts(heard)


@pytest.mark.parametrize("way", WAYS)
def test_loop_without_a_script(mock: Mock, profile: Profile, way: str) -> None:
    """With no scenario the offered tool is called, and its result told."""
    result = chat_result if way.startswith("chat") else responses_result

    with client(mock, profile) as sdk:
        first, last = talk(lambda history: WAYS[way](sdk, history), result)

    assert ["get_weather"] == [call.name for call in first.calls]
    assert "get_weather says: degrees 18" == last.text


def test_async(mock: Mock, profile: Profile) -> None:
    """The asynchronous methods hear the same, streams and Responses included."""
    mock.play(LOOP)

    async def run() -> list[Heard]:
        async with client(mock, profile) as sdk:
            plain: Any = await sdk.chat.send_async(messages=HELLO, stream=False, **CHAT)
            asked: Any = {**CHAT, "messages": HELLO, "stream_options": USAGE}
            chunks: Any = await sdk.chat.send_async(stream=True, **asked)
            response: Any = await sdk.responses.send_async(input="Hello", **RESPONSES)
            events: Any = await sdk.responses.send_async(input="Hello", stream=True, **RESPONSES)
            return [
                from_result(plain),
                from_chunks([chunk async for chunk in chunks]),
                from_response(response),
                from_response(last_response([event async for event in events])),
            ]

    (call,) = expected(LOOP, ("", ""))[0].calls
    heard = asyncio.run(run())
    assert [(call,)] * 4 == [each.calls for each in heard]
    assert [(67, 18)] * 4 == [each.tokens for each in heard]


@INTEGER_CODES
@pytest.mark.parametrize("status", CLASSES)
def test_status(mock: Mock, profile: Profile, status: int) -> None:
    """Each status becomes the SDK's own exception, with what the provider said."""
    mock.play(f"turns: [{{error: {{status: {status}, message: Not today}}}}]")

    with client(mock, profile) as sdk, pytest.raises(errors.OpenRouterError) as caught:
        sdk.chat.send(messages=HELLO, **CHAT)

    error: Any = caught.value
    assert (CLASSES[status], status) == (type(error), error.status_code)
    assert ("Not today", status) == (error.data.error.message, error.data.error.code)
    assert 1 == len(mock.requests)


@INTEGER_CODES
@pytest.mark.parametrize("status", [400, 401, 429, 500])
def test_status_of_responses(mock: Mock, profile: Profile, status: int) -> None:
    """Responses fails with the same exceptions."""
    mock.play(f"turns: [{{error: {{status: {status}, message: Not today}}}}]")

    with client(mock, profile) as sdk, pytest.raises(CLASSES[status], match="Not today"):
        sdk.responses.send(input="Hello", **RESPONSES)


@INTEGER_CODES
def test_amid_stream(mock: Mock, profile: Profile) -> None:
    """An error in mid-stream is handed over in its chunk, after the text that came before."""
    mock.play(AMID)

    with client(mock, profile) as sdk:
        stream: Any = sdk.chat.send(messages=HELLO, stream=True, **CHAT)
        with stream:
            chunks = list(stream)

    assert "One two" == "".join(c.choices[0].delta.content or "" for c in chunks)
    told = [(c.error.code, c.error.message) for c in chunks if c.error]
    assert [(502, "The model fell over")] == told
    assert "error" == chunks[-1].choices[0].finish_reason


@INTEGER_CODES
def test_amid_responses(mock: Mock, profile: Profile) -> None:
    """In Responses the stream ends with the failed response."""
    mock.play(AMID)

    with client(mock, profile) as sdk:
        stream: Any = sdk.responses.send(input="Hello", stream=True, **RESPONSES)
        with stream:
            events = list(stream)

    assert isinstance(events[-1], components.StreamEventsResponseFailed)
    error = events[-1].response.error
    assert error
    assert "The model fell over" == error.message


def test_reasoning(mock: Mock) -> None:
    """Reasoning comes with its details, which go back unchanged beside the call."""
    mock.play(
        """
        turns:
          - say:
              - reasoning: A city is named.
                signature: c2lnbmVk
                format: anthropic-claude-v1
              - {tool_call: get_weather, id: call_berlin, arguments: {city: Berlin}}
          - say: [{text: Done.}]
        """
    )
    with client(mock, OPENROUTER) as sdk:
        first: Any = sdk.chat.send(messages=HELLO, **CHAT)
        message = first.choices[0].message
        result = {"role": "tool", "tool_call_id": "call_berlin", "content": "{}"}
        last: Any = sdk.chat.send(messages=[*HELLO, message, result], **CHAT)

    assert "A city is named." == message.reasoning
    assert ["c2lnbmVk"] == [detail.signature for detail in message.reasoning_details]
    assert first.usage.completion_tokens_details.reasoning_tokens > 0
    (sent,) = [m for m in mock.requests[1]["messages"] if m["role"] == "assistant"]
    assert "c2lnbmVk" == sent["reasoning_details"][0]["signature"]
    assert "Done." == last.choices[0].message.content


def test_models(mock: Mock) -> None:
    """The SDK reads every row of the model list."""
    with client(mock, OPENROUTER) as sdk:
        listed: Any = sdk.models.list()

    assert MODEL in [model.id for model in listed.result.data]
