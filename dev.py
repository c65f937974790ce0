#!/usr/bin/env python3
"""
Work on mockrouter from a fresh clone, with nothing installed but Python.

    python3 dev.py demo    a streamed tool call against the mock
    python3 dev.py test    the whole test suite
    python3 dev.py lint    ruff and mypy
    python3 dev.py lock    make requirements/dev.txt anew (needs uv)

Further arguments go to the tool behind the verb, and its exit code comes back. The environment
`.venv` is made from the locked list where it is missing or out of date.
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

MINIMUM = (3, 11)

ROOT = Path(__file__).resolve().parent
LOCK = ROOT / "requirements" / "dev.txt"
PROJECT = ROOT / "pyproject.toml"
VENV = ROOT / ".venv"
STAMP = VENV / "made-from"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / "python"

TOOLS = {
    "demo": [["mockrouter", "demo"]],
    "test": [["pytest"]],
    "lint": [["ruff", "check"], ["ruff", "format", "--check"], ["mypy"]],
}

# No index address may end up in the list: it has to hold on every machine.
LOCKING = [
    *["uv", "--no-config", "pip", "compile", str(PROJECT), "--output-file", str(LOCK)],
    *["--universal", "--python-version", "{}.{}".format(*MINIMUM), "--generate-hashes"],
    *["--all-extras", "--group", "dev"],
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
    return prepare() or max([run([str(BIN / name), *words, *rest]) for name, *words in TOOLS[verb]])


def too_old(version: tuple[int, ...]) -> str | None:
    """What to tell the user of this Python *version*; None where it will do."""
    if version >= MINIMUM:
        return None
    need, have = (".".join(map(str, numbers)) for numbers in (MINIMUM, version))
    return f"mockrouter needs Python {need} or newer, and this is {have} ({sys.executable})."


def prepare() -> int:
    """Make ``.venv`` unless it is up to date; returns 0 or the exit code of what failed."""
    if STAMP.is_file() and STAMP.read_text() == stamp():
        return 0
    install = installer()
    started = time.monotonic()
    say(f"Making .venv for Python {sys.version.split()[0]}.")
    own_pip = install[0] == str(PYTHON)
    venv.EnvBuilder(clear=True, symlinks=os.name != "nt", with_pip=own_pip).create(VENV)
    say(f"Installing {LOCK.relative_to(ROOT)}.")
    code = run([*install, "--require-hashes", "-r", str(LOCK)]) or run(
        [*install, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
    )
    if code == 0:
        STAMP.write_text(stamp())
        say(f"Ready in {time.monotonic() - started:.0f} s.")
    return code


def stamp() -> str:
    """Whatever the environment depends on, as a hash; its place too, as its scripts hold it."""
    made_from = (sys.version, str(ROOT), LOCK.read_bytes(), PROJECT.read_bytes())
    return hashlib.sha256(repr(made_from).encode()).hexdigest()


def installer() -> list[str]:
    """
    The command that installs into ``.venv``: uv, else the environment's own pip, else ours.

    Debian's Python comes without ensurepip, so that its environments have no pip of their own.
    """
    uv = shutil.which("uv")
    if uv:
        return [uv, "pip", "install", "--quiet", "--python", str(PYTHON)]
    options = ["install", "--quiet", "--disable-pip-version-check"]
    if importlib.util.find_spec("ensurepip"):
        return [str(PYTHON), "-m", "pip", *options]
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip", "--python", str(PYTHON), *options]
    sys.exit("No uv, ensurepip or pip is here. On Debian and Ubuntu: apt install python3-venv")


def lock(options: list[str]) -> int:
    """Make the locked list anew; ``--upgrade`` takes the newest versions of everything."""
    if not shutil.which("uv"):
        sys.exit("The list is made by uv, which is not on the PATH; see https://docs.astral.sh/uv/")
    return run([*LOCKING, *options])


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
