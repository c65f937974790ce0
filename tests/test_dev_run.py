"""How ``dev.py`` runs a command: its exit code and its signals are the command's own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable

import pytest

import dev


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
        cwd=dev.ROOT,
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
