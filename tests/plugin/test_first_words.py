"""What a test says first: nothing, a script, a scenario's text; and what it is told of mistakes."""

from __future__ import annotations

import re

import pytest

from plugin.suites import Suite


def test_zero_words(suite: Suite) -> None:
    """A test that only takes the fixture has a provider that answers any client and calls tools."""
    suite.passes(
        """
        def test_it(mockrouter):
            assert "18" in agent(mockrouter.base_url)
            mockrouter.assert_answered("get_weather", {"temp": 18}, arguments={"city": "Tokyo"})
        """
    )


def test_a_script(suite: Suite) -> None:
    """Parts, mappings, texts and statuses are turns, each in its shortest words."""
    suite.passes(
        """
        def test_turns(mockrouter):
            mockrouter.script(
                [{"tool_call": "get_weather", "arguments": {"city": "Oslo"}}],
                {"say": [{"tool_call": "get_weather"}], "finish_reason": "stop"},
                "It is {{ results.get_weather.temp }} degrees.",
            )
            assert "It is 18 degrees." == agent(mockrouter.base_url)
            assert [{"city": "Oslo"}, {"city": "Tokyo"}] == [c.arguments for c in mockrouter.calls]

        def test_statuses(mockrouter):
            mockrouter.script({"attempts": [429, {"error": {"status": 503}}, "There."]})
            assert [429, 503, 200] == [status(mockrouter.base_url) for _ in range(3)]

        def test_repeating(mockrouter):
            mockrouter.script(500, then="repeat")
            later = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}] * 3
            assert [500, 500] == [status(mockrouter.base_url), status(mockrouter.base_url, *later)]
        """,
        passed=3,
    )


def test_several_scripts(suite: Suite) -> None:
    """Scripts with conditions share the work, in any order of asking."""
    suite.passes(
        """
        def test_it(mockrouter):
            mockrouter.script("Big.", when={"model": "big"})
            mockrouter.script("Small.", when={"model": "small"}, name="little")
            said = [ask(mockrouter.base_url, model=model) for model in ("small", "big")]
            assert ["Small.", "Big."] == said
            assert ("script", "little") == mockrouter.scenarios
        """
    )


def test_text_of_a_scenario(suite: Suite) -> None:
    """A scenario may be written as YAML within the test."""
    suite.passes(
        '''
        def test_it(mockrouter):
            mockrouter.load_text("""
            turns:
              - say: [{text: From YAML.}]
            """)
            assert "From YAML." == ask(mockrouter.base_url)
        '''
    )


SAME = "'script-2' would never answer, as 'script' answers the same requests; "
MISTAKES = [
    (
        'mockrouter.script({"eror": 429})',
        "ScenarioError: test_it.py:3:1: turns?0?: unknown key 'eror'; did you mean 'error'?",
    ),
    (
        'mockrouter.script("a", [{"tool_cal": "x"}])',
        "ScenarioError: test_it.py:3:1: turns?1??0?: this is no part of a reply; *tool_call*",
    ),
    (
        "mockrouter.script(object())",
        "ScenarioError: test_it.py:3:1: this is no JSON (*); write mappings, *",
    ),
    ('mockrouter.script("a", then="rpeat")', "ScenarioError: test_it.py:3:1: *'repeat'*"),
    ("mockrouter.script()", "ScenarioError: test_it.py:3:1: *"),
    (
        'mockrouter.script("a", when={"modle": "x"})',
        "ScenarioError: test_it.py:3:1: when: unknown key 'modle'; did you mean 'model'?",
    ),
    (
        'mockrouter.script("a"); mockrouter.script("b")',
        f"ValueError: {SAME}give one of them a 'when', or make one script of both",
    ),
    (
        'mockrouter.script("a", name="x"); mockrouter.script("b", name="x")',
        "ValueError: a scenario 'x' is there already; give one another name",
    ),
    (
        'mockrouter.load_text("turns: [{eror: 429}]")',
        "ScenarioError: <inline>:1:10: unknown key 'eror'; did you mean 'error'?",
    ),
    (
        'mockrouter.load("weathr")',
        "ScenarioNotFound: no scenario is named 'weathr' in *, the catalogue; did you mean *?",
    ),
    (
        'mockrouter.load("rate-limit-then-success")',
        "ScenarioNotFound: *; did you mean errors/rate-limit-then-success?",
    ),
    (
        'mockrouter.load("xyzzy")',
        "ScenarioNotFound: *; `mockrouter list` shows all names",
    ),
    (
        'mockrouter.load("errors/server-error-forever", "errors/no-credits")',
        "ValueError: 'errors/no-credits' would never answer, as 'errors/server-error-forever' *",
    ),
]


@pytest.mark.parametrize(("line", "said"), MISTAKES)
@pytest.mark.parametrize("style", ["long", "short"])
def test_a_mistake_is_shown_where_it_was_made(
    suite: Suite, line: str, said: str, style: str
) -> None:
    """The traceback ends in the line of the test, and says what is wrong and what to do."""
    suite.test(f"def test_it(mockrouter):\n    {line}\n")
    result = suite.run(f"--tb={style}")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"E*{said}"])
    places = [found[0] for each in result.outlines if (found := re.match(r"\S+\.py:\d+:", each))]
    assert ["test_it.py:3:"] == places


def test_a_helper_is_the_place(suite: Suite) -> None:
    """Whoever wraps `script` in a function of their own is told of the line in there."""
    suite.test(
        """
        def prepare(mock):
            mock.script({"eror": 429})

        def test_it(mockrouter):
            prepare(mockrouter)
        """
    )
    result = suite.run()

    result.stdout.fnmatch_lines(["test_it.py:*", "E*ScenarioError: test_it.py:4:1: *"])


def test_asking_before_anybody_asked(suite: Suite) -> None:
    """What is read off a request that is not there fails in the test's words."""
    suite.fails("def test_it(mockrouter):\n    mockrouter.last_request", "E*: nothing was asked")
