"""Hypothesis is the user's: without it there is one clear error, and nothing else asks for it."""

from __future__ import annotations

import subprocess
import sys

WITHOUT = """
import sys

class Nowhere:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Nowhere())
"""


def run(program: str, *names: str) -> subprocess.CompletedProcess[str]:
    """Run a program where these packages are not installed."""
    text = WITHOUT.format(names={*names}) + program
    return subprocess.run(
        [sys.executable, "-c", text], capture_output=True, text=True, timeout=60, check=False
    )


def test_without_hypothesis() -> None:
    """The error says what to install."""
    done = run("from mockrouter import strategies", "hypothesis")

    assert done.stderr.splitlines()[-1] == (
        "ImportError: mockrouter.strategies draws with Hypothesis, and it is not installed; "
        "pip install 'mockrouter[hypothesis]'"
    )


def test_without_pytest() -> None:
    """Streams are drawn in unittest as well."""
    program = "from mockrouter import strategies\nprint(strategies.streams())\n"
    done = run(program, "pytest", "pytest_mockrouter")

    assert (0, "") == (done.returncode, done.stderr)
