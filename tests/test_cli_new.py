"""`mockrouter new` and `mockrouter schema`: files that begin a scenario."""

from __future__ import annotations

from pathlib import Path

import pytest

from command_line import call
from mockrouter.scenario.editor_schema import FILE


@pytest.mark.usefixtures("here")
def test_new_is_a_scenario_that_works() -> None:
    """What is written passes the check, and answers from the tool's result."""
    assert 0 == call("new", "tests/mine").exit_code
    assert "1 scenario is fine\n" == call("check", "tests/mine.yaml").stdout

    done = call("show", "tests/mine.yaml", "--turn", "2", "--attempt", "2", "--no-stream")

    assert "The tool says: {" in done.stdout
    assert "429" in call("show", "tests/mine.yaml", "--turn", "2").stdout


def test_new_points_to_the_schema(here: Path) -> None:
    """The first line tells editors where the schema is."""
    call("new", "mine")

    first = (here / "mine.yaml").read_text().splitlines()[0]
    assert f"# yaml-language-server: $schema={FILE.resolve().as_uri()}" == first


def test_new_points_into_the_project(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where the project holds the schema, the path is one that colleagues can use too."""
    from mockrouter.cli import new  # noqa: PLC0415 - the module, whose place is changed here

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(new, "__file__", str(tmp_path / "venv" / "mockrouter" / "cli" / "new.py"))

    call("new", "tests/mine")

    first = (tmp_path / "tests" / "mine.yaml").read_text().splitlines()[0]
    assert "# yaml-language-server: $schema=../venv/mockrouter/scenario.schema.json" == first


def test_a_file_that_cannot_be_written(here: Path) -> None:
    """What the file system refuses is a message, not a traceback."""
    (here / "file").write_text("")

    done = call("new", "file/mine")

    assert (1, "file: File exists\n") == (done.exit_code, done.stderr)


def test_new_never_overwrites(here: Path) -> None:
    """A file that is there stays as it is, unless it is forced."""
    (here / "mine.yaml").write_text("precious")

    assert 2 == call("new", "mine").exit_code
    assert "precious" == (here / "mine.yaml").read_text()
    assert 0 == call("new", "mine.yaml", "--force").exit_code
    assert "precious" != (here / "mine.yaml").read_text()


def test_schema_is_the_installed_one() -> None:
    """It prints the file that editors are pointed to."""
    assert FILE.read_bytes() == call("schema").stdout_bytes
