#!/usr/bin/env python3
"""
Work on mockrouter from a fresh clone, with nothing installed but Python.

    python3 dev.py demo        a streamed tool call against the mock
    python3 dev.py test        the whole test suite
    python3 dev.py lint        ruff and mypy
    python3 dev.py examples    the tests in docs/examples, with the libraries that they show
    python3 dev.py clients     what real clients do with real failures, into docs/clients.md
    python3 dev.py lock        make the lists in requirements/ anew (needs uv)

Further arguments go to the tool behind the verb, and its exit code comes back. The environments
`.venv` and `.venv-examples` are made from the locked lists where they are missing or out of date.
"""

# Read by every Python since 3.7, so that an old one gets the message and not a syntax error.
from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
import venv
from pathlib import Path
from typing import NamedTuple

MINIMUM = (3, 11)

ROOT = Path(__file__).resolve().parent
PROJECT = ROOT / "pyproject.toml"


class Environment(NamedTuple):
    """A virtual environment: its folder, and the locked list that it is made from."""

    folder: Path
    lock: Path
    wanted: tuple[str, ...]
    """What the list holds of the project's extras and groups, in uv's words."""
    editable: bool
    """Whether the project is there as its source; otherwise as the wheel that users get."""

    @property
    def bin(self) -> Path:
        """Where its commands are."""
        return self.folder / ("Scripts" if os.name == "nt" else "bin")

    @property
    def python(self) -> Path:
        """Its Python."""
        return self.bin / "python"

    @property
    def stamp(self) -> Path:
        """The file that says what it was made from; absent if it is not whole."""
        return self.folder / "made-from"


DEV = Environment(
    folder=ROOT / ".venv",
    lock=ROOT / "requirements" / "dev.txt",
    wanted=("--all-extras", "--group", "dev"),
    editable=True,
)
EXAMPLES = Environment(
    folder=ROOT / ".venv-examples",
    lock=ROOT / "requirements" / "examples.txt",
    wanted=("--extra", "pytest", "--group", "examples"),
    editable=False,
)

TOOLS = {
    "demo": [["mockrouter", "demo"]],
    "test": [["pytest"]],
    "lint": [["ruff", "check"], ["ruff", "format", "--check"], ["mypy"]],
    "examples": [["pytest", "docs/examples"]],
    "clients": [["python", "tests/clients/observing/observe.py"]],
}

# No index address may end up in a list: it has to hold on every machine.
LOCKING = [
    *["uv", "--no-config", "pip", "compile", str(PROJECT)],
    *["--universal", "--python-version", "{}.{}".format(*MINIMUM), "--generate-hashes"],
    *["--custom-compile-command", "python3 dev.py lock", "--quiet"],
]


def main(arguments: list[str]) -> int:
    """Do what the arguments say; returns the exit code, 2 for a use that is wrong."""
    complaint = too_old(sys.version_info[:2])
    verb, *rest = arguments or ["--help"]
    if complaint or verb not in (*TOOLS, "lock"):
        print(complaint or __doc__, file=sys.stderr)
        return 0 if verb in ("-h", "--help") and not complaint else 2
    if verb == "lock":
        return lock(rest)
    home = EXAMPLES if verb == "examples" else DEV
    tools = [[str(home.bin / name), *words, *rest] for name, *words in TOOLS[verb]]
    return prepare(home) or max([run(tool) for tool in tools])


def too_old(version: tuple[int, ...]) -> str | None:
    """What to tell the user of this Python *version*; None where it will do."""
    if version >= MINIMUM:
        return None
    need, have = (".".join(map(str, numbers)) for numbers in (MINIMUM, version))
    return f"mockrouter needs Python {need} or newer, and this is {have} ({sys.executable})."


def prepare(home: Environment) -> int:
    """Have the project in an environment up to date; returns 0 or the exit code of what failed."""
    current = home.stamp.is_file() and home.stamp.read_text() == stamp(home)
    if current and home.editable:
        return 0
    code = 0 if current else make(home)
    if code == 0:
        # A wheel of the same version may hold other files.
        way = "--editable" if home.editable else "--force-reinstall"
        options = ["--no-deps", "--no-build-isolation", way]
        code = run([*installer(home), *options, str(ROOT)])
    if code == 0:
        home.stamp.write_text(stamp(home))
    return code


def make(home: Environment) -> int:
    """Make the environment from its list, in place of what is there; returns the exit code."""
    install = installer(home)
    started = time.monotonic()
    say(f"Making {home.folder.name} for Python {sys.version.split()[0]}.")
    own_pip = install[0] == str(home.python)
    venv.EnvBuilder(clear=True, symlinks=os.name != "nt", with_pip=own_pip).create(home.folder)
    say(f"Installing {home.lock.relative_to(ROOT)}.")
    code = run([*install, "--require-hashes", "-r", str(home.lock)])
    if code == 0:
        say(f"Ready in {time.monotonic() - started:.0f} s.")
    return code


def stamp(home: Environment) -> str:
    """Whatever the environment depends on, as a hash; its place too, as its scripts hold it."""
    made_from = (sys.version, str(home.folder), home.lock.read_bytes(), PROJECT.read_bytes())
    return hashlib.sha256(repr(made_from).encode()).hexdigest()


def installer(home: Environment) -> list[str]:
    """
    The command that installs into an environment: uv, else the environment's own pip, else ours.

    Debian's Python comes without ensurepip, so that its environments have no pip of their own.
    """
    uv = shutil.which("uv")
    if uv:
        return [uv, "pip", "install", "--quiet", "--python", str(home.python)]
    options = ["install", "--quiet", "--disable-pip-version-check"]
    if importlib.util.find_spec("ensurepip"):
        return [str(home.python), "-m", "pip", *options]
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip", "--python", str(home.python), *options]
    sys.exit("No uv, ensurepip or pip is here. On Debian and Ubuntu: apt install python3-venv")


def lock(options: list[str]) -> int:
    """Make the locked lists anew; ``--upgrade`` takes the newest versions of everything."""
    if not shutil.which("uv"):
        sys.exit(
            "The lists are made by uv, which is not on the PATH; see https://docs.astral.sh/uv/"
        )
    commands = [
        [*LOCKING, *home.wanted, "--output-file", str(home.lock), *options]
        for home in (DEV, EXAMPLES)
    ]
    return max([run(command) for command in commands])


def run(command: list[str]) -> int:
    """Run *command* to its end; returns its exit code, 128 + n after signal n as in a shell."""
    with subprocess.Popen(command, cwd=ROOT) as process:
        handlers = {
            # The terminal interrupts the command too. An exception here could lose its exit code.
            signal.SIGINT: signal.signal(signal.SIGINT, lambda *_: None),
            signal.SIGTERM: signal.signal(signal.SIGTERM, lambda *_: process.terminate()),
        }
        code = process.wait()
    for number, handler in handlers.items():
        signal.signal(number, handler)
    return code if code >= 0 else 128 - code


def say(line: str) -> None:
    """A line of progress, on stderr so that a command's own output stays clean."""
    print(line, file=sys.stderr)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
