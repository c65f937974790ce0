"""
Errors in the providers' own envelopes.

OpenAI: ``{"error": {message, type, param, code}}`` with a string or null as code. OpenRouter, and
whoever speaks like it: ``{"error": {code, message, metadata?}}`` with the HTTP status as code.

Source: https://platform.openai.com/docs/guides/error-codes and
https://openrouter.ai/docs/api/reference/errors-and-debugging
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from http import HTTPStatus

from mockrouter.dialects import sse
from mockrouter.profiles import Profile
from mockrouter.reply import ErrorReply
from mockrouter.values import JsonObject
from mockrouter.wire import Frame, Wire

_FIRST_SERVER_ERROR = 500
_RATE_LIMITED = 429
_SHORT_WAIT = "120ms"
_SECONDS = re.compile(r"[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class _Usual:
    """What OpenAI sends with a status unless told otherwise."""

    message: str
    type: str = "invalid_request_error"
    code: str | None = None


_OPENAI = {
    400: _Usual("Invalid request."),
    401: _Usual(
        "Incorrect API key provided: sk-mock*******uter. You can find your API key at "
        "https://platform.openai.com/account/api-keys.",
        code="invalid_api_key",
    ),
    403: _Usual(
        "Country, region, or territory not supported",
        "request_forbidden",
        "unsupported_country_region_territory",
    ),
    404: _Usual("The requested resource was not found."),
    408: _Usual("Request timed out."),
    413: _Usual("Request payload too large."),
    429: _Usual(
        "Rate limit reached for requests in organization org-mockrouter on requests per min (RPM): "
        "Limit 500, Used 500, Requested 1. Please try again in {wait}. "
        "Visit https://platform.openai.com/account/rate-limits to learn more.",
        "requests",
        "rate_limit_exceeded",
    ),
    500: _Usual("The server had an error while processing your request. Sorry about that!"),
    503: _Usual("The engine is currently overloaded, please try again later."),
}

_OPENAI_QUOTA = _Usual(
    "You exceeded your current quota, please check your plan and billing details. For more "
    "information on this error, read the docs: "
    "https://platform.openai.com/docs/guides/error-codes/api-errors.",
    "insufficient_quota",
    "insufficient_quota",
)

_OPENROUTER = {
    400: "Invalid request parameters",
    401: "Missing Authentication header",
    402: "Insufficient credits. Add more using https://openrouter.ai/credits",
    403: "Only management keys can perform this operation",
    404: "Resource not found",
    408: "Operation timed out. Please try again later.",
    413: "Request payload too large",
    422: "Invalid argument",
    429: "Rate limit exceeded",
    500: "Internal Server Error",
    502: "Provider returned error",
    503: "Service temporarily unavailable",
    524: "Request timed out. Please try again later.",
    529: "Provider returned error",
}

_BEYOND_HTTP = {
    499: "Client Closed Request",
    520: "Web server returned an unknown error",
    524: "A timeout occurred",
    529: "Site is overloaded",
}

_ERROR_TYPES = {
    400: "invalid_request",
    401: "authentication",
    402: "payment_required",
    403: "permission_denied",
    404: "not_found",
    408: "timeout",
    412: "precondition_failed",
    413: "payload_too_large",
    422: "unprocessable",
    429: "rate_limit_exceeded",
    500: "server",
    502: "provider_unavailable",
    503: "provider_overloaded",
    504: "timeout",
    524: "timeout",
    529: "provider_overloaded",
}

_FINER_ERROR_TYPES = frozenset(
    {
        "content_policy_violation",
        "context_length_exceeded",
        "image_download_failed",
        "image_not_found",
        "image_too_large",
        "image_too_small",
        "invalid_image",
        "invalid_prompt",
        "max_tokens_exceeded",
        "refusal",
        "string_too_long",
        "token_limit_exceeded",
        "unsupported_image_format",
    }
)


def render_error(error: ErrorReply, profile: Profile) -> Wire:
    """
    Render an error that comes before the first byte of a reply.

    Args:
        error: Its empty message and its ``type`` and ``code`` of None take the usual ones of its
            status. Its headers replace those of the profile that have the same name.

        profile: Decides the envelope.

    Returns:
        A wire of one JSON frame.
    """
    return error_wire({"error": error_object(error, profile)}, error, profile)


def error_wire(body: JsonObject, error: ErrorReply, profile: Profile) -> Wire:
    """Put an error's body under its status and headers."""
    given = [(name.lower(), value) for name, value in error.headers]
    if error.status == _RATE_LIMITED and any("ratelimit" in name for name, _ in profile.headers):
        left = {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": _wait(error)}
        own = dict(given)
        given = [*((name, value) for name, value in left.items() if name not in own), *given]
    extra = tuple((name.encode(), value.encode()) for name, value in given)
    replaced = {name for name, _ in extra}
    headers = (header for header in sse.json_headers(profile) if header[0] not in replaced)
    return Wire(error.status, (*headers, *extra), (Frame(sse.compact(body), event=body),))


def error_object(error: ErrorReply, profile: Profile) -> JsonObject:
    """Make what stands under ``error`` in a body or in an event of a stream."""
    if profile.integer_codes:
        body: JsonObject = {
            "message": error.message or usual_message(error.status, profile),
            "code": error.status,
        }
        if error.metadata is not None:
            body["metadata"] = json.loads(error.metadata)
        return body
    usual = _OPENAI_QUOTA if error.code == _OPENAI_QUOTA.code else _usual(error.status)
    return {
        "message": error.message or usual.message.format(wait=_wait(error)),
        "type": usual.type if error.type is None else error.type,
        "param": error.param,
        "code": usual.code if error.code is None else error.code or None,
    }


def usual_message(status: int, profile: Profile) -> str:
    """Say what the provider says with this status when it says nothing in particular."""
    if profile.integer_codes:
        return _OPENROUTER.get(status) or _phrase(status)
    return _usual(status).message.format(wait=_SHORT_WAIT)


def error_type(error: ErrorReply) -> str:
    """
    Class an error in OpenRouter's words: its ``error_type``.

    An author's own ``metadata.error_type`` comes first, then a ``code`` that is one of the words.
    """
    metadata = json.loads(error.metadata or "null")
    own = metadata.get("error_type") if isinstance(metadata, dict) else None
    if isinstance(own, str):
        return own
    if error.code in _FINER_ERROR_TYPES:
        return str(error.code)
    is_server = error.status >= _FIRST_SERVER_ERROR
    return _ERROR_TYPES.get(error.status, "unmapped" if is_server else "invalid_request")


def _wait(error: ErrorReply) -> str:
    """Say how long to wait, in accord with the header."""
    after = next((value for name, value in error.headers if name.lower() == "retry-after"), "")
    return f"{after}s" if _SECONDS.fullmatch(after) else _SHORT_WAIT


def _usual(status: int) -> _Usual:
    usual = _OPENAI.get(status, _Usual(_phrase(status)))
    if status < _FIRST_SERVER_ERROR:
        return usual
    return _Usual(usual.message, "server_error", usual.code)


def _phrase(status: int) -> str:
    if status in _BEYOND_HTTP:
        return _BEYOND_HTTP[status]
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"HTTP {status}"
