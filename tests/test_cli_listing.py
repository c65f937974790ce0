"""`mockrouter list`: what it finds, and how it looks in a terminal and in a pipe."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from asgi import BUILTIN
from command_line import GOOD, call
from folders import share_catalogue
from mockrouter import catalogue
from mockrouter.cli.listing_table import in_groups, show
from mockrouter.scenario.library import load_text

MINE = """
summary: Says hello.
tags: [greeting, high, responses, plain]
evidence: [acme/phone#12, radio#7]
client: {runs: 0, requests: 1..3}
turns:
  - attempts: [{error: 429}, {say: [{text: Hello.}]}]
"""

FAULTY = """
summary: Scratches.
turns: [{say: [{text: Hello.}], faults: [{fault: disconnect}]}]
"""

FAMILY = """
summary: Four of a kind.
base: auto
matrix: {dialect: [chat, responses], stream: [true, false]}
not_applicable: [{stream: false, dialect: chat, reason: Nobody does so.}]
"""


@pytest.fixture(autouse=True)
def _catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    share_catalogue(monkeypatch)


def names(*words: str) -> list[str]:
    """Name the scenarios that are listed."""
    return [row["name"] for row in json.loads(call("list", "--json", *words).stdout)]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["loops/wea*"], ["loops/weather"]),
        (["*/weather"], ["loops/weather"]),
        (["WEATHER FOR BERLIN"], ["loops/weather"]),
        (["berlin weather"], ["loops/weather"]),
        (["berlin", "WEATHER"], ["loops/weather"]),
        (["loops/*", "berlin"], ["loops/weather"]),
        (["loops/*", "berlin", "xyzzy"], []),
        (["scratches", "disconnect", "--path", "d.yaml"], ["d"]),
        (["--tag", "builtin"], ["auto"]),
        (["loops", "--tag", "builtin"], []),
        (["--path", "a.yaml", "--tag", "greeting"], ["a"]),
        (["--path", "b.yaml", "acme/phone#12"], ["b"]),
        (["--path", "b.yaml", "phone#12"], ["b"]),
        (["--path", "b.yaml", "phone#*"], ["b"]),
        (["--path", "b.yaml", "acme/*#*"], ["b"]),
        (["--path", "b.yaml", "radio#[7]"], ["b"]),
        (["--path", "b.yaml", "1 TO 3 requests", "--tag", "greeting"], ["b"]),
        (["--path", "b.yaml", "--tag", "greeting", "--severity", "high"], ["b"]),
        (["--path", "b.yaml", "--tag", "greeting", "--severity", "low"], []),
        (["--path=b.yaml", "phone#", "--severity=low", "--severity=high"], ["b"]),
        (["--path", "b.yaml", "--tag", "greeting", "--dialect", "responses"], ["b"]),
        (
            ["--path=b.yaml", "--tag=greeting", "--dialect=responses", "--dialect=chat"],
            [],
        ),
    ],
)
def test_filters(here: Path, words: list[str], found: list[str]) -> None:
    """
    Patterns are wildcards over names and evidence, or parts of any text; all must fit.

    Tags and formats must all be there, one of the severities is enough.
    """
    (here / "a.yaml").write_text(GOOD)
    (here / "b.yaml").write_text(MINE)
    (here / "d.yaml").write_text(FAULTY)

    assert found == names(*words)


def test_json_has_everything(here: Path) -> None:
    """A script need not read tags, nor the file."""
    (here / "b.yaml").write_text(MINE)
    (row,) = json.loads(call("list", "--json", "--path", "b.yaml", "phone").stdout)

    assert {
        "name": "b",
        "summary": "Says hello.",
        "severity": "high",
        "dialects": ["responses"],
        "modes": ["plain"],
        "tags": ["greeting", "high", "responses", "plain"],
        "turns": 1,
        "attempts": [2],
        "evidence": ["acme/phone#12", "radio#7"],
        "client": ["runs no tool", "sends 1 to 3 requests"],
        "path": "b.yaml",
        "variants": [],
        "not_applicable": {},
    } == row


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--tag", "paralel"], "there is no tag 'paralel'; did you mean parallel?"),
        (["--tag", "xyzzy"], "there is no tag 'xyzzy'; there is builtin, "),
        (["--tag", "sound"], "no tag 'sound'; did you mean fault-free, or the folder sound/*?"),
        (["--tag", "loops"], "did you mean the folder loops/*?"),
        (["--severity", "hihg"], "'low', 'medium', 'high'"),
        (["--dialect", "anthropic"], "'chat', 'responses'"),
    ],
)
def test_words_that_there_are_not(words: list[str], says: str) -> None:
    """A word that nothing can fit is a mistake, and the message has those that there are."""
    done = call("list", *words)

    assert (2, "") == (done.exit_code, done.stdout)
    assert says in done.stderr


def test_a_pipe_gets_a_line_each() -> None:
    """Every scenario is a line, with columns that are never empty, its summary and its tags."""
    lines = call("list").stdout.splitlines()

    assert len(names()) == len(lines)
    assert [line for line in lines if line.startswith("auto ") and "1 turn " in line]
    assert not any(line.endswith(" ") for line in lines)
    (weather,) = (line for line in lines if line.startswith("loops/weather "))
    assert ["loops/weather", "-", "both", "both", "2", "turns"] == weather.split()[:6]


def test_finds_nothing() -> None:
    """A pattern that fits nothing exits with 1, as grep does."""
    done = call("list", "no such thing")

    assert (1, "") == (done.exit_code, done.stdout)


def test_folders_come_in_the_order_of_the_catalogue(here: Path) -> None:
    """What is the user's comes first, then the catalogue, from calls to whole conversations."""
    mine = here / "loops"
    mine.mkdir()
    (mine / "own.yaml").write_text(GOOD)
    (here / "z.yaml").write_text(GOOD)
    found = names("--path", str(here))
    folders = list(dict.fromkeys(name.rpartition("/")[0] for name in found[2:]))

    assert ["z", "loops/own", "auto"] == found[:3]
    assert ["", *(f for f in catalogue.FOLDERS if f in folders)] == folders


def test_every_folder_says_what_it_holds() -> None:
    """A folder of the catalogue has a short sentence."""
    folders = {name.rpartition("/")[0] for name in BUILTIN.named}

    assert {*catalogue.FOLDERS, ""} >= folders
    assert all(about.endswith(".") and len(about) < 75 for about in catalogue.FOLDERS.values())


def printed(width: int) -> list[str]:
    """Print some scenarios in a terminal of so many columns."""
    file = StringIO()
    out = Console(file=file, width=width, force_terminal=True, color_system=None)
    mine = [
        load_text(MINE, name="deep/mine", path="mine.yaml"),
        load_text(FAMILY, name="kind", path="kind.yaml"),
    ]
    theirs = [BUILTIN.named["stream/whole-arguments"]]
    show(in_groups([*theirs, *mine]), 9, out)
    return [line.rstrip() for line in file.getvalue().splitlines()]


def test_a_wide_terminal() -> None:
    """Columns, under the folder that each is in."""
    whole = BUILTIN.named["stream/whole-arguments"].model.summary

    assert [
        "name                    severity  formats    modes   summary",
        "kind                              both       both    Four of a kind.",
        "kind@chat-plain                                      not applicable: Nobody does so.",
        "",
        "deep/",
        "deep/mine               high      responses  plain   Says hello.",
        "",
        "stream/  " + catalogue.FOLDERS["stream"],
        f"stream/whole-arguments  no fault  both       stream  {whole}",
        "",
    ] == printed(120)


def test_a_narrow_terminal() -> None:
    """Two lines each: what it is, then its summary."""
    lines = printed(60)

    assert "deep/mine               high      responses only, plain only" in lines
    assert "    Says hello." in lines
    assert "    not applicable: kind@chat-plain: Nobody does so." in lines
    assert 60 >= max(map(cell_len, lines))
