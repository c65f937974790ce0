"""Python environments for tests that install the package."""

from __future__ import annotations

import sysconfig
import venv
from pathlib import Path


def python_of_its_own(folder: Path) -> Path:
    """
    A new environment's Python, with ``pip`` beside it, which needs no network.

    It finds the libraries of the environment that runs the tests, but not the editable install in
    there, whose ``.pth`` file counts in its own environment only.
    """
    venv.EnvBuilder(symlinks=True).create(folder)
    python = folder / "bin" / "python"
    paths = {"base": str(folder), "platbase": str(folder)}
    libraries = Path(sysconfig.get_path("purelib", "venv", paths)) / "libraries.pth"
    libraries.write_text(sysconfig.get_path("purelib"))
    pip = folder / "bin" / "pip"
    pip.write_text(f'#!/bin/sh\nexec "{python}" -m pip "$@"\n')
    pip.chmod(0o755)
    return python
