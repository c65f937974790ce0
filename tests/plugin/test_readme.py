"""What the README shows of tests is a suite that runs, and fails as it says."""

from __future__ import annotations

import re

from pages import ROOT, Block, blocks
from plugin.suites import Suite

README = ROOT / "README.md"
APP = "my_app.py"


def under_test() -> list[Block]:
    """List the README's blocks from its tests on."""
    text = README.read_text(encoding="utf-8")
    line = text[: text.index("\n## In your tests\n")].count("\n")
    return [each for each in blocks(README) if each.line > line]


def app() -> str:
    """Take the application from the page on pytest."""
    page = blocks(ROOT / "docs" / "pytest.md")
    return next(each.text for each in page if each.text.startswith(f"# {APP}\n"))


def test_the_examples_run(suite: Suite) -> None:
    """Each block is a file of tests that pass, with the application of the page on pytest."""
    suite.write(APP, app())
    files = [each.text for each in under_test() if each.language == "py"]
    files = [text for text in files if "hypothesis" not in text]  # in the tests of strategies
    for text in files:
        suite.write(text.splitlines()[0].removeprefix("# "), text)
    result = suite.apart("-q")

    assert 2 == len(files)
    assert {"passed"} == {*result.parseoutcomes()}


def test_the_report_is_what_is_shown(suite: Suite) -> None:
    """An application that asks once leaves over what the README says, in these words."""
    (shown,) = (each.text for each in under_test() if "never asked for" in each.text)
    test = next(each.text for each in under_test() if each.text.startswith("# test_agent.py"))
    suite.write(APP, app().replace("while True:", "for _ in range(1):"))
    asked = test.index("ask(")
    suite.write("test_agent.py", test[: asked - len("assert ")] + test[asked:].partition(" ==")[0])
    result = suite.apart("-q", "-p", "no:randomly")

    assert _without_times(shown) in _without_times(result.stdout.str())


def _without_times(text: str) -> str:
    """Leave out what differs from run to run, and how long rules and long lines are."""
    text = re.sub(r"after [\d.]+ s", "after … s", text)
    text = re.sub(r"-{3,}", "---", text)
    return re.sub(r"(?m)^(.{95}).*", r"\1", text)
