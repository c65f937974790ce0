"""What strict servers refuse of a history: each can be written, in a few lines."""

from __future__ import annotations

import json

import pytest

from failing_turns import AFTER, ASKED, RESULT, THOUGHT, answered, whole
from mockrouter.values import Json, JsonObject
from scripts import USER, ask, engine

ROWS: list[tuple[str, str, JsonObject, int, str]] = [
    (
        "strict-missing-tool-result",
        "expect: {every_call_answered: true}, say: []",
        {"messages": [USER, ASKED]},
        400,
        "did not have response messages: call_1",
    ),
    (
        "strict-tool-id-format",
        "expect: {call_ids: '[A-Za-z0-9]{9}'}, say: []",
        AFTER,
        400,
        "does not match pattern",
    ),
    ("strict-content-null", "expect: {content: text}, say: []", AFTER, 400, "got null"),
    (
        "strict-content-missing",
        "expect: {content: present}, say: []",
        {"messages": [USER, {k: v for k, v in ASKED.items() if k != "content"}, RESULT]},
        400,
        "Missing required parameter",
    ),
    (
        "strict-tool-calls-null",
        "expect: {none_of: [{body: {'$.messages[*].tool_calls': null}}]}, say: []",
        {"messages": [USER, {"role": "assistant", "content": "Hi", "tool_calls": None}]},
        400,
        "Invalid request parameters",
    ),
    (
        "strict-empty-assistant",
        "expect: {no_empty_turn: true}, say: []",
        {"messages": [USER, {"role": "assistant", "content": ""}, USER]},
        400,
        "content or tool_calls must be set",
    ),
    ("strict-args-json-in-history", "expect: {arguments: object}, say: []", AFTER, 400, "JSON"),
    (
        "strict-reasoning-content",
        "expect: {reasoning: {field: reasoning_content}}, say: []",
        AFTER,
        400,
        "`reasoning_content` in the thinking mode must be passed back",
    ),
    (
        "strict-reasoning-content-kept",
        "expect: {reasoning: {field: reasoning_content}}, say: []",
        THOUGHT,
        200,
        "",
    ),
    (
        "invalid-encrypted-content",
        (
            "expect: {reasoning: absent}, "
            "otherwise: {error: {status: 400, message: invalid_encrypted_content}}, say: []"
        ),
        THOUGHT,
        400,
        "invalid_encrypted_content",
    ),
    (
        "context-overflow-mid-loop",
        (
            "expect: {body_bytes: ..1000}, otherwise: {error: {status: 400, "
            "message: This model's maximum context length is 8192 tokens.}}, say: []"
        ),
        THOUGHT,
        400,
        "maximum context length",
    ),
    (
        "context-overflow-as-event",
        (
            "expect: {body_bytes: ..1000}, otherwise: "
            "{http: {events: [{error: {code: context_length_exceeded}}]}}, say: []"
        ),
        THOUGHT,
        200,
        '{"error":{"code":"context_length_exceeded"}}',
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


def test_encrypted_reasoning_of_a_server_that_stores_nothing() -> None:
    """An item that is named alone is not found, in Responses."""
    script = """
    turns:
      - say: [{reasoning: Hm.}, {tool_call: any, arguments: {}}]
      - {expect: {reasoning: present}, say: []}
    """
    served = engine(script)
    tool = {"type": "function", "name": "f", "parameters": {"type": "object"}}
    body = {"model": "m", "input": [{"role": "user", "content": "Hi"}], "tools": [tool]}
    output = json.loads(ask(served, body, path="/v1/responses")[0].body)["output"]
    back = {"type": "function_call_output", "call_id": output[1]["call_id"], "output": "x"}
    sent = body | {"input": [*body["input"], *output, back]}
    wire, _ = ask(served, sent, path="/v1/responses")

    assert 404 == wire.status
    assert f"Item '{output[0]['id']}' not found." in json.loads(wire.body)["error"]["message"]
