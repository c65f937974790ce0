"""Made-up values for schemas as people write them, judged by jsonschema's own validators."""

from __future__ import annotations

import json
from typing import Literal

import pytest
from pydantic import BaseModel, Field

from mockrouter.generate import generate
from mockrouter.values import JsonObject
from tool_schemas import STRING, errors, tool


class Address(BaseModel):
    """A nested model, which pydantic puts under ``$defs``."""

    street: str
    zip_code: str = Field(pattern=r"^\d{5}(-\d{4})?$")


class Order(BaseModel):
    """A model with all that pydantic's schemas are known for."""

    customer: str = Field(min_length=2, max_length=40)
    ship_to: Address
    bill_to: Address | None
    note: str | None = None
    priority: Literal["low", "normal", "high"] = "normal"
    quantities: list[int] = Field(min_length=2, max_length=4)
    price: float = Field(gt=0, lt=10)


class Node(BaseModel):
    """A model that holds itself."""

    label: str
    children: list[Node] = Field(min_length=0)
    parent: Node | None


REALISTIC: dict[str, JsonObject] = {
    "pydantic": Order.model_json_schema(),
    "pydantic recursion": Node.model_json_schema(),
    "strict": {
        **tool(city=STRING, unit={"type": ["string", "null"], "enum": ["c", "f", None]}),
        "additionalProperties": False,
    },
    "array of nested objects": tool(
        entities={
            "type": "array",
            "minItems": 2,
            "items": tool(
                name=STRING,
                entityType=STRING,
                observations={"type": "array", "items": STRING, "minItems": 1},
            ),
        }
    ),
    "edits of a file": {
        **tool(
            ["path", "edits"],
            path=STRING,
            edits={"type": "array", "items": tool(oldText=STRING, newText=STRING)},
            dryRun={"type": "boolean", "default": False},
        ),
        "$schema": "http://json-schema.org/draft-07/schema#",
        "additionalProperties": False,
    },
    "discriminated union": tool(
        shape={
            "oneOf": [
                tool(kind={"const": "circle"}, radius={"type": "number", "exclusiveMinimum": 0}),
                tool(kind={"const": "square"}, side={"type": "number", "minimum": 1}),
            ]
        }
    ),
    "expression tree": {
        "$ref": "#/$defs/expression",
        "$defs": {
            "expression": {
                "oneOf": [
                    tool(
                        op={"enum": ["+", "*"]},
                        left={"$ref": "#/$defs/expression"},
                        right={"$ref": "#/$defs/expression"},
                    ),
                    {"type": "number"},
                ]
            }
        },
    },
    "formats": tool(
        **{
            kind.replace("-", "_"): {"type": "string", "format": kind}
            for kind in (
                "date",
                "time",
                "date-time",
                "email",
                "uri",
                "uuid",
                "ipv4",
                "ipv6",
                "hostname",
                "duration",
                "regex",
                "json-pointer",
            )
        }
    ),
    "patterns": tool(
        iso={"type": "string", "pattern": "^[A-Z]{3}$"},
        slug={"type": "string", "pattern": "^[a-z0-9]+(?:-[a-z0-9]+)*$", "minLength": 12},
        color={"type": "string", "pattern": "^#(?:[0-9a-fA-F]{3}){1,2}$"},
        password={"type": "string", "pattern": r"^(?=.*\d)(?=.*[A-Z]).{8,}$", "maxLength": 20},
        quoted={"type": "string", "pattern": r"^(['\"])[^'\"]+\1$"},
    ),
    "wide integers": tool(
        n={"type": "integer", "minimum": -9007199254740991, "maximum": 9007199254740991}
    ),
    "steps": tool(
        price={"type": "number", "multipleOf": 0.05, "minimum": 0.1, "maximum": 0.9},
        even={"type": "integer", "multipleOf": 2, "exclusiveMinimum": 4, "exclusiveMaximum": 8},
        share={"type": "number", "minimum": 0.0001, "exclusiveMaximum": 0.0002},
    ),
    "sets": tool(
        days={
            "type": "array",
            "uniqueItems": True,
            "minItems": 7,
            "items": {"enum": ["mo", "tu", "we", "th", "fr", "sa", "su"]},
        },
        both={"type": "array", "uniqueItems": True, "minItems": 2, "items": {"type": "boolean"}},
        pair={"type": "array", "prefixItems": [STRING, {"type": "integer"}], "items": False},
        some={
            "type": "array",
            "contains": {"const": 7},
            "items": {"type": "integer"},
            "minContains": 2,
            "maxContains": 2,
            "minItems": 4,
        },
    ),
    "draft 7": tool(
        pair={
            "type": "array",
            "items": [STRING, {"type": "number"}],
            "additionalItems": False,
            "minItems": 2,
        },
        card={
            "type": "object",
            "required": ["number"],
            "dependencies": {"number": ["name"]},
            "properties": {"number": STRING, "name": STRING},
        },
    ),
    "conditions": {
        **tool(country={"enum": ["US", "NL"]}, postal_code=STRING),
        "if": {"properties": {"country": {"const": "US"}}},
        "then": {"properties": {"postal_code": {"pattern": "^[0-9]{5}$"}}},
        "else": {"properties": {"postal_code": {"pattern": "^[0-9]{4} [A-Z]{2}$"}}},
    },
    "maps": {
        "type": "object",
        "minProperties": 3,
        "propertyNames": {"pattern": "^x-[a-z]{2,8}$"},
        "additionalProperties": {"type": "integer"},
    },
    "whole made of parts": {
        "allOf": [
            tool(a={"type": "number", "minimum": 3}),
            {"properties": {"a": {"maximum": 5}}},
            {"not": {"properties": {"a": {"const": 4}}}},
            tool(b={"anyOf": [{"type": "integer"}, STRING]}),
        ]
    },
    "dependents": {
        **tool(["a"], a=STRING, b=STRING, c=STRING),
        "dependentRequired": {"a": ["b"]},
        "dependentSchemas": {"b": {"required": ["c"]}},
    },
}


@pytest.mark.parametrize("words", ["", "What's the weather in Tokyo for 5 people?"])
@pytest.mark.parametrize("name", REALISTIC)
def test_realistic_tool_schemas_get_valid_values(name: str, words: str) -> None:
    """Whatever the seed, the arguments of a tool as people write them are valid."""
    for seed in range(20):
        value = generate(REALISTIC[name], seed=str(seed), words=words)
        assert [] == errors(REALISTIC[name], value), value
        assert value == json.loads(json.dumps(value))
