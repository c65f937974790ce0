"""What a test owes to its scenarios fails in its own phase, unless it says that it owes nothing."""

from __future__ import annotations

import pytest

from plugin.suites import Suite


def test_turns_that_nobody_asked_for(suite: Suite) -> None:
    """A client that stops too early fails its test, which is told the line of each turn."""
    suite.fails(
        """
        def test_it(mockrouter):
            mockrouter.script("One.", "Two.", {"attempts": [429, "Three."]})
            ask(mockrouter.base_url)
        """,
        "_ test_it _*",
        "test_it.py:4: turn 2 of 'script' was never asked for",
        "test_it.py:4: turn 3 of 'script' was never asked for",
    )


def test_attempts_that_nobody_made(suite: Suite) -> None:
    """A client that gives up too early fails its test."""
    suite.write("retry.yaml", "turns:\n- attempts:\n  - 429\n  - 503\n  - There.\n")
    suite.fails(
        """
        def test_it(mockrouter):
            mockrouter.load("retry")
            status(mockrouter.base_url)
        """,
        "retry.yaml:4: attempt 2 of turn 1 of 'retry' was never asked for",
        "retry.yaml:5: attempt 3 of turn 1 of 'retry' was never asked for",
    )


def test_attempts_that_run_out(suite: Suite) -> None:
    """A client that tries more often than is scripted gets an error, and fails its test."""
    suite.fails(
        """
        def test_it(mockrouter):
            mockrouter.script({"attempts": [429, 429]})
            assert [429, 429, 404] == [status(mockrouter.base_url) for _ in range(3)]
        """,
        "request 3 had no answer: test_it.py:4: *",
    )


def test_turns_that_run_out(suite: Suite) -> None:
    """A client that goes on after the last turn fails its test, even if it swallows the error."""
    suite.fails(
        """
        def test_it(mockrouter):
            mockrouter.script("One.")
            messages = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "One."}]
            ask(mockrouter.base_url)
            post(mockrouter.base_url, *messages, {"role": "user", "content": "b"})
        """,
        "request 2 had no answer: test_it.py:4: scenario 'script' has 1 turn, "
        "and this conversation asks for turn 2; add a turn, or write 'then: repeat'",
    )


NO_ANSWER = [
    (
        'mockrouter.script("A.", when={"model": "a"}); status(url, model="a"); status(url)',
        "request 2 had no answer: no scenario matches this request; the nearest:",
    ),
    ('status(url + "/nowhere")', "request 1 had no answer: *"),
    ('status(url, model="mock/nowhere")', "request 1 had no answer: no scenario is named*"),
    (
        "status(mockrouter.url(scenario='nowhere'))",
        "request 1 had no answer: no scenario is named*",
    ),
]


@pytest.mark.parametrize(("line", "said"), NO_ANSWER)
def test_requests_without_an_answer(suite: Suite, line: str, said: str) -> None:
    """A request that the mock could not answer fails the test, whatever the client made of it."""
    suite.fails(
        f"""
        def test_it(mockrouter):
            url = mockrouter.base_url
            {line}
        """,
        said,
    )


def test_a_failure_of_its_own(suite: Suite) -> None:
    """A test that fails by itself keeps its error, without a word on what it left over."""
    result = suite.fails(
        """
        def test_it(mockrouter):
            mockrouter.script("One.", "Two.")
            assert "One." == ask(mockrouter.base_url)
            assert 1 == 2
        """,
        "E       assert 1 == 2",
    )

    result.stdout.no_fnmatch_line("*never asked for*")


LENIENT = [
    ("@pytest.mark.mockrouter(strict=False)", ""),
    ("", "mockrouter_strict = false"),
]


@pytest.mark.parametrize(("mark", "ini"), LENIENT)
def test_nothing_is_owed(suite: Suite, mark: str, ini: str) -> None:
    """By mark or setting turns are left over, `auto` answers the rest, and errors are nothing."""
    suite.ini(ini)
    suite.passes(
        f"""
        import pytest

        {mark}
        def test_it(mockrouter):
            mockrouter.script("One.", "Two.", when={{"model": "a"}})
            assert 200 == status(mockrouter.base_url)
            assert 404 == status(mockrouter.url(scenario="nowhere"))
        """
    )


def test_strict_after_all(suite: Suite) -> None:
    """A test may be strict in a suite that is not."""
    suite.ini("mockrouter_strict = false")
    suite.fails(
        """
        import pytest

        @pytest.mark.mockrouter(strict=True)
        def test_it(mockrouter):
            mockrouter.script("One.")
        """,
        "turn 1 of 'script' was never asked for",
    )


def test_other_outcomes(suite: Suite) -> None:
    """A skip is a skip, and what is expected to fail may fail by what it left over."""
    suite.test(
        """
        import pytest

        def test_skip(mockrouter):
            mockrouter.script("One.")
            pytest.skip("later")

        @pytest.mark.xfail(strict=True)
        def test_xfail(mockrouter):
            mockrouter.script("One.")

        @pytest.mark.xfail
        def test_xpass(mockrouter):
            pass

        def test_imperative(mockrouter):
            mockrouter.script("One.")
            pytest.xfail("known")
        """
    )

    suite.run().assert_outcomes(skipped=1, xfailed=2, xpassed=1)


def test_the_closest_mark_wins(suite: Suite) -> None:
    """Names and settings come from the function, else its class, else its module."""
    suite.test(
        """
        import pytest

        pytestmark = pytest.mark.mockrouter("errors/no-credits", seed=1, profile="openrouter")

        def test_module(mockrouter):
            assert ("errors/no-credits",) == mockrouter.scenarios
            assert 402 == status(mockrouter.base_url)
            assert mockrouter.base_url.endswith("/api/v1")
            assert 1 == mockrouter.last_request.seed

        @pytest.mark.mockrouter("errors/unavailable-then-success", strict=False, seed=2)
        class TestClass:
            def test_class(self, mockrouter):
                assert 503 == status(mockrouter.base_url)
                assert mockrouter.base_url.endswith("/api/v1")
                assert 2 == mockrouter.last_request.seed

            @pytest.mark.mockrouter("errors/context-length", profile="solrouter")
            def test_function(self, mockrouter):
                assert ("errors/context-length",) == mockrouter.scenarios
                assert mockrouter.base_url.endswith("/ai")
                assert not mockrouter.strict

            @pytest.mark.parametrize(
                "code", [pytest.param(402, marks=pytest.mark.mockrouter("errors/no-credits"))]
            )
            def test_parameter(self, mockrouter, code):
                assert code == status(mockrouter.base_url)
        """
    )

    suite.run().assert_outcomes(passed=4)


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        ("stric=False", "the mark 'mockrouter': it takes strict, *, time_scale, not 'stric'"),
        (
            "profile='opnai'",
            "the mark 'mockrouter': profile is 'opnai'; write one of openai, openrouter, solrouter",
        ),
        (
            "'errors/no-credits', 'errors/context-length'",
            "'errors/context-length' would never answer, as 'errors/no-credits' answers the same *",
        ),
    ],
)
def test_a_mark_that_is_wrong(suite: Suite, mark: str, said: str) -> None:
    """A mark that says what cannot be is an error of one line at the set-up of the test."""
    suite.test(
        f"""
        import pytest

        @pytest.mark.mockrouter({mark})
        def test_it(mockrouter):
            pass
        """
    )
    result = suite.run()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["_* ERROR at setup of test_it _*", said])
    result.stdout.no_fnmatch_line("*plugin.py*")
    result.stdout.no_fnmatch_line("*another exception*")


def test_time_that_a_mark_scales(suite: Suite) -> None:
    """A test may do without the waits that its scenario has."""
    suite.passes(
        """
        import pytest

        @pytest.mark.mockrouter(time_scale=0)
        def test_it(mockrouter):
            assert 0 == mockrouter.time_scale
            mockrouter.script({"say": "auto", "pace": {"ttft": 3600}})
            assert 200 == status(mockrouter.base_url)
        """
    )
