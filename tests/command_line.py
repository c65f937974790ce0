"""Running our commands, and some scenarios for them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from click.testing import CliRunner, Result

from mockrouter.cli import main

GOOD = "summary: Says hello.\ntags: [greeting]\nturns: [{say: [{text: Hello.}]}]\n"
BROKEN = "turns:\n  - say: [{txt: oops}]\nturn: 1\n"
"""Two mistakes, at 2:11 and 3:1."""


def call(*words: str) -> Result:
    """Run a command on 80 columns; an exception that is no exit is the test's."""
    runner = CliRunner(catch_exceptions=False)
    return runner.invoke(main, words, prog_name="mockrouter", terminal_width=80)


@contextmanager
def started(*words: str, stderr: int = subprocess.PIPE) -> Iterator[subprocess.Popen[str]]:
    """Start mockrouter in a process and a session of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "mockrouter", *words],
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        start_new_session=True,
    )
    with process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def line_of(process: subprocess.Popen[str]) -> str:
    """Read a line from its stdout."""
    assert process.stdout
    return process.stdout.readline()
