"""One test over many scenarios."""

from __future__ import annotations

import pytest

from plugin.suites import Suite

YAML = "turns: [{say: [{text: %s}]}]\n"

ERRORS = """
import pytest

@pytest.mark.mockrouter_each("errors/*")
def test_it(mockrouter):
    assert 1 == len(mockrouter.scenarios)
    assert mockrouter.base_url
"""


def test_by_path(suite: Suite) -> None:
    """A test runs once for each scenario whose name fits, and is named after it."""
    suite.test(ERRORS)
    result = suite.run("-v")

    assert 0 == result.ret
    result.stdout.fnmatch_lines(["test_it.py::test_it[[]errors/rate-limit-then-success] PASSED*"])
    assert 6 <= result.parseoutcomes()["passed"]


def chosen(suite: Suite, *patterns: str, **filters: str | list[str]) -> list[str]:
    """Collect a marked test, and list the names that it runs over."""
    words = ", ".join([*map(repr, patterns), *(f"{k}={v!r}" for k, v in filters.items())])
    suite.test(
        f"""
        import pytest

        @pytest.mark.mockrouter_each({words})
        def test_it(mockrouter):
            pass
        """
    )
    lines = suite.run("--collect-only", "-q").outlines
    return [line.partition("[")[2][:-1] for line in lines if "::" in line]


def test_by_tag(suite: Suite) -> None:
    """Tags are needed all, severities any, formats all."""
    everything = chosen(suite)
    retry = chosen(suite, tag="retry")
    low = chosen(suite, severity=["low", "medium"])
    chat, responses = (chosen(suite, dialect=each) for each in ("chat", "responses"))

    assert "auto" not in everything
    assert {"errors/rate-limit-then-success"} < {*retry} < {*everything}
    assert [] == chosen(suite, tag=["retry", "parallel"])
    assert {*chosen(suite, severity="low")} < {*low} < {*everything}
    assert {*chosen(suite, dialect=["chat", "responses"])} == {*chat} & {*responses}
    assert {*chat} - {*responses}


def test_by_mode(suite: Suite) -> None:
    """What is made for one mode alone is left out for the other; the rest is for both."""
    stream, plain = (chosen(suite, "calls/*", mode=each) for each in ("stream", "plain"))
    assert "calls/fragment-twice" in {*stream} - {*plain}
    assert {*chosen(suite, "calls/*", mode=["stream", "plain"])} == {*stream} & {*plain}


def test_a_failure_that_was_not_met_fails_the_test(suite: Suite) -> None:
    """A client that does not stream cannot pass what is for streams."""
    suite.write(
        "test_met.py",
        """
        import json
        import urllib.request
        import pytest

        @pytest.mark.mockrouter_each("calls/fragment-twice")
        @pytest.mark.parametrize("stream", [True, False])
        def test_it(mockrouter, stream):
            tool = {"type": "function", "function": {"name": "a", "parameters": {
                "type": "object", "properties": {"b": {"type": "string"}}, "required": ["b"]}}}
            body = {"model": "m", "stream": stream, "tools": [tool],
                    "messages": [{"role": "user", "content": "Hi there"}]}
            url = mockrouter.base_url + "/chat/completions"
            urllib.request.urlopen(url, json.dumps(body).encode()).read()
        """,
    )
    result = suite.run()

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        ["*'calls/fragment-twice' is made for streams, and all that asked*"]
    )


def test_endless_ones_by_name_alone(suite: Suite) -> None:
    """What calls tools without end would hang many a client, so no pattern takes it by chance."""
    suite.write("scenarios/mine/bye.yaml", "turns: [Bye.]\nthen: repeat\n")
    suite.write("scenarios/mine/calls.yaml", "turns: [[tool_call: any]]\nthen: repeat\n")

    assert "loops/endless" not in chosen(suite)
    assert "loops/endless" not in chosen(suite, "loops/*")
    assert ["loops/endless"] == chosen(suite, "loops/endless")
    assert ["mine/bye"] == chosen(suite, "mine/*")


def test_own_scenarios(suite: Suite) -> None:
    """Those of the folder beside the test and of the suite come first, under all their names."""
    suite.write("scenarios/deep/a.yaml", YAML % "Found.")
    suite.write("scenarios/b.yaml", "name: deep/named\n" + YAML % "Found.")
    suite.write("scenarios/Upper.yaml", YAML % "Found.")
    suite.write("shared/deep/c.yaml", "tags: [retry]\n" + YAML % "Found.")
    suite.ini("mockrouter_paths = shared")
    suite.test(
        """
        import pytest

        @pytest.mark.mockrouter_each("deep/*", "upper")
        def test_it(mockrouter):
            assert "Found." == ask(mockrouter.base_url)
        """
    )

    suite.run().assert_outcomes(passed=4)
    assert ["upper", "deep/named", "deep/a"] == chosen(suite, "deep/[an]*", "upper")
    assert "deep/c" == chosen(suite, tag="retry")[0]


WRONG = [
    ("@pytest.mark.mockrouter_each('eror/*')", "mockrouter", "no scenario fits eror/*; *list*"),
    (
        "@pytest.mark.mockrouter_each(tag='nowhere')",
        "mockrouter",
        "there is no tag 'nowhere'; there is *, chat, *",
    ),
    (
        "@pytest.mark.mockrouter_each('loops/*', tag='builtin')",
        "mockrouter",
        "no scenario fits loops/[*] builtin; `mockrouter list` shows all with their tags",
    ),
    (
        "@pytest.mark.mockrouter_each(dialect=['chat', 'respones'])",
        "mockrouter",
        "there is no dialect 'respones'; did you mean responses?",
    ),
    (
        "@pytest.mark.mockrouter_each(severity='hihg')",
        "mockrouter",
        "there is no severity 'hihg'; did you mean high?",
    ),
    (
        "@pytest.mark.mockrouter_each(tags='x')",
        "mockrouter",
        "the mark 'mockrouter_each' takes tag, severity, dialect, mode, not 'tags'",
    ),
    (
        "@pytest.mark.mockrouter_each('errors/*')",
        "",
        "test_it.py::test_it is marked mockrouter_each and does not ask for the fixture *",
    ),
]


@pytest.mark.parametrize(("mark", "fixture", "said"), WRONG)
def test_a_wrong_mark(suite: Suite, mark: str, fixture: str, said: str) -> None:
    """A mark that chooses nothing is an error of one line when tests are collected."""
    suite.test(f"import pytest\n\n{mark}\ndef test_it({fixture}):\n    pass\n")
    result = suite.run()

    assert 0 != result.ret
    text = "\n".join([*result.outlines, *result.errlines])
    assert "INTERNALERROR" not in text
    assert "Traceback" not in text
    assert "plugin.py" not in text
    result.stdout.fnmatch_lines([f"*{said}*"])


def test_a_broken_file(suite: Suite) -> None:
    """A file of the suite's with mistakes is an error when tests are collected, with its line."""
    suite.write("scenarios/bad.yaml", "turns:\n- eror: 429\n")
    suite.test(ERRORS)
    result = suite.run()

    result.stdout.fnmatch_lines(["*bad.yaml:2:3: unknown key 'eror'; did you mean 'error'?"])
    assert "INTERNALERROR" not in result.stdout.str()


def test_little_is_owed(suite: Suite) -> None:
    """Turns may be left over, as many clients do not come back; unanswered requests may not."""
    suite.test(
        """
        import pytest

        each = pytest.mark.mockrouter_each("errors/rate-limit-then-success")

        @each
        def test_left_over(mockrouter):
            assert 429 == status(mockrouter.base_url)

        @each
        @pytest.mark.mockrouter(leftovers=True)
        def test_owed(mockrouter):
            assert 429 == status(mockrouter.base_url)

        @each
        def test_unanswered(mockrouter):
            status(mockrouter.base_url, model="mock/nowhere")
        """
    )
    result = suite.run("-rA")

    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(["PASSED test_it.py::test_left_over*"])


def test_crossed_with_other_parameters(suite: Suite) -> None:
    """It goes with parameters of the test's own."""
    suite.passes(
        """
        import pytest

        @pytest.mark.parametrize("stream", [False, True])
        @pytest.mark.mockrouter_each("loops/weather", "loops/no-call")
        def test_it(mockrouter, stream):
            assert mockrouter.scenarios
        """,
        passed=4,
    )


def test_a_plain_parametrize(suite: Suite) -> None:
    """`scenarios()` gives the names for a parametrize, also with folders of one's own."""
    suite.write("mine/a.yaml", "tags: [mine]\n" + YAML % "Mine.")
    suite.passes(
        """
        from pathlib import Path

        import pytest
        from pytest_mockrouter import scenarios

        MINE = Path(__file__).parent / "mine"

        @pytest.mark.parametrize("mockrouter", scenarios("errors/no-*"), indirect=True)
        def test_catalogue(mockrouter):
            assert 402 == status(mockrouter.base_url)

        @pytest.mark.parametrize("mockrouter", [MINE / "a.yaml"], indirect=True)
        def test_path(mockrouter):
            assert "Mine." == ask(mockrouter.base_url)

        def test_names():
            assert ["a"] == scenarios(tag="mine", paths=[MINE])
            with pytest.raises(ValueError, match="no scenario fits nowhere"):
                scenarios("nowhere")
        """,
        passed=3,
    )
