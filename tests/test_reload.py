"""Serving what the files say now: good edits, broken ones, and the watch on the files."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from mockrouter import catalogue
from mockrouter.cli.serving import build
from mockrouter.engine.engine import Engine
from mockrouter.scenario.models import TextPart
from mockrouter.serving.reload import Reloader, watched

GOOD = "turns: [{say: [{text: %s}]}]\n"
BROKEN = "turns: [{say: [{txt: oops}]}]\nturn: 1\n"


class Served:
    """A folder that is served, and what was told of it."""

    def __init__(self, folder: Path) -> None:
        """Begin with one scenario, a.yaml."""
        self.folder = folder
        self.write("a", GOOD % "one")
        self.told: list[str] = []
        self.engine: Engine = build([folder])
        self.reloader = Reloader(self.engine, [folder], catalogue.folder(), self.told.append)

    def write(self, name: str, text: str) -> None:
        """Write a scenario."""
        (self.folder / f"{name}.yaml").write_text(text, encoding="utf-8")

    def says(self, name: str) -> str:
        """Find what a scenario says now."""
        say = self.engine.library.find(name).model.turns[0].say
        assert isinstance(say, list)
        assert isinstance(say[0], TextPart)
        return say[0].text.source

    @property
    def names(self) -> list[str]:
        """Name the active scenarios."""
        return [scenario.name for scenario in self.engine.library.active]


@pytest.fixture
def served(tmp_path: Path) -> Served:
    """Serve an empty folder but for one scenario."""
    return Served(tmp_path)


def test_serves_what_changed(served: Served) -> None:
    """A changed file is served at once, and named."""
    served.write("a", GOOD % "two")

    served.reloader.reload()

    assert "two" == served.says("a")
    assert ["changed a"] == served.told


def test_new_and_gone(served: Served) -> None:
    """New files are served, deleted ones no longer."""
    served.write("b", GOOD % "b")
    (served.folder / "a.yaml").unlink()

    served.reloader.reload()

    assert ["b"] == served.names
    assert ["new b; gone a"] == served.told


def test_broken_edit_keeps_the_last_good_version(served: Served) -> None:
    """Every mistake is told, and what answered before goes on answering."""
    served.write("a", BROKEN)

    served.reloader.reload()

    assert "one" == served.says("a")
    *mistakes, last = served.told
    assert [f"{served.folder}/a.yaml:1:", f"{served.folder}/a.yaml:2:"] == [
        mistake[: len(f"{served.folder}/a.yaml:1:")] for mistake in mistakes
    ]
    assert "still serving the last good version" == last


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("two", "mended; changed a"),
        ("one", "mended; nothing changed since the last good version"),
    ],
)
def test_mended(served: Served, text: str, told: str) -> None:
    """After a broken edit, a good one says that all is well again."""
    served.write("a", BROKEN)
    served.reloader.reload()
    served.write("a", GOOD % text)

    served.reloader.reload()

    assert told == served.told[-1]
    assert text == served.says("a")


def test_unchanged_is_quiet(served: Served) -> None:
    """A file that is saved as it was tells nothing, and keeps what was compiled."""
    library = served.engine.library

    served.reloader.reload()

    assert [] == served.told
    assert library is served.engine.library


def test_moved_lines_count(served: Served) -> None:
    """A comment moves the lines that messages name, so the new places are taken."""
    served.write("a", "# Hello.\n" + GOOD % "one")

    served.reloader.reload()

    assert 2 == served.engine.library.find("a").source.place(("turns",)).line


def test_priority_counts(served: Served) -> None:
    """Who is asked first can change with no other change."""
    served.write("b", GOOD % "b")
    served.reloader.reload()
    served.write("b", f"priority: 1\n{GOOD % 'b'}")

    served.reloader.reload()

    assert ["b", "a"] == served.names


def test_watches_files_through_their_folders(tmp_path: Path) -> None:
    """Folders are watched with all that is below; a file's folder is not."""
    file = tmp_path / "a.yaml"
    file.touch()

    found = watched([tmp_path, file])

    assert [(frozenset({tmp_path}), True), (frozenset({tmp_path.resolve()}), False)] == found


@pytest.mark.parametrize("later", [True, False], ids=["later", "at once"])
def test_hears_of_bases_elsewhere(tmp_path: Path, later: bool) -> None:  # noqa: FBT001 - a table
    """What a scenario is made of is watched too, also where it came by it while it was served."""
    served = Served(tmp_path)
    (tmp_path / "shared").mkdir()
    served.write("shared/base", GOOD % "one")
    made = "base: shared/base"
    served.write("a", GOOD % "one" if later else made)
    served.reloader.reload()
    heard = threading.Event()
    number = 0

    paths = [tmp_path / "a.yaml"]
    with Reloader(build(paths), paths, catalogue.folder(), lambda _: heard.set()) as reloader:
        if later:
            served.write("a", made)
            reloader.reload()
            heard.clear()
        while not heard.wait(0.2) and number < 100:
            number += 1
            served.write("shared/base", GOOD % f"text{number}")

    assert heard.is_set()


@pytest.mark.parametrize("whole", [True, False], ids=["folder", "file"])
def test_hears_of_edits(tmp_path: Path, whole: bool) -> None:  # noqa: FBT001 - a table
    """An edit is heard of, also where the editor puts a new file in the place of the old one."""
    served = Served(tmp_path)
    heard = threading.Event()
    paths = [tmp_path if whole else tmp_path / "a.yaml"]
    fresh = tmp_path / "fresh"
    number = 0

    with Reloader(served.engine, paths, catalogue.folder(), lambda _: heard.set()):
        # Nobody says from when on the system watches, so the edit is made until it is heard of.
        while not heard.wait(0.2) and number < 100:
            number += 1
            fresh.write_text(GOOD % f"text{number}", encoding="utf-8")
            fresh.replace(tmp_path / "a.yaml")

    assert heard.is_set()
    assert "one" != served.says("a")
