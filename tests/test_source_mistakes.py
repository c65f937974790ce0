"""Reading what is no YAML, no JSON, no text or no file: each mistake with its place, at once."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
import yaml

from mockrouter.errors import ScenarioError
from mockrouter.scenario.reading.contents import MAX_BYTES
from mockrouter.scenario.reading.document import parse, read
from mockrouter.scenario.reading.nodes import MAX_VALUES


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
