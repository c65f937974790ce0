"""What holds for every test."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

pytest_plugins = ["pytester"]

# A shared machine is slow now and then, which is no mistake of the code.
settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell's background job ignores Ctrl-C, and so would every program that a test starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, with none of the variables that our commands read."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("MOCKROUTER_")]:
        monkeypatch.delenv(name)
    return tmp_path
