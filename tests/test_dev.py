"""``dev.py``: what it does on machines that differ, in process and without the network."""

from __future__ import annotations

import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import dev

ROOT = Path(dev.__file__).parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh clone, in which dev.py stands: lists, a project file and no environment yet."""
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    monkeypatch.setattr(dev, "PROJECT", tmp_path / "pyproject.toml")
    for name in ("DEV", "EXAMPLES"):
        home = getattr(dev, name)
        folder, lock = (tmp_path / path.relative_to(ROOT) for path in (home.folder, home.lock))
        monkeypatch.setattr(dev, name, home._replace(folder=folder, lock=lock))
    (tmp_path / "requirements").mkdir()
    dev.DEV.lock.write_text("click==8.1.0\n")
    dev.EXAMPLES.lock.write_text("openai==3.52.0\n")
    dev.PROJECT.write_text("[project]\n")
    return tmp_path


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Collects the commands that dev.py would run; each of them succeeds."""
    seen: list[list[str]] = []

    def run(command: list[str]) -> int:
        seen.append(command)
        return 0

    monkeypatch.setattr(dev, "run", run)
    return seen


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """What is on this machine, of uv, ensurepip and pip; at first nothing."""
    present: set[str] = set()
    monkeypatch.setattr("shutil.which", lambda name: f"/bin/{name}" if name in present else None)
    monkeypatch.setattr(
        "importlib.util.find_spec", lambda name: find_spec("sys") if name in present else None
    )
    return present


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (4, 0)])
def test_a_new_python_will_do(version: tuple[int, int]) -> None:
    """From the oldest supported version on there is no complaint."""
    assert dev.too_old(version) is None


@pytest.mark.parametrize(("version", "shown"), [((3, 10), "3.10"), ((2, 7), "2.7")])
def test_an_old_python_is_named(version: tuple[int, int], shown: str) -> None:
    """The complaint says what is needed, what is there and where that is."""
    complaint = dev.too_old(version)

    assert f"mockrouter needs Python 3.11 or newer, and this is {shown} ({sys.executable})." == (
        complaint
    )


def test_an_old_python_stops_everything(
    monkeypatch: pytest.MonkeyPatch, commands: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is made or run with a Python that is too old."""
    monkeypatch.setattr(dev, "MINIMUM", (99, 0))

    assert dev.main(["test"]) == 2
    assert [] == commands
    assert "needs Python 99.0" in capsys.readouterr().err


def test_the_oldest_python_is_said_once() -> None:
    """The script and the package want the same Python."""
    assert f">={dev.MINIMUM[0]}.{dev.MINIMUM[1]}" == PROJECT["project"]["requires-python"]


@pytest.mark.parametrize(
    ("present", "start"),
    [
        ({"uv", "ensurepip", "pip"}, ["/bin/uv", "pip", "install"]),
        ({"ensurepip", "pip"}, [str(dev.DEV.python), "-m", "pip", "install"]),
        ({"pip"}, [sys.executable, "-m", "pip", "--python", str(dev.DEV.python), "install"]),
    ],
)
def test_takes_the_best_installer(machine: set[str], present: set[str], start: list[str]) -> None:
    """Uv, else the environment's own pip, else the pip of a Python that has no ensurepip."""
    machine |= present

    assert start == dev.installer(dev.DEV)[: len(start)]


def test_says_what_to_install(machine: set[str], clone: Path) -> None:
    """With nothing to install with, the message has the remedy, and nothing was made."""
    assert not machine

    with pytest.raises(SystemExit, match="apt install python3-venv"):
        dev.prepare(dev.DEV)

    assert not (clone / ".venv").exists()


def test_makes_the_environment_once(
    clone: Path, commands: list[list[str]], machine: set[str]
) -> None:
    """A fresh clone gets an environment, from locked hashes alone; the next run does nothing."""
    machine.add("uv")

    assert (dev.prepare(dev.DEV), dev.prepare(dev.DEV)) == (0, 0)

    assert (clone / ".venv" / "pyvenv.cfg").is_file()
    locked, editable = commands
    assert ["--require-hashes", "-r", str(clone / "requirements" / "dev.txt")] == locked[-3:]
    assert ["--no-deps", "--no-build-isolation", "--editable", str(clone)] == editable[-4:]


def test_the_examples_get_the_wheel_of_today(
    clone: Path, commands: list[list[str]], machine: set[str]
) -> None:
    """Their environment is made once as well, but each run puts a new wheel in place of the old."""
    machine.add("uv")

    assert (dev.prepare(dev.EXAMPLES), dev.prepare(dev.EXAMPLES)) == (0, 0)

    assert (clone / ".venv-examples" / "pyvenv.cfg").is_file()
    locked, wheel, again = commands
    assert ["-r", str(clone / "requirements" / "examples.txt")] == locked[-2:]
    assert ["--no-deps", "--no-build-isolation", "--force-reinstall", str(clone)] == wheel[-4:]
    assert wheel == again


@pytest.mark.parametrize(
    ("home", "names"),
    [
        ("DEV", ["requirements/dev.txt", "pyproject.toml"]),
        ("EXAMPLES", ["requirements/examples.txt", "pyproject.toml"]),
    ],
)
def test_a_change_makes_it_anew(
    clone: Path, commands: list[list[str]], machine: set[str], home: str, names: list[str]
) -> None:
    """An environment that was made from another list or project file is stale."""
    machine.add("uv")
    environment = getattr(dev, home)
    for name in names:
        dev.prepare(environment)
        leftover = environment.folder / "leftover"
        leftover.touch()
        commands.clear()

        (clone / name).write_text("# changed\n")

        assert dev.prepare(environment) == 0
        assert len(commands) == 2
        assert not leftover.exists()


def test_one_list_is_no_affair_of_the_other_environment(
    clone: Path, commands: list[list[str]], machine: set[str]
) -> None:
    """New versions of the examples' libraries leave the developer's environment as it is."""
    machine.add("uv")
    dev.prepare(dev.DEV)
    commands.clear()

    (clone / "requirements" / "examples.txt").write_text("# changed\n")

    assert dev.prepare(dev.DEV) == 0
    assert [] == commands


def test_another_python_makes_it_anew(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stamp says which Python the environment is for, and where it stands."""
    before = dev.stamp(dev.DEV)
    elsewhere = dev.DEV._replace(folder=clone / "moved" / ".venv")
    moved = dev.stamp(elsewhere)
    monkeypatch.setattr(sys, "version", "3.99.0")

    assert len({before, moved, dev.stamp(elsewhere)}) == 3


@pytest.mark.parametrize("verb", ["test", "examples"])
@pytest.mark.parametrize("fails", ["--require-hashes", "--no-build-isolation"])
def test_a_failed_install_is_no_environment(
    clone: Path, monkeypatch: pytest.MonkeyPatch, machine: set[str], verb: str, fails: str
) -> None:
    """An install that fails ends the run with its code, and is tried again the next time."""
    machine.add("uv")
    monkeypatch.setattr(dev, "run", lambda command: 7 if fails in command else 0)

    assert dev.main([verb]) == 7
    assert [] == list(clone.rglob("made-from"))


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["demo", "--port", "0"], [".venv mockrouter demo --port 0"]),
        (["test", "-k", "wire"], [".venv pytest -k wire"]),
        (["lint"], [".venv ruff check", ".venv ruff format --check", ".venv mypy"]),
        (["examples", "-k", "litellm"], [".venv-examples pytest docs/examples -k litellm"]),
    ],
)
def test_runs_the_tools(
    monkeypatch: pytest.MonkeyPatch,
    commands: list[list[str]],
    arguments: list[str],
    expected: list[str],
) -> None:
    """A verb runs the tools of its environment, with what else was said."""
    monkeypatch.setattr(dev, "prepare", lambda _home: 0)

    assert dev.main(arguments) == 0
    tools = [(Path(tool), words) for tool, *words in commands]
    assert expected == [
        " ".join([tool.parents[1].name, tool.name, *words]) for tool, words in tools
    ]


def test_one_failed_tool_fails_lint(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every linter runs, and one that finds something is enough."""
    codes = {"check": 1, "format": 0}
    monkeypatch.setattr(dev, "prepare", lambda _home: 0)
    monkeypatch.setattr(dev, "run", lambda command: codes.pop(command[1], 0) if command[1:] else 0)

    assert dev.main(["lint"]) == 1
    assert {} == codes


@pytest.mark.parametrize(("arguments", "code"), [([], 0), (["--help"], 0), (["tets"], 2)])
def test_explains_itself(
    arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """No verb and a wrong verb both show the verbs; only the wrong one is an error."""
    assert code == dev.main(arguments)
    assert "dev.py demo" in capsys.readouterr().err


def test_lock_needs_uv(machine: set[str]) -> None:
    """Only uv can make the list, so its absence is said."""
    assert not machine

    with pytest.raises(SystemExit, match="uv, which is not on the PATH"):
        dev.main(["lock"])


def test_lock_goes_to_uv(machine: set[str], commands: list[list[str]]) -> None:
    """Making the lists needs no environment; further arguments go to uv."""
    machine.add("uv")

    assert dev.main(["lock", "--upgrade"]) == 0
    expected = [
        [*dev.LOCKING, *home.wanted, "--output-file", str(home.lock), "--upgrade"]
        for home in (dev.DEV, dev.EXAMPLES)
    ]
    assert expected == commands
