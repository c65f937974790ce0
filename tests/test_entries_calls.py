"""Verdicts on tool calls, in OpenRouter's classes."""

from __future__ import annotations

import pytest

from mockrouter.entries.calls import ToolResult, tool_call
from mockrouter.request import Tool
from mockrouter.values import Json

CITY: dict[str, Json] = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "array", "items": {"minimum": 1}}},
    "required": ["city"],
}
TOOLS = [Tool("weather", parameters=CITY), Tool("bare"), Tool("sql", custom=True)]


@pytest.mark.parametrize(
    ("name", "sent", "verdict", "words"),
    [
        ("weather", '{"city":"Oslo"}', "valid", ""),
        ("bare", '{"any":"thing"}', "valid", ""),
        ("bare", "[1]", "valid", ""),
        ("sql", "select 1", "valid", ""),
        ("sql", "", "valid", ""),
        ("weather", "", "InvalidJson", "no JSON"),
        ("weather", '{"city":"Os', "InvalidJson", "Unterminated string starting at character 8"),
        ("weather", '{"city":NaN}', "InvalidJson", "NaN"),
        ("bare", "oops", "InvalidJson", "no JSON"),
        ("weather", {"city": "Oslo"}, "InvalidJson", "an object in place of a text"),
        ("weather", None, "InvalidJson", "null in place of a text"),
        ("weather", "[" * 100_000, "InvalidJson", "too deep"),
        ("wether", "{}", "UnknownName", "no tool 'wether'"),
        ("weather", "{}", "SchemaMismatch", "at $: 'city' is a required property"),
        ("weather", '{"city":"Oslo","days":[1,0]}', "SchemaMismatch", "at $.days[1]: 0 is less"),
        ("weather", "[]", "SchemaMismatch", "at $: [] is not of type 'object'"),
    ],
)
def test_verdicts(name: str, sent: Json, verdict: str, words: str) -> None:
    """The class, and a sentence that says where and why."""
    call = tool_call(name, sent, "c1", TOOLS)

    assert verdict == call.verdict
    assert words in call.problem
    assert bool(call.problem) == (verdict != "valid") == call.problem.endswith(".")


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "text"},
        {"properties": {"city": {"pattern": "[a-"}}},
        {"$ref": "https://example.invalid/schema.json"},
        {"$ref": "#/definitions/nothing"},
        {"$ref": "#"},
        {"$id": "http://[", "$ref": "other.json"},
        {"properties": {"city": {"pattern": "(?<n>x)"}}},
        {"properties": 3},
        {"title": "x", "properties": {"city": {"$ref": "#/title"}}},
        {"minProperties": 0, "properties": {"city": {"$ref": "#/minProperties"}}},
        {"required": ["city"], "properties": {"city": {"$ref": "#/required"}}},
        {"x": None, "properties": {"city": {"$ref": "#/x"}}},
        {},
    ],
    ids=str,
)
def test_a_schema_that_cannot_be_used_fits_everything(schema: dict[str, Json]) -> None:
    """What OpenRouter does with it; nothing is fetched."""
    assert "valid" == tool_call("t", '{"city":"x"}', "", [Tool("t", parameters=schema)]).verdict


def test_draft_7_it_is() -> None:
    """Words of later drafts say nothing, and draft 7's lists of items do."""
    later = Tool("t", parameters={"prefixItems": [{"type": "string"}]})
    listed = Tool("t", parameters={"items": [{"type": "string"}]})

    assert "valid" == tool_call("t", "[1]", "", [later]).verdict
    assert "SchemaMismatch" == tool_call("t", "[1]", "", [listed]).verdict


def test_what_cannot_be_parsed_stays_text() -> None:
    """Arguments and results alike."""
    call = tool_call("bare", "oops", "", TOOLS)

    assert ("oops", "oops") == (call.arguments, call.text)
    assert ("oops", {"a": 1}) == (
        ToolResult("", "", "oops", 1).value,
        ToolResult("", "", '{"a": 1}', 1).value,
    )
