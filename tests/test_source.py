"""Reading YAML and JSON: values by the 1.2 core schema, and a place for all of it."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import assume, example, given
from hypothesis import strategies as st

from mockrouter.errors import Mistake, ScenarioError
from mockrouter.scenario.reading.document import parse, read
from mockrouter.scenario.reading.nodes import MAX_DEPTH
from mockrouter.scenario.reading.source import of_value
from mockrouter.scenario.reading.tree import Place
from mockrouter.values import Json

JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.sampled_from(["NO", "1e3", "null", "=", "<<", "2026-11-20", "0o17", "~", "", " ", "08"])
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


class Yaml12Dumper(yaml.SafeDumper):
    """Quotes text that is a number in YAML 1.2 but not in PyYAML's own YAML 1.1 (``1e3``)."""


Yaml12Dumper.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"(0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?)\Z"),
    list("-+.0123456789"),
)


@pytest.fixture(params=["libyaml", "pure Python"])
def scanner(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a test with libyaml, and as if it were missing."""
    if request.param == "pure Python":
        monkeypatch.delattr(yaml, "CSafeLoader")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("NO", "NO"),
        ("on", "on"),
        ("true", True),
        ("FALSE", False),
        ("~", None),
        ("null", None),
        ("2026-11-20", "2026-11-20"),
        ("12:30:00", "12:30:00"),
        ("=", "="),
        ("1_000", "1_000"),
        ("0777", 777),
        ("0o17", 15),
        ("0x1F", 31),
        ("+12", 12),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("-.INF", -math.inf),
        ("'1'", "1"),
        ("! 1", "1"),
        ("!!str 1", "1"),
        ("!!float 1", 1.0),
        ("!!null ''", None),
        ("'<<'", "<<"),
        (r'"\ud83d\ude00"', "😀"),
        (r'"\ud83d"', "\ud83d"),
        ("\ufeffx", "x"),
        ("|\n a\r\n b\r\n", "a\nb\n"),
    ],
)
@pytest.mark.usefixtures("scanner")
def test_scalars_are_read_by_the_core_schema(text: str, expected: Json) -> None:
    """A scalar means what YAML 1.2 (and so JSON) says, and has the type that it says."""
    value = parse(f"- {text}" if not text.startswith("\ufeff") else text).value
    value = value[0] if isinstance(value, list) else value

    assert (type(expected), expected) == (type(value), value)


@given(JSON_VALUES)
@example({"<<": {"=": "1e3"}, "1": ["~"], "a:": "- b"})
def test_yaml_reads_back_equal(value: Json) -> None:
    """What PyYAML writes of a JSON value is read back as that value."""
    assert value == parse(yaml.dump(value, Dumper=Yaml12Dumper)).value


@given(JSON_VALUES, st.sampled_from([None, 2, "\t"]), st.booleans())
@example({"a": "\ud83d", "b": "😀"}, None, True)  # noqa: FBT003 - Hypothesis passes by position
def test_json_reads_back_equal(value: Json, indent: int | str | None, ascii_only: bool) -> None:  # noqa: FBT001
    """What ``json.dumps`` writes is YAML, whatever its layout."""
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    # Infinity is no JSON; the rest is JSON that YAML does not allow, refused with a sentence.
    assume(not re.search("Infinity|[\x7f-\x9f\u2028\u2029\ufffe\uffff\ud800-\udfff]", text))

    assert value == parse(text).value


@given(
    st.text()
    | st.text("ab:-[]{}'\"*&!|>%@`#,? \n\t\\0\r")
    | st.lists(
        st.sampled_from([*list("[]{}:,-?&*!|>'\"#%\n ab"), "- ", ": ", "\\u", "\\ud800"])
    ).map("".join)
)
def test_no_text_raises_anything_else(text: str) -> None:
    """Whatever is in a file: a value, or mistakes that have a place inside it and one line each."""
    lines = re.split(r"\r\n?|\n", text.removeprefix("\ufeff"))
    try:
        found: tuple[Mistake, ...] = (parse(text).mistake((), "a", "b"),)
    except ScenarioError as error:
        found = error.mistakes

    assert found
    for mistake in found:
        assert 1 <= mistake.line <= len(lines)
        assert 1 <= mistake.column <= len(lines[mistake.line - 1]) + 1
        assert str(mistake).isprintable()


@pytest.mark.parametrize(
    ("loc", "key", "expected"),
    [
        ((), False, Place(1, 1)),
        (("é",), True, Place(1, 1)),
        (("é",), False, Place(1, 4)),
        (("é", "b"), False, Place(1, 8)),
        (("list",), False, Place(2, 7)),
        (("list", 1), True, Place(4, 5)),
        (("list", 1, "c"), False, Place(4, 8)),
        (("list", 1, "c", "beyond", 7), False, Place(4, 8)),
        (("list", 9), True, Place(2, 7)),
        (("é", 0, "b"), True, Place(1, 5)),
        (("use",), False, Place(5, 6)),
        (("use", 1, "c"), False, Place(4, 8)),
    ],
)
@pytest.mark.usefixtures("scanner")
def test_places(loc: tuple[str | int, ...], expected: Place, *, key: bool) -> None:
    """Keys and values have their own places; what an alias holds stands where it is written out."""
    text = "é: {b: 1}\nlist: &x\n  - a\n  - c: d\nuse: *x\n"

    assert expected == parse(text).place(loc, key=key)


def test_a_value_without_text_has_one_place() -> None:
    """A scenario given as values is all at 1:1 of ``<inline>``."""
    source = of_value({"a": [1]})

    assert "<inline>:1:1: a[0]: a; b" == str(source.mistake(("a", 0), "a", "b"))


def test_depth_up_to_the_limit() -> None:
    """The limit itself is allowed."""
    text = "[" * MAX_DEPTH + "]" * MAX_DEPTH

    assert json.loads(text) == parse(text).value


def test_reads_a_file(tmp_path: Path) -> None:
    """A file may begin with a byte order mark, and its mistakes name it."""
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: \xc3\xa9\r\nb: 1\r\n")

    source = read(path)

    assert {"a": "é", "b": 1} == source.value
    assert f"{path}:2:4: a; b" == str(source.mistake(("b",), "a", "b"))
