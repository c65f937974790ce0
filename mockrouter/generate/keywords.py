"""jsonschema's keywords that search with a client's patterns, so that no pattern takes for ever."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from mockrouter.generate.place import Unsatisfiable
from mockrouter.generate.search import found, is_quick

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockrouter.values import Json, JsonObject

_LONG_NAME = 1000


@cache
def careful(kind: Any) -> Any:  # noqa: ANN401  (jsonschema makes its classes at run time)
    """
    Make a validator class that differs from *kind* in how it searches.

    Raises:
        Unsatisfiable: By its validators, where there is no time to search.
    """
    import attrs  # noqa: PLC0415 - comes with jsonschema, whose import can take a second
    import jsonschema.validators  # noqa: PLC0415

    original = kind.VALIDATORS

    def pattern(validator: Any, wanted: str, value: Json, _: JsonObject) -> Iterator[Any]:  # noqa: ANN401
        if validator.is_type(value, "string") and not found(wanted, value):
            yield jsonschema.ValidationError(f"{value!r} does not match {wanted!r}")

    def pattern_properties(
        validator: Any,  # noqa: ANN401
        patterns: JsonObject,
        value: Json,
        _: JsonObject,
    ) -> Iterator[Any]:
        if validator.is_type(value, "object"):
            for name, part in value.items():
                for wanted, schema in patterns.items():
                    if found(wanted, name):
                        yield from validator.descend(part, schema, path=name, schema_path=wanted)

    def additional_properties(
        validator: Any,  # noqa: ANN401
        rest: Json,
        value: Json,
        schema: JsonObject,
    ) -> Iterator[Any]:
        if validator.is_type(value, "object"):
            known = dict(schema.get("properties", {}))
            patterns = schema.get("patternProperties", {})
            known |= {name: {} for name in value if any(found(some, name) for some in patterns)}
            yield from original["additionalProperties"](
                validator, rest, value, {"properties": known}
            )

    keywords = {
        "pattern": pattern,
        "patternProperties": pattern_properties,
        "additionalProperties": additional_properties,
    }
    made: Any = jsonschema.validators.extend(kind, keywords)  # type: ignore[no-untyped-call]
    # jsonschema's own goes back to *kind* wherever a schema says ``$schema``.
    made.evolve = attrs.evolve
    return made


def check_names(schema: Json) -> None:
    """
    Refuse patterns of names where jsonschema itself would have to search with them.

    Raises:
        Unsatisfiable: It might for ever.
    """
    objects = list(_objects(schema))
    if not any("unevaluatedProperties" in some for some in objects):
        return
    for some in objects:
        patterns = some.get("patternProperties")
        for pattern in patterns if isinstance(patterns, dict) else ():
            if not is_quick(pattern, _LONG_NAME):
                why = f"there is no time to search names for {pattern[:200]!r}"
                raise Unsatisfiable(("patternProperties",), why)


def _objects(value: Json) -> Iterator[JsonObject]:
    if isinstance(value, dict):
        yield value
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _objects(part)
