"""The finder alone; what tests see of it is in ``plugin/test_finding_scenarios.py``."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mockrouter.harness.finding import Finder, ScenarioNotFound
from mockrouter.scenario.library import load

CATALOGUE = load().named


def write(folder: Path, name: str, text: str = "turns: [Hello.]") -> Path:
    """Write a scenario."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def test_a_file_is_read_once(here: Path) -> None:
    """As long as a file does not change, it is one scenario, whoever asks from wherever."""
    file = write(here, "a.yaml")
    finder = Finder(CATALOGUE, [here])
    (first,) = finder.find("a")
    (again,) = finder.find(file)
    os.utime(file, ns=(1, 1))
    (changed,) = finder.find("a")

    assert first is again
    assert first is not changed


def test_paths_are_shown_from_here(here: Path) -> None:
    """A file below the working directory is named from there, as editors and terminals like it."""
    write(here, "sub/a.yaml")
    (found,) = Finder(CATALOGUE).find("a", here / "sub")

    assert str(Path("sub/a.yaml")) == found.source.path


def test_all(here: Path) -> None:
    """All are those of the suite, then those of the catalogue."""
    write(here, "b.yaml")
    write(here, "a/c.yaml")
    names = [each.name for each in Finder(CATALOGUE, [here]).all()]

    assert ["a/c", "b", *CATALOGUE] == names


@pytest.mark.parametrize("name", ["nowhere.yaml", "nowhere/", "a.yml", "", "/", "..", "a\0b"])
def test_what_is_not_there(here: Path, name: str) -> None:
    """Whatever the name, it is said that there is none."""
    write(here, "a.yaml")

    with pytest.raises(ScenarioNotFound):
        Finder(CATALOGUE, [here / "gone"]).find(name, here / "gone")


FAMILY = """
matrix: {city: [Oslo, Rome], stream: [true, false]}
not_applicable: [{city: Rome, stream: false, reason: Rome streams.}]
turns: ["{{ params.city }}"]
"""


@pytest.mark.parametrize("asked", ["fam@rome-stream", "sub/named@rome-stream", "own@rome-stream"])
def test_a_variant_is_found_by_name(here: Path, asked: str) -> None:
    """A family's file, in whatever folder and by whatever name, has variants by name."""
    write(here, "fam.yaml", FAMILY)
    write(here, "sub/named.yaml", f"name: own\n{FAMILY}")

    (found,) = Finder(CATALOGUE, [here]).find(asked)

    assert found.name.endswith("@rome-stream")
    assert {"city": "Rome", "stream": True} == found.model.with_


def test_a_file_with_its_variant_is_found(here: Path) -> None:
    """A variant may stand behind the name of a file too, and an overlay's behind its own."""
    write(here, "fam.yaml", FAMILY)
    write(here, "over.yaml", "base: fam\noverlay: {finish_reason: length}\n")
    finder = Finder(CATALOGUE, [here])

    names = [finder.find(asked)[0].name for asked in ("fam.yaml@oslo-plain", "over@oslo-plain")]

    assert ["fam@oslo-plain", "over@oslo-plain"] == names


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("fam@rome-plain", "'fam@rome-plain' is not applicable: Rome streams."),
        ("fam@paris", "'fam' has no variant 'paris'; it has oslo-stream, oslo-plain, rome-stream"),
        ("plain@x", "'plain' has no variants; write its name alone, or give it a 'matrix'"),
        ("fan@rome-stream", "no scenario is named 'fan' in .* did you mean fam"),
    ],
)
def test_variants_that_are_not_there(here: Path, asked: str, words: str) -> None:
    """It is said which there are, or why this one is not."""
    write(here, "fam.yaml", FAMILY)
    write(here, "plain.yaml")

    with pytest.raises(ScenarioNotFound, match=words):
        Finder(CATALOGUE, [here]).find(asked)
