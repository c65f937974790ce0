"""Folders of scenarios, what is kept of them, and who counts how often their files are read."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from asgi import BUILTIN
from mockrouter import catalogue
from mockrouter.scenario import library
from mockrouter.scenario.cache import Cache, keep, recall
from mockrouter.scenario.library import Folder, Library, load
from mockrouter.scenario.memory import Memory
from mockrouter.scenario.models import TextPart
from mockrouter.scenario.reading.contents import contents
from mockrouter.scenario.scenario import Scenario

SAYS = "turns: [{say: [{text: %s}]}]\n"


def share_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the files of the catalogue read once for all tests, as they are the same for each."""

    def folder(path: Path) -> Mapping[str, Scenario]:
        return BUILTIN.named if path == catalogue.folder() else Folder(path)

    monkeypatch.setattr(library, "Folder", folder)


class Counter:
    """
    Reads files, and notes which.

    Attributes:
        read: Their names.
    """

    def __init__(self) -> None:
        """Count from nothing."""
        self.read: list[str] = []

    def __call__(self, path: str) -> bytes:
        """Read a file."""
        self.read.append(Path(path).name)
        return contents(path)


def later() -> int:
    """Tell a time at which whatever is a file now has been one for long."""
    return time.time_ns() + 10_000_000_000


def remembering() -> tuple[Memory, Counter]:
    """Make a memory that trusts the times of files at once."""
    counter = Counter()
    return Memory(counter, later), counter


def write(folder: Path, **texts: str) -> None:
    """Write scenarios that say one text each."""
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(SAYS % text, encoding="utf-8")


def says(library: Library) -> dict[str, str]:
    """List what the active scenarios say, by name."""
    return {scenario.name: text_of(scenario) for scenario in library.active}


def text_of(scenario: Scenario) -> str:
    """Find what a scenario says."""
    say = scenario.model.turns[0].say
    assert isinstance(say, list)
    assert isinstance(say[0], TextPart)
    return say[0].text.source


def fresh(folder: Path) -> dict[str, str]:
    """List what the scenarios of a folder say, read anew."""
    return says(load([folder]))


def start(folder: Path, cache: Cache) -> tuple[Library, Counter]:
    """Load a folder as a server does that starts."""
    memory, counter = remembering()
    recall(memory, [folder], cache)
    try:
        return load([folder], memory=memory), counter
    finally:
        keep(memory, [folder], cache)


def kept(cache: Cache) -> Path:
    """Find the one file of a cache."""
    (file,) = cache.folder.iterdir()
    return file


def of_three(place: Path) -> Path:
    """Make a folder of three scenarios."""
    made = place / "scenarios"
    (made / "inner").mkdir(parents=True)
    write(made, a="one", b="two")
    write(made / "inner", c="three")
    return made
