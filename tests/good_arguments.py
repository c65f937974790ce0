"""Schemas of tools, and arguments that are good under them, drawn by Hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

from mockrouter.values import Json, JsonObject

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
OBJECTS = st.dictionaries(st.text(), VALUES, max_size=4)

UNITS = ["celsius", "kelvin", "other"]
DEFS = {"Unit": {"type": "string", "enum": UNITS}, "Loop": {"$ref": "#/$defs/Loop"}}
KINDS: list[tuple[JsonObject, st.SearchStrategy[Json]]] = [
    ({"type": "string"}, st.text()),
    ({"type": "string"}, st.integers(0).map(str)),
    ({"type": "integer"}, st.integers()),
    ({"type": ["number", "null"]}, st.none() | st.floats(allow_nan=False, allow_infinity=False)),
    ({"type": "boolean", "description": "yes or no"}, st.booleans()),
    ({"type": "array", "items": {"type": "string"}}, st.lists(st.text())),
    ({"type": "array", "items": {"$ref": "#/$defs/Unit"}}, st.lists(st.sampled_from(UNITS))),
    ({"type": "object", "additionalProperties": True}, OBJECTS),
    ({"$ref": "#/$defs/Unit"}, st.sampled_from(UNITS)),
    ({"anyOf": [{"$ref": "#/$defs/Unit"}, {"type": "null"}]}, st.sampled_from([*UNITS, None])),
    ({"allOf": [{"$ref": "#/$defs/Unit"}], "default": "kelvin"}, st.sampled_from(UNITS)),
    ({"oneOf": [{"type": "integer"}, {"type": "string"}]}, st.integers() | st.text()),
    ({"enum": [1, "one", None]}, st.sampled_from([1, "one", None])),
    ({"const": True}, st.just(value=True)),
    ({}, VALUES),
]


@st.composite
def tools(draw: st.DrawFn) -> tuple[JsonObject, JsonObject | None]:
    """Draw a tool's schema, or None, and arguments that are good under it."""
    if draw(st.booleans()):
        return draw(OBJECTS), draw(st.sampled_from([None, {}, {"type": "object"}]))
    kinds = draw(st.dictionaries(st.text(), st.sampled_from(KINDS), max_size=4))
    present = {name for name in kinds if draw(st.booleans())}
    schema = {
        "type": "object",
        "properties": {name: kind for name, (kind, _) in kinds.items()},
        "required": sorted(name for name in present if draw(st.booleans())),
        "additionalProperties": draw(st.booleans()),
        "$defs": DEFS,
    }
    return {name: draw(kinds[name][1]) for name in kinds if name in present}, schema
