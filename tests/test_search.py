"""Searching with expressions that somebody else wrote."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockrouter.generate import Unsatisfiable, generate
from mockrouter.generate.search import found, is_quick
from mockrouter.values import JsonObject

SLOW = [
    "(a+)+$",
    "^(a|a)*b$",
    "^(a|aa)+$",
    r"^(\w+\s?)*$",
    "(?:a?){40}a{40}",
    "a?" * 40 + "a" * 40,
    "(a|a)" * 40 + "b",
    "(?=(a+)+$)b",
    "a*" * 20 + "b",
]


@pytest.mark.parametrize("pattern", SLOW)
def test_what_may_search_for_ever_is_not_quick(pattern: str) -> None:
    """Its ways through a text multiply with each character, or with each of many repetitions."""
    assert not is_quick(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?i)error|timeout",
        r"^\d{5}(-\d{4})?$",
        r"(\d{1,3}\.){3}\d{1,3}",
        r"\w+@\w+\.\w+",
        ".*order.*paris.*",
        "(a|b)+",
        "(?:please|kindly)? (?:tell|show) me",
        "a{100000000}",
    ],
)
def test_what_people_write_is_quick(pattern: str) -> None:
    """Alternatives are, and repetitions one after the other."""
    assert is_quick(pattern)


@pytest.mark.parametrize("pattern", SLOW)
def test_a_search_ends(pattern: str) -> None:
    """What ``re`` would try for ever is walked through, place by place."""
    start = time.perf_counter()

    assert not found(pattern, "a" * 39 + "!")
    assert time.perf_counter() - start < 10


ATOMS = st.sampled_from(
    ["a", "b", "[ab]", ".", r"\b", "^", "$", "(?=a)", "(?!b)", "(?<=a)", "(?i:B)"]
)
PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map("(?:{0[0]}|{0[1]})".format),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "*?", "{2}", "{1,3}"])).map(
            "(?:{0[0]}){0[1]}".format
        ),
    ),
    max_leaves=6,
)


@given(pattern=PATTERNS, text=st.text("abB\n", max_size=6))
def test_the_walk_finds_what_re_finds(pattern: str, text: str) -> None:
    """However it is searched for, the answer is the same."""
    assert (re.search(pattern, text) is not None) is found(pattern, text, most=0)


@pytest.mark.parametrize("pattern", [r"^(?:(a)\1?)*$", "^(?:a*+|b)*$", "^(?:(?>a)|b)*$"])
def test_what_cannot_be_walked_is_refused(pattern: str) -> None:
    """Rather no answer than a server that hangs."""
    with pytest.raises(Unsatisfiable, match="no time"):
        found(pattern, "a" * 60 + "!")


HANGS: list[JsonObject] = [
    {"type": "string", "pattern": "^(a|a)*b$", "default": "a" * 60},
    {"type": "string", "pattern": "^(a|a)*b$", "minLength": 60},
    {"type": "string", "pattern": r"(?:\b){100000000}"},
    {"type": "string", "pattern": "^(a|a)*b$", "enum": ["a" * 60, "ab"]},
    {
        "type": "string",
        "pattern": "^(a|a)*b$",
        "$schema": "http://json-schema.org/draft-07/schema#",
    },
    {"type": "object", "properties": {"a" * 60: {}}, "patternProperties": {"^(a|a)*b$": {}}},
    {
        "type": "object",
        "properties": {"b": {"pattern": "^(a|a)*b$", "type": "string"}},
        "patternProperties": {"^(a|a)*b$": {}},
        "additionalProperties": False,
        "required": ["b"],
    },
]


@pytest.mark.parametrize("schema", HANGS)
def test_no_pattern_of_a_client_hangs(schema: JsonObject) -> None:
    """A value is made, and judged, in a moment."""
    words = f"b: {'a' * 60}!"
    start = time.perf_counter()

    generate(schema, seed="1", words=words)
    assert time.perf_counter() - start < 10


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        ({"properties": {"a": {"type": "string", "pattern": "a{100000000}"}}}, "$.a"),
        ({"properties": {"a": {"type": "string", "pattern": "(?:a{9999}){9999}"}}}, "$.a"),
        ({"properties": {"a": {"type": "string", "pattern": "^(?:(?!a)){100000000}b$"}}}, "$.a"),
        ({"properties": {"a": {"pattern": "a{9999999999999}"}}}, "$"),
        (
            {
                "patternProperties": {"^(a|a)*b$": {}},
                "properties": {"a" * 60: {}},
                "unevaluatedProperties": False,
            },
            "$.patternProperties",
        ),
    ],
)
def test_a_pattern_that_asks_for_too_much_says_where(schema: JsonObject, path: str) -> None:
    """Millions of repetitions are the schema's mistake."""
    start = time.perf_counter()

    with pytest.raises(Unsatisfiable) as caught:
        generate({"type": "object", **schema}, seed="1")
    assert caught.value.path.startswith(path)
    assert time.perf_counter() - start < 10
