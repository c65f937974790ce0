"""The values that conditions are written in."""

from __future__ import annotations

import time

import pytest
from pydantic import TypeAdapter, ValidationError

from mockrouter.patterns import Name, Path, Range, Text, Value
from mockrouter.values import Json


@pytest.mark.parametrize(
    ("condition", "actual", "expected"),
    [
        ("tokyo", "Weather in Tokyo?", True),
        ("tokyo", "Weather in Paris?", False),
        ("tokyo", None, False),
        ({"equals": "Hi"}, "Hi", True),
        ({"equals": "Hi"}, "hi", False),
        ({"contains": "STRASSE"}, "Lange Straße", True),
        ({"matches": r"^\d+ apples"}, "12 apples and pears", True),
        ({"matches": r"^\d+ apples"}, "no apples", False),
        ({"absent": True}, None, True),
        ({"absent": True}, "", False),
        ({"absent": False}, "", True),
    ],
)
def test_text(condition: Json, actual: str | None, expected: bool) -> None:  # noqa: FBT001
    """A text is compared as its operator says."""
    assert expected is Text.model_validate(condition).holds(actual)


@pytest.mark.parametrize("expression", [r"\s+$", r"\w*\s.*x.*y", r"(\s)\1x.y"])
def test_a_long_text_takes_no_time(expression: str) -> None:
    """Not even where every place may be the start of what is searched for."""
    condition = Text.model_validate({"matches": expression})
    start = time.perf_counter()

    assert not condition.holds(" " * 99_999 + "x")
    assert time.perf_counter() - start < 10


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("gpt-4o", "gpt-4o", True),
        ("gpt-4o", "gpt-4o-mini", False),
        ("gpt-*", "gpt-4o", True),
        ("*/claude-?.5*", "anthropic/claude-3.5-sonnet", True),
        ("GPT-*", "gpt-4o", False),
    ],
)
def test_name(pattern: str, name: str, expected: bool) -> None:  # noqa: FBT001
    """A name is compared letter by letter, with wildcards."""
    assert expected is Name.model_validate(pattern).holds(name)


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [(2, [2], [1, 3]), ("1..3", [1, 3], [0, 4]), ("2..", [2, 99], [1]), ("..5", [0, 5], [6])],
)
def test_range(text: Json, inside: list[int], outside: list[int]) -> None:
    """Both ends of a range are in it."""
    found = Range.model_validate(text)

    assert all(map(found.holds, inside))
    assert not any(map(found.holds, outside))


@pytest.mark.parametrize("text", ["..", "3..1", "x", -1.5, True, "1-3"])
def test_no_range(text: Json) -> None:
    """What is no range is refused, with the forms that are."""
    with pytest.raises(ValidationError, match=r"; write"):
        Range.model_validate(text)


BODY = {"messages": [{"role": "user"}, {"role": "tool", "content": "x"}], "a b": {"c": [1, 2]}}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$.messages[0].role", ["user"]),
        ("messages[-1].role", ["tool"]),
        ("$.messages[*].role", ["user", "tool"]),
        ("$['a b'].c[1]", [2]),
        ("$.messages[7].role", []),
        ("$.none.at.all", []),
        ("$['a b'].c", [[1, 2]]),
        ('["a b"].c[0]', [1]),
        ("messages[?@.role=='tool'].content", ["x"]),
        ("messages[?@.role == tool]", [{"role": "tool", "content": "x"}]),
        ("messages[?@.content=='y']", []),
    ],
)
def test_path(path: str, expected: list[Json]) -> None:
    """A path finds all values that stand at it, and nothing where there is none."""
    assert expected == Path(path).values_in(BODY)


@pytest.mark.parametrize(
    ("path", "new", "keys"),
    [
        ("messages[*].content", False, ["content"]),
        ("messages[*].content", True, ["content", "content"]),
        ("messages[-1]", False, [1]),
        ("messages[9]", True, []),
        ("none.at", True, []),
        ("['a b'][*]", False, ["c"]),
    ],
)
def test_places(path: str, new: bool, keys: list[Json]) -> None:  # noqa: FBT001
    """What a path means can be changed where it stands, and a key of a mapping be added."""
    assert keys == [key for _, key in Path(path).places_in(BODY, new=new)]


@pytest.mark.parametrize("stop", [5, "abc", True, 1.5, None])
def test_a_wildcard_finds_nothing_in_a_plain_value(stop: Json) -> None:
    """Only lists and objects have members; a text has none, and a number is no mistake."""
    assert [] == Path("$.stop[*]").values_in({"stop": stop})


@pytest.mark.parametrize("path", ["$..role", "$.a[?(@.b)]", "a[", "$.a b"])
def test_no_path(path: str) -> None:
    """What cannot be read as a path is refused with an example."""
    with pytest.raises(ValidationError, match=r"is no path; write one such as"):
        TypeAdapter(Path).validate_python(path)


@pytest.mark.parametrize(
    ("value", "found", "expected"),
    [
        (1, [1], True),
        (1, [True], False),
        ("user", ["system", "user"], True),
        (None, [None], True),
        (None, [], False),
        ({"contains": "x"}, ["axb"], True),
        ({"contains": "x"}, [5], False),
        ({"absent": True}, [], True),
        ({"absent": True}, [None], False),
        ({"type": "function"}, [{"type": "function"}], True),
    ],
)
def test_value(value: Json, found: list[Json], expected: bool) -> None:  # noqa: FBT001
    """A value is compared with what stands at its path; numbers and yes/no apart."""
    assert expected is Value.model_validate(value).holds(found)


@pytest.mark.parametrize(
    ("condition", "what"),
    [
        ({}, "not 0"),
        ({"contains": "a", "equals": "b"}, "not 2"),
        ({"matches": "("}, "cannot be read"),
        ({"matches": "a" * 2000}, "2000 characters"),
        ({"matches": "a{99999999999}"}, "cannot be read: the repetition number is too large; "),
        ({"matches": "(a+)+$"}, "could search for ever; repeat no part that"),
        ({"matches": "^(a|a)*b$"}, "could search for ever; repeat no part that"),
    ],
)
def test_no_text(condition: Json, what: str) -> None:
    """A condition with no operator, two, or an unreadable expression is refused."""
    with pytest.raises(ValidationError, match=what):
        Text.model_validate(condition)
