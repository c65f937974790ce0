"""Schemas of tools in a few words, and who judges a value by them."""

from __future__ import annotations

import json

import jsonschema

from mockrouter.values import Json, JsonObject

STRING: JsonObject = {"type": "string"}


def tool(required: list[str] | None = None, /, **properties: Json) -> JsonObject:
    """Make the schema of a tool; all its properties are required unless said otherwise."""
    names = list(properties) if required is None else required
    return {"type": "object", "properties": properties, "required": names}


def errors(schema: JsonObject, value: Json) -> list[str]:
    """Ask jsonschema's own validator."""
    kind = jsonschema.validators.validator_for(schema, default=jsonschema.Draft202012Validator)
    if "additionalItems" in json.dumps(schema):
        kind = jsonschema.Draft7Validator
    validator = kind(schema, format_checker=kind.FORMAT_CHECKER)
    return [error.message for error in validator.iter_errors(value)]
