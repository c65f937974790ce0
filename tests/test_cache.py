"""What is kept of large folders between runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import pytest

from command_line import call
from folders import Counter, fresh, kept, later, of_three, remembering, says, start, write
from mockrouter import catalogue
from mockrouter.cli.caching import usual
from mockrouter.cli.serving import build
from mockrouter.errors import ScenarioError
from mockrouter.scenario.cache import Cache, keep, recall
from mockrouter.scenario.library import load
from mockrouter.scenario.memory import Memory
from mockrouter.serving.reload import Reloader
from scripts import ask, chat

ASKED: Final = """
    name: mine
    summary: The weather.
    tags: [a, b]
    priority: 3
    when: {model: gpt-4o, chance: 1}
    turns: [{say: [{text: Hi.}]}, {say: [{text: Ho.}]}]
    """


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a folder of scenarios."""
    return of_three(tmp_path)


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    """Keep what small folders say, too."""
    return Cache(tmp_path / "cache", fewest=1)


def test_an_unchanged_folder_is_not_read(folder: Path, cache: Cache) -> None:
    """A second start reads no file and makes no model before one is asked for."""
    first, _ = start(folder, cache)

    second, counter = start(folder, cache)

    assert [] == counter.read
    assert [] == [s.name for s in second.active if "model" in vars(s)]
    assert says(first) == says(second)
    assert [s.where("turns", 0, "say", 0) for s in first.active] == [
        s.where("turns", 0, "say", 0) for s in second.active
    ]


def test_only_what_changed_is_read(folder: Path, cache: Cache) -> None:
    """And that is kept for the next start."""
    start(folder, cache)
    write(folder, a="changed", new="new")
    (folder / "b.yaml").unlink()

    library, counter = start(folder, cache)
    _, again = start(folder, cache)

    assert {"a": "changed", "inner/c": "three", "new": "new"} == says(library)
    assert ["a.yaml", "new.yaml"] == counter.read
    assert [] == again.read


def test_what_is_asked_of_every_scenario_is_kept(folder: Path, cache: Cache) -> None:
    """Lists and the router ask for it; so one request makes one model."""
    (folder / "d.yaml").write_text(ASKED)
    write(folder, e="five")
    first, _ = start(folder, cache)

    second, _ = start(folder, cache)
    engine = build([folder], memory=_recalled(folder, cache))
    _, exchange = ask(engine, chat())

    assert [s.outline for s in first.active] == [s.outline for s in second.active]
    assert "mine" == exchange.scenario
    assert ["mine"] == [s.name for s in engine.library.active if "model" in vars(s)]


def _recalled(folder: Path, cache: Cache) -> Memory:
    memory, _ = remembering()
    recall(memory, [folder], cache)
    return memory


def test_the_base_of_a_kept_file_changes(folder: Path, cache: Cache) -> None:
    """Wherever the base lies: beside it, or elsewhere in the files."""
    (folder / "inner" / "based.yaml").write_text("base: a\n")
    (folder / "inner" / "beside.yaml").write_text("base: mine\n")
    write(folder / "inner", **{".mine": "four"})
    (folder / "inner" / ".mine.yaml").rename(folder / "inner" / "mine.json")
    (folder / "inner" / "mine.json").write_text('{"turns": ["four"]}')
    start(folder, cache)
    write(folder, a="another")
    (folder / "inner" / "mine.json").write_text('{"turns": ["five"]}')

    library, counter = start(folder, cache)

    assert fresh(folder) == says(library)
    assert {"a.yaml", "mine.json"} == {*counter.read}
    assert ("another", "five") == (says(library)["inner/based"], says(library)["inner/beside"])


def test_what_is_made_of_others_is_made_when_it_is_asked_for(folder: Path, cache: Cache) -> None:
    """Each variant of a family too, with its name, its places and what there is not."""
    (folder / "family.yaml").write_text(
        "base: a\nmatrix: {stream: [true, false], word: [red, blue]}\n"
        "not_applicable: [{stream: true, word: red, reason: no red}]\n"
        "overlay: {say: ['{{ params.word }}']}\n".replace("['", "[{text: '").replace("']", "'}]")
    )
    first, _ = start(folder, cache)

    second, counter = start(folder, cache)
    before, after = first.find("family"), second.find("family")

    assert [] == counter.read
    assert [] == [s.name for s in second.active if "model" in vars(s)]
    assert before.skipped == after.skipped
    assert says(first) == says(second)
    assert before.bases == after.bases == {"a": str(folder / "a.yaml")}
    assert [one.name for one in before.variants] == [one.name for one in after.variants]
    assert [one.source for one in before.variants] == [one.source for one in after.variants]
    assert [one.where("turns", 0) for one in before.variants] == [
        one.where("turns", 0) for one in after.variants
    ]


def test_what_was_loaded_stays_as_it_was(folder: Path, cache: Cache) -> None:
    """A model that is made late is made of the files as they were then."""
    (folder / "based.yaml").write_text("base: a\n")
    start(folder, cache)
    memory, _ = remembering()
    recall(memory, [folder], cache)
    before = load([folder], memory=memory)
    write(folder, a="another")
    after = load([folder], memory=memory)

    assert ("one", "another") == tuple(says(library)["based"] for library in (before, after))


def test_a_wrong_file_is_never_kept(folder: Path, cache: Cache) -> None:
    """Its mistakes are told at every start, and the others are not read again for them."""
    (folder / "wrong.yaml").write_text("turns: []")
    for read in (4, 1, 1):
        counter = Counter()
        memory = Memory(counter, later)
        recall(memory, [folder], cache)
        with pytest.raises(ScenarioError, match=r"wrong\.yaml:1:8"):
            load([folder], memory=memory)
        keep(memory, [folder], cache)
        assert read == len(counter.read)


def test_the_commands_keep_what_large_folders_say(here: Path) -> None:
    """In the folder of `--cache` or its variable, unless that is off."""
    (here / "scenarios").mkdir()
    write(here / "scenarios", **{f"s{number}": "Hi" for number in range(200)})
    words = ("--", sys.executable, "-c", "")
    for told, there in (("off", False), ("kept", True)):
        assert 0 == call("run", "scenarios", "--cache", told, *words).exit_code
        assert there is (here / "kept").exists()

    assert not (here / "off").exists()


def test_what_is_kept_of_a_folder_goes_with_it(folder: Path, cache: Cache, tmp_path: Path) -> None:
    """With the next that is kept; what is no file of ours stays."""
    start(folder, cache)
    gone = kept(cache)
    (cache.folder / "note.scenarios").write_text("mine")
    (cache.folder / "list.scenarios").write_text('["/gone"]')
    (cache.folder / "deep.scenarios").write_text("[" * 200_000)
    folder.rename(tmp_path / "elsewhere")

    start(tmp_path / "elsewhere", cache)

    assert not gone.exists()
    assert 4 == len([*cache.folder.iterdir()])


def test_a_small_folder_leaves_nothing_behind(folder: Path, tmp_path: Path) -> None:
    """Nobody finds files that he did not ask for."""
    start(folder, Cache(tmp_path / "cache"))

    assert not (tmp_path / "cache").exists()


def test_a_cache_serves_from_wherever_it_is_asked(
    folder: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Places are told as the folder is named now."""
    start(folder, cache)
    monkeypatch.chdir(folder.parent)
    for name in ("scenarios", "."):
        library, counter = start(Path(name), cache)
        if name == "scenarios":
            assert [] == counter.read
            assert str(Path("scenarios/a.yaml:1")) == library.find("a").where()


def test_a_reload_reads_what_changed(folder: Path, cache: Cache) -> None:
    """And tells of nothing else; the rest was not even read at the start."""
    start(folder, cache)
    memory, counter = remembering()
    told: list[str] = []
    engine = build([folder], memory=memory, cache=cache)
    reloader = Reloader(engine, [folder], catalogue.folder(), told.append, memory)
    write(folder, b="changed")

    reloader.reload()

    assert ["changed b"] == told
    assert ["b.yaml"] == counter.read
    assert {"a": "one", "b": "changed", "inner/c": "three"} == says(engine.library)


@pytest.mark.parametrize(
    ("environ", "platform", "expected"),
    [
        ({"HOME": "/home/me"}, "linux", "/home/me/.cache/mockrouter"),
        ({"HOME": "/home/me", "XDG_CACHE_HOME": "/x"}, "linux", "/x/mockrouter"),
        ({"HOME": "/me", "XDG_CACHE_HOME": "not/absolute"}, "linux", "/me/.cache/mockrouter"),
        ({"HOME": "/Users/me"}, "darwin", "/Users/me/Library/Caches/mockrouter"),
        ({"USERPROFILE": "/me"}, "win32", "/me/AppData/Local/mockrouter"),
        ({"USERPROFILE": "/me", "LOCALAPPDATA": "/l"}, "win32", "/l/mockrouter"),
        ({}, "linux", None),
    ],
)  # fmt: skip
def test_the_usual_folder(environ: dict[str, str], platform: str, expected: str | None) -> None:
    """It is where each system has such files."""
    found = usual(environ, platform)

    assert expected == (found and found.as_posix())


def test_what_json_cannot_say_is_read_each_time(folder: Path, cache: Cache) -> None:
    """Such as an integer of thousands of digits; the rest is kept."""
    (folder / "long.yaml").write_text(f"turns: [{{say: [{{json: 0x{'f' * 5000}}}]}}]")
    start(folder, cache)

    _, counter = start(folder, cache)

    assert ["long.yaml"] == counter.read
