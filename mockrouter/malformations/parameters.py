"""
What a tool's JSON Schema surely forbids.

Every answer here errs on the side of allowing: what no answer allows is invalid under the schema,
whatever else stands in it. So a malformation that promises a mismatch keeps its promise without a
validator, and a schema that is odd or wrong does no harm.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from mockrouter.values import Json, JsonObject

ALL: Final = frozenset({"string", "integer", "number", "boolean", "array", "object", "null"})
"""The types of JSON Schema; here a whole number is an ``integer`` and any other a ``number``."""

_DEPTH: Final = 16


def type_of(value: Json) -> str:
    """Name the type of a JSON value, one of ``ALL``."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "integer" if value == value // 1 else "number"
        case str():
            return "string"
        case list() | tuple():
            return "array"
        case _:
            return "object"


@dataclass(frozen=True, slots=True)
class Parameters:
    """
    A tool's parameters.

    Attributes:
        schema: Its JSON Schema, well-formed or not; None for a tool that has none.
    """

    schema: JsonObject | None

    @property
    def root(self) -> JsonObject:
        """The schema of the arguments as a whole."""
        root = self._resolve(self.schema)
        return root if isinstance(root, dict) else {}

    @property
    def properties(self) -> dict[str, Json]:
        """The schema of each property."""
        properties = self.root.get("properties")
        return properties if isinstance(properties, dict) else {}

    @property
    def required(self) -> list[str]:
        """Names of properties that must be there."""
        required = self.root.get("required")
        return list(filter(_is_text, required)) if isinstance(required, list) else []

    def names(self, arguments: JsonObject) -> list[str]:
        """Names of properties, those that *arguments* have before those that it lacks."""
        return sorted(self.properties, key=lambda name: name not in arguments)

    def types(self, name: str) -> frozenset[str]:
        """Types that the property may have, at the most."""
        return self.types_under(self.properties.get(name))

    def values(self, name: str) -> list[Json] | None:
        """Values that the property may have, at the most; None where they are not listed."""
        return self._values(self.properties.get(name), _DEPTH)

    def item_values(self, name: str) -> list[Json] | None:
        """Values that the items of the property may have, as in ``values``."""
        array = self._resolve(self.properties.get(name))
        if not isinstance(array, dict) or "prefixItems" in array:
            return None
        return self._values(array.get("items"), _DEPTH)

    def types_under(self, schema: Json, depth: int = _DEPTH) -> frozenset[str]:
        """Types that *schema*, a part of the whole schema, may allow."""
        schema = self._resolve(schema)
        if not isinstance(schema, dict) or not depth:
            return ALL
        allowed = _named_types(schema.get("type"))
        if isinstance(schema.get("enum"), list):
            allowed &= frozenset(map(type_of, schema["enum"]))
        if "const" in schema:
            allowed &= {type_of(schema["const"])}
        for key in ("anyOf", "oneOf"):
            if branches := _schemas(schema.get(key)):
                allowed &= frozenset().union(*(self.types_under(b, depth - 1) for b in branches))
        for branch in _schemas(schema.get("allOf")):
            allowed &= self.types_under(branch, depth - 1)
        return allowed | {"null"} if schema.get("nullable") is True else allowed

    def _values(self, schema: Json, depth: int) -> list[Json] | None:
        schema = self._resolve(schema)
        if not isinstance(schema, dict) or not depth:
            return None
        if isinstance(schema.get("enum"), list):
            return list(schema["enum"])
        if "const" in schema:
            return [schema["const"]]
        if schema.get("type") == "null":
            return [None]
        for key in ("anyOf", "oneOf"):
            lists = [self._values(branch, depth - 1) for branch in _schemas(schema.get(key))]
            known = [values for values in lists if values is not None]
            if lists and len(known) == len(lists):
                return [value for values in known for value in values]
        lists = [self._values(branch, depth - 1) for branch in _schemas(schema.get("allOf"))]
        return next((values for values in lists if values is not None), None)

    def _resolve(self, schema: Json) -> Json:
        """Follow ``$ref`` within the schema; None where it leads nowhere, which allows all."""
        for _ in range(_DEPTH):
            if not isinstance(schema, dict) or "$ref" not in schema:
                return schema
            schema = self._lookup(schema["$ref"])
        return None

    def _lookup(self, reference: Json) -> Json:
        if not isinstance(reference, str) or not reference.startswith("#"):
            return None
        target: Json = self.schema
        for step in unquote(reference[1:]).split("/")[1:]:
            key = step.replace("~1", "/").replace("~0", "~")
            target = target.get(key) if isinstance(target, dict) else None
        return target


def _named_types(named: Json) -> frozenset[str]:
    listed = [named] if _is_text(named) else named
    if not isinstance(listed, list) or not all(_is_text(n) and n in ALL for n in listed):
        return ALL
    return frozenset(listed) | ({"integer"} if "number" in listed else set())


def _schemas(branches: Json) -> Iterable[Json]:
    return branches if isinstance(branches, list) else []


def _is_text(value: Json) -> bool:
    return isinstance(value, str)
