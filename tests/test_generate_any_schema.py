"""Made-up values for any schema whatever, judged by jsonschema's own validators."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from mockrouter.generate import generate
from mockrouter.values import JsonObject
from tool_schemas import errors, tool


def sized(draw: Any, low: str, high: str, least: int, most: int) -> JsonObject:  # noqa: ANN401
    """Draw two bounds that leave something between them."""
    one, two = sorted((draw(st.integers(least, most)), draw(st.integers(least, most))))
    return {low: one, high: two} if draw(st.booleans()) else {low: one}


@st.composite
def scalars(draw: st.DrawFn) -> JsonObject:
    """Draw a schema of no inner schemas."""
    kind = draw(st.sampled_from(["string", "integer", "number", "boolean", "enum", "pattern"]))
    match kind:
        case "string":
            return {"type": "string", **sized(draw, "minLength", "maxLength", 0, 60)}
        case "integer":
            return {"type": "integer", **sized(draw, "minimum", "maximum", -1000, 1000)}
        case "number":
            bounds = sized(draw, "exclusiveMinimum", "exclusiveMaximum", -50, 50)
            assume(bounds.get("exclusiveMaximum") != bounds["exclusiveMinimum"])
            return {"type": "number", **bounds}
        case "enum":
            values = st.lists(st.one_of(st.text(max_size=5), st.integers(), st.none()), min_size=1)
            return {"enum": draw(values)}
        case "pattern":
            patterns = [
                r"^\w+@\w+\.com$",
                "^(?:GET|POST) /[a-z]+$",
                "a{3}b?",
                r"^\d{2,5}$",
                "[^a-z]",
            ]
            return {"type": "string", "pattern": draw(st.sampled_from(patterns))}
        case _:
            return {"type": kind}


def objects(inner: st.SearchStrategy[JsonObject]) -> st.SearchStrategy[JsonObject]:
    """Draw the schema of an object with some properties required."""
    names = st.sampled_from(
        ["city", "email", "count", "item_id", "x y", "日付", "a.b", "start_date"]
    )
    return st.dictionaries(names, inner, max_size=4).flatmap(
        lambda properties: st.builds(
            lambda required, rest: {**tool(required, **properties), "additionalProperties": rest},
            st.lists(st.sampled_from(sorted(properties)), unique=True)
            if properties
            else st.just([]),
            st.booleans(),
        )
    )


def arrays(inner: st.SearchStrategy[JsonObject]) -> st.SearchStrategy[JsonObject]:
    """Draw the schema of an array."""
    return st.builds(
        lambda items, least, more: {
            "type": "array",
            "items": items,
            "minItems": least,
            "maxItems": least + more,
        },
        inner,
        st.integers(0, 3),
        st.integers(0, 3),
    )


def combined(inner: st.SearchStrategy[JsonObject]) -> st.SearchStrategy[JsonObject]:
    """Draw a choice between schemas, or one that is null where it likes."""
    return st.one_of(
        st.builds(lambda parts: {"anyOf": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda part: {"anyOf": [part, {"type": "null"}]}, inner),
        st.builds(lambda part: {"allOf": [part], "description": "One of them."}, inner),
        st.builds(
            lambda parts: {
                "oneOf": [tool(kind={"const": n}, part=part) for n, part in enumerate(parts)]
            },
            st.lists(inner, min_size=1, max_size=3),
        ),
    )


SCHEMAS = st.recursive(
    scalars(), lambda inner: st.one_of(objects(inner), arrays(inner), combined(inner)), max_leaves=8
)


BOUNDED = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


@BOUNDED
@given(
    st.one_of(SCHEMAS, SCHEMAS.map(lambda part: {"$defs": {"it": part}, "$ref": "#/$defs/it"})),
    st.text(max_size=5),
    st.text(max_size=40),
)
def test_every_value_is_valid_and_the_same_again(schema: JsonObject, seed: str, words: str) -> None:
    """A schema that can be satisfied is, whatever the words; the same seed makes the same value."""
    value = generate(schema, seed=seed, words=words)
    assert [] == errors(schema, value)
    assert json.dumps(value) == json.dumps(generate(schema, seed=seed, words=words))


@BOUNDED
@given(objects(SCHEMAS), SCHEMAS, st.text(max_size=5))
def test_adding_a_property_changes_no_other(
    schema: JsonObject, added: JsonObject, seed: str
) -> None:
    """Each path has its own source of chance, so values do not shift when a schema grows."""
    before = generate(schema, seed=seed)
    properties = {"added_first": added, **schema["properties"]}
    grown = {**schema, "properties": properties, "required": ["added_first", *schema["required"]]}
    after = generate(grown, seed=seed)
    assert {name: before[name] for name in schema["required"]} == {
        name: value for name, value in after.items() if name != "added_first"
    }
