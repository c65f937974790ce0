"""Real failures of HTTP, its statuses and bodies: each can be written, in a few lines."""

from __future__ import annotations

import pytest

from failing_turns import answered, whole
from mockrouter.values import Json, JsonObject

ROWS: list[tuple[str, str, JsonObject, int, str]] = [
    ("http200-error-body", "error: 502, http: {status: 200}", {}, 200, '{"error":{"message"'),
    (
        "http200-error-body-with-nulls",
        "http: {json: {choices: null, error: {code: 429}}}",
        {},
        200,
        '{"choices":null,"error":{"code":429}}',
    ),
    (
        "http200-error-body-to-stream",
        "error: 502, http: {status: 200, content_type: text/event-stream}",
        {"stream": True},
        200,
        '{"error":{',
    ),
    (
        "stream-ignored-json-reply",
        "say: [{text: Hi}], mode: plain",
        {"stream": True},
        200,
        '"object":"chat.completion"',
    ),
    ("sse-for-nonstream", "say: [{text: Hi}], mode: stream", {"stream": False}, 200, "data: {"),
    (
        "midstream-error-event",
        "say: [{text: Hi}], error: {status: 502, after: 1}",
        {"stream": True},
        200,
        '{"error":{"message":"Provider returned error"',
    ),
    (
        "midstream-error-empty-choices",
        "http: {events: [{choices: [], error: {code: 502}}, '[DONE]']}",
        {"stream": True},
        200,
        '"choices":[],"error"',
    ),
    ("html-gateway-page", "http: {status: 520, html: <h1>520</h1>, bare: true}", {}, 520, "<h1>"),
    (
        "cloudflare-json-error",
        "http: {status: 520, json: {cloudflare_error: true, status: 520}, bare: true}",
        {},
        520,
        '"cloudflare_error":true',
    ),
    ("empty-body-200", "http: {content_type: application/json}", {}, 200, ""),
    ("empty-sse-200", "http: {events: []}", {"stream": True}, 200, ""),
    ("empty-sse-200-done", "http: {events: ['[DONE]']}", {"stream": True}, 200, "data: [DONE]"),
    ("429-no-retry-after", "attempts: [429, 429, {say: []}]", {}, 429, '"code":429'),
    ("retry-after-seconds", "error: {status: 503, retry_after: 3}", {}, 503, "retry-after: 3"),
    (
        "retry-after-http-date",
        "error: {status: 429, retry_after: {date: 30, clock: server}}",
        {},
        429,
        "retry-after: Thu, 01 Jan 2026 00:00:30 GMT",
    ),
    ("retry-after-garbage", "error: {status: 429, retry_after: nan}", {}, 429, "retry-after: nan"),
    (
        "retry-after-ms-and-should-retry",
        "error: {status: 503, retry_after: {ms: 500}, headers: {x-should-retry: 'false'}}",
        {},
        503,
        "retry-after-ms: 500",
    ),
    (
        "403-moderation",
        "error: {status: 403, metadata: {reasons: [x], flagged_input: '{{ user }}'}}",
        {},
        403,
        '"flagged_input":"What is the weather in Tokyo?"',
    ),
    (
        "404-no-tool-endpoint",
        (
            "expect: {tools: none}, say: [], "
            "otherwise: {error: {status: 404, message: No endpoints found.}}"
        ),
        {},
        404,
        "No endpoints found.",
    ),
    (
        "404-tool-choice-unsupported",
        "expect: {none_of: [{tool_choice: required}]}, otherwise: 404, say: []",
        {"tool_choice": "required"},
        404,
        "Resource not found",
    ),
    ("408-upstream-timeout", "error: 408", {}, 408, "Operation timed out"),
    (
        "413-html",
        (
            "expect: {body_bytes: ..100}, "
            "otherwise: {http: {status: 413, html: nginx, bare: true}}, say: []"
        ),
        {},
        413,
        "nginx",
    ),
    ("503-529-overloaded", "attempts: [{error: {status: 529}}, {say: []}]", {}, 529, '"code":529'),
    (
        "error-wrong-content-type",
        "error: 400, http: {content_type: application/octet-stream}",
        {},
        400,
        "content-type: application/octet-stream",
    ),
    (
        "redirect-post",
        "http: {status: 307, headers: {location: 'https://example.com{{ request.model }}'}}",
        {},
        307,
        "location: https://example.comgpt-4o",
    ),
    (
        "error-raw-nested",
        """error: {status: 502, metadata: {raw: '{"error":{"code":429}}'}}""",
        {},
        502,
        r'"raw":"{\"error\"',
    ),
]


@pytest.mark.parametrize(
    ("turn", "fields", "status", "shown"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_it_can_be_written(turn: str, fields: Json, status: int, shown: str) -> None:
    """One turn says it, and it arrives."""
    wire, exchange = answered(turn, fields)

    assert (status, "") == (wire.status, exchange.error)
    assert shown in whole(wire)
