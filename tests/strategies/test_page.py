"""The page on streams: its examples are a suite, and it leaves nothing out."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from mockrouter.strategies import KINDS, VARIATIONS, Stream
from mockrouter.wire import Ending
from pages import ROOT, Block, blocks, rows, section, spans

PAGE = ROOT / "docs" / "strategies.md"
README = ROOT / "README.md"
APP = Path(__file__).with_name("app.py").read_text(encoding="utf-8")
INI = "[pytest]\naddopts = -p no:randomly -p no:asyncio -p no:cacheprovider\n"
SETTINGS = """
from hypothesis import Phase, settings
settings.register_profile(
    "same",
    derandomize=True,
    deadline=None,
    max_examples={examples},
    phases=[Phase.generate, Phase.shrink],  # to explain takes long, and changes nothing
)
settings.load_profile("same")
"""


def files(page: Path) -> list[Block]:
    """List a page's files of tests that draw streams."""
    return [
        b for b in blocks(page) if b.language == "py" and "mockrouter import strategies" in b.text
    ]


def suite(pytester: pytest.Pytester, app: str, examples: int, *texts: str) -> pytest.RunResult:
    """Run tests of an application, with so many examples each."""
    pytester.makefile(".ini", pytest=INI)
    pytester.makepyfile(conftest=SETTINGS.format(examples=examples), my_app=app)
    for text in texts:
        name = text.splitlines()[0].removeprefix("# ")
        (pytester.path / name).write_text(text, encoding="utf-8")
    return pytester.runpytest_subprocess("-q")


def test_the_examples_pass(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them in one suite hold for a reassembler that is right, with the README's."""
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", raising=False)
    (shown,) = files(README)
    texts = [each.text for each in files(PAGE)]
    texts.append(shown.text.replace("# test_reassembler.py", "# test_readme.py"))
    names = {text.splitlines()[0] for text in texts}

    outcomes = suite(pytester, APP, 15, *texts).parseoutcomes()

    assert len(texts) == len(names)
    assert {"passed": sum(text.count("\ndef test_") for text in texts)} == {
        key: count for key, count in outcomes.items() if key != "warnings"
    }


def test_the_report_is_what_is_shown(pytester: pytest.Pytester) -> None:
    """A reassembler that wants a space fails in these words."""
    wrong = APP.replace('line.startswith("data:")', 'line.startswith("data: ")')
    (shown,) = (each.text for each in blocks(PAGE) if each.claim == "report")

    result = suite(pytester, wrong, 100, files(PAGE)[0].text)

    assert {"failed": 1} == result.parseoutcomes()
    said = nameless(re.sub(r"(?m)^E {0,3}", "", result.stdout.str()))
    lines = (re.escape(line).replace("…", ".*") for line in nameless(shown).splitlines())
    assert re.search("\n *".join(lines), said)


def nameless(text: str) -> str:
    """Leave out what is made of all that a scenario says."""
    return re.sub(r"stream-[0-9a-f]{8}", "stream", text)


def cells(heading: str) -> set[str]:
    """Collect what stands in code in the first column under a heading."""
    return spans("\n".join(row[0] for row in rows(section(PAGE, heading))))


def test_all_is_listed() -> None:
    """Each variation, and each thing that a stream has, has a row; endings and kinds are named."""
    has = {each.name for each in fields(Stream)} | {"body", "save(path)"}

    assert has == cells("## A stream")
    assert {*VARIATIONS} == cells("## Legal streams")
    assert {*map(str, Ending)} <= spans(section(PAGE, "## A stream"))
    assert {"malformed", "error"} == {*KINDS} & spans(section(PAGE, "## Hostile streams"))
