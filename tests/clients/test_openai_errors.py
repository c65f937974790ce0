"""How errors reach a user of the openai SDK: as which exception, and with which words."""

from __future__ import annotations

import json
from typing import Any

import openai
import pytest
from openai import OpenAI

from clients.mock import Mock
from clients.openai_asks import CHAT, RESPONSES
from clients.scripts import MODEL
from mockrouter.profiles import OPENAI, OPENROUTER, Profile

HELLO: Any = [{"role": "user", "content": "Hello"}]

CLASSES: dict[int, type[openai.APIStatusError]] = {
    400: openai.BadRequestError,
    401: openai.AuthenticationError,
    402: openai.APIStatusError,
    403: openai.PermissionDeniedError,
    404: openai.NotFoundError,
    408: openai.APIStatusError,
    409: openai.ConflictError,
    413: openai.APIStatusError,
    422: openai.UnprocessableEntityError,
    429: openai.RateLimitError,
    500: openai.InternalServerError,
    502: openai.InternalServerError,
    503: openai.InternalServerError,
    524: openai.InternalServerError,
    529: openai.InternalServerError,
}

RETRIED = """
turns:
  - attempts:
      - error: {status: 429, retry_after: 0, headers: {retry-after-ms: "1"}}
      - error: {status: 500, headers: {retry-after-ms: "1"}}
      - say: [{text: Third time lucky.}]
"""

AMID = """
turns:
  - say: [{text: One two three four}]
    stream: {text: 1 word}
    error: {status: 502, message: The model fell over, code: server_error, after: 2}
"""


def client(mock: Mock, profile: Profile, retries: int = 0) -> OpenAI:
    """Point the SDK at the mock."""
    return OpenAI(base_url=mock.url(profile), api_key="sk-test", max_retries=retries)


@pytest.mark.parametrize("status", CLASSES)
@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
def test_status(mock: Mock, profile: Profile, status: int, *, stream: bool) -> None:
    """Each status becomes the SDK's own exception, streams included, with body and code."""
    mock.play(f"turns: [{{error: {{status: {status}, message: Not today, code: no_luck}}}}]")

    with client(mock, profile) as sdk, pytest.raises(openai.APIStatusError) as caught:
        sdk.chat.completions.create(messages=HELLO, stream=stream, **CHAT)

    error = caught.value
    assert (CLASSES[status], status) == (type(error), error.status_code)
    code = "no_luck" if profile is OPENAI else status
    assert isinstance(error.body, dict)
    assert ("Not today", code) == (error.body["message"], error.body["code"])
    assert str(code) == str(error.code)


@pytest.mark.parametrize("status", [400, 401, 429, 500])
def test_status_of_responses(mock: Mock, profile: Profile, status: int) -> None:
    """Responses fails with the same exceptions."""
    mock.play(f"turns: [{{error: {{status: {status}, message: Not today}}}}]")

    with client(mock, profile) as sdk, pytest.raises(CLASSES[status], match="Not today"):
        sdk.responses.create(input="Hello", **RESPONSES)


def test_quota(mock: Mock) -> None:
    """An exhausted quota is told in OpenAI's own words, type and code."""
    mock.play("turns: [{error: {status: 429, code: insufficient_quota}}]")

    with client(mock, OPENAI) as sdk, pytest.raises(openai.RateLimitError) as caught:
        sdk.chat.completions.create(messages=HELLO, **CHAT)

    assert ("insufficient_quota", "insufficient_quota") == (caught.value.code, caught.value.type)
    assert "You exceeded your current quota, please check your plan" in caught.value.message


def test_metadata(mock: Mock) -> None:
    """What OpenRouter's provider said stands in the body, below ``metadata``."""
    mock.play(
        """
        turns:
          - error:
              status: 502
              metadata: {provider_name: Google, raw: '{"error": "busy"}'}
        """
    )
    with client(mock, OPENROUTER) as sdk, pytest.raises(openai.InternalServerError) as caught:
        sdk.chat.completions.create(messages=HELLO, **CHAT)

    assert isinstance(caught.value.body, dict)
    assert "Provider returned error" == caught.value.body["message"]
    raw = {"provider_name": "Google", "raw": '{"error": "busy"}'}
    assert raw == caught.value.body["metadata"]


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
def test_retries(mock: Mock, profile: Profile, *, stream: bool) -> None:
    """The SDK tries again after a 429 and a 500; the third attempt answers, and it is the last."""
    mock.play(RETRIED)

    with client(mock, profile, retries=2) as sdk:
        answer: Any = sdk.chat.completions.create(messages=HELLO, stream=stream, **CHAT)
        texts = [c.choices[0].delta.content for c in answer if c.choices] if stream else []

    text = "".join(filter(None, texts)) if stream else answer.choices[0].message.content
    assert "Third time lucky." == text
    counts = [each.headers["x-stainless-retry-count"] for each in mock.exchanges]
    assert ["0", "1", "2"] == counts
    assert [1, 2, 3] == [each.attempt for each in mock.exchanges]


def test_retries_run_out(mock: Mock) -> None:
    """With one retry too few the second error is what the user sees."""
    mock.play(RETRIED)

    with client(mock, OPENAI, retries=1) as sdk, pytest.raises(openai.InternalServerError):
        sdk.chat.completions.create(messages=HELLO, **CHAT)

    assert 2 == len(mock.requests)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_not_retried(mock: Mock, status: int) -> None:
    """What the client did wrong is not tried again."""
    mock.play(f"turns: [{{error: {status}}}]")

    with client(mock, OPENAI, retries=2) as sdk, pytest.raises(CLASSES[status]):
        sdk.chat.completions.create(messages=HELLO, **CHAT)

    assert 1 == len(mock.requests)


def test_amid_stream(mock: Mock, profile: Profile) -> None:
    """An error in mid-stream is raised after the fragments that came before it."""
    mock.play(AMID)
    text = ""

    with client(mock, profile) as sdk:
        stream = iter(sdk.chat.completions.create(messages=HELLO, stream=True, **CHAT))
        while not text.endswith("two"):
            text += next(stream).choices[0].delta.content or ""
        with pytest.raises(openai.APIError) as caught:
            next(stream)

    assert "One two" == text
    assert "The model fell over" == caught.value.message
    assert not isinstance(caught.value, openai.APIStatusError)


def test_amid_helper(mock: Mock, profile: Profile) -> None:
    """The stream helper raises it as well."""
    mock.play(AMID)

    with (
        client(mock, profile) as sdk,
        pytest.raises(openai.APIError, match="The model fell over"),
        sdk.chat.completions.stream(messages=HELLO, **CHAT) as stream,
    ):
        stream.until_done()


def test_amid_responses(mock: Mock, profile: Profile) -> None:
    """In Responses, OpenAI's in-stream error raises; where none is sent, the response fails."""
    mock.play(AMID)
    text, failed = "", ""

    with client(mock, profile) as sdk:
        try:
            for event in sdk.responses.create(input="Hello", stream=True, **RESPONSES):
                if event.type == "response.output_text.delta":
                    text += event.delta
                elif event.type == "response.failed":
                    assert event.response.error
                    failed = event.response.error.message
        except openai.APIError as error:
            failed = error.message

    assert ("One two", "The model fell over") == (text, failed)


def test_missing_model(mock: Mock) -> None:
    """The mock refuses what OpenAI refuses, in its words."""
    with client(mock, OPENAI) as sdk, pytest.raises(openai.BadRequestError) as caught:
        sdk.chat.completions.create(model="", messages=HELLO)

    assert isinstance(caught.value.body, dict)
    assert "you must provide a model parameter" == caught.value.body["message"]


def test_unknown_previous_response(mock: Mock) -> None:
    """An id that nobody gave is refused as OpenAI does."""
    with client(mock, OPENAI) as sdk, pytest.raises(openai.BadRequestError) as caught:
        sdk.responses.create(model=MODEL, input="Hello", previous_response_id="resp_404")

    assert "previous_response_not_found" == caught.value.code
    assert "previous_response_id" == caught.value.param


def test_stateless(mock: Mock) -> None:
    """OpenRouter remembers nothing, and says so."""
    with client(mock, OPENROUTER) as sdk, pytest.raises(openai.BadRequestError) as caught:
        sdk.responses.create(model=MODEL, input="Hello", previous_response_id="resp_404")

    assert "Invalid Responses API request" in str(caught.value)


def test_unknown_path(mock: Mock) -> None:
    """A wrong base URL is told apart from a wrong model, and not tried again."""
    with client(mock, OPENAI, retries=2) as sdk, pytest.raises(openai.NotFoundError) as caught:
        sdk.embeddings.create(model=MODEL, input="Hello", encoding_format="float")

    assert "Nothing is served at" in str(caught.value)
    assert "POST /v1/chat/completions" in str(caught.value)


def test_truncated_arguments(mock: Mock) -> None:
    """Arguments that stop in mid-string reach the user as they came, with the reason."""
    mock.play(
        """
        turns:
          - say: [{tool_call: get_weather, arguments: '{"city": "Ber'}]
            finish_reason: length
        """
    )
    with client(mock, OPENAI) as sdk:
        choice = sdk.chat.completions.create(messages=HELLO, **CHAT).choices[0]
        with (
            pytest.raises(openai.LengthFinishReasonError),
            sdk.chat.completions.stream(messages=HELLO, **CHAT) as stream,
        ):
            stream.get_final_completion()

    (call,) = choice.message.tool_calls or []
    assert call.type == "function"
    with pytest.raises(json.JSONDecodeError):
        json.loads(call.function.arguments)
