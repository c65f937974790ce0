"""``dev.py``: what it does on machines that differ, in process and without the network."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tomllib
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import dev

ROOT = Path(dev.__file__).parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh clone, in which dev.py stands: a list, a project file and no environment yet."""
    (tmp_path / "requirements").mkdir()
    places = {
        "ROOT": tmp_path,
        "LOCK": tmp_path / "requirements" / "dev.txt",
        "PROJECT": tmp_path / "pyproject.toml",
        "VENV": tmp_path / ".venv",
        "STAMP": tmp_path / ".venv" / "made-from",
    }
    for name, path in places.items():
        monkeypatch.setattr(dev, name, path)
    dev.LOCK.write_text("click==8.1.0\n")
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
        ({"ensurepip", "pip"}, [str(dev.PYTHON), "-m", "pip", "install"]),
        ({"pip"}, [sys.executable, "-m", "pip", "--python", str(dev.PYTHON), "install"]),
    ],
)
def test_takes_the_best_installer(machine: set[str], present: set[str], start: list[str]) -> None:
    """Uv, else the environment's own pip, else the pip of a Python that has no ensurepip."""
    machine |= present

    assert start == dev.installer()[: len(start)]


def test_says_what_to_install(machine: set[str], clone: Path) -> None:
    """With nothing to install with, the message has the remedy, and nothing was made."""
    assert not machine

    with pytest.raises(SystemExit, match="apt install python3-venv"):
        dev.prepare()

    assert not (clone / ".venv").exists()


def test_makes_the_environment_once(
    clone: Path, commands: list[list[str]], machine: set[str]
) -> None:
    """A fresh clone gets an environment, from locked hashes alone; the next run does nothing."""
    machine.add("uv")

    assert (dev.prepare(), dev.prepare()) == (0, 0)

    assert (clone / ".venv" / "pyvenv.cfg").is_file()
    locked, editable = commands
    assert ["--require-hashes", "-r", str(dev.LOCK)] == locked[-3:]
    assert ["--no-deps", "--no-build-isolation", "--editable", str(clone)] == editable[-4:]


@pytest.mark.parametrize("name", ["requirements/dev.txt", "pyproject.toml"])
def test_a_change_makes_it_anew(
    clone: Path, commands: list[list[str]], machine: set[str], name: str
) -> None:
    """An environment that was made from another list or project file is stale."""
    machine.add("uv")
    dev.prepare()
    leftover = clone / ".venv" / "leftover"
    leftover.touch()
    commands.clear()

    (clone / name).write_text("# changed\n")

    assert dev.prepare() == 0
    assert len(commands) == 2
    assert not leftover.exists()


def test_another_python_makes_it_anew(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stamp says which Python the environment is for, and where it stands."""
    before = dev.stamp()
    monkeypatch.setattr(dev, "ROOT", clone / "moved")
    moved = dev.stamp()
    monkeypatch.setattr(sys, "version", "3.99.0")

    assert len({before, moved, dev.stamp()}) == 3


def test_a_failed_install_is_no_environment(
    clone: Path, monkeypatch: pytest.MonkeyPatch, machine: set[str]
) -> None:
    """An install that fails ends the run with its code, and is tried again the next time."""
    machine.add("uv")
    monkeypatch.setattr(dev, "run", lambda _command: 7)

    assert dev.main(["test"]) == 7
    assert not (clone / ".venv" / "made-from").exists()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["demo", "--port", "0"], ["mockrouter demo --port 0"]),
        (["test", "-k", "wire"], ["pytest -k wire"]),
        (["lint"], ["ruff check", "ruff format --check", "mypy"]),
    ],
)
def test_runs_the_tools(
    monkeypatch: pytest.MonkeyPatch,
    commands: list[list[str]],
    arguments: list[str],
    expected: list[str],
) -> None:
    """A verb runs the environment's own tools, with what else was said."""
    monkeypatch.setattr(dev, "prepare", lambda: 0)

    assert dev.main(arguments) == 0
    assert {dev.BIN} == {Path(command[0]).parent for command in commands}
    assert expected == [" ".join([Path(tool).name, *words]) for tool, *words in commands]


def test_one_failed_tool_fails_lint(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every linter runs, and one that finds something is enough."""
    codes = {"check": 1, "format": 0}
    monkeypatch.setattr(dev, "prepare", lambda: 0)
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
    """Making the list needs no environment; further arguments go to uv."""
    machine.add("uv")

    assert dev.main(["lock", "--upgrade"]) == 0
    assert [[*dev.LOCKING, "--upgrade"]] == commands


@pytest.mark.parametrize(
    ("program", "code"),
    [
        ("raise SystemExit(5)", 5),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", 128 + signal.SIGKILL),
    ],
)
def test_the_exit_code_comes_back(program: str, code: int) -> None:
    """The command's own code is dev.py's, a signal's number included."""
    assert code == dev.run([sys.executable, "-c", program])


COMMAND = """
import sys, time
try:
    print("ready", flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    sys.exit(9)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signals to groups")
@pytest.mark.parametrize(
    ("send", "number", "code"),
    [(os.killpg, signal.SIGINT, 9), (os.kill, signal.SIGTERM, 128 + signal.SIGTERM)],
    ids=["Ctrl-C", "kill"],
)
def test_signals_are_the_commands_affair(
    send: Callable[[int, int], None], number: signal.Signals, code: int
) -> None:
    """Ctrl-C in a terminal and ``kill`` end the command in its own way, without a traceback."""
    script = f"import dev, sys; sys.exit(dev.run([sys.executable, '-c', {COMMAND!r}]))"
    with subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=ROOT,
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        send(process.pid, number)
        _, errors = process.communicate(timeout=30)

    assert (code, "") == (process.returncode, errors)


def locked() -> dict[str, Version]:
    """The list's packages by normal name."""
    pins = re.findall(
        r"^([\w.-]+)==([^\s;]+)", (ROOT / "requirements/dev.txt").read_text(), re.MULTILINE
    )
    return {canonicalize_name(name): Version(version) for name, version in pins}


def wanted() -> list[str]:
    """Whatever the project asks for, in all extras and groups, but not itself."""
    project = PROJECT["project"]
    groups = [*project["optional-dependencies"].values(), *PROJECT["dependency-groups"].values()]
    everything = [*project["dependencies"], *(line for group in groups for line in group)]
    return [line for line in everything if Requirement(line).name != "mockrouter"]


@pytest.mark.parametrize("line", sorted(set(wanted())))
def test_the_list_is_up_to_date(line: str) -> None:
    """Each requirement of the project is in the locked list, at a version that it allows."""
    requirement = Requirement(line)

    assert locked()[canonicalize_name(requirement.name)] in requirement.specifier


@pytest.mark.parametrize("name", ["requirements/dev.txt", "tests/node/package-lock.json"])
def test_locked_lists_hold_everywhere(name: str) -> None:
    """No list says where its packages came from, as another machine may get them elsewhere."""
    text = (ROOT / name).read_text()

    assert not re.search(
        r'"resolved"|file:|--(extra-)?index|--find-links|^[^"]*://', text, re.MULTILINE
    )
