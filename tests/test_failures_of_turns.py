"""Real failures of turns: each can be written, in a few lines."""

from __future__ import annotations

import pytest

from failing_turns import AFTER, answered, whole
from mockrouter.values import Json, JsonObject

ROWS: list[tuple[str, str, JsonObject, int, str]] = [
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
]


@pytest.mark.parametrize(
    ("turn", "fields", "status", "shown"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_it_can_be_written(turn: str, fields: Json, status: int, shown: str) -> None:
    """One turn says it, and it arrives."""
    wire, exchange = answered(turn, fields)

    assert (status, "") == (wire.status, exchange.error)
    assert shown in whole(wire)
