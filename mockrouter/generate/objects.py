"""Objects: which properties they have, and the schema of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockrouter.generate.place import Making, Path, Place, Unsatisfiable
from mockrouter.generate.search import found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockrouter.values import Json, JsonObject

_LARGEST = 1000
_TRIES = 100


def make_object(maker: Making, flat: JsonObject, place: Place, attempt: int) -> JsonObject:
    """
    Make an object under a flat schema.

    Raises:
        Unsatisfiable: A property that there must be has no value, or there are too few names.
    """
    least = flat.get("minProperties", 0)
    if least > _LARGEST:
        why = f"it needs {least} properties; no object of over {_LARGEST} is made up"
        raise Unsatisfiable(place.path, why)
    required = flat.get("required", [])
    kinds = [_kind(flat, name) for name in required]
    made = {}
    for name in _names(maker, flat, place, attempt):
        lone = name in required and kinds.count(_kind(flat, name)) == 1
        inner = Place((*place.path, name), name, place.words, lone=lone)
        made[name] = maker.make(_property(flat, name, inner.path), inner, max(0, attempt - 1))
    return made


def _names(maker: Making, flat: JsonObject, place: Place, attempt: int) -> list[str]:
    properties: JsonObject = flat.get("properties", {})
    required: list[str] = flat.get("required", [])
    chosen = list(required)
    # A second attempt is made where the first went wrong, so it risks nothing that is optional.
    if attempt == 0:
        optional = [name for name in properties if name not in required]
        chosen += [name for name in optional if _is_said(maker, properties[name], name, place)]
        if not chosen and not place.path:
            # A tool that requires nothing at all seldom means that a call says nothing.
            chosen = [name for name in optional if _has_no_default(properties[name])][:1]
    dependents = flat.get("dependentRequired", {})
    for name in chosen:
        chosen += [other for other in dependents.get(name, ()) if other not in chosen]
    spare = _spare_names(maker, flat, place, attempt)
    while len(chosen) < flat.get("minProperties", 0):
        chosen += [name for name in (next(spare),) if name not in chosen]
    del chosen[max(int(flat.get("maxProperties", len(chosen))), len(required)) :]
    # In the order of the schema, as models write them.
    return sorted(chosen, key=[*properties, *chosen].index)


def _is_said(maker: Making, schema: Json, name: str, place: Place) -> bool:
    inner = Place((*place.path, name), name, place.words)
    return next(maker.said(schema, inner), None) is not None


def _has_no_default(schema: Json) -> bool:
    return isinstance(schema, dict) and "default" not in schema


def _spare_names(maker: Making, flat: JsonObject, place: Place, attempt: int) -> Iterator[str]:
    """
    Yield names that are allowed: first those of the schema, then made-up ones.

    Raises:
        Unsatisfiable: There are no more.
    """
    yield from (name for name, part in flat.get("properties", {}).items() if part is not False)
    patterns = [{"pattern": pattern} for pattern in flat.get("patternProperties", {})]
    schema = {"allOf": [{"type": "string"}, flat.get("propertyNames", True), *patterns[:1]]}
    is_plain = not patterns and "propertyNames" not in flat
    for count in range(1, int(flat.get("minProperties", 0)) + _TRIES):
        inner = Place((*place.path, f"name {count}"))
        yield f"key_{count}" if is_plain else maker.make(schema, inner, attempt + count)
    raise Unsatisfiable(place.path, "too few names are allowed in it")


def _property(flat: JsonObject, name: str, path: Path) -> Json:
    parts = [flat["properties"][name]] if name in flat.get("properties", {}) else []
    patterns = flat.get("patternProperties", {})
    parts += [part for pattern, part in patterns.items() if found(pattern, name, path)]
    if not parts:
        return flat.get("additionalProperties", flat.get("unevaluatedProperties", True))
    return parts[0] if len(parts) == 1 else {"allOf": parts}


def _kind(flat: JsonObject, name: str) -> str:
    part = flat.get("properties", {}).get(name)
    kind = part.get("type", "string") if isinstance(part, dict) else "string"
    kind = next((k for k in kind if k != "null"), "null") if isinstance(kind, list) else kind
    return "number" if kind == "integer" else str(kind)
