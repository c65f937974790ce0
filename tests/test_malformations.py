"""Each malformation makes of any good arguments what its name promises."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator, Draft202012Validator

from mockrouter.cutting.places import tokens
from mockrouter.malformations import MALFORMATIONS, NotApplicable
from mockrouter.malformations.parameters import ALL, Parameters
from mockrouter.values import Json, JsonObject, compact

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


@dataclass(frozen=True)
class Case:
    """Good arguments, the tool's schema, and what is sent."""

    good: JsonObject
    schema: JsonObject | None
    sent: Any


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except json.JSONDecodeError:
        return False
    return True


def _is_valid(value: Json, schema: JsonObject | None) -> bool:
    valid: bool = Draft202012Validator({"type": "object", **(schema or {})}).is_valid(value)
    return valid


def _changed(good: JsonObject, sent: str) -> dict[str, Json]:
    """Properties of what was sent that are not as they were, compared as JSON."""
    items = json.loads(sent).items()
    return {n: v for n, v in items if n not in good or compact(v) != compact(good[n])}


def _strings(value: Json) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in _strings(item)]
    if isinstance(value, list):
        return [text for item in value for text in _strings(item)]
    return [value] if isinstance(value, str) else []


def _loose(sent: str) -> Json:
    return json.loads(sent, strict=False)


def _truncated(case: Case) -> None:
    text = compact(case.good)
    assert case.sent
    assert case.sent != text
    assert text.startswith(case.sent)
    assert not _is_json(case.sent)
    assert "string" == list(tokens(case.sent))[-1].kind or not case.good


def _trailing_text(case: Case) -> None:
    value, end = json.JSONDecoder().raw_decode(case.sent)
    assert case.good == value
    assert not _is_json(case.sent[end:])


def _raw_control_chars(case: Case) -> None:
    assert not _is_json(case.sent)
    assert isinstance(_loose(case.sent), dict)
    assert not case.good or case.good == _loose(case.sent.replace("\n\t", ""))


def _duplicate_keys(case: Case) -> None:
    (key, first), (again, second), *_ = json.loads(case.sent, object_pairs_hook=list)
    assert key == again
    assert compact(first) != compact(second)
    assert type(first) is type(second) or {type(first), type(second)} <= {int, float, type(None)}
    assert not case.good or case.good == json.loads(case.sent)


def _nested_stringified(case: Case) -> None:
    changed = _changed(case.good, case.sent)
    assert changed
    for name, text in changed.items():
        assert isinstance(json.loads(text), list | dict)
        assert name not in case.good or compact(case.good[name]) == text


def _scalars_as_strings(case: Case) -> None:
    assert _changed(case.good, case.sent)
    numbers = [t for t in tokens(case.sent) if t.kind == "number"]
    literals = {t.text for t in tokens(case.sent) if t.kind == "literal"}
    assert [] == numbers
    assert literals <= {"null"}


def _string_as_number(case: Case) -> None:
    ((name, number),) = _changed(case.good, case.sent).items()
    assert isinstance(number, int)
    assert isinstance(case.good.get(name, ""), str)
    assert not (case.schema or {}).get("properties") or not _is_valid(
        json.loads(case.sent), case.schema
    )


def _double_escaped_newlines(case: Case) -> None:
    assert case.good != json.loads(case.sent)
    assert any(r"\n" in text or r"\t" in text for text in _strings(json.loads(case.sent)))
    assert not any("\n" in text for text in _strings(json.loads(case.sent)))


def _unknown_property(case: Case) -> None:
    value = json.loads(case.sent)
    (new,) = value.keys() - case.good.keys()
    assert new not in (case.schema or {}).get("properties", {})
    assert not case.good or compact(list(case.good.values())) == compact(list(value.values()))


def _missing_required(case: Case) -> None:
    (missing,) = case.good.keys() - json.loads(case.sent).keys()
    assert missing in (case.schema or {})["required"]
    assert not _is_valid(json.loads(case.sent), case.schema)


def _explicit_null(case: Case) -> None:
    assert None in json.loads(case.sent).values()
    if (case.schema or {}).get("properties"):
        assert not _is_valid(json.loads(case.sent), case.schema)


def _invalid(case: Case) -> None:
    assert not _is_valid(json.loads(case.sent), case.schema)


PROMISES: dict[str, Callable[[Case], bool | None]] = {
    "empty": lambda case: case.sent == "",
    "json_null": lambda case: case.sent is None,
    "object": lambda case: case.sent == case.good,
    "truncated": _truncated,
    "missing_brace": lambda case: (
        not _is_json(case.sent) and json.loads(case.sent + "}") == case.good
    ),
    "whitespace_runaway": lambda case: (
        not _is_json(case.sent) and len(case.sent) - len(case.sent.rstrip("\n")) >= 4096
    ),
    "whitespace_padded": lambda case: (
        json.loads(case.sent) == case.good and case.sent.endswith("}" + "\n" * 4096)
    ),
    "concatenated": lambda case: (
        not _is_json(case.sent)
        and json.loads(f"[{case.sent[: len(case.sent) // 2]}]") == [case.good]
    ),
    "double_encoded": lambda case: json.loads(json.loads(case.sent)) == case.good,
    "markdown_fence": lambda case: (
        not _is_json(case.sent)
        and json.loads(case.sent.removeprefix("```json\n").removesuffix("\n```")) == case.good
    ),
    "markdown_fence_inline": lambda case: (
        not _is_json(case.sent)
        and json.loads(case.sent.removeprefix("```json").removesuffix("```")) == case.good
        and "\n" not in case.sent
    ),
    "trailing_text": _trailing_text,
    "not_json": lambda case: not _is_json(case.sent) and "{" not in case.sent,
    "raw_control_chars": _raw_control_chars,
    "invalid_escape": lambda case: (
        not _is_json(case.sent) and _is_json(case.sent.replace(r"C:\Users\x", ""))
    ),
    "backslash_n_outside_string": lambda case: (
        not _is_json(case.sent)
        and json.loads(f"{case.sent[0]}\n{case.sent[3:-3]}\n{case.sent[-1]}") == case.good
    ),
    "python_literal": lambda case: (
        not _is_json(case.sent) and ast.literal_eval(case.sent) == (case.good or {"value": None})
    ),
    "trailing_comma": lambda case: (
        not _is_json(case.sent) and json.loads(case.sent[:-2] + case.sent[-1]) == case.good
    ),
    "unquoted_keys": lambda case: not _is_json(case.sent) and not case.sent.startswith('{"'),
    "duplicate_keys": _duplicate_keys,
    "nested_stringified": _nested_stringified,
    "scalars_as_strings": _scalars_as_strings,
    "string_as_number": _string_as_number,
    "double_escaped_newlines": _double_escaped_newlines,
    "unknown_property": _unknown_property,
    "missing_required": _missing_required,
    "explicit_null": _explicit_null,
    "wrong_type": _invalid,
    "enum_violation": _invalid,
}
"""What each promises; False or an assertion where it does not keep it."""

CHOOSY = {
    "nested_stringified",
    "scalars_as_strings",
    "string_as_number",
    "double_escaped_newlines",
    "missing_required",
    "explicit_null",
    "enum_violation",
}
"""Those that may find nothing to break; every other one applies always."""


@pytest.mark.parametrize("name", MALFORMATIONS)
@given(tool=tools(), seed=st.integers())
def test_keeps_its_promise(name: str, tool: tuple[JsonObject, JsonObject], seed: int) -> None:
    """Whatever the tool and its arguments, what is sent is wrong in the way that the name says."""
    good, schema = tool
    before = compact([good, schema])
    try:
        sent = MALFORMATIONS[name].apply(good, schema, Random(seed))
    except NotApplicable:
        assert name in CHOOSY
        return

    assert PROMISES[name](Case(good, schema, sent)) is not False
    assert sent == MALFORMATIONS[name].apply(good, schema, Random(seed))
    assert before == compact([good, schema])


CITY: JsonObject = {
    "type": "object",
    "properties": {
        "city": {"type": "string"},
        "days": {"type": "integer"},
        "unit": {"anyOf": [{"enum": ["c", "f"]}, {"type": "null"}]},
        "tags": {"type": "array", "items": {"type": "string"}},
        "at_hour": {"type": "number"},
    },
    "required": ["city"],
}
ROME: JsonObject = {"city": "Rome", "days": 3}
TAGS: JsonObject = {"properties": {"tags": {"type": "array"}}}
TEXT_ONLY: JsonObject = {"type": "object", "properties": {"q": {"type": "string"}}}


@pytest.mark.parametrize(
    ("name", "good", "schema", "sent"),
    [
        ("empty", ROME, CITY, ""),
        ("json_null", ROME, CITY, None),
        ("object", ROME, CITY, ROME),
        ("truncated", ROME, CITY, '{"city":"Ro'),
        ("truncated", {"days": 3}, None, '{"da'),
        ("truncated", {}, None, "{"),
        ("missing_brace", {"a": {}}, None, '{"a":{}'),
        ("whitespace_runaway", {"a": 1}, None, '{"a":1' + "\n" * 4096),
        ("whitespace_padded", {"a": 1}, None, '{"a":1}' + "\n" * 4096),
        ("concatenated", {"a": 1}, None, '{"a":1}{"a":1}'),
        ("double_encoded", {"a": 1}, None, r'"{\"a\":1}"'),
        ("markdown_fence", {"a": 1}, None, '```json\n{"a":1}\n```'),
        ("markdown_fence_inline", {"a": 1}, None, '```json{"a":1}```'),
        ("trailing_text", {"a": 1}, None, '{"a":1} I will now wait for the result.'),
        ("not_json", ROME, CITY, "I need to know more before I can call this tool."),
        ("raw_control_chars", ROME, CITY, '{"city":"Ro\n\tme","days":3}'),
        ("raw_control_chars", {"city": r"\n"}, None, '{"city":"\\\\\n\tn"}'),
        ("raw_control_chars", {}, None, '{"va\n\tlue":null}'),
        ("invalid_escape", {"city": "Rome"}, None, r'{"city":"RoC:\Users\xme"}'),
        ("backslash_n_outside_string", {"a": [1]}, None, r'{\n"a":[1]\n}'),
        ("python_literal", {"a": True, "b": ["it's"]}, {}, r"{'a': True, 'b': ['it\'s']}"),
        ("python_literal", {}, None, "{'value': None}"),
        ("trailing_comma", {"a": 1}, None, '{"a":1,}'),
        ("unquoted_keys", {"a": {"b c": "d"}}, None, '{a:{b c:"d"}}'),
        ("duplicate_keys", ROME, CITY, '{"city":"","city":"Rome","days":3}'),
        ("duplicate_keys", {"n": 0}, None, '{"n":1,"n":0}'),
        ("nested_stringified", {"tags": ["a"]}, CITY, r'{"tags":"[\"a\"]"}'),
        ("nested_stringified", ROME, CITY, '{"city":"Rome","days":3,"tags":"[]"}'),
        ("scalars_as_strings", {"a": [1.5, True]}, None, '{"a":["1.5","true"]}'),
        ("scalars_as_strings", {"city": "Rome"}, CITY, '{"city":"Rome","days":"1"}'),
        ("string_as_number", {"a": "x", "id": "007"}, None, '{"a":"x","id":7}'),
        ("string_as_number", ROME, CITY, '{"city":12345,"days":3}'),
        ("string_as_number", {}, TEXT_ONLY, '{"q":12345}'),
        ("double_escaped_newlines", {"code": "a\nb"}, None, r'{"code":"a\\nb"}'),
        ("double_escaped_newlines", ROME, CITY, r'{"city":"Ro\\nme","days":3}'),
        ("unknown_property", {"at_hour": 3}, CITY, '{"hour":3}'),
        ("unknown_property", ROME, CITY, '{"city_value":"Rome","days":3}'),
        ("unknown_property", {}, CITY, '{"value":null}'),
        ("missing_required", ROME, CITY, '{"days":3}'),
        ("explicit_null", {"city": ""}, CITY, '{"city":"","days":null,"tags":null,"at_hour":null}'),
        ("explicit_null", {"q": 1}, None, '{"q":null}'),
        ("wrong_type", ROME, CITY, '{"city":12345,"days":3}'),
        ("wrong_type", {"tags": []}, TAGS, '{"tags":"text"}'),
        ("wrong_type", {}, None, "[]"),
        ("enum_violation", ROME, CITY, '{"city":"Rome","days":3,"unit":"other"}'),
    ],
)  # fmt: skip
def test_makes_just_this(
    name: str, good: JsonObject, schema: JsonObject | None, sent: Json
) -> None:
    """What is sent is as small a deviation as it can be."""
    assert sent == MALFORMATIONS[name].apply(good, schema, Random(0))


@pytest.mark.parametrize(
    ("name", "good", "schema", "why"),
    [
        ("nested_stringified", {"q": "x"}, TEXT_ONLY, "no argument is an array or an object"),
        ("scalars_as_strings", {"q": "x"}, TEXT_ONLY, "no argument is a number or a boolean"),
        ("string_as_number", {"n": 1}, None, "no argument is a string"),
        ("double_escaped_newlines", {"n": 1}, None, "no argument is a string"),
        ("missing_required", {"q": "x"}, TEXT_ONLY, "requires no property"),
        ("explicit_null", {}, None, "forbids null nowhere"),
        ("enum_violation", ROME, TEXT_ONLY, "lists the values of no property"),
    ],
)
def test_says_why_it_cannot(name: str, good: JsonObject, schema: JsonObject, why: str) -> None:
    """Where there is nothing to break, the reason is told."""
    with pytest.raises(NotApplicable, match=why):
        MALFORMATIONS[name].apply(good, schema, Random(0))


def test_each_has_a_promise_and_a_summary() -> None:
    """The table, the promises and the words for lists name the same malformations."""
    assert list(MALFORMATIONS) == list(PROMISES)
    for malformation in MALFORMATIONS.values():
        assert malformation.summary.endswith(".")


@given(tools())
def test_never_forbids_what_the_schema_allows(tool: tuple[JsonObject, JsonObject | None]) -> None:
    """Good arguments have types and values that are known as allowed, so mismatches are real."""
    good, schema = tool
    parameters = Parameters(schema)

    assert Draft202012Validator(schema or {}).is_valid(good)
    for name, value in good.items():
        kind = {"type": sorted(parameters.types(name))}
        assert Draft7Validator(kind).is_valid(value)
        listed = parameters.values(name)
        assert listed is None or value in listed


@pytest.mark.parametrize(
    "odd",
    [
        {"$ref": "#/$defs/Loop"},
        {"$ref": "#/nowhere"},
        {"$ref": "https://example.com/schema"},
        {"$ref": 1},
        {"type": "any"},
        {"type": 5},
        {"anyOf": []},
        {"anyOf": {}},
        {"enum": "a"},
        True,
        None,
        [],
    ],
)
def test_odd_schemas_do_no_harm(odd: Json) -> None:
    """A schema that says nothing, or nothing sensible, is taken to allow everything."""
    schema = {"properties": {"a": odd}, "$defs": DEFS}

    assert ALL == Parameters(schema).types("a")
    assert Parameters(schema).values("a") is None
    assert "[]" == MALFORMATIONS["wrong_type"].apply({}, schema, Random(0))


@pytest.mark.parametrize("root", [{"properties": None, "required": True}, {"$ref": "#"}, {}])
def test_odd_roots_do_no_harm(root: JsonObject) -> None:
    """So is one whose properties are none."""
    assert {} == Parameters(root).properties
    assert [] == Parameters(root).required
