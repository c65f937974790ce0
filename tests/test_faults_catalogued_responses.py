"""What providers are known to do to events of Responses can be written in YAML."""

from __future__ import annotations

from typing import Final

import pytest

from known_failures import (
    DELTA,
    ONE,
    TEXT,
    TWO,
    Row,
    played,
    responded,
    seen,
)

RESPONSES: Final = [
    responded("args-delta-no-item-id", ONE + f"""
faults: [{{fault: patch, type: "{DELTA}", rename: {{item_id: call_id}}, set: {{call_id: call_a}}}}]
""", "call_id", ["call_a", "call_a"]),
    responded("item-id-missing", ONE + """
faults:
  - {fault: patch, type: response.output_item.*, delete: [item.id]}
  - {fault: patch, label: finish, delete: ["response.output[?@.type=='function_call'].id"]}
""", "response.output[*].call_id", ["call_a"]),
    responded("output-index-collision", TWO + """
faults: [{fault: patch, label: tool_call, set: {output_index: 0}}]
""", "output_index", [0] * 10),
    responded("items-closed-late", TWO + """
faults: [{fault: move, type: "response.*.done", before: {label: finish}}]
""", "type", ["response.created", "response.in_progress"]
        + ["response.output_item.added", DELTA, DELTA] * 2
        + ["response.function_call_arguments.done", "response.output_item.done"] * 2
        + ["response.completed"]),
    responded("args-only-in-done", ONE + f"""
faults: [{{fault: drop, type: "{DELTA}"}}]
""", "delta", []),
    responded("item-done-missing", ONE + """
faults: [{fault: drop, type: ["*_arguments.done", response.output_item.done]}]
""", "item.arguments", [""]),
    responded("completed-output-empty", TEXT + """
faults: [{fault: patch, label: finish, set: {response.output: []}}]
""", "response.output", [[], [], []]),
    responded("terminal-renamed", TEXT + """
faults: [{fault: patch, label: finish, set: {type: response.done}}]
""", "names", ["response.done"]),
    responded("object-not-nested", TEXT + """
faults:
  - {fault: replace, label: finish, event: "{{ dict(event.response, type=event.type) }}"}
""", "status", ["completed"]),
    responded("truncation-says-completed", """
say: []
usage: {completion_tokens: 9}
""", "response.status", ["in_progress", "in_progress", "completed"]),
    responded("incomplete-mid-call", ONE + """
finish_reason: length
faults: [{fault: drop, type: "response.*.done"}]
""", "response.status", ["in_progress", "in_progress", "incomplete"]),
    responded("failed-no-error", TEXT + """
error: 500
faults:
  - {fault: drop, label: error}
  - {fault: patch, label: finish, set: {response.error: null}}
""", "response.error", [None] * 3),
    responded("error-chat-shaped", TEXT + """
faults: [{fault: insert, after: {label: text, nth: 4}, event: {error: {message: no}}}]
""", "error.message", ["no"]),
    responded("overload-as-event", TEXT + """
faults:
  - {fault: drop, label: [text, finish]}
  - {fault: insert, at: end, event: {type: error, code: server_is_overloaded, message: Later.}}
""", "type", ["response.created", "response.in_progress", "error"]),
    responded("unknown-event", TEXT + """
faults:
  - fault: insert
    after: {label: start}
    event: {type: keepalive, sequence_number: "{{ event.sequence_number }}"}
""", "sequence_number", [0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
    responded("sequence-gaps", TEXT + """
faults: [{fault: patch, set: {sequence_number: "{{ value * 10 }}"}}]
""", "sequence_number", [n * 10 for n in range(10)]),
    responded("sequence-renumbered", TEXT + """
faults:
  - {fault: drop, type: "*content_part*"}
  - {fault: patch, set: {sequence_number: "{{ number - 1 }}"}}
""", "sequence_number", [*range(8)]),
    responded("sequence-first-omitted", TEXT + """
faults: [{fault: patch, nth: 1, delete: [sequence_number]}]
""", "sequence_number", [*range(1, 10)]),
    responded("required-fields-missing", TEXT + """
faults:
  - fault: patch
    where: {response.id: {absent: false}}
    delete: [response.output, response.status]
""", "response.status", []),
    responded("skeleton", TEXT + """
faults: [{fault: drop, type: [response.in_progress, "*.added", "*.delta", "*_part.done"]}]
""", "type", [
        "response.created",
        "response.output_text.done",
        "response.output_item.done",
        "response.completed",
    ]),
    responded("done-sentinel", TEXT + """
faults: [{fault: insert, data: "[DONE]", at: end}]
""", "data", ["[DONE]"]),
    responded("contradictory-terminals", TEXT + """
faults:
  - {fault: duplicate, label: finish}
  - {fault: patch, label: finish, nth: last, set: {type: response.failed, response.status: failed}}
""", "names", ["response.completed", "response.failed"]),
    responded("deltas-cumulative", ONE + f"""
faults: [{{fault: patch, type: "{DELTA}", set: {{delta: "{{{{ joined() }}}}"}}}}]
""", "delta", ['{"x', '{"x":1}']),
]  # fmt: skip


@pytest.mark.parametrize("row", RESPONSES, ids=str)
def test_a_known_failure_can_be_written(row: Row) -> None:
    """It is on the wire as the row says, and no fault has anything to complain of."""
    wire, exchange = played(row)

    assert () == exchange.warnings
    assert row.expected == seen(wire, row.path)
