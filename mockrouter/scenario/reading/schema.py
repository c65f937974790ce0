"""
What a pydantic model knows at each place: its keys, its words, and which steps are no keys at all.

pydantic's ``loc`` mixes keys and list indices with the names of union branches. Only the model's
core schema tells them apart, as a branch may be named like a key.

Source:
    Core schema, https://docs.pydantic.dev/latest/api/pydantic_core_schema/
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias

from pydantic import BaseModel
from pydantic_core import SchemaValidator

from mockrouter.faults.choice import ALL
from mockrouter.scenario.reading.scalars import quoted
from mockrouter.values import Json

Schema: TypeAlias = dict[str, Any]
"""A core schema; ``{"type": "any"}`` where nothing is known."""

_ANY: Schema = {"type": "any"}
_INNER = {"lax-or-strict": "lax_schema", "json-or-python": "python_schema"}
_FIELDS = ("model-fields", "typed-dict", "dataclass-args")
_SHAPES = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "decimal": "a number",
    "bool": "true or false",
    "list": "a list",
    "tuple": "a list",
    "set": "a list",
    "frozenset": "a list",
    "dict": "a mapping",
    "none": "nothing",
    **dict.fromkeys(_FIELDS, "a mapping"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """
    One element of a ``loc``.

    Attributes:
        element: As pydantic gives it.

        branch: Whether it names a branch of a union, so that siblings are alternatives.

        real: Whether it is a key or an index of the file.
    """

    element: str | int
    branch: bool = False
    real: bool = True


class SchemaWalk:
    """Goes down a model's core schema along a ``loc``."""

    def __init__(self, model: type[BaseModel]) -> None:
        """Begin at *model*."""
        self._definitions: dict[str, Schema] = {}
        self._branches: dict[tuple[int, str], Schema] = {}
        self._root: Schema = dict(model.__pydantic_core_schema__)

    def follow(self, loc: Iterable[str | int], value: Json) -> tuple[tuple[Step, ...], Schema]:
        """
        Tell keys from branches.

        Args:
            loc: As in a pydantic error.

            value: The value that was validated, for where the schema says nothing.

        Returns:
            The steps, and the schema of what *loc* names.
        """
        steps: list[Step] = []
        schema = self._root
        for element in loc:
            step, schema = self._step(schema, element, value)
            steps.append(step)
            if step.real:
                value = part(value, element)
        return tuple(steps), schema

    def bare(self, schema: Schema) -> Schema:
        """Take off what wraps a schema without giving it another shape."""
        while True:
            match schema["type"]:
                case "definitions":
                    self._definitions |= {item["ref"]: item for item in schema["definitions"]}
                    schema = schema["schema"]
                case "definition-ref":
                    schema = self._definitions.get(schema["schema_ref"], _ANY)
                case "chain":
                    schema = schema["steps"][0]
                case "lax-or-strict" | "json-or-python" as kind:
                    schema = schema[_INNER[kind]]
                case "union" if len(schema["choices"]) == 1:
                    schema = _choices(schema)[0][0]
                case "function-plain" if ALL in schema.get("metadata", ()):
                    schema = schema["metadata"][ALL]()
                case kind if "schema" in schema and kind != "json":
                    schema = schema["schema"]
                case _:
                    return schema

    def keys(self, schema: Schema) -> tuple[str, ...]:
        """List the keys that a mapping may have, in the model's order; none where any will do."""
        bare = self.bare(schema)
        return tuple(_key_fields(bare)) if bare["type"] in _FIELDS else ()

    def words(self, schema: Schema) -> tuple[Json, ...] | None:
        """List the values of a literal or an enumeration; None where it is neither."""
        bare = self.bare(schema)
        if bare["type"] == "literal":
            return tuple(_plain(item) for item in bare["expected"])
        if bare["type"] == "enum":
            return tuple(item.value for item in bare["members"])
        return None

    def tags(self, schema: Schema) -> tuple[Json, ...]:
        """List the tags of a union whose branches are told apart by one."""
        return tuple(_plain(tag) for tag in self.bare(schema).get("choices", ()))

    def wanted(self, schema: Schema) -> tuple[str, ...]:
        """Say which shapes fit, in the words of a scenario's author; none if any shape does."""
        bare = self.bare(schema)
        if bare["type"] in ("literal", "enum"):
            return tuple(quoted(word) for word in self.words(bare) or ())
        if bare["type"] == "union":
            parts = [self.wanted(choice) for choice, _ in _choices(bare)]
        elif bare["type"] == "tagged-union":
            parts = [self.wanted(choice) for choice in bare["choices"].values()]
        else:
            shape = _SHAPES.get(bare["type"])
            return (shape,) if shape else ()
        return distinct(shape for shapes in parts for shape in shapes) if all(parts) else ()

    def _step(self, schema: Schema, element: str | int, value: Json) -> tuple[Step, Schema]:
        bare = self.bare(schema)
        match bare["type"]:
            case "union":
                return Step(element, branch=True, real=False), self._branch(bare, str(element))
            case "tagged-union":
                choices = {str(_plain(tag)): choice for tag, choice in bare["choices"].items()}
                return Step(element, real=False), choices.get(str(element), _ANY)
            case kind if kind in _FIELDS and isinstance(element, str):
                return Step(element), _key_fields(bare).get(element, _ANY)
            case "dict" if element != "[key]":
                return Step(element), bare.get("values_schema", _ANY)
            case "tuple" | "list" | "set" | "frozenset" if isinstance(element, int):
                return Step(element), _item(bare, element)
        # A validator of the model's own that validates further: only the value tells.
        return Step(element, real=_has(value, element)), _ANY

    def _branch(self, union: Schema, name: str) -> Schema:
        """Find the branch that pydantic calls *name*."""
        found = self._branches.get((id(union), name))
        if found is None:
            names = [
                (choice, label or self._branch_name(choice)) for choice, label in _choices(union)
            ]
            exact = [choice for choice, known in names if known == name]
            alike = [choice for choice, known in names if _alike(known, name)]
            found = self._branches[id(union), name] = next(iter(exact + alike), _ANY)
        return found

    def _branch_name(self, choice: Schema) -> str:
        known = list(self._definitions.values())
        whole: Any = {"type": "definitions", "schema": choice, "definitions": known}
        return SchemaValidator(whole if known else choice).title


def distinct(shapes: Iterable[str]) -> tuple[str, ...]:
    """Name each shape once, and none that another one includes."""
    found = dict.fromkeys(shapes)
    if _SHAPES["float"] in found:
        found.pop(_SHAPES["int"], None)
    return tuple(found)


def _plain(word: Json) -> Json:
    return word.value if isinstance(word, Enum) else word


def _alike(one: str, other: str) -> bool:
    """Compare names of which either may hold ``...``: pydantic's for a model not built yet."""
    return any(
        re.fullmatch(re.escape(some).replace(r"\.\.\.", ".*"), rest)
        for some, rest in ((one, other), (other, one))
    )


def _choices(union: Schema) -> list[tuple[Schema, str | None]]:
    """List a union's branches, each with its label where it has one."""
    return [item if isinstance(item, tuple) else (item, None) for item in union["choices"]]


def _key_fields(fields: Schema) -> dict[str, Schema]:
    """Map the keys by which a mapping's fields are written to their schemas."""
    found: dict[str, Schema] = {}
    for name, schema in _fields(fields):
        alias = schema.get("validation_alias", name)
        while isinstance(alias, list):
            alias = alias[0]
        found[alias] = schema["schema"]
    return found


def _fields(fields: Schema) -> Iterable[tuple[str, Schema]]:
    if isinstance(fields["fields"], dict):
        return fields["fields"].items()
    return [(field["name"], field) for field in fields["fields"]]


def _item(items: Schema, index: int) -> Schema:
    schema: Schema | list[Schema] = items.get("items_schema", _ANY)
    if isinstance(schema, list):
        return schema[min(index, len(schema) - 1)] if schema else _ANY
    return schema


def _has(value: Json, element: str | int) -> bool:
    if isinstance(value, list):
        return isinstance(element, int) and element < len(value)
    return isinstance(value, dict) and element in value


def part(value: Json, element: str | int) -> Json:
    """Go one step into a value, where a list may stand for the mapping that has it; or None."""
    if isinstance(value, list) and isinstance(element, str):
        return value
    return value[element] if _has(value, element) else None
