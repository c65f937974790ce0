"""Real failures of turns, of HTTP and of strict servers: each can be written, in a few lines."""

from __future__ import annotations

import json

import pytest

from mockrouter.values import Json, JsonObject
from scripts import USER, ask, chat, engine

ROUTER = "/api/v1/chat/completions"
CALL = {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": "{"}}
ASKED = {"role": "assistant", "content": None, "tool_calls": [CALL]}
RESULT = {"role": "tool", "tool_call_id": "call_1", "content": "18 degrees"}
AFTER: JsonObject = {"messages": [USER, ASKED, RESULT]}
THOUGHT: JsonObject = {
    "messages": [USER, ASKED | {"reasoning_content": "Hm."}, RESULT | {"content": "x" * 900}]
}

ROWS: list[tuple[str, str, JsonObject, int, str]] = [
    # Tool choice and the semantics of turns
    ("tool-name-hallucinated", "say: [{tool_call: get_wether}]", {}, 200, "get_wether"),
    ("tool-name-generic-functions", "say: [{tool_call: functions}]", {}, 200, '"functions"'),
    ("tool-name-case-variant", "say: [{tool_call: GetWeather}]", {}, 200, "GetWeather"),
    (
        "tool-name-control-tokens",
        "say: [{tool_call: 'read<|channel|>commentary'}]",
        {},
        200,
        "<|channel|>",
    ),
    (
        "tool-call-as-text-json",
        """say: [{text: '{"name":"get_weather","arguments":{}}', cut: 3 chars}]""",
        {},
        200,
        r"{\"name\":\"get_weather\"",
    ),
    (
        "tool-call-as-text-xml",
        "say: [{text: '<tool_call><function={{ tools[0] }}>', cut: {at: [4, 12]}}]",
        {},
        200,
        "<function=get_weather>",
    ),
    ("tool-text-after-content", "say: [{text: Let me}, {text: 'get_'}]", {}, 200, "Let meget_"),
    (
        "tool-call-stranded-in-reasoning",
        "say: [{reasoning: '<tool_call>'}], finish_reason: stop",
        {},
        200,
        '"reasoning":"<tool_call>"',
    ),
    (
        "structured-call-while-reasoning-open",
        "say: [{reasoning: A, cut: 1 char}, {tool_call: any}, {reasoning: B}, {text: C}]",
        {"stream": True},
        200,
        "get_weather",
    ),
    (
        "tool-choice-none-ignored",
        "say: [{tool_call: get_weather, arguments: '{}'}], ignores: [tool_choice]",
        {"tool_choice": "none"},
        200,
        "get_weather",
    ),
    (
        "tool-choice-required-ignored",
        "say: [{text: No.}], ignores: [tool_choice]",
        {"tool_choice": "required"},
        200,
        "No.",
    ),
    (
        "parallel-false-ignored",
        "say: [{tool_call: any, repeat: 2}], ignores: [parallel_tool_calls]",
        {"parallel_tool_calls": False},
        200,
        '"index":1',
    ),
    ("same-call-loop", "say: [{tool_call: any, arguments: '{'}]", AFTER, 200, '"arguments":"{"'),
    (
        "announce-without-call",
        "say: [{text: I will search now.}], finish_reason: stop",
        {},
        200,
        "I will search now.",
    ),
    (
        "empty-turn-after-tool-result",
        (
            "cases: [{when: {result: {absent: false}}, say: [], "
            "usage: {prompt_tokens: 0, completion_tokens: 0}}, [{tool_call: any}]]"
        ),
        AFTER,
        200,
        '"content":""',
    ),
    (
        "reasoning-only-turn",
        "say: [{reasoning: Hm.}], finish_reason: tool_calls",
        {},
        200,
        '"finish_reason":"tool_calls"',
    ),
    ("text-plus-tool-call", "say: [{text: Look.}, {tool_call: any}]", {}, 200, '"content":"Look."'),
    # HTTP: statuses, bodies, errors
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
    # Strict servers
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
    served = engine(f"turns: [{{{turn}}}]\nthen: repeat")
    wire, exchange = ask(served, chat(**({"messages": [USER]} | fields)), path=ROUTER)
    head = "".join(f"{name.decode()}: {value.decode()}\n" for name, value in wire.headers)

    assert (status, "") == (wire.status, exchange.error)
    assert shown in head + wire.body.decode()


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
