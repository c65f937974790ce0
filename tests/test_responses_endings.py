"""How replies end in the Responses API when they do not end well."""

from __future__ import annotations

import json

import pytest

from mockrouter.profiles import OPENAI, OPENROUTER, Profile
from mockrouter.reply import ErrorReply, Text
from mockrouter.values import JsonObject
from responses_samples import CALL, events, render, types

START = ["created", "in_progress", "output_item.added", "function_call_arguments.delta"]


@pytest.mark.parametrize(
    ("reason", "details"),
    [("length", "max_output_tokens"), ("content_filter", "content_filter")],
)
def test_a_cut_reply_is_incomplete(reason: str, details: str) -> None:
    """A reply that was cut says so in its last item, its object and its last event."""
    wire = render(Text(("Hi",)), CALL, finish_reason=reason)

    last = events(wire)[-1]
    response = last["response"]
    assert ("response.incomplete", "incomplete") == (last["type"], response["status"])
    assert ({"reason": details}, None) == (
        response["incomplete_details"],
        response["completed_at"],
    )
    assert ["completed", "incomplete"] == [item["status"] for item in response["output"]]
    assert response["output"][-1] == events(wire)[-2]["item"]
    assert response["usage"]["total_tokens"] > 0


@pytest.mark.parametrize("reason", [None, "stop", "tool_calls", "whatever"])
def test_any_other_reason_completes(reason: str | None) -> None:
    """Calls are no reason of their own here."""
    response = render(CALL, stream=False, finish_reason=reason).frames[0].event

    assert ("completed", 7) == (response["status"], response["completed_at"])


@pytest.mark.parametrize(
    ("profile", "error", "expected", "code"),
    [
        (
            OPENAI,
            ErrorReply(429, "No.", code="insufficient_quota", after=1),
            {
                "error": {
                    "message": "No.",
                    "type": "insufficient_quota",
                    "param": None,
                    "code": "insufficient_quota",
                }
            },
            "insufficient_quota",
        ),
        (
            OPENROUTER,
            ErrorReply(429, "No.", after=1),
            {"code": "rate_limit_exceeded", "message": "No.", "param": None},
            "rate_limit_exceeded",
        ),
        (
            OPENROUTER,
            ErrorReply(400, "No.", code="context_length_exceeded", after=1),
            {"code": "invalid_prompt", "message": "No.", "param": None},
            "invalid_prompt",
        ),
    ],
)
def test_fails_in_the_middle(
    profile: Profile, error: ErrorReply, expected: JsonObject, code: str
) -> None:
    """After so many fragments comes the error, then the failed response with what there is."""
    wire = render(CALL, profile=profile, error=error)

    told, last = events(wire)[-2:]
    sent = [*START, "error", "failed"]
    assert sent == types(wire)
    assert {"type": "error", "sequence_number": 4, **expected} == told
    response = last["response"]
    assert ({"code": code, "message": "No."}, None) == (response["error"], response["usage"])
    (item,) = response["output"]
    assert ("incomplete", CALL.fragments[0]) == (item["status"], item["arguments"])


@pytest.mark.parametrize(
    ("status", "error_type", "code"),
    [
        (400, "invalid_request", "invalid_prompt"),
        (402, "payment_required", "server_error"),
        (429, "rate_limit_exceeded", "rate_limit_exceeded"),
        (500, "server", "server_error"),
        (503, "provider_overloaded", "server_error"),
    ],
)
def test_fails_whole(status: int, error_type: str, code: str) -> None:
    """A plain reply that fails is HTTP 200 with a failed object."""
    wire = render(CALL, profile=OPENROUTER, stream=False, error=ErrorReply(status, "", after=0))

    response = json.loads(wire.body)
    assert (200, "failed", []) == (wire.status, response["status"], response["output"])
    assert (error_type, code) == (response["error_type"], response["error"]["code"])


def test_finish_reason_error_fails() -> None:
    """OpenRouter's finish reason ``error`` is no success here."""
    assert "failed" == types(render(CALL, finish_reason="error"))[-1]
