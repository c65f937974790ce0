"""Arrays: how many items they have, and the schema of each."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from mockrouter.generate.place import Making, OutOfSteps, Place, Unsatisfiable

if TYPE_CHECKING:
    from mockrouter.values import Json, JsonObject

_LONGEST = 1000
_DEEP = 3
_TRIES = 24


def make_array(maker: Making, flat: JsonObject, place: Place, attempt: int) -> list[Json]:
    """
    Make an array under a flat schema.

    Raises:
        Unsatisfiable: An item that there must be has no value, or there are too many.
    """
    least, most = int(flat.get("minItems", 0)), flat.get("maxItems")
    wanted = int(flat.get("minContains", 1)) if "contains" in flat else 0
    must = max(least, wanted)
    if must > _LONGEST:
        why = f"it needs {must} items; no array of over {_LONGEST} is made up"
        raise Unsatisfiable(place.path, why)
    count = max(must, _usual(maker, flat, place))
    count = count if most is None else min(count, int(most))
    # Where they may stand is tried both ways: at the end, which the head leaves free, and in front.
    first = 0 if attempt % 2 else count - wanted
    made: list[Json] = []
    for index in range(count):
        part = _item(flat, index)
        if first <= index < first + wanted:
            part = {"allOf": [part, flat["contains"]]}
        # One set of words makes one item, not several that are the same.
        inner = replace(place, path=(*place.path, index), words=place.words if index == 0 else "")
        try:
            others = made if flat.get("uniqueItems") else []
            made.append(_make_item(maker, part, inner, others, max(0, attempt - 1)))
        except OutOfSteps:
            raise
        except Unsatisfiable:
            if index < must:
                raise
            break
    return made


def _usual(maker: Making, flat: JsonObject, place: Place) -> int:
    head = _head(flat)
    rest = _item(flat, len(head))
    if rest is False or len(place.path) > _DEEP:
        return len(head)
    is_object = isinstance(rest, dict) and ("properties" in rest or "$ref" in rest)
    more = 0 if is_object and place.words else maker.rng(place, -2).randrange(2)
    return len(head) or 1 + more


def _item(flat: JsonObject, index: int) -> Json:
    head = _head(flat)
    rest = flat.get("additionalItems" if isinstance(flat.get("items"), list) else "items", True)
    return head[index] if index < len(head) else rest


def _head(flat: JsonObject) -> list[Json]:
    items = flat.get("items")
    return items if isinstance(items, list) else flat.get("prefixItems", [])


def _make_item(maker: Making, schema: Json, place: Place, others: list[Json], attempt: int) -> Json:
    taken = {json.dumps(other, sort_keys=True) for other in others}
    for start in range(attempt, attempt + _TRIES + 2 * len(others)):
        value = maker.make(schema, place, start)
        if json.dumps(value, sort_keys=True) not in taken:
            return value
    raise Unsatisfiable(place.path, "too few different values are allowed")
