"""One schema out of many: follow ``$ref``, choose branches, merge what must hold together."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from itertools import zip_longest
from math import lcm
from typing import TYPE_CHECKING, Any

from mockrouter.generate.lexicon import word_set
from mockrouter.generate.place import Path, Unsatisfiable

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockrouter.generate.judge import Judge
    from mockrouter.values import Json, JsonObject

Condition = tuple["Json", "Json", "Json"]
"""The schemas of ``if``, ``then`` and ``else``."""

_TAKEN_APART = word_set(
    "$ref $dynamicRef allOf anyOf oneOf not if then else dependentSchemas dependencies"
)


@dataclass
class Flattener:
    """
    Makes schemas flat: no references, no combinators.

    Attributes:
        judge: Looks references up.

        pick: Chooses a branch of ``anyOf`` or ``oneOf``.

        conditions: What was met of ``if`` and dependent schemas, judged once there is a value.
    """

    judge: Judge
    pick: Callable[[list[Json]], Json]
    conditions: list[Condition] = field(default_factory=list)

    def flat(self, schema: Json, path: Path, seen: frozenset[str] = frozenset()) -> JsonObject:
        """
        Make one schema flat.

        Raises:
            Unsatisfiable: It is ``false``, or refers to itself or to nothing.
        """
        if schema is True:
            return {}
        if schema is False:
            raise Unsatisfiable(path, "the schema is false, so no value is allowed")
        result = {key: value for key, value in schema.items() if key not in _TAKEN_APART}
        for key in ("$ref", "$dynamicRef"):
            if key in schema:
                reference = schema[key]
                if reference in seen:
                    raise Unsatisfiable(path, f"$ref {reference!r} leads back to itself")
                target = self.judge.resolve(reference, path)
                result = merge(result, self.flat(target, path, seen | {reference}))
        parts = list(schema.get("allOf", ()))
        parts += [self.pick(schema[key]) for key in ("anyOf", "oneOf") if key in schema]
        for part in parts:
            result = merge(result, self.flat(part, path, seen))
        self._note(schema, result)
        return result

    def _note(self, schema: JsonObject, result: JsonObject) -> None:
        if "if" in schema:
            self.conditions.append(
                (schema["if"], schema.get("then", True), schema.get("else", True))
            )
        for key in ("dependentSchemas", "dependencies"):
            for name, dependent in schema.get(key, {}).items():
                if isinstance(dependent, list):
                    needs = {"dependentRequired": {name: dependent}}
                    result.update(merge(result, needs))
                else:
                    self.conditions.append(({"required": [name]}, dependent, True))


def merge(one: JsonObject, other: JsonObject) -> JsonObject:
    """Merge two flat schemas into one that asks for what both ask for, as far as it can be said."""
    merged = {**other, **one}
    for key in one.keys() & other.keys() & _MERGERS.keys():
        merged[key] = _MERGERS[key](one[key], other[key])
    return merged


def _both(one: Json, other: Json) -> Json:
    return one if one == other else {"allOf": [one, other]}


def _each(one: JsonObject, other: JsonObject) -> JsonObject:
    shared = {key: _both(one[key], other[key]) for key in one.keys() & other.keys()}
    return {**one, **{key: shared.get(key, value) for key, value in other.items()}, **shared}


def _types(one: Json, other: Json) -> list[str]:
    ones, others = _listed(one), _listed(other)
    narrowed = ["integer" if kind == "number" and "integer" in others else kind for kind in ones]
    return [
        kind for kind in narrowed if kind in others or (kind == "integer" and "number" in others)
    ]


def _listed(kind: Json) -> list[str]:
    return [kind] if isinstance(kind, str) else kind


def _union(one: list[str], other: list[str]) -> list[str]:
    return list(dict.fromkeys([*one, *other]))


def _multiple(one: float, other: float) -> float:
    # Of two fractions in lowest terms: the lcm of what is above over the gcd of what is below.
    first, second = Fraction(str(one)), Fraction(str(other))
    below = lcm(first.denominator, second.denominator)
    above = lcm(int(first * below), int(second * below))
    result = Fraction(above, below)
    return int(result) if result.denominator == 1 else float(result)


def _items(one: Json, other: Json) -> Json:
    if isinstance(one, list) and isinstance(other, list):
        return [_both(a, b) for a, b in zip_longest(one, other, fillvalue=True)]
    return one if isinstance(one, list) else other if isinstance(other, list) else _both(one, other)


_MERGERS: dict[str, Callable[[Any, Any], Any]] = {
    "type": _types,
    "enum": lambda one, other: [value for value in one if value in other],
    "required": _union,
    "properties": _each,
    "patternProperties": _each,
    "additionalProperties": _both,
    "unevaluatedProperties": _both,
    "propertyNames": _both,
    "dependentRequired": lambda one, other: {
        name: _union(one.get(name, []), other.get(name, [])) for name in one | other
    },
    "items": _items,
    "prefixItems": _items,
    "additionalItems": _both,
    "contains": _both,
    "uniqueItems": lambda one, other: one or other,
    "multipleOf": _multiple,
    **dict.fromkeys(
        ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "minContains"),
        max,
    ),
    **dict.fromkeys(
        ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "maxContains"),
        min,
    ),
}
