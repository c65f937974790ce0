"""Reading YAML and JSON: values by the 1.2 core schema, and a place for all of it."""

from __future__ import annotations

import json
import math
import re
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import assume, example, given
from hypothesis import strategies as st

from mockrouter.errors import Mistake, ScenarioError
from mockrouter.scenario.reading.contents import MAX_BYTES
from mockrouter.scenario.reading.document import parse, read
from mockrouter.scenario.reading.nodes import MAX_DEPTH, MAX_VALUES
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


def mistakes(text: str) -> list[str]:
    """Give each mistake in *text* as ``line:column: what; remedy``."""
    with pytest.raises(ScenarioError) as caught:
        parse(text, "f")
    return [str(mistake).removeprefix("f:") for mistake in caught.value.mistakes]


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


SLIPS = [
    ("a:\n\tb: 1", "2:1: a tab is used for indentation; indent with spaces"),
    ("a: @b", "1:4: text cannot begin with '@'; put the text in quotes"),
    ("tools: *", "1:8: text cannot begin with '*'; put the text in quotes"),
    ("a: 'x", "1:4: the quote opened here is never closed; add the closing '"),
    ('b: 1\na: "x\n', '2:4: the quote opened here is never closed; add the closing "'),
    ("a: [1, 2", "1:4: the list opened here with '[' is never closed; add the closing ']'"),
    ("a: {b: 1\n", "1:4: the mapping opened here with '{' is never closed; add the closing '}'"),
    ("a: [1\nb: 2", "2:2: ',' or ']' is missing before this; add it to the list"),
    ("a: b: c", "1:5: ': ' stands inside plain text; put the text in quotes"),
    ("a: 1\n  b: 2", "2:3: this key is indented too deep; align it with its mapping"),
    ("a: 1\nb:2\nc: 3", "2:1: no space follows the colon of 'b'; write 'b: 2'"),
    (
        "a: 1\nb\nc: 3",
        "2:1: this line is neither 'key: value' nor '- item'; add the ':' or indent it",
    ),
    (
        "a:\n    b: 1\n  c: 2",
        "3:3: the indentation fits no line above; align it with the lines it belongs to",
    ),
    ("a: 'it's'", "1:8: text follows the closing quote; quote the whole text once"),
    ("a: 1\n- b", "2:1: a list item stands among keys; indent it below a key of its own"),
    (
        "- a\nb: 1",
        "2:1: a key stands among list items; indent it, or begin the line with '- '",
    ),
    (
        "a: - b",
        "1:4: a list item cannot start here; put each '- item' on a line of its own",
    ),
    ("a: | b", "1:6: text follows '|' on its line; start the text on the next line"),
    ("a: !%zz b", "1:5: this is no escape of a tag; put the text in quotes"),
    (
        r'a: "\d"',
        (
            r"1:5: '\d' is no escape that double quotes know, or is cut short; "
            "double the backslash, or use single quotes"
        ),
    ),
    (
        r'a: "\UFFFFFFFF"',
        (
            r"1:5: '\U' is no escape that double quotes know, or is cut short; "
            "double the backslash, or use single quotes"
        ),
    ),
    (
        "{a: 1} b",
        "1:8: this stands after the end of the value; remove it, or quote the whole value",
    ),
    ("a: [}", "1:5: '}' stands where a value is due; add the value, or remove it"),
    ("", "1:1: the file is empty; write a mapping of keys and values"),
    ("# only words\n", "1:1: the file is empty; write a mapping of keys and values"),
    ("---\n", "1:1: the file is empty; write a mapping of keys and values"),
    ("a: 1\n---\nb: 2", "2:1: a second document begins here; keep one document in a file"),
    (
        "a: *b",
        "1:4: the alias '*b' names no anchor above; quote it if it is text, or write '&b' above",
    ),
    ("a: &b [*b]", "1:8: the alias '*b' stands inside what it names; write the value out"),
    (
        "é: \x07",
        (
            "1:4: the character U+0007 cannot stand in YAML; "
            'write it as an escape inside double quotes, such as "\\u0007"'
        ),
    ),
    ("a: " + "9" * 5000, "1:4: the number has too many digits; put it in quotes"),
]


@pytest.mark.parametrize(("text", "expected"), SLIPS)
@pytest.mark.usefixtures("scanner")
def test_broken_yaml_is_explained(text: str, expected: str) -> None:
    """A slip of YAML is one sentence at the place to look at, the same with either scanner."""
    assert [expected] == mistakes(text)


@pytest.mark.usefixtures("scanner")
def test_all_mistakes_at_once() -> None:
    """Mistakes that leave the rest readable are all found, in the order of the file."""
    text = "1: a\nb: {c: 1, c: 2}\nb: !!python/name:os x\n? [d]\n: e\n<<: {}\ntrue: !x y\nf: [*g]"

    assert [
        "1:1: a key is a number; put it in quotes: '1'",
        "2:11: the key 'c' is there already, on line 2; remove or rename one of the two",
        "3:1: the key 'b' is there already, on line 2; remove or rename one of the two",
        "3:4: the tag '!!python/name:os' is not allowed; remove it, or put the text in quotes",
        "4:3: a key is a list; use text",
        (
            "6:1: merge keys ('<<') are no part of YAML 1.2; "
            "write the keys out, or quote '<<' to mean the text"
        ),
        "7:1: a key is a yes/no value; put it in quotes: 'true'",
        "7:7: the tag '!x' is not allowed; remove it, or put the text in quotes",
        "8:5: the alias '*g' names no anchor above; quote it if it is text, or write '&g' above",
    ] == mistakes(text)


def test_mistakes_before_a_broken_line_are_kept() -> None:
    """A line that cannot be read does not hide what was found above it."""
    assert [
        "2:1: the key 'a' is there already, on line 1; remove or rename one of the two",
        "3:5: ': ' stands inside plain text; put the text in quotes",
    ] == mistakes("a: 1\na: 2\nb: c: d")


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


def _bombs() -> dict[str, str]:
    laughs = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    laughs += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 40)]
    tower = ["a0: &a0 [x]", *(f"a{i}: &a{i} [*a{i - 1}]" for i in range(1, 200))]
    return {
        "billion laughs": "\n".join(laughs),
        "aliases that nest": "\n".join(tower),
        "many values": "- a\n" * (MAX_VALUES + 1),
        "open lists": "[" * 1_000_000,
        "open mappings": "{a: " * 500_000,
        "list in list": "- " * 500_000,
        "key in key": "? " * 500_000,
        "pure Python": r'# "\ud800"' + "\n" + "[" * 500_000,
        "large": "a" * (MAX_BYTES + 1),
    }


@pytest.mark.parametrize("text", _bombs().values(), ids=_bombs())
def test_hostile_files_are_refused_at_once(text: str) -> None:
    """What grows without bound is refused in the time of a small file."""
    start = time.process_time()

    found = mistakes(text)

    assert time.process_time() - start < 10
    assert 1 == len(found)
    assert re.search("more than|larger than", found[0])


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


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a: \xc3\xa9\nb: \xc3\xa9\xff", "2:5: byte 0xff is not UTF-8; save the file as UTF-8"),
        (b"\xff\xfea\x00", "1:1: byte 0xff is not UTF-8; save the file as UTF-8"),
        (b"a" * (MAX_BYTES + 1), f"1:1: the file is larger than {MAX_BYTES:,} bytes; split it"),
    ],
    ids=["in the middle", "UTF-16", "large"],
)
def test_unreadable_bytes(tmp_path: Path, data: bytes, expected: str) -> None:
    """A file that is no text, or too much of it, is a mistake like others."""
    path = tmp_path / "a.yaml"
    path.write_bytes(data)

    with pytest.raises(ScenarioError) as caught:
        read(path)

    assert f"{path}:{expected}" == str(caught.value)


def test_unreadable_files(tmp_path: Path) -> None:
    """A name that is no file is a mistake like others."""
    missing = tmp_path / "none.yaml"

    with pytest.raises(ScenarioError) as caught:
        read(missing)
    with pytest.raises(ScenarioError, match="cannot be read"):
        read(tmp_path)
    with pytest.raises(ScenarioError, match="cannot be read"):
        read(Path("a\0b"))

    reason = "the file cannot be read (No such file or directory)"
    assert f"{missing}:1:1: {reason}; check its name and rights" == str(caught.value)
