"""The page on pytest: its examples are a suite, and its tables leave nothing out."""

from __future__ import annotations

import re

import pytest

from mockrouter import MockRouter
from mockrouter.harness.environment import environment
from mockrouter.scenario.library import load
from pages import ROOT, Block, blocks, rows, section, spans
from plugin.suites import Suite
from pytest_mockrouter import plugin
from pytest_mockrouter.choosing import chosen

PAGE = ROOT / "docs" / "pytest.md"
HIDDEN = {"mistakes"}
"""What is public for whoever builds upon the harness, and not for tests."""


def name_of(block: Block) -> str:
    """Read the name of a file in the comment at its top."""
    return block.text.splitlines()[0].removeprefix("# ")


def files() -> list[Block]:
    """List the page's files."""
    return [each for each in blocks(PAGE) if each.language in {"py", "yaml"}]


def test_each_file_says_its_name() -> None:
    """A reader knows where a block belongs."""
    names = [name_of(each) for each in files()]

    assert all(re.fullmatch(r"[\w/]+\.(py|yaml)", name) for name in names)
    assert len(names) == len({*names})


def test_the_examples_run(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them in one suite pass, but for one that is there to fail, which fails as shown."""
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    monkeypatch.setenv("COLUMNS", "79")
    for each in files():
        suite.write(name_of(each), each.text)
    suite.write("pyproject.toml", "[tool.pytest]\nstrict = true\n")
    result = suite.pytester.runpytest_subprocess("-p", "no:randomly", "-p", "no:asyncio", "-q")

    outcomes = result.parseoutcomes()
    failing = [each for each in files() if each.claim == "fails"]
    assert ({"failed", "passed"}, len(failing)) == ({*outcomes}, outcomes["failed"])
    (shown,) = (each.text for each in blocks(PAGE) if each.claim == "report")
    assert bare(shown) in bare(result.stdout.str())


def bare(text: str) -> str:
    """Leave out how long rules are."""
    return re.sub(r"[_-]{3,}", "___", text)


def cells(heading: str, column: int = 0) -> set[str]:
    """Collect the words in code of a column of the tables under a heading."""
    found = spans("\n".join(row[column] for row in rows(section(PAGE, heading))))
    return {re.split(r"[=(]", span)[0] for span in found}


@pytest.mark.parametrize("row", [*rows(section(PAGE, "## One test over many scenarios"))])
def test_errors_of_filters_are_as_shown(row: list[str]) -> None:
    """Each mark of the table is refused in the words beside it."""
    name, told = (cell.strip("`") for cell in (row[0], row[1].replace("`mockrouter list`", "%")))
    mark = eval(f"pytest.mark.{name}", {"pytest": pytest}).mark  # noqa: S307 - our own page

    with pytest.raises(pytest.Collector.CollectError) as raised:
        chosen(mark, (), load().named)

    assert told.replace("%", "`mockrouter list`") == str(raised.value)


def test_all_settings_are_listed() -> None:
    """Each key of the ini file and each setting of the mark has a row, with its default."""
    settings = {row[0]: row[1] for row in rows(section(PAGE, "## Settings"))}
    declared = re.findall(
        r'"(mockrouter_[a-z_]+)"', (ROOT / "pytest_plugin/pytest_mockrouter/config.py").read_text()
    )

    assert {f"`{name}`" for name in declared} == {*settings}
    assert {*plugin._SETTINGS} == cells("## Scenarios in files")  # noqa: SLF001 - what there is


def test_all_of_the_fixture_is_listed() -> None:
    """Whatever the fixture has stands on the page."""
    public = {name for name in dir(MockRouter) if not name.startswith("_")} - HIDDEN
    public |= {"profile", "strict"}
    page = PAGE.read_text(encoding="utf-8")
    named = {re.split(r"[=(]", span)[0] for span in spans(page)}

    assert public <= named
    assert {name for name in cells("## What the client did") if name != "env"} <= public


def test_all_variables_are_listed() -> None:
    """Each variable that is set is named."""
    assert {*environment("", "openai", {})} - {"no_proxy"} <= spans(section(PAGE, "## Settings"))
