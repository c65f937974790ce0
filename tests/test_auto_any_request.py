"""The built-in brain answers any request at all, at once and the same each time."""

from __future__ import annotations

import json
import time

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brain import (
    CALCULATE,
    SEARCH,
    WEATHER,
    ask,
)
from mockrouter.auto import decide
from mockrouter.auto.talk import is_talk
from mockrouter.generate import Unsatisfiable
from mockrouter.reply import ToolCall
from mockrouter.request import Tool, ToolChoice
from mockrouter.values import JsonObject


@settings(max_examples=60)
@given(
    st.text(max_size=80),
    st.lists(st.text(min_size=1, max_size=12), max_size=4),
    st.sampled_from([None, {}, WEATHER.parameters, SEARCH.parameters]),
    st.booleans(),
)
def test_any_words_and_names_get_an_answer_and_the_same_again(
    words: str,
    names: list[str],
    schema: JsonObject | None,
    parallel: bool,  # noqa: FBT001  (drawn by place)
) -> None:
    """Tools called anything at all are called, with valid arguments; nothing depends on chance."""
    tools = [Tool(name, words, schema) for name in names]
    choice = ToolChoice("required" if is_talk(words) else "auto")
    request = ask(words, *tools, parallel_tool_calls=parallel, tool_choice=choice)
    parts = decide(request, "seed")
    assert parts == decide(request, "seed")
    assert bool(names) == all(isinstance(part, ToolCall) for part in parts)
    assert parallel or len(parts) == 1
    for part in parts:
        if isinstance(part, ToolCall):
            assert part.name in names
            jsonschema.validate(json.loads(part.arguments), schema or {})


@pytest.mark.parametrize(
    "broken",
    [
        {"type": "object", "properties": []},
        {"type": "object", "properties": {"city": "string"}},
        {"type": "object", "properties": {"city": {"type": 5, "format": []}}, "required": [7]},
        {"properties": {"city": {"type": "string", "pattern": r"\p{L}"}}, "required": ["city"]},
        {"properties": {"city": {"type": "string", "enum": "Rome"}}, "required": True},
    ],
)
def test_a_schema_that_is_none_is_an_error_of_its_own(broken: JsonObject) -> None:
    """A client's broken schema is reported with its place, and crashes nothing on the way."""
    with pytest.raises(Unsatisfiable, match=r"\$"):
        decide(ask("Weather in Rome?", Tool("get_weather", "", broken), CALCULATE), "seed")


def test_many_tools_and_long_words_take_no_time() -> None:
    """A hundred tools and a long prompt are usual in agents; the bound is generous."""
    tools = [Tool(f"tool_{n}", "Get things", WEATHER.parameters) for n in range(128)]
    start = time.perf_counter()
    decide(ask("Weather in Rome, please and thanks. (((1 + " * 5000, *tools), "seed")
    assert time.perf_counter() - start < 10
