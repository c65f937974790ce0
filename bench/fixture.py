"""What a test costs that starts clean, next to the same test with what else one might use."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

SUITES = {"bare": (), "mockrouter": ("pytest_mockrouter.plugin",), "respx": ("respx.plugin",)}
"""Suites, each with the plugins that it loads; the others are compared with the first."""

_ROOT = Path(__file__).resolve().parents[1]
_SUITES = _ROOT / "bench" / "suites"


def run(suite: str, tests: int) -> list[float]:
    """Run a suite in a session of its own; seconds that each test took, in order."""
    with TemporaryDirectory() as folder:
        times = Path(folder) / "times.json"
        command = [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "--rootdir", str(_ROOT)]
        for plugin in ("no:cacheprovider", "bench.suites.timing", *SUITES[suite]):
            command += ["-p", plugin]
        command += ["--tests", str(tests), "--times", str(times), str(_SUITES / f"with_{suite}.py")]
        # What else is installed here would be measured with them.
        env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        ran = subprocess.run(  # noqa: S603
            command, cwd=_ROOT, env=env, capture_output=True, text=True, check=False
        )
        if ran.returncode:
            raise SystemExit(f"the suite with {suite} fails:\n{ran.stdout}{ran.stderr}")
        found: list[float] = json.loads(times.read_text())
        return found


def compare(rounds: int, tests: int) -> list[str]:
    """
    Run all suites in turns.

    Returns:
        A row for each: milliseconds that a test takes, what that is above the bare app, and what
        the session's first test takes, with all imports and the server's start.
    """
    suites = [suite for suite in SUITES if not _missing(suite)]
    each: dict[str, list[float]] = {suite: [] for suite in suites}
    first: dict[str, list[float]] = {suite: [] for suite in suites}
    for number in range(rounds):
        # Nobody always goes first.
        for suite in suites[:: 1 if number % 2 else -1]:
            start, *rest = run(suite, tests + 1)
            each[suite].append(1000 * median(rest))
            first[suite].append(1000 * start)
    limit = each[suites[0]]
    rows = [
        f"{suite:10} skipped: pip install {', '.join(_missing(suite))}"
        for suite in SUITES
        if _missing(suite)
    ]
    for suite in suites:
        above = median(own - bare for own, bare in zip(each[suite], limit, strict=True))
        rows.append(
            f"{suite:10} {median(each[suite]):6.2f} ms a test  {above:+6.2f} to bare  "
            f"{median(first[suite]):6.0f} ms the first"
        )
    return rows


def _missing(suite: str) -> list[str]:
    libraries = [plugin.partition(".")[0] for plugin in SUITES[suite]]
    return [library for library in libraries if find_spec(library) is None]
