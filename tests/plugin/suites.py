"""A suite as users write it, to be run by a pytest of its own."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

_HERE = Path(__file__).parent.parent
_OPTIONS = ("-p", "pytest_mockrouter.plugin", "-o", f"pythonpath={_HERE}")
_HEAD = "from plugin.talking import agent, ask, post, status\n"


class Suite:
    """
    A folder with a user's tests.

    Attributes:
        pytester: Runs them.

        tests: Folder of what the tests may import of ours.
    """

    tests = _HERE

    def __init__(self, pytester: pytest.Pytester) -> None:
        """Begin with an empty folder."""
        self.pytester = pytester

    def write(self, path: str, text: str) -> None:
        """Write a file, with the folders above it."""
        file = self.pytester.path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text).lstrip("\n"), encoding="utf-8")

    def ini(self, *lines: str) -> None:
        """Write settings."""
        self.write("pytest.ini", "\n".join(["[pytest]", *lines, ""]))

    def test(self, text: str, path: str = "test_it.py") -> None:
        """Write a test file, in which the functions of ``plugin.talking`` are known."""
        self.write(path, _HEAD + dedent(text))

    def run(self, *options: str) -> pytest.RunResult:
        """Run it in this process; *options* may name more plugins: ``-p xdist``."""
        return self.pytester.runpytest_inprocess(*_OPTIONS, *options)

    def apart(self, *options: str) -> pytest.RunResult:
        """Run it in a process of its own."""
        return self.pytester.runpytest_subprocess(*_OPTIONS, *options)

    def passes(self, text: str, *options: str, passed: int = 1) -> None:
        """Check that tests pass."""
        self.test(text)
        self.run(*options).assert_outcomes(passed=passed)

    def fails(self, text: str, *lines: str, failed: int = 1) -> pytest.RunResult:
        """Check that tests fail in the call phase, with these lines in the report, in order."""
        self.test(text)
        result = self.run()
        result.assert_outcomes(failed=failed)
        result.stdout.fnmatch_lines([f"*{line}*" for line in lines])
        return result
