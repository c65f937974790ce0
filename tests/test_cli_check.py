"""`mockrouter check`: every mistake of every file, for people and for machines."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from command_line import BROKEN, GOOD, call


def test_check_says_every_mistake(here: Path) -> None:
    """Every mistake of every file is a line that editors can jump to."""
    (here / "a.yaml").write_text(BROKEN)
    (here / "b.yaml").write_text("turns: []\n")

    done = call("check", "a.yaml", "b.yaml")

    places = [line.split(": ")[0] for line in done.stdout.splitlines()]
    assert ["a.yaml:2:11", "a.yaml:3:1", "b.yaml:1:8"] == places
    assert "3 mistakes\n" == done.stderr
    assert 1 == done.exit_code


def test_check_for_github(here: Path) -> None:
    """Annotations are one line each, with what would end them early escaped."""
    (here / "50%,a.yaml").write_text(BROKEN)

    first, _ = call("check", "50%,a.yaml", "--format", "github").stdout.splitlines()

    assert first.startswith("::error file=50%25%2Ca.yaml,line=2,col=11::")


def test_check_is_content(here: Path) -> None:
    """Scenarios without a mistake are counted."""
    (here / "a.yaml").write_text(GOOD)

    done = call("check", "a.yaml")

    assert (0, "1 scenario is fine\n") == (done.exit_code, done.stdout)


@pytest.mark.parametrize(
    ("words", "begins"),
    [((), "warning: a.yaml:1:"), (("--format", "github"), "::warning file=a.yaml,line=1,col=")],
)
def test_check_warns(here: Path, words: tuple[str, ...], begins: str) -> None:
    """What most probably never happens is told, and is no mistake."""
    (here / "a.yaml").write_text(
        "turns: [{say: [{tool_call: any}], faults: [{fault: drop, label: text}]}]"
    )

    done = call("check", "a.yaml", *words)

    warning, last = done.stdout.splitlines()
    assert warning.startswith(begins)
    assert (0, "1 scenario is fine, with 1 warning") == (done.exit_code, last)


@pytest.mark.usefixtures("here")
def test_check_finds_nothing() -> None:
    """A folder without a scenario is most likely a mistake in a script."""
    done = call("check", ".")

    assert 1 == done.exit_code
    assert "holds no scenario" in done.stderr


def test_catalogue_is_fine() -> None:
    """Without a path, what comes with the product is checked."""
    done = call("check")

    assert 0 == done.exit_code
    assert re.fullmatch(r"\d\d+ scenarios are fine\n", done.stdout)
