"""What providers are known to do to events can be written down, without a word of Python."""

from __future__ import annotations

import re
from dataclasses import dataclass
from textwrap import indent
from typing import Final

import pytest

from mockrouter.patterns import Path
from mockrouter.values import Json, JsonObject, parsed
from mockrouter.wire import Label, Wire
from scripts import WEATHER, ask, chat, engine

ONE: Final = """
say:
  - {tool_call: a, arguments: '{"x":1}', id: call_a, cut: [3, 4]}
"""
TWO: Final = """
say:
  - {tool_call: a, arguments: '{"x":1}', id: call_a, cut: [3, 4]}
  - {tool_call: b, arguments: '{"y":2}', id: call_b, cut: [3, 4]}
ignores: [parallel_tool_calls]
"""
TEXT: Final = """
say: [{text: abcd, cut: [2, 2]}]
"""
CALLS: Final = "choices[0].delta.tool_calls"
CALL: Final = f"{CALLS}[0]"
FUNCTION: Final = f"{CALL}.function"
ARGUMENTS: Final = f"{FUNCTION}.arguments"
FINISH: Final = "choices[0].finish_reason"
DELTA: Final = "response.function_call_arguments.delta"


@dataclass(frozen=True)
class Row:
    """
    One failure.

    Attributes:
        name: In the catalogue.

        answer: YAML of what is said, and of what goes wrong with it.

        path: What is looked at in each event; ``labels`` and ``data`` are those of the frames.

        expected: What stands there, in the order of the events.

        dialect: The format.

        stream: The mode.
    """

    name: str
    answer: str
    path: str
    expected: list[Json]
    dialect: str = "chat"
    stream: bool = True

    def __str__(self) -> str:
        """Tell it from all others."""
        return f"{self.dialect}{'' if self.stream else '-plain'}-{self.name}"


def chatted(name: str, answer: str, path: str, expected: list[Json]) -> Row:
    """Expect this of a stream of chunks."""
    return Row(name, answer, path, expected)


def plain(name: str, answer: str, path: str, expected: list[Json]) -> Row:
    """Expect this of a plain chat reply."""
    return Row(name, answer, path, expected, stream=False)


def responded(name: str, answer: str, path: str, expected: list[Json]) -> Row:
    """Expect this of a stream of Responses."""
    return Row(name, answer, path, expected, dialect="responses")


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

ROWS: Final = [*IDENTITY, *PAYLOAD, *ENDS, *ENVELOPE, *RESPONSES]


def seen(wire: Wire, path: str) -> list[Json]:
    """
    Look at something in all events of a wire.

    ``labels`` are those of the frames, ``names`` those of the last events, and ``data`` is what is
    no JSON.
    """
    if path == "labels":
        return [str(frame.label) for frame in wire.frames]
    if path == "names":
        ends = [frame.data for frame in wire.frames if frame.label is Label.FINISH]
        return [end.split(b"\n")[0].decode().removeprefix("event: ") for end in ends]
    events = [parsed(re.split("(?:^|\n)data: ", f.data.decode())[-1].strip()) for f in wire.frames]
    if path == "data":
        return [event for event in events if isinstance(event, str)]
    return [value for event in events for value in Path(f"$.{path}").values_in(event)]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_known_failure_can_be_written(row: Row) -> None:
    """It is on the wire as the row says, and no fault has anything to complain of."""
    served = engine("turns:\n  -\n" + indent(row.answer, "    "))
    wire, exchange = ask(served, _body(row), path=_path(row))

    assert () == exchange.warnings
    assert row.expected == seen(wire, row.path)


def _path(row: Row) -> str:
    return "/v1/chat/completions" if row.dialect == "chat" else "/v1/responses"


def _body(row: Row) -> JsonObject:
    if row.dialect == "chat":
        return chat(stream=row.stream)
    tools = [{"type": "function", **WEATHER["function"]}]
    return {"model": "gpt-4o", "input": "Hi", "tools": tools, "stream": row.stream}
