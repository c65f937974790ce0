"""Each malformation makes just this of these arguments, or says why it cannot."""

from __future__ import annotations

from random import Random

import pytest

from mockrouter.malformations import MALFORMATIONS, NotApplicable
from mockrouter.values import Json, JsonObject

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
