"""What malformations know of a tool's schema: what it allows, whatever it says."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from jsonschema import Draft7Validator, Draft202012Validator

from good_arguments import DEFS, tools
from mockrouter.malformations import MALFORMATIONS
from mockrouter.malformations.parameters import ALL, Parameters
from mockrouter.values import Json, JsonObject


@given(tools())
def test_never_forbids_what_the_schema_allows(tool: tuple[JsonObject, JsonObject | None]) -> None:
    """Good arguments have types and values that are known as allowed, so mismatches are real."""
    good, schema = tool
    parameters = Parameters(schema)

    assert Draft202012Validator(schema or {}).is_valid(good)
    for name, value in good.items():
        kind = {"type": sorted(parameters.types(name))}
        assert Draft7Validator(kind).is_valid(value)
        listed = parameters.values(name)
        assert listed is None or value in listed


@pytest.mark.parametrize(
    "odd",
    [
        {"$ref": "#/$defs/Loop"},
        {"$ref": "#/nowhere"},
        {"$ref": "https://example.com/schema"},
        {"$ref": 1},
        {"type": "any"},
        {"type": 5},
        {"anyOf": []},
        {"anyOf": {}},
        {"enum": "a"},
        True,
        None,
        [],
    ],
)
def test_odd_schemas_do_no_harm(odd: Json) -> None:
    """A schema that says nothing, or nothing sensible, is taken to allow everything."""
    schema = {"properties": {"a": odd}, "$defs": DEFS}

    assert ALL == Parameters(schema).types("a")
    assert Parameters(schema).values("a") is None
    assert "[]" == MALFORMATIONS["wrong_type"].apply({}, schema, Random(0))


@pytest.mark.parametrize("root", [{"properties": None, "required": True}, {"$ref": "#"}, {}])
def test_odd_roots_do_no_harm(root: JsonObject) -> None:
    """So is one whose properties are none."""
    assert {} == Parameters(root).properties
    assert [] == Parameters(root).required
