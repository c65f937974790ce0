"""Loading scenarios: files, folders, names, and every mistake at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import mockrouter
from mockrouter.errors import CannotAnswer, ScenarioError
from mockrouter.scenario.folders import files
from mockrouter.scenario.library import AUTO, load, load_text, with_active

FINE = "turns: [{say: [{text: Hi}]}]\n"


def test_a_folder_names_its_scenarios_by_their_place(tmp_path: Path) -> None:
    """Below a folder the path is the name; `name` says another; what is not ours is left out."""
    (tmp_path / "errors").mkdir()
    (tmp_path / "errors" / "Rate-Limit.yaml").write_text(FINE)
    (tmp_path / "plain.yml").write_text(FINE)
    (tmp_path / "other.yaml").write_text("{name: mine, turns: [500]}")
    for name in (".hidden.yaml", "notes.txt", "package.json"):
        (tmp_path / name).write_text("no scenario")
    for name in (".git", "node_modules/some", "venv", "lib/site-packages"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "other.yaml").write_text("no scenario")
    (tmp_path / "venv" / "pyvenv.cfg").write_text("")

    library = load([tmp_path])

    assert ["errors/rate-limit", "mine", "plain"] == sorted(s.name for s in library.active)
    assert AUTO in library.named


def test_a_file_is_named_by_its_stem(tmp_path: Path) -> None:
    """A single file is chosen by its own name."""
    file = tmp_path / "My Case.yaml"
    file.write_text(FINE)

    assert load([file]).active[0].name == "my-case"


def test_a_json_file_is_read_where_it_is_named(tmp_path: Path) -> None:
    """In a folder it is most likely something else."""
    file = tmp_path / "case.json"
    file.write_text('{"turns": [500]}')

    assert [] == files(tmp_path)
    assert load([file]).active[0].name == "case"


def test_all_mistakes_of_all_files_come_at_once(tmp_path: Path) -> None:
    """Sorted by file, line and column, each with a remedy."""
    (tmp_path / "a.yaml").write_text("turns:\n  - sayy: []\nwhat: 1\n")
    (tmp_path / "b.yaml").write_text("turns: []\n")
    (tmp_path / "c.yaml").write_text(FINE)

    with pytest.raises(ScenarioError) as caught:
        load([tmp_path])

    lines = [str(mistake).removeprefix(f"{tmp_path}/") for mistake in caught.value.mistakes]
    assert [line.split(":")[:3] for line in lines] == [
        ["a.yaml", "2", "5"],
        ["a.yaml", "3", "1"],
        ["b.yaml", "1", "8"],
    ]
    assert "did you mean 'say'?" in lines[0]


def test_a_name_that_is_taken(tmp_path: Path) -> None:
    """The mistake stands at the second and points to the first."""
    (tmp_path / "a.yaml").write_text("name: same\n" + FINE)
    (tmp_path / "b.yaml").write_text("# a comment\nname: same\n" + FINE)

    with pytest.raises(ScenarioError, match=r"b\.yaml:2:7: the name 'same' is taken .*a\.yaml:1"):
        load([tmp_path])


def test_a_file_that_is_given_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However it is spelt, it is taken once."""
    file = tmp_path / "a.yaml"
    file.write_text(f"name: mine\n{FINE}")
    monkeypatch.chdir(tmp_path)

    assert ["mine"] == [s.name for s in load(["a.yaml", "a.yaml", file, tmp_path]).active]


def test_a_missing_path_is_a_mistake(tmp_path: Path) -> None:
    """A path that is not there is named, with no traceback."""
    with pytest.raises(ScenarioError, match=r"nowhere\.yaml:1:1: "):
        load([tmp_path / "nowhere.yaml"])


def test_an_own_scenario_takes_the_place_of_a_builtin_one() -> None:
    """A user's `auto` answers in place of ours, and is counted once."""
    ours, mine = load(), load_text("name: auto\n" + FINE)

    library = with_active(ours, [mine])

    assert mine is library.find(AUTO)
    assert [*ours.named] == [*library.named]
    assert ours.find(AUTO).source.path.endswith("auto.yaml")


def test_builtin_scenarios_are_read_when_they_are_asked_for(tmp_path: Path) -> None:
    """Their names are known from their places; a file that nobody asks for is never read."""
    (tmp_path / "errors").mkdir()
    (tmp_path / "errors" / "busy.yaml").write_text(FINE)
    (tmp_path / "broken.yaml").write_text("turns: []\n")
    mine = load_text(FINE, name="mine")

    library = with_active(load(builtin=tmp_path), [mine])
    busy = library.find("errors/busy")

    assert ["broken", "errors/busy", "mine"] == [*library.named]
    assert "broken" in library.named
    assert busy is library.find("errors/busy")
    assert "errors/busy" == busy.name
    with pytest.raises(ScenarioError, match=r"broken\.yaml:1:8: 'turns' is empty"):
        library.find("broken")


def test_threads_that_ask_at_once_get_the_same_scenario(tmp_path: Path) -> None:
    """What is kept for a scenario is kept for all who ask for it."""
    (tmp_path / "busy.yaml").write_text(FINE)
    library = load(builtin=tmp_path)

    with ThreadPoolExecutor(8) as pool:
        found = {*pool.map(library.find, ["busy"] * 32)}

    assert 1 == len(found)


def test_an_unknown_name_lists_what_ends_like_it() -> None:
    """The last part of a name is enough to be found."""
    library = load()

    with pytest.raises(CannotAnswer, match=r"no scenario is named 'auot'; did you mean auto\?"):
        library.find("auot")
    with pytest.raises(CannotAnswer, match=r"'xyz'; `GET /_mockrouter/scenarios` shows all names"):
        library.find("xyz")


def test_the_public_names_are_there() -> None:
    """`mockrouter` offers what a script needs, and nothing that is not there."""
    library = mockrouter.load()

    assert library.find(AUTO).name == AUTO
    assert all(getattr(mockrouter, name) for name in mockrouter.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        getattr(mockrouter, "nothing")  # noqa: B009


def test_what_speaks_of_a_reply_needs_one() -> None:
    """Beside an error alone it would be ignored in silence, so it is a mistake."""
    with pytest.raises(ScenarioError, match=r"'usage' speaks of a reply, and there is none; add"):
        load_text("turns: [{error: 500, usage: {prompt_tokens: 1}}]")
