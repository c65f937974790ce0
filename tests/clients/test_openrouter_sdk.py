"""OpenRouter's own SDK, which validates whatever it reads and says so loudly."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from openrouter import OpenRouter, components, errors

from clients.mock import Mock
from clients.openai_asks import CHAT, RESPONSES, USAGE
from clients.openrouter_asks import WAYS, from_chunks, from_response, from_result, last_response
from clients.scripts import (
    LOOP,
    MODEL,
    PARALLEL,
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
