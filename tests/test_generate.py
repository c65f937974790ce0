"""Made-up values: what chance decides, what is empty, and schemas that have no value."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from mockrouter.errors import MockRouterError
from mockrouter.generate import InvalidSchema, Unsatisfiable, generate
from mockrouter.values import JsonObject
from tool_schemas import STRING, errors, tool


def test_seeds_differ() -> None:
    """Another seed makes other values."""
    schema = tool(city=STRING, n={"type": "integer"})
    assert len({json.dumps(generate(schema, seed=str(seed))) for seed in range(10)}) > 5


@pytest.mark.parametrize("schema", [None, {}, {"type": "object"}, tool([])])
def test_a_tool_without_parameters_gets_an_empty_object(schema: JsonObject | None) -> None:
    """No schema, an empty one and one without properties all mean that there is nothing to say."""
    assert {} == generate(schema, seed="1", words="What's the weather in Tokyo?")


def test_a_tool_that_requires_nothing_gets_its_first_property_without_default() -> None:
    """A call that says nothing at all would be of no use to anybody's tool."""
    value = generate(tool([], limit={"type": "integer", "default": 3}, city=STRING), seed="1")
    assert ["city"] == list(value)


HOPELESS: list[tuple[JsonObject, str, str]] = [
    (tool(a={"type": "string", "pattern": r"^\p{L}+$"}), "$.properties.a.pattern", r"\\p{L}"),
    (tool(a=tool(b={"type": "integer", "minimum": 3, "maximum": 2})), "$.a.b", "bounds"),
    (tool(a={"type": "number", "exclusiveMinimum": 1, "maximum": 1}), "$.a", "no value was found"),
    ({"type": "strin"}, "$.type", "'strin'"),
    ({"type": "object", "properties": []}, "$.properties", "not of type 'object'"),
    ({"type": "object", "properties": {"a": False}, "required": ["a"]}, "$.a", "false"),
    ({"$ref": "#"}, "$", "leads back to itself"),
    ({"not": {"$ref": "#"}}, "$", "contains itself"),
    ({"$ref": "https://example.com/schema.json"}, "$", "points to nothing"),
    (tool(a={"$ref": "#/$defs/nope"}), "$.a", "points to nothing"),
    (tool(next={"$ref": "#"}), "$.next.next", "comes to no end"),
    ({"type": "array", "items": STRING, "minItems": 10**9}, "$", "1000000000 items"),
    ({"type": "string", "minLength": 10**9}, "$", "minLength"),
    ({"type": "string", "minLength": 3, "maxLength": 2}, "$", "at least 3 and at most 2"),
    ({"type": "string", "pattern": "^(?!a)a$"}, "$", "matches"),
    ({"allOf": [STRING, {"type": "integer"}]}, "$", "every part"),
    ({"allOf": [{"enum": [1]}, {"enum": [2]}]}, "$", "every part"),
    (
        {"type": "array", "uniqueItems": True, "minItems": 3, "items": {"type": "boolean"}},
        "$[2]",
        "too few different values",
    ),
    ({"type": "object", "minProperties": 3, "propertyNames": {"enum": ["a", "b"]}}, "$", "too few"),
    ({"type": "object", "not": {}}, "$", "no value was found"),
    (
        {
            "anyOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/a"}],
            "$defs": {"a": tool(x={"$ref": "#"}, y={"$ref": "#"})},
        },
        "$",
        "",
    ),
]


@pytest.mark.parametrize(("schema", "path", "why"), HOPELESS)
def test_a_schema_without_a_value_says_where_and_why(
    schema: JsonObject, path: str, why: str
) -> None:
    """It neither hangs nor crashes: the error names the path and the reason."""
    with pytest.raises(Unsatisfiable) as caught:
        generate(schema, seed="1")
    assert caught.value.path.startswith(path)
    assert why in caught.value.why
    assert isinstance(caught.value, MockRouterError)


def test_a_pattern_that_could_search_for_ever_is_met_at_once() -> None:
    """Such a pattern is tried on nothing but strings made from it."""
    schema = tool(query={"type": "string", "pattern": r"^(\w+\s?)*$", "minLength": 40})
    words = "Search for " + "every word and " * 20 + "!"
    value = generate(schema, seed="1", words=words)
    assert [] == errors(schema, value)


@pytest.mark.parametrize(
    ("schema", "steps", "message"),
    [
        ({"type": "strin"}, ("type",), "'strin' is not valid under any of the given schemas"),
        ({"properties": []}, ("properties",), "[] is not of type 'object'"),
        (
            tool(a={"required": True}),
            ("properties", "a", "required"),
            "True is not of type 'array'",
        ),
        (tool(a={"pattern": "("}), ("properties", "a", "pattern"), "'(' is not a 'regex'"),
    ],
)
def test_what_is_no_schema_is_told_apart(
    schema: JsonObject, steps: tuple[str, ...], message: str
) -> None:
    """It is the client's mistake, and the real APIs have words for it, which are jsonschema's."""
    with pytest.raises(InvalidSchema) as caught:
        generate(schema, seed="1")
    assert (steps, message, None) == (
        caught.value.steps,
        caught.value.message,
        caught.value.function,
    )


def test_a_schema_nested_beyond_reason_is_refused() -> None:
    """Thousands of levels are an error of ours, not a RecursionError."""
    schema: JsonObject = {"type": "string"}
    for _ in range(5000):
        schema = {"type": "array", "minItems": 1, "items": schema}
    with pytest.raises(Unsatisfiable, match="nested too deeply"):
        generate(schema, seed="1")


def test_importing_it_loads_neither_faker_nor_jsonschema() -> None:
    """A server that starts must not wait for what it may never need."""
    code = (
        "import sys, mockrouter.auto, mockrouter.generate;"
        "print([name for name in ('faker', 'jsonschema', 'referencing') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert b"[]" == found.stdout.strip()
