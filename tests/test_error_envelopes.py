"""Errors in each provider's envelope."""

from __future__ import annotations

import json

import pytest
from openai.types.shared import ErrorObject

from mockrouter.dialects.base import bad_request
from mockrouter.dialects.errors import error_type, render_error, usual_message
from mockrouter.errors import BadRequest
from mockrouter.profiles import OPENAI, OPENROUTER, PROFILES, SOLROUTER, Profile
from mockrouter.reply import ErrorReply
from specs import problems, recorded

STATUSES = [400, 401, 402, 403, 404, 408, 409, 410, 412, 413, 422, 429, 499, 500, 502, 503, 504]
STATUSES += [520, 524, 529, 599]

SCHEMAS = {
    400: "BadRequestResponse",
    401: "UnauthorizedResponse",
    402: "PaymentRequiredResponse",
    403: "ForbiddenResponse",
    404: "NotFoundResponse",
    408: "RequestTimeoutResponse",
    413: "PayloadTooLargeResponse",
    422: "UnprocessableEntityResponse",
    429: "TooManyRequestsResponse",
    500: "InternalServerResponse",
    502: "BadGatewayResponse",
    503: "ServiceUnavailableResponse",
    524: "EdgeNetworkTimeoutResponse",
    529: "ProviderOverloadedResponse",
}


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_every_status_says_something(profile: Profile, status: int) -> None:
    """With no word from the author, the provider's usual message goes out under the status."""
    wire = render_error(ErrorReply(status, ""), profile)

    error = json.loads(wire.body)["error"]
    assert (status, usual_message(status, profile)) == (wire.status, error["message"])
    assert error["message"]
    assert {"error": error} == wire.frames[0].event
    assert (b"content-type", b"application/json") in wire.headers


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (401, "Missing Authentication header"),
        (402, "Insufficient credits. Add more using https://openrouter.ai/credits"),
        (429, "Rate limit exceeded"),
        (502, "Provider returned error"),
        (504, "Gateway Timeout"),
        (529, "Provider returned error"),
        (599, "HTTP 599"),
    ],
)
@pytest.mark.parametrize("profile", [OPENROUTER, SOLROUTER], ids=["openrouter", "solrouter"])
def test_codes_are_integers_at_openrouter(profile: Profile, status: int, message: str) -> None:
    """The status is the code, and there is nothing of OpenAI's own."""
    wire = render_error(ErrorReply(status, "", type="t", code="c", param="p"), profile)

    assert {"error": {"message": message, "code": status}} == json.loads(wire.body)


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (400, "invalid_request_error", None),
        (401, "invalid_request_error", "invalid_api_key"),
        (403, "request_forbidden", "unsupported_country_region_territory"),
        (404, "invalid_request_error", None),
        (422, "invalid_request_error", None),
        (429, "requests", "rate_limit_exceeded"),
        (500, "server_error", None),
        (503, "server_error", None),
        (529, "server_error", None),
    ],
)
def test_codes_are_words_at_openai(status: int, kind: str, code: str | None) -> None:
    """Type and code are the usual ones of the status."""
    error = json.loads(render_error(ErrorReply(status, "No."), OPENAI).body)["error"]

    assert {"message": "No.", "type": kind, "param": None, "code": code} == error


def test_the_author_has_the_last_word() -> None:
    """Message, type, code and param of an error go out as written; an empty code is null."""
    written = ErrorReply(429, "Slow down", type="tokens", code="too_fast", param="n")
    null = ErrorReply(401, "Who are you?", code="")

    assert {"message": "Slow down", "type": "tokens", "code": "too_fast", "param": "n"} == (
        json.loads(render_error(written, OPENAI).body)["error"]
    )
    assert json.loads(render_error(null, OPENAI).body)["error"]["code"] is None


def test_no_quota_is_told_apart_from_too_many_requests() -> None:
    """OpenAI's 429 for an empty purse has its own message and type."""
    error = json.loads(render_error(ErrorReply(429, "", code="insufficient_quota"), OPENAI).body)

    assert error["error"]["message"].startswith("You exceeded your current quota, ")
    assert "insufficient_quota" == error["error"]["type"]


def test_headers_are_sent_and_replaced() -> None:
    """An error's headers go out with it, in lower case and instead of the usual ones."""
    error = ErrorReply(
        429, "", headers=(("Retry-After", "1"), ("Content-Type", "application/problem+json"))
    )

    headers = render_error(error, OPENAI).headers

    assert (b"retry-after", b"1") in headers
    assert [b"application/problem+json"] == [v for name, v in headers if name == b"content-type"]
    assert (b"openai-version", b"2020-10-01") in headers


def test_a_refusal_is_told_in_full() -> None:
    """What a reader refuses reaches the client with path, code and metadata."""
    refused = bad_request(BadRequest("No.", param="a[0]", code="c", metadata='{"raw":"x"}'))

    assert {"message": "No.", "type": "invalid_request_error", "param": "a[0]", "code": "c"} == (
        json.loads(render_error(refused, OPENAI).body)["error"]
    )
    assert {"message": "No.", "code": 400, "metadata": {"raw": "x"}} == (
        json.loads(render_error(refused, OPENROUTER).body)["error"]
    )


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ErrorReply(400, ""), "invalid_request"),
        (ErrorReply(400, "", code="context_length_exceeded"), "context_length_exceeded"),
        (ErrorReply(400, "", code="invalid_type"), "invalid_request"),
        (ErrorReply(403, "", metadata='{"error_type":"refusal"}'), "refusal"),
        (ErrorReply(429, "", metadata='["odd"]'), "rate_limit_exceeded"),
        (ErrorReply(418, ""), "invalid_request"),
        (ErrorReply(524, ""), "timeout"),
        (ErrorReply(520, ""), "unmapped"),
    ],
)
def test_classes_errors_in_openrouters_words(error: ErrorReply, expected: str) -> None:
    """An error's type is the author's, else the code's, else the status's."""
    assert expected == error_type(error)


def test_provider_error_is_as_recorded() -> None:
    """A provider's rate limit through OpenRouter is the recorded body."""
    answer = recorded("openrouter-error-429-provider.0.response.json")
    told = answer["body"]["error"]
    error = ErrorReply(answer["status"], "Provider returned error")

    wire = render_error(
        ErrorReply(error.status, error.message, metadata=json.dumps(told["metadata"])), OPENROUTER
    )

    assert told == json.loads(wire.body)["error"]


@pytest.mark.parametrize(
    "name",
    ["openai-chat-bad-request.0", "openai-chat-no-messages.0", "openai-chat-unknown-model.0"],
)
def test_openai_error_is_as_recorded(name: str) -> None:
    """OpenAI's recorded refusals have the envelope that we make."""
    answer = recorded(f"{name}.response.json")
    told = answer["body"]["error"]
    error = ErrorReply(answer["status"], told["message"], code=told["code"], param=told["param"])

    assert answer["body"] == json.loads(render_error(error, OPENAI).body)


@pytest.mark.parametrize(("status", "definition"), SCHEMAS.items())
def test_openrouters_schemas_agree(status: int, definition: str) -> None:
    """Each status has the body that OpenRouter's specification gives it."""
    wire = render_error(ErrorReply(status, ""), OPENROUTER)

    assert [] == problems("openrouter.subset.schema.json", definition, json.loads(wire.body))


@pytest.mark.parametrize("status", STATUSES)
def test_openais_schema_agrees(status: int) -> None:
    """Each status has the body of OpenAI's specification and of its SDK's own model."""
    body = json.loads(render_error(ErrorReply(status, ""), OPENAI).body)

    assert [] == problems("openai.subset.schema.json", "ErrorResponse", body)
    assert body["error"]["message"] == ErrorObject.model_validate(body["error"]).message
