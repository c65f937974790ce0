"""Made-up values, judged by jsonschema's own validators."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Literal

import jsonschema
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from mockrouter.errors import MockRouterError
from mockrouter.generate import InvalidSchema, Unsatisfiable, generate

if TYPE_CHECKING:
    from mockrouter.values import Json, JsonObject

STRING: JsonObject = {"type": "string"}


class Address(BaseModel):
    """A nested model, which pydantic puts under ``$defs``."""

    street: str
    zip_code: str = Field(pattern=r"^\d{5}(-\d{4})?$")


class Order(BaseModel):
    """A model with all that pydantic's schemas are known for."""

    customer: str = Field(min_length=2, max_length=40)
    ship_to: Address
    bill_to: Address | None
    note: str | None = None
    priority: Literal["low", "normal", "high"] = "normal"
    quantities: list[int] = Field(min_length=2, max_length=4)
    price: float = Field(gt=0, lt=10)


class Node(BaseModel):
    """A model that holds itself."""

    label: str
    children: list[Node] = Field(min_length=0)
    parent: Node | None


def tool(required: list[str] | None = None, /, **properties: Json) -> JsonObject:
    """Make the schema of a tool; all its properties are required unless said otherwise."""
    names = list(properties) if required is None else required
    return {"type": "object", "properties": properties, "required": names}


REALISTIC: dict[str, JsonObject] = {
    "pydantic": Order.model_json_schema(),
    "pydantic recursion": Node.model_json_schema(),
    "strict": {
        **tool(city=STRING, unit={"type": ["string", "null"], "enum": ["c", "f", None]}),
        "additionalProperties": False,
    },
    "array of nested objects": tool(
        entities={
            "type": "array",
            "minItems": 2,
            "items": tool(
                name=STRING,
                entityType=STRING,
                observations={"type": "array", "items": STRING, "minItems": 1},
            ),
        }
    ),
    "edits of a file": {
        **tool(
            ["path", "edits"],
            path=STRING,
            edits={"type": "array", "items": tool(oldText=STRING, newText=STRING)},
            dryRun={"type": "boolean", "default": False},
        ),
        "$schema": "http://json-schema.org/draft-07/schema#",
        "additionalProperties": False,
    },
    "discriminated union": tool(
        shape={
            "oneOf": [
                tool(kind={"const": "circle"}, radius={"type": "number", "exclusiveMinimum": 0}),
                tool(kind={"const": "square"}, side={"type": "number", "minimum": 1}),
            ]
        }
    ),
    "expression tree": {
        "$ref": "#/$defs/expression",
        "$defs": {
            "expression": {
                "oneOf": [
                    tool(
                        op={"enum": ["+", "*"]},
                        left={"$ref": "#/$defs/expression"},
                        right={"$ref": "#/$defs/expression"},
                    ),
                    {"type": "number"},
                ]
            }
        },
    },
    "formats": tool(
        **{
            kind.replace("-", "_"): {"type": "string", "format": kind}
            for kind in (
                "date",
                "time",
                "date-time",
                "email",
                "uri",
                "uuid",
                "ipv4",
                "ipv6",
                "hostname",
                "duration",
                "regex",
                "json-pointer",
            )
        }
    ),
    "patterns": tool(
        iso={"type": "string", "pattern": "^[A-Z]{3}$"},
        slug={"type": "string", "pattern": "^[a-z0-9]+(?:-[a-z0-9]+)*$", "minLength": 12},
        color={"type": "string", "pattern": "^#(?:[0-9a-fA-F]{3}){1,2}$"},
        password={"type": "string", "pattern": r"^(?=.*\d)(?=.*[A-Z]).{8,}$", "maxLength": 20},
        quoted={"type": "string", "pattern": r"^(['\"])[^'\"]+\1$"},
    ),
    "wide integers": tool(
        n={"type": "integer", "minimum": -9007199254740991, "maximum": 9007199254740991}
    ),
    "steps": tool(
        price={"type": "number", "multipleOf": 0.05, "minimum": 0.1, "maximum": 0.9},
        even={"type": "integer", "multipleOf": 2, "exclusiveMinimum": 4, "exclusiveMaximum": 8},
        share={"type": "number", "minimum": 0.0001, "exclusiveMaximum": 0.0002},
    ),
    "sets": tool(
        days={
            "type": "array",
            "uniqueItems": True,
            "minItems": 7,
            "items": {"enum": ["mo", "tu", "we", "th", "fr", "sa", "su"]},
        },
        both={"type": "array", "uniqueItems": True, "minItems": 2, "items": {"type": "boolean"}},
        pair={"type": "array", "prefixItems": [STRING, {"type": "integer"}], "items": False},
        some={
            "type": "array",
            "contains": {"const": 7},
            "items": {"type": "integer"},
            "minContains": 2,
            "maxContains": 2,
            "minItems": 4,
        },
    ),
    "draft 7": tool(
        pair={
            "type": "array",
            "items": [STRING, {"type": "number"}],
            "additionalItems": False,
            "minItems": 2,
        },
        card={
            "type": "object",
            "required": ["number"],
            "dependencies": {"number": ["name"]},
            "properties": {"number": STRING, "name": STRING},
        },
    ),
    "conditions": {
        **tool(country={"enum": ["US", "NL"]}, postal_code=STRING),
        "if": {"properties": {"country": {"const": "US"}}},
        "then": {"properties": {"postal_code": {"pattern": "^[0-9]{5}$"}}},
        "else": {"properties": {"postal_code": {"pattern": "^[0-9]{4} [A-Z]{2}$"}}},
    },
    "maps": {
        "type": "object",
        "minProperties": 3,
        "propertyNames": {"pattern": "^x-[a-z]{2,8}$"},
        "additionalProperties": {"type": "integer"},
    },
    "whole made of parts": {
        "allOf": [
            tool(a={"type": "number", "minimum": 3}),
            {"properties": {"a": {"maximum": 5}}},
            {"not": {"properties": {"a": {"const": 4}}}},
            tool(b={"anyOf": [{"type": "integer"}, STRING]}),
        ]
    },
    "dependents": {
        **tool(["a"], a=STRING, b=STRING, c=STRING),
        "dependentRequired": {"a": ["b"]},
        "dependentSchemas": {"b": {"required": ["c"]}},
    },
}


def errors(schema: JsonObject, value: Json) -> list[str]:
    """Ask jsonschema's own validator."""
    kind = jsonschema.validators.validator_for(schema, default=jsonschema.Draft202012Validator)
    if "additionalItems" in json.dumps(schema):
        kind = jsonschema.Draft7Validator
    validator = kind(schema, format_checker=kind.FORMAT_CHECKER)
    return [error.message for error in validator.iter_errors(value)]


@pytest.mark.parametrize("words", ["", "What's the weather in Tokyo for 5 people?"])
@pytest.mark.parametrize("name", REALISTIC)
def test_realistic_tool_schemas_get_valid_values(name: str, words: str) -> None:
    """Whatever the seed, the arguments of a tool as people write them are valid."""
    for seed in range(20):
        value = generate(REALISTIC[name], seed=str(seed), words=words)
        assert [] == errors(REALISTIC[name], value), value
        assert value == json.loads(json.dumps(value))


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


def test_seeds_differ() -> None:
    """Another seed makes other values."""
    schema = tool(city=STRING, n={"type": "integer"})
    assert len({json.dumps(generate(schema, seed=str(seed))) for seed in range(10)}) > 5


SAID: list[tuple[str, JsonObject, Json]] = [
    (
        "What's the weather in Tokyo?",
        tool(
            ["location"],
            location=STRING,
            unit={"type": "string", "enum": ["celsius", "fahrenheit"]},
        ),
        {"location": "Tokyo"},
    ),
    (
        "How warm is it in Rio de Janeiro, in celsius?",
        tool(
            ["location"],
            location=STRING,
            unit={"type": "string", "enum": ["celsius", "fahrenheit"]},
        ),
        {"location": "Rio de Janeiro", "unit": "celsius"},
    ),
    ("weather in Berlin", tool(city=STRING), {"city": "Berlin"}),
    ("weather in berlin please", tool(city=STRING), {"city": "berlin"}),
    ("Tokyo weather", tool(city=STRING), {"city": "Tokyo"}),
    ("Get the weather for 東京", tool(city=STRING), {"city": "東京"}),
    (
        "Is it raining in San Francisco, CA today?",
        tool(location=STRING),
        {"location": "San Francisco, CA"},
    ),
    (
        "Compare Rome with the weather in Paris, London and New York.",
        tool(cities={"type": "array", "items": STRING}),
        {"cities": ["Paris", "London", "New York"]},
    ),
    ("What is 42 * 17 + 3?", tool(expression=STRING), {"expression": "42 * 17 + 3"}),
    ("What is 25 * 4?", tool(expression=STRING), {"expression": "25 * 4"}),
    ("Calculate 10*5", tool(expression=STRING), {"expression": "10*5"}),
    ("On 2025-01-02, compute (3 + 4) * 2.", tool(expression=STRING), {"expression": "(3 + 4) * 2"}),
    ("Add 5 and 7", tool(a={"type": "number"}, b={"type": "number"}), {"a": 5, "b": 7}),
    ("What's the stock price of AAPL?", tool(ticker=STRING), {"ticker": "AAPL"}),
    ("Look up the price of AAPL", tool(ticker=STRING), {"ticker": "AAPL"}),
    (
        "What are the titles of some James Joyce books?",
        tool(search_terms={"type": "array", "items": STRING}),
        {"search_terms": ["James", "Joyce"]},
    ),
    ("Search the web for latest AI news", tool(query=STRING), {"query": "latest AI news"}),
    ("Find offers, top 5", tool([], limit={"type": "integer"}), {"limit": 5}),
    ("Show a 3-day forecast", tool(days={"type": "integer"}), {"days": 3}),
    ("Get user 42", tool(user_id={"type": "integer"}), {"user_id": 42}),
    ("Where is order #A-1234?", tool(order_id=STRING), {"order_id": "A-1234"}),
    (
        "Convert 100 USD to EUR",
        tool(amount={"type": "number"}, from_currency=STRING, to_currency=STRING),
        {"amount": 100, "from_currency": "USD", "to_currency": "EUR"},
    ),
    (
        "Translate 'good morning' to French",
        tool(text=STRING, target_language=STRING),
        {"text": "good morning", "target_language": "French"},
    ),
    (
        "Mail bob@corp.test with subject 'Hi' and body 'See you'",
        tool(to=STRING, subject=STRING, body=STRING),
        {"to": "bob@corp.test", "subject": "Hi", "body": "See you"},
    ),
    (
        "Read https://a.test/b?c=1.",
        tool(url={"type": "string", "format": "uri"}),
        {"url": "https://a.test/b?c=1"},
    ),
    (
        "Book from Paris to London on 2025-03-04",
        tool(origin=STRING, destination=STRING, date={"type": "string", "format": "date"}),
        {"origin": "Paris", "destination": "London", "date": "2025-03-04"},
    ),
    (
        "Meet on 2025-03-04",
        tool(start={"type": "string", "format": "date-time"}),
        {"start": "2025-03-04T00:00:00Z"},
    ),
    (
        "city: Bonn, radius: 12",
        tool(city=STRING, radius={"type": "integer"}),
        {"city": "Bonn", "radius": 12},
    ),
    (
        "Extract: Jane Smith, jane@acme.co, Acme Corp",
        tool(name=STRING, email=STRING, company=STRING),
        {"name": "Jane Smith", "email": "jane@acme.co", "company": "Acme Corp"},
    ),
    (
        "Ship the ticket ABC-12",
        tool(key={"type": "string", "pattern": "^[A-Z]+-[0-9]+$"}),
        {"key": "ABC-12"},
    ),
    (
        "Weather in Oslo, and include humidity",
        tool(["city"], city=STRING, include_humidity={"type": "boolean"}),
        {"city": "Oslo", "include_humidity": True},
    ),
    ("Weather in Oslo", tool(city={"anyOf": [STRING, {"type": "null"}]}), {"city": "Oslo"}),
    ("Hello", tool(city={"anyOf": [STRING, {"type": "null"}]}), {"city": None}),
    ("Hello", tool(unit={"enum": ["a", "b"], "default": "b"}), {"unit": "b"}),
    ("Hello", tool([], unit={"enum": ["a", "b"], "default": "b"}), {}),
]


@pytest.mark.parametrize(("words", "schema", "value"), SAID)
def test_what_the_user_says_is_taken(words: str, schema: JsonObject, value: Json) -> None:
    """A property that the words obviously supply gets that value; no other is set."""
    assert value == generate(schema, seed="any", words=words)


@pytest.mark.parametrize("words", ["Hello, how are you?", "hi", "Thanks in advance.", "In 2025?"])
def test_small_talk_supplies_nothing(words: str) -> None:
    """Words that name no place and no sum are not taken for one."""
    schema = tool(city=STRING, expression=STRING, ticker=STRING, email=STRING)
    assert generate(schema, seed="1") == generate(schema, seed="1", words=words)


def test_values_fit_the_names_of_their_properties() -> None:
    """Names are hints; addresses and numbers are those kept free for documentation."""
    schema = tool(
        email=STRING,
        homepage_url=STRING,
        phone_number=STRING,
        ip_address=STRING,
        startDate=STRING,
        latitude={"type": "number"},
        city=STRING,
    )
    value = generate(schema, seed="7")
    assert value["email"].endswith("@example.com")
    assert value["homepage_url"].startswith("https://example.com/")
    assert re.fullmatch(r"\+1-202-555-01\d\d", value["phone_number"])
    assert value["ip_address"].startswith("192.0.2.")
    assert re.fullmatch(r"2025-\d\d-\d\d", value["startDate"])
    assert -90 <= value["latitude"] <= 90
    assert re.fullmatch(r"[A-Z][A-Za-z ]+", value["city"])


@pytest.mark.parametrize("schema", [None, {}, {"type": "object"}, tool([])])
def test_a_tool_without_parameters_gets_an_empty_object(schema: JsonObject | None) -> None:
    """No schema, an empty one and one without properties all mean that there is nothing to say."""
    assert {} == generate(schema, seed="1", words="What's the weather in Tokyo?")


def test_a_tool_that_requires_nothing_gets_its_first_property_without_default() -> None:
    """A call that says nothing at all would be of no use to anybody's tool."""
    value = generate(tool([], limit={"type": "integer", "default": 3}, city=STRING), seed="1")
    assert ["city"] == list(value)


HOPELESS: list[tuple[JsonObject, str, str]] = [
    (tool(a={"type": "string", "pattern": r"^\p{L}+$"}), "$.properties.a.pattern", r"\\p{L}"),
    (tool(a=tool(b={"type": "integer", "minimum": 3, "maximum": 2})), "$.a.b", "bounds"),
    (tool(a={"type": "number", "exclusiveMinimum": 1, "maximum": 1}), "$.a", "no value was found"),
    ({"type": "strin"}, "$.type", "'strin'"),
    ({"type": "object", "properties": []}, "$.properties", "not of type 'object'"),
    ({"type": "object", "properties": {"a": False}, "required": ["a"]}, "$.a", "false"),
    ({"$ref": "#"}, "$", "leads back to itself"),
    ({"not": {"$ref": "#"}}, "$", "contains itself"),
    ({"$ref": "https://example.com/schema.json"}, "$", "points to nothing"),
    (tool(a={"$ref": "#/$defs/nope"}), "$.a", "points to nothing"),
    (tool(next={"$ref": "#"}), "$.next.next", "comes to no end"),
    ({"type": "array", "items": STRING, "minItems": 10**9}, "$", "1000000000 items"),
    ({"type": "string", "minLength": 10**9}, "$", "minLength"),
    ({"type": "string", "minLength": 3, "maxLength": 2}, "$", "at least 3 and at most 2"),
    ({"type": "string", "pattern": "^(?!a)a$"}, "$", "matches"),
    ({"allOf": [STRING, {"type": "integer"}]}, "$", "every part"),
    ({"allOf": [{"enum": [1]}, {"enum": [2]}]}, "$", "every part"),
    (
        {"type": "array", "uniqueItems": True, "minItems": 3, "items": {"type": "boolean"}},
        "$[2]",
        "too few different values",
    ),
    ({"type": "object", "minProperties": 3, "propertyNames": {"enum": ["a", "b"]}}, "$", "too few"),
    ({"type": "object", "not": {}}, "$", "no value was found"),
    (
        {
            "anyOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/a"}],
            "$defs": {"a": tool(x={"$ref": "#"}, y={"$ref": "#"})},
        },
        "$",
        "",
    ),
]


@pytest.mark.parametrize(("schema", "path", "why"), HOPELESS)
def test_a_schema_without_a_value_says_where_and_why(
    schema: JsonObject, path: str, why: str
) -> None:
    """It neither hangs nor crashes: the error names the path and the reason."""
    with pytest.raises(Unsatisfiable) as caught:
        generate(schema, seed="1")
    assert caught.value.path.startswith(path)
    assert why in caught.value.why
    assert isinstance(caught.value, MockRouterError)


def test_a_pattern_that_could_search_for_ever_is_met_at_once() -> None:
    """Such a pattern is tried on nothing but strings made from it."""
    schema = tool(query={"type": "string", "pattern": r"^(\w+\s?)*$", "minLength": 40})
    words = "Search for " + "every word and " * 20 + "!"
    value = generate(schema, seed="1", words=words)
    assert [] == errors(schema, value)


@pytest.mark.parametrize(
    ("schema", "steps", "message"),
    [
        ({"type": "strin"}, ("type",), "'strin' is not valid under any of the given schemas"),
        ({"properties": []}, ("properties",), "[] is not of type 'object'"),
        (
            tool(a={"required": True}),
            ("properties", "a", "required"),
            "True is not of type 'array'",
        ),
        (tool(a={"pattern": "("}), ("properties", "a", "pattern"), "'(' is not a 'regex'"),
    ],
)
def test_what_is_no_schema_is_told_apart(
    schema: JsonObject, steps: tuple[str, ...], message: str
) -> None:
    """It is the client's mistake, and the real APIs have words for it, which are jsonschema's."""
    with pytest.raises(InvalidSchema) as caught:
        generate(schema, seed="1")
    assert (steps, message, None) == (
        caught.value.steps,
        caught.value.message,
        caught.value.function,
    )


def test_a_schema_nested_beyond_reason_is_refused() -> None:
    """Thousands of levels are an error of ours, not a RecursionError."""
    schema: JsonObject = {"type": "string"}
    for _ in range(5000):
        schema = {"type": "array", "minItems": 1, "items": schema}
    with pytest.raises(Unsatisfiable, match="nested too deeply"):
        generate(schema, seed="1")


def test_importing_it_loads_neither_faker_nor_jsonschema() -> None:
    """A server that starts must not wait for what it may never need."""
    code = (
        "import sys, mockrouter.auto, mockrouter.generate;"
        "print([name for name in ('faker', 'jsonschema', 'referencing') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert b"[]" == found.stdout.strip()
