"""Files are read again where they changed, and nowhere else."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from folders import Counter, fresh, remembering, says, text_of, write
from mockrouter.errors import ScenarioError
from mockrouter.scenario.cache import Cache, keep, recall
from mockrouter.scenario.folders import Edition, File, files, listed
from mockrouter.scenario.library import load
from mockrouter.scenario.memory import Memory

BASED: Final = "base: a\noverlay: {finish_reason: length}\n"
OTHERS: Final = [
    BASED,
    "base: b\n",
    "base: auto\nturns: [mine]\n",
    "name: a\nturns: [named]\n",
    "matrix: {word: [red, blue]}\nturns: ['{{ params.word }}']\n",
]


def _touch(folder: Path) -> None:
    os.utime(folder / "a.yaml", ns=(1, 1))


def _edit(folder: Path) -> None:
    write(folder, a="longer")


def _edit_alike(folder: Path) -> None:
    write(folder, a="eno")


def _edit_in_secret(folder: Path) -> None:
    stat = (folder / "a.yaml").stat()
    write(folder, a="eno")
    os.utime(folder / "a.yaml", ns=(stat.st_atime_ns, stat.st_mtime_ns))


def _put_in_its_place(folder: Path) -> None:
    write(folder, **{".other": "eno"})
    shutil.copystat(folder / "a.yaml", folder / ".other.yaml")
    (folder / ".other.yaml").replace(folder / "a.yaml")


def _rename(folder: Path) -> None:
    (folder / "a.yaml").rename(folder / "z.yaml")


CHANGES: Final[dict[str, tuple[Callable[[Path], object], list[str]]]] = {
    "nothing": (lambda _: None, []),
    "its time": (_touch, ["a.yaml"]),
    "longer": (_edit, ["a.yaml"]),
    "of the same size": (_edit_alike, ["a.yaml"]),
    "of the same size and time": (_edit_in_secret, ["a.yaml"]),
    "another in its place": (_put_in_its_place, ["a.yaml"]),
    "its name": (_rename, ["z.yaml"]),
    "gone": (lambda folder: (folder / "a.yaml").unlink(), []),
    "one more": (lambda folder: write(folder, new="new"), ["new.yaml"]),
    "no scenario": (lambda folder: (folder / "inner").mkdir(), []),
}


@pytest.mark.parametrize(("change", "read"), CHANGES.values(), ids=CHANGES)
def test_only_what_changed_is_read(
    tmp_path: Path, change: Callable[[Path], object], read: list[str]
) -> None:
    """Edits that look alike are seen, and every other file's scenario stays the one it was."""
    write(tmp_path, a="one", b="two", c="three")
    memory, counter = remembering()
    before = load([tmp_path], memory=memory).find("b")
    counter.read.clear()
    change(tmp_path)

    library = load([tmp_path], memory=memory)

    assert fresh(tmp_path) == says(library)
    assert read == counter.read
    assert before is library.find("b")


def test_a_file_that_says_what_it_said_is_not_parsed_again(tmp_path: Path) -> None:
    """Saved as it was, or checked out anew: the bytes tell."""
    write(tmp_path, a="one")
    memory, _ = remembering()
    before = load([tmp_path], memory=memory).find("a")
    _touch(tmp_path)

    assert before is load([tmp_path], memory=memory).find("a")


@pytest.mark.parametrize(
    ("age", "read"), [(0, 2), (1_000_000_000, 2), (3_000_000_000, 1), (-1_000_000_000, 2)]
)
def test_a_young_file_is_not_trusted(tmp_path: Path, age: int, read: int) -> None:
    """Within the granularity of a file system's times, or before them, its bytes are compared."""
    write(tmp_path, a="one")
    path, edition = str(tmp_path / "a.yaml"), Edition(34, 10**18, 10**17, 1)
    counter = Counter()
    memory = Memory(counter, lambda: 10**18 + age)
    first = memory.copy(File(path, "a", edition))
    write(tmp_path, a="eno")

    again = memory.copy(File(path, "a", edition))

    assert read == len(counter.read)
    assert (first == again) is (read == 1)


def test_what_depends_on_a_base_changes_with_it(tmp_path: Path) -> None:
    """Though its own file did not change, and is not read."""
    write(tmp_path, a="one", other="two")
    (tmp_path / "b.yaml").write_text(BASED)
    memory, counter = remembering()
    load([tmp_path], memory=memory)
    counter.read.clear()
    write(tmp_path, a="another")

    library = load([tmp_path], memory=memory)

    assert {"a": "another", "b": "another", "other": "two"} == says(library)
    assert ["a.yaml"] == counter.read


def test_a_file_of_two_folders_is_both_scenarios(tmp_path: Path) -> None:
    """Its path is one, its names are two, and both change with it."""
    (tmp_path / "inner").mkdir()
    write(tmp_path / "inner", a="one")
    memory, _ = remembering()
    paths = [tmp_path, tmp_path / "inner"]
    load(paths, memory=memory)
    write(tmp_path / "inner", a="two")

    assert {"a": "two", "inner/a": "two"} == says(load(paths, memory=memory))


def test_a_wrong_file_is_read_until_it_is_right(tmp_path: Path) -> None:
    """Its mistakes are told each time, and no other file is read again for them."""
    write(tmp_path, a="one", b="two")
    memory, counter = remembering()
    load([tmp_path], memory=memory)
    counter.read.clear()
    for wrong in ("turns: []", "turns: ["):
        (tmp_path / "a.yaml").write_text(wrong)
        for _ in range(2):
            with pytest.raises(ScenarioError, match=r"a\.yaml:1:"):
                load([tmp_path], memory=memory)
    write(tmp_path, a="right")

    assert {"a": "right", "b": "two"} == says(load([tmp_path], memory=memory))
    assert {"a.yaml"} == {*counter.read}


NAMES: Final = st.sampled_from("abc")
STEPS: Final = st.one_of(
    st.tuples(NAMES, st.sampled_from(["one", "eno", "longer", None])),
    st.tuples(NAMES, st.sampled_from(OTHERS)),
)


@pytest.mark.parametrize("kept", [False, True])
@given(rounds=st.lists(st.lists(STEPS, max_size=3), max_size=5))
@settings(max_examples=40)
def test_whatever_changes_is_noticed(
    rounds: list[list[tuple[str, str | None]]], *, kept: bool
) -> None:
    """After any changes a memory, or what was kept of it, says what the files say."""
    with tempfile.TemporaryDirectory() as name:
        folder, cache = Path(name, "files"), Cache(Path(name, "cache"), fewest=0)
        folder.mkdir()
        memory, _ = remembering()
        for steps in rounds:
            for step, text in steps:
                file = folder / f"{step}.yaml"
                if text is None:
                    file.unlink(missing_ok=True)
                elif text in OTHERS:
                    file.write_text(text)
                else:
                    write(folder, **{step: text})
            if kept:
                memory, _ = remembering()
                recall(memory, [folder], cache)
            assert _outcome(folder, Memory()) == _outcome(folder, memory)
            keep(memory, [folder], cache)


def _outcome(folder: Path, memory: Memory) -> object:
    try:
        return says(load([folder], memory=memory))
    except ScenarioError as error:
        return error.mistakes


def test_links_are_followed_to_files_alone(tmp_path: Path) -> None:
    """A link to a file is a file; one to a folder, to nothing or to itself is passed over."""
    folder = tmp_path / "folder"
    (folder / "inner").mkdir(parents=True)
    write(folder, a="one")
    write(folder / "inner", b="two")
    for name, goal in {"c": "a.yaml", "gone": "nothing", "round": "round.yaml"}.items():
        (folder / f"{name}.yaml").symlink_to(goal)
    (folder / "up").symlink_to(tmp_path, target_is_directory=True)

    assert ["a", "c", "inner/b"] == [name for _, name in files(folder)]
    assert "one" == text_of(load([folder]).find("c"))


def test_files_are_named_as_the_user_would(here: Path) -> None:
    """With the folder as it was given before their place in it, in the order of their places."""
    for name in ("b.yaml", "a/z.yml", "a.yaml", "A/x.yaml"):
        (here / name).parent.mkdir(exist_ok=True)
        (here / name).write_text("turns: [500]")
    expected = ["A/x.yaml", "a/z.yml", "a.yaml", "b.yaml"]

    assert expected == [Path(file.path).as_posix() for file in listed(Path())]
    assert sorted(map(Path, expected)) == [path for path, _ in files(Path())]
    assert [str(here / name) for name in expected] == [str(path) for path, _ in files(here)]
