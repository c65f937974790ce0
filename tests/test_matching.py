"""Which requests a scenario answers, and why others are not answered."""

from __future__ import annotations

import pytest

from mockrouter.dialects import DIALECTS
from mockrouter.profiles import OPENAI
from mockrouter.request import Request
from mockrouter.scenario.matching import CONDITIONS, Match, differences
from mockrouter.values import Json, JsonObject
from scripts import USER, WEATHER, chat


def read(body: JsonObject) -> Request:
    """Read a chat request."""
    headers = {"x-team": "Blue", "content-length": "1234"}
    return DIALECTS["chat"].read(body, headers, OPENAI, 0)


SYSTEM = {"role": "system", "content": "You are terse."}
CALL = {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": "{}"}}
ASSISTANT = {"role": "assistant", "content": None, "tool_calls": [CALL]}
RESULT = {"role": "tool", "tool_call_id": "call_1", "content": '{"error": "city_not_found"}'}
FORCED = {"type": "function", "function": {"name": "get_weather"}}

REQUEST = chat(SYSTEM, USER, ASSISTANT, RESULT, stream=True, tool_choice=FORCED)

ROWS: list[tuple[JsonObject, JsonObject]] = [
    ({"dialect": "chat"}, {"dialect": "responses"}),
    ({"profile": "openai"}, {"profile": "solrouter"}),
    ({"stream": True}, {"stream": "absent"}),
    ({"stream": True}, {"stream": "plain"}),
    ({"model": "gpt-*"}, {"model": "claude-*"}),
    ({"tools": "*"}, {"tools": "none"}),
    ({"tools": ["get_weather"]}, {"tools": ["get_weather", "get_time"]}),
    ({"tool_choice": "get_weather"}, {"tool_choice": "absent"}),
    ({"parallel_tool_calls": "absent"}, {"parallel_tool_calls": False}),
    ({"response_format": "text"}, {"response_format": "json_object"}),
    ({"system": "terse"}, {"system": {"absent": True}}),
    ({"user": "tokyo"}, {"user": {"equals": "tokyo"}}),
    ({"result": "city_not_found"}, {"result": {"absent": True}}),
    ({"turn": 1}, {"turn": "2.."}),
    ({"headers": {"X-Team": {"equals": "Blue"}}}, {"headers": {"X-Team": {"absent": True}}}),
    ({"body": {"$.messages[-1].role": "tool"}}, {"body": {"$.n": {"absent": False}}}),
    ({"body_bytes": "1000.."}, {"body_bytes": "..1000"}),
    ({"chance": 1.0}, {"chance": 1e-9}),
    ({"every": 1}, {"every": 2}),
    ({"any_of": [{"turn": 9}, {"turn": 1}]}, {"any_of": [{"turn": 9}, {"turn": 8}]}),
    ({"none_of": [{"turn": 9}]}, {"none_of": [{"turn": 9}, {"stream": True}]}),
]


@pytest.mark.parametrize(("holds", "fails"), ROWS, ids=str)
def test_a_condition_holds_or_says_why_not(holds: JsonObject, fails: JsonObject) -> None:
    """Every condition is found to hold, and to fail with a difference that names it."""
    request = read(REQUEST)
    found = differences(Match.model_validate(fails), request)

    assert differences(Match.model_validate(holds), request) == []
    assert {d.condition.split(".")[0].split("[")[0] for d in found} == set(fails)


def test_every_condition_has_a_row() -> None:
    """A condition that is added is tested."""
    assert {next(iter(holds)) for holds, _ in ROWS} == set(CONDITIONS) == set(Match.model_fields)


def test_a_difference_shows_both_values() -> None:
    """The sentence names condition, actual and expected value."""
    found = differences(Match.model_validate({"model": "claude-*", "turn": "2.."}), read(REQUEST))

    assert {"model is 'gpt-4o', not 'claude-*'", "turn is 1, not 2.."} == set(map(str, found))


def test_the_last_results_alone_wait_for_an_answer() -> None:
    """Results that the model has answered are past."""
    done = [SYSTEM, USER, ASSISTANT, RESULT, {"role": "assistant", "content": "No."}, USER]

    assert differences(Match.model_validate({"result": {"absent": True}}), read(chat(*done))) == []


def test_no_tools_at_all() -> None:
    """`tools: none` asks for a request without tools."""
    none = Match.model_validate({"tools": "none"})

    assert differences(none, read(chat(tools=...))) == []
    assert differences(none, read(chat(tools=[WEATHER]))) != []


@pytest.mark.parametrize("when", [{}, {"tools": []}, {"any_of": []}, {"nonsense": 1}])
def test_nonsense_is_refused(when: Json) -> None:
    """A `when` that says nothing, or what nobody knows, is a mistake."""
    with pytest.raises(ValueError, match="validation error"):
        Match.model_validate(when)
