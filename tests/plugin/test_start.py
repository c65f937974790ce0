"""What a suite pays that does not use the plugin: next to nothing."""

from __future__ import annotations

import json

import pytest

from plugin.suites import Suite

LISTING = """
import json
import sys

def pytest_unconfigure():
    found = [name for name in sys.modules if name.partition(".")[0] in WATCHED]
    with open("modules.json", "w") as file:
        json.dump(sorted(found), file)

WATCHED = {"mockrouter", "pytest_mockrouter", "pydantic", "uvicorn", "starlette", "yaml", "jinja2"}
"""
PLAIN = "def test_plain():\n    pass\n"
MARKED = """
import pytest

@pytest.mark.mockrouter("errors/no-credits", strict=False)
def test_marked(mockrouter):
    pass
"""

RUNS = [
    (PLAIN, ()),
    (PLAIN, ("--mockrouter-seed=7",)),
    (PLAIN + MARKED, ("--collect-only",)),
    (PLAIN + MARKED, ("-k", "plain")),
    (PLAIN + MARKED, ("--fixtures",)),
]


@pytest.mark.parametrize(("text", "options"), RUNS)
def test_nothing_is_imported_until_it_is_used(
    suite: Suite, text: str, options: tuple[str, ...]
) -> None:
    """Without a test that takes the fixture, only what pytest asks the plugin for is there."""
    suite.write("conftest.py", LISTING)
    suite.write("test_it.py", text)
    suite.ini("mockrouter_seed = 3", "mockrouter_time_scale = 0", "mockrouter_redact = a")
    assert 0 == suite.apart(*options).ret

    found = json.loads((suite.pytester.path / "modules.json").read_text(encoding="utf-8"))
    assert ["pytest_mockrouter", "pytest_mockrouter.config", "pytest_mockrouter.plugin"] == found
