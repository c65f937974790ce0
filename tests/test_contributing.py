"""Whoever follows the pages for contributors to the letter has added what they are about."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pages import ROOT, Block, blocks

PAGES = sorted((ROOT / "docs" / "contributing").glob("*.md"))
NEEDED = ("docs", "mockrouter", "pytest_plugin", "scenarios", "tests")
NEW = re.compile(r"A new file, `(?P<path>\S+)`:")
INTO = re.compile(r"Into `(?P<path>\S+)`, before (?P<tick>`+)(?P<mark>.+)(?P=tick):")
SHORT = {
    "cut": "after_string or named_places or tables_list or committed",
    "fault": "Shuffle or strikes_where or every_fault or tables_of_faults or committed",
    "malformation": "commented or just_this or has_a_promise or tables_list or committed"
    " or types and test_malformations",
    "scenario": "after-finish or forgotten or up_to_date",
}
"""What of the named test files is about the new thing; the rest is run anyway."""


def followed(block: Block, root: Path) -> None:
    """Write a new file, or lines in front of the one that begins as the text above a block says."""
    said = block.page.read_text(encoding="utf-8").splitlines()[block.line - 3]
    if new := NEW.fullmatch(said):
        (root / new["path"]).write_text(block.text, encoding="utf-8")
        return
    place = INTO.fullmatch(said)
    assert place, f"nothing says where {block} belongs"
    file = root / place["path"]
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    found = [at for at, line in enumerate(lines) if line.lstrip().startswith(place["mark"])]
    assert 1 == len(found), f"{block} belongs before a line that is there {len(found)} times"
    lines.insert(found[0], block.text)
    file.write_text("".join(lines), encoding="utf-8")


def run(line: str, root: Path, only: str) -> None:
    """Run a command of a page, with the code of the copy in place of the product's."""
    paths = os.pathsep.join(map(str, (root, root / "pytest_plugin")))
    python = f"'{sys.executable}' -m"
    tests = f"{python} pytest -q -p no:cacheprovider -n0 -k '{only}'"
    line = line.replace("python3 dev.py test", tests)
    line = line.replace(".venv/bin/mockrouter", f"{python} mockrouter")
    done = subprocess.run(
        ["/bin/sh", "-c", line],
        cwd=root,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert 0 == done.returncode, f"{line}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_leads_to_its_end(page: Path, tmp_path: Path) -> None:
    """Its files and lines fit into the project as it is, and its commands succeed."""
    for name in NEEDED:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("node_modules"))
    for name in ("README.md", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)

    for block in blocks(page):
        if block.language != "console":
            followed(block, tmp_path)
            continue
        for line in block.text.splitlines():
            # Whether the examples are in style does not hang on what is in the project.
            if line != "python3 dev.py lint":
                run(line, tmp_path, SHORT[page.stem])
