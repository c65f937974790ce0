"""What a failing test says of the wire, and that nothing before it changes a word of that."""

from __future__ import annotations

import re

import pytest

from plugin.suites import Suite

TALK = """
import pytest

@pytest.mark.mockrouter("errors/rate-limit-then-success", strict=False)
def test_retry(mockrouter):
    status(mockrouter.base_url)
    assert 200 == status(mockrouter.base_url, model="mock/nowhere")

def test_tools(mockrouter):
    mockrouter.script(
        [{"text": "Let me see."}, {"tool_call": "get_weather", "arguments": {"town": "Oslo"}}],
        "It is cold.",
        "Never said.",
    )
    agent(mockrouter.base_url)

def test_plain(mockrouter):
    assert "Bye" == ask(mockrouter.base_url)
"""


def sections(result: pytest.RunResult) -> dict[str, str]:
    """Read each failure of a run, by the test's name, without what real time and ports are."""
    text = result.stdout.str().partition("= FAILURES =")[2].partition("= short test summary")[0]
    parts = re.split(r"^_{3,} (test_\w+) _{3,}$", text, flags=re.MULTILINE)[1:]
    found = dict(zip(parts[::2], parts[1::2], strict=True))
    real = re.compile(r"127\.0\.0\.1:\d+|(?<=again after )[\d.]+")
    return {name: real.sub("…", part).strip("\n=") for name, part in found.items()}


def test_what_it_says(suite: Suite) -> None:
    """Scenarios, each request, each answer, verdicts on calls, results, and what is left over."""
    suite.test(TALK)

    assert (
        """
test_it.py:11: turn 3 of 'script' was never asked for
---------------------------------- mockrouter ----------------------------------
answering: script (test_it.py)
  1  POST /v1/chat/completions  script turn 1  200
       > user: What is the weather in Tokyo?
       < text: Let me see.
       < calls get_weather {"town":"Oslo"}  (SchemaMismatch: The arguments of \
'get_weather' do not fit its schema: at $: 'city' is a required property.)
       <     answered in 2: {"temp": 18}
  2  POST /v1/chat/completions  script turn 2  200
       > result of get_weather: {"temp": 18}
       < text: It is cold.
""".strip()
        == sections(suite.run())["test_tools"]
    )


def test_a_section_of_its_own(suite: Suite) -> None:
    """Each failing test has a section, whose requests count from 1; passing ones have none."""
    suite.test(TALK + "\ndef test_good(mockrouter):\n    agent(mockrouter.base_url)\n")
    result = suite.run()

    found = sections(result)
    assert ["test_retry", "test_tools", "test_plain"] == list(found)
    assert all("\n  1  POST /v1/chat/completions" in each for each in found.values())
    assert 3 == result.stdout.str().count("- mockrouter -")
    assert "answering: auto, as no scenario is loaded" in found["test_plain"]
    assert "Retry-After" in found["test_retry"]


def test_the_same_whatever_ran_before(suite: Suite) -> None:
    """Reports are the same byte for byte alone, in another order, and on several workers."""
    suite.test(TALK)
    first = sections(suite.run())
    names = list(first)

    alone = {name: sections(suite.run(f"test_it.py::{name}"))[name] for name in names}
    backwards = sections(suite.run(*(f"test_it.py::{name}" for name in reversed(names))))
    spread = sections(suite.run("-p", "xdist", "-n", "2"))

    assert first == alone
    assert first == backwards
    # xdist says first which worker it was.
    assert {name: re.sub(r"^\[gw\d\].*\n+", "", part) for name, part in spread.items()} == first


def test_secrets(suite: Suite) -> None:
    """No key that a client sent is in a report, nor what the suite names besides."""
    suite.ini("mockrouter_redact = password")
    suite.test(
        """
        def test_it(mockrouter):
            mockrouter.script([{"tool_call": "get_weather", "arguments": {"password": "hunter2"}}])
            post(mockrouter.base_url)
            assert 0
        """
    )
    text = suite.run("-vv").stdout.str()

    assert "- mockrouter -" in text
    assert "sk-secret-of-a-test" not in text
    # Once: pytest itself shows the test's own lines.
    assert 1 == text.count("hunter2")


def test_a_fixture_that_fails(suite: Suite) -> None:
    """A set-up that fails after it has asked says what went over the wire, too."""
    suite.test(
        """
        import pytest

        @pytest.fixture
        def agents(mockrouter):
            ask(mockrouter.base_url, "Who are you?")
            raise ValueError

        def test_it(agents):
            pass
        """
    )
    result = suite.run()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*- mockrouter -*", "*> user: Who are you?"])


def test_junit(suite: Suite) -> None:
    """The report is part of what other tools are given."""
    suite.test(TALK)
    suite.run("--junitxml=out.xml", "-o", "junit_logging=all")

    # pytest writes captured output alone into its XML; the sections of plugins are in no file.
    assert "never asked for" in (suite.pytester.path / "out.xml").read_text(encoding="utf-8")


@pytest.mark.parametrize("error", ["ValueError('odd')", "RecursionError()"])
def test_a_report_that_cannot_be_made(suite: Suite, error: str) -> None:
    """What goes wrong in making it is said in its place, and ends neither test nor session."""
    suite.test(
        f"""
        def broken():
            raise {error}

        def test_it(mockrouter):
            mockrouter.report = broken
            assert 0

        def test_next(mockrouter):
            pass
        """
    )
    result = suite.run()

    result.assert_outcomes(failed=1, passed=1)
    name = error.partition("(")[0]
    result.stdout.fnmatch_lines(["*assert 0*", "*- mockrouter -*", f"*not be made ({name}*"])
