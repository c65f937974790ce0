"""What providers are known to do to events of chat can be written in YAML."""

from __future__ import annotations

from typing import Final

import pytest

from known_failures import (
    ARGUMENTS,
    CALL,
    CALLS,
    DELTA,
    FINISH,
    FUNCTION,
    ONE,
    TEXT,
    TWO,
    Row,
    chatted,
    plain,
    played,
    responded,
    seen,
)

IDENTITY: Final = [
    chatted("index-missing", ONE + f"""
faults: [{{fault: patch, label: tool_call, delete: ["{CALL}.index"]}}]
""", f"{CALL}.index", []),
    chatted("index-missing-parallel-separate-chunks", TWO + f"""
faults:
  - {{fault: merge, label: tool_call, each: call}}
  - {{fault: patch, label: tool_call, delete: ["{CALL}.index"]}}
""", CALL, [
        {"id": "call_a", "type": "function", "function": {"name": "a", "arguments": '{"x":1}'}},
        {"id": "call_b", "type": "function", "function": {"name": "b", "arguments": '{"y":2}'}},
    ]),
    chatted("index-all-zero-parallel", TWO + f"""
faults: [{{fault: patch, label: tool_call, set: {{"{CALL}.index": 0}}}}]
""", f"{CALL}.index", [0] * 6),
    chatted("index-starts-nonzero", TWO + f"""
faults: [{{fault: patch, label: tool_call, set: {{"{CALL}.index": "{{{{ value + 1 }}}}"}}}}]
""", f"{CALL}.index", [1, 1, 1, 2, 2, 2]),
    chatted("index-sparse-out-of-order", TWO + f"""
stream: {{order: interleaved}}
faults:
  - {{fault: patch, call: 0, set: {{"{CALL}.index": 4}}}}
  - {{fault: patch, call: 1, set: {{"{CALL}.index": 1}}}}
""", f"{CALL}.index", [4, 4, 1, 1, 4, 1]),
    chatted("index-drifts-on-continuation", ONE + f"""
faults: [{{fault: patch, label: tool_call, set: {{"{CALL}.index": "{{{{ number - 1 }}}}"}}}}]
""", f"{CALL}.index", [0, 1, 2]),
    chatted("id-null-continuation", TWO + f"""
faults:
  - fault: patch
    label: tool_call
    nth: rest
    each: call
    set: {{"{CALL}.id": null, "{CALL}.type": null, "{FUNCTION}.name": null}}
""", f"{CALL}.id", ["call_a", None, None, "call_b", None, None]),
    chatted("id-empty-string-continuation", ONE + f"""
faults: [{{fault: patch, label: tool_call, nth: rest, set: {{"{CALL}.id": ""}}}}]
""", f"{CALL}.id", ["call_a", "", ""]),
    chatted("id-repeated-every-chunk", TWO + f"""
faults:
  - fault: patch
    label: tool_call
    each: call
    set: {{"{CALL}.id": "{{{{ first.choices[0].delta.tool_calls[0].id }}}}"}}
""", f"{CALL}.id", ["call_a"] * 3 + ["call_b"] * 3),
    chatted("id-never-sent", ONE + f"""
faults: [{{fault: patch, label: tool_call, nth: 1, delete: ["{CALL}.id"]}}]
""", f"{CALL}.id", []),
    chatted("id-empty", ONE.replace("call_a", "''"), f"{CALL}.id", [""]),
    plain("id-empty", ONE.replace("call_a", "''"), "choices[0].message.tool_calls[*].id", [""]),
    chatted("name-repeated-full", ONE + f"""
faults:
  - fault: patch
    label: tool_call
    set: {{"{FUNCTION}.name": "{{{{ first.choices[0].delta.tool_calls[0].function.name }}}}"}}
""", f"{FUNCTION}.name", ["a", "a", "a"]),
    chatted("name-fragmented", ONE.replace("tool_call: a", "tool_call: get_weather") + f"""
faults:
  - {{fault: patch, label: tool_call, nth: 2, set: {{"{FUNCTION}.name": "ther"}}}}
  - {{fault: patch, label: tool_call, nth: 1, set: {{"{FUNCTION}.name": "get_wea"}}}}
""", f"{FUNCTION}.name", ["get_wea", "ther"]),
    chatted("function-null", ONE + f"""
faults: [{{fault: patch, label: tool_call, nth: 2, set: {{"{FUNCTION}": null}}}}]
""", f"{FUNCTION}", [{"name": "a", "arguments": ""}, None, {"arguments": '":1}'}]),
    chatted("type-null", ONE + f"""
faults: [{{fault: patch, label: tool_call, nth: 1, set: {{"{CALL}.type": null}}}}]
""", f"{CALL}.type", [None]),
    chatted("tool-calls-null-padding", TEXT + f"""
faults: [{{fault: patch, label: text, set: {{"{CALLS}": null}}}}]
""", CALLS, [None, None]),
    plain("tool-calls-null-padding", TEXT + """
faults: [{fault: patch, set: {"choices[0].message.tool_calls": null}}]
""", "choices[0].message.tool_calls", [None]),
    chatted("tool-calls-empty-array", TEXT + f"""
faults: [{{fault: patch, label: [start, text, finish], set: {{"{CALLS}": []}}}}]
""", CALLS, [[]] * 4),
    chatted("arguments-key-absent", ONE + f"""
faults: [{{fault: patch, label: tool_call, nth: 1, delete: ["{ARGUMENTS}"]}}]
""", ARGUMENTS, ['{"x', '":1}']),
    chatted("args-interleaved", TWO + """
stream: {order: interleaved}
""", f"{CALL}.index", [0, 0, 1, 1, 0, 1]),
    chatted("args-full-resend-at-end", ONE + f"""
faults:
  - {{fault: duplicate, label: tool_call, nth: last}}
  - {{fault: patch, label: tool_call, nth: last, set: {{"{ARGUMENTS}": '{{"x":1}}'}}}}
""", ARGUMENTS, ["", '{"x', '":1}', '{"x":1}']),
    chatted("args-cumulative", ONE + f"""
faults: [{{fault: patch, label: tool_call, set: {{"{ARGUMENTS}": "{{{{ joined() }}}}"}}}}]
""", ARGUMENTS, ["", '{"x', '{"x":1}']),
    chatted("args-tail-lost", TWO + """
faults: [{fault: drop, label: tool_call, nth: rest, each: call}]
""", ARGUMENTS, ["", ""]),
    responded("args-tail-lost", ONE + f"""
faults:
  - {{fault: drop, type: "{DELTA}"}}
  - {{fault: patch, type: "*_arguments.done", set: {{arguments: "{{}}"}}}}
""", "arguments", ["{}"]),
    chatted("late-single-chunk-call", ONE + """
pace: {ttft: 30}
faults: [{fault: merge, label: tool_call}]
""", ARGUMENTS, ['{"x":1}']),
]  # fmt: skip

PAYLOAD: Final = [
    chatted("args-null-in-one-fragment", ONE + f"""
faults: [{{fault: patch, label: tool_call, nth: 1, set: {{"{ARGUMENTS}": null}}}}]
""", ARGUMENTS, [None, '{"x', '":1}']),
    chatted("args-object-in-one-fragment", ONE + f"""
faults:
  - {{fault: drop, label: tool_call, nth: last}}
  - {{fault: patch, label: tool_call, nth: last, set: {{"{ARGUMENTS}": {{x: 1}}}}}}
""", ARGUMENTS, ["", {"x": 1}]),
    plain("args-object", ONE + """
faults: [{fault: patch, set: {"choices[0].message.tool_calls[0].function.arguments": {x: 1}}}]
""", "choices[0].message.tool_calls[0].function.arguments", [{"x": 1}]),
    chatted("args-truncated-as-tool-calls", """
say: [{tool_call: a, arguments: '{"x":', cut: whole}]
finish_reason: tool_calls
usage: {completion_tokens: 4}
""", FINISH, [None, None, "tool_calls"]),
    responded("args-object", ONE + """
faults:
  - {fault: patch, type: response.output_item.done, set: {item.arguments: {x: 1}}}
""", "item.arguments", ["", {"x": 1}]),
]  # fmt: skip

ENDS: Final = [
    chatted("finish-calls-without-calls", TEXT + """
finish_reason: tool_calls
""", FINISH, [None, None, None, "tool_calls"]),
    chatted("finish-null", ONE + f"""
faults: [{{fault: patch, label: finish, set: {{"{FINISH}": null}}}}]
""", FINISH, [None] * 4),
    chatted("finish-missing", ONE + """
faults: [{fault: drop, label: finish}]
""", FINISH, [None] * 3),
    chatted("finish-empty-string", ONE + f"""
faults: [{{fault: patch, label: [start, tool_call], set: {{"{FINISH}": ""}}}}]
""", FINISH, ["", "", "", "tool_calls"]),
    chatted("finish-unknown-value", ONE + "finish_reason: end_turn\n", FINISH,
        [None, None, None, "end_turn"]),
    chatted("finish-calls-then-stop", ONE + f"""
faults:
  - {{fault: duplicate, label: finish}}
  - {{fault: patch, label: finish, nth: last, set: {{"{FINISH}": stop}}}}
""", FINISH, [None, None, None, "tool_calls", "stop"]),
    chatted("finish-in-same-chunk-as-call", ONE + """
faults: [{fault: merge, label: [tool_call, finish]}]
""", FINISH, ["tool_calls"]),
    chatted("finish-in-same-chunk-as-last-fragment", ONE + """
faults: [{fault: merge, label: [tool_call, finish], nth: "-2.."}]
""", FINISH, [None, None, "tool_calls"]),
    chatted("truncated-but-done", ONE + """
faults:
  - {fault: drop, label: [tool_call, finish], nth: 3..}
""", "labels", ["tool_call", "tool_call", "done"]),
    chatted("chunk-after-done", TEXT + """
faults: [{fault: move, label: finish, after: {label: done}}]
""", "labels", ["start", "text", "text", "done", "finish"]),
]  # fmt: skip

ENVELOPE: Final = [
    chatted("choices-empty-first-chunk", TEXT + """
faults:
  - fault: insert
    at: start
    event: {id: "{{ event.id[:9] }}", object: chat.completion.chunk, choices: []}
""", "choices[*].index", [0] * 4),
    chatted("choices-null", TEXT + """
faults: [{fault: patch, label: text, nth: 1, set: {choices: null}}]
""", "choices[*].index", [0] * 3),
    plain("choices-null", TEXT + """
faults: [{fault: patch, set: {choices: null}}]
""", "choices", [None]),
    chatted("delta-null", TEXT + """
faults: [{fault: patch, label: finish, set: {"choices[0].delta": null}}]
""", "choices[0].delta.content", ["", "ab", "cd"]),
    chatted("event-data-null", TEXT + """
faults: [{fault: insert, event: null, before: {label: text}}]
""", "labels", ["start", "other", "text", "other", "text", "finish", "done"]),
    chatted("role-null-or-empty", TEXT + """
faults:
  - {fault: patch, label: text, set: {"choices[0].delta.role": ""}}
  - {fault: patch, label: finish, set: {"choices[0].delta.role": null}}
""", "choices[0].delta.role", ["assistant", "", "", None]),
    chatted("role-absent-before-calls", TWO + """
faults: [{fault: patch, label: start, delete: ["choices[0].delta.role"]}]
""", "choices[0].delta.role", []),
    chatted("usage-every-chunk", TEXT + """
faults:
  - fault: patch
    label: text
    set: {usage: {prompt_tokens: 5, completion_tokens: "{{ number }}"}}
""", "usage.completion_tokens", [1, 2]),
    plain("usage-foreign-names", TEXT + """
usage: {prompt_tokens: 5}
faults:
  - fault: patch
    rename: {usage.prompt_tokens: input_tokens, usage.completion_tokens: output_tokens}
""", "usage.input_tokens", [5]),
    chatted("chunk-id-varies", TEXT + """
faults: [{fault: patch, set: {id: "chatcmpl-{{ number }}"}}]
""", "id", ["chatcmpl-1", "chatcmpl-2", "chatcmpl-3", "chatcmpl-4"]),
    chatted("content-cumulative", TEXT + """
faults:
  - fault: patch
    label: text
    set: {"choices[0].message": {content: "{{ joined('choices[0].delta.content') }}"}}
""", "choices[0].message.content", ["ab", "abcd"]),
    chatted("nonstandard-progress-field", ONE + """
faults:
  - fault: insert
    before: {label: tool_call}
    event: {choices: [{index: 0, delta: {}, tool_call_generating: true}]}
""", "choices[0].tool_call_generating", [True] * 3),
    chatted("bad-json-line", TEXT + """
faults: [{fault: replace, label: text, nth: 1, data: '{"id":'}]
""", "data", ['{"id":', "[DONE]"]),
    chatted("midstream-error-empty-choices", TEXT + """
faults:
  - fault: replace
    label: finish
    events:
      - {choices: [], error: {code: 502, message: "{{ event.model }} is away"}}
""", "error.message", ["gpt-4o is away"]),
]  # fmt: skip


@pytest.mark.parametrize("row", [*IDENTITY, *PAYLOAD, *ENDS, *ENVELOPE], ids=str)
def test_a_known_failure_can_be_written(row: Row) -> None:
    """It is on the wire as the row says, and no fault has anything to complain of."""
    wire, exchange = played(row)

    assert () == exchange.warnings
    assert row.expected == seen(wire, row.path)
