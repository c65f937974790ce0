"""A mark or a fixture with a value that means nothing is one line, before the test begins."""

from __future__ import annotations

import pytest

from plugin.suites import Suite

MARKS = [
    ('time_scale="fast"', "time_scale is 'fast'; write a factor such as 0.1, or 0 for no waits"),
    ("time_scale=-1", "time_scale is -1; write a factor such as 0.1, or 0 for no waits"),
    ('seed="x"', "seed is 'x'; write a whole number such as 7"),
    ("seed=True", "seed is True; write a whole number such as 7"),
    ('strict="no"', "strict is 'no'; write True or False"),
    ("leftovers=1", "leftovers is 1; write True or False"),
    ('profile="opnai"', "profile is 'opnai'; write one of openai, openrouter, solrouter"),
    ("3", "3 is no name of a scenario; write a text or a Path"),
    ("times=2", "it takes strict, leftovers, seed, profile, time_scale, not 'times'"),
]


@pytest.mark.parametrize(("given", "said"), MARKS)
def test_a_mark_with_a_wrong_value(suite: Suite, given: str, said: str) -> None:
    """A value of the wrong kind is one line, before the test begins."""
    suite.test(
        f"""
        import pytest

        @pytest.mark.mockrouter({given})
        def test_it(mockrouter):
            pass
        """
    )
    result = suite.run()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"the mark 'mockrouter': {said}"])


FIXTURES = [
    ('seed="7"', "seed is '7'; write a whole number such as 7"),
    ('strict="no"', "strict is 'no'; write True or False"),
    ("env=0", "env is 0; write True or False"),
    ("time_scale=-1", "time_scale is -1; write a factor such as 0.1, or 0 for no waits"),
    ('redact="password"', "redact is 'password'; write a list of names such as [\"password\"]"),
    ('paths="here"', "paths is 'here'; write a list of folders such as [\"tests/scenarios\"]"),
    ('paths=["nope"]', "paths names nope, which is not there; write folders that are"),
]


@pytest.mark.parametrize("fixture", ["mockrouter", "mockrouter_server"])
@pytest.mark.parametrize(("given", "said"), FIXTURES)
def test_a_fixture_with_a_wrong_value(suite: Suite, fixture: str, given: str, said: str) -> None:
    """A setting that a suite's own fixture gets wrong is one line too."""
    suite.test(
        f"""
        import pytest
        from pytest_mockrouter import MockRouterConfig

        @pytest.fixture(scope="session")
        def mockrouter_config():
            return MockRouterConfig({given})

        def test_it({fixture}):
            pass
        """
    )
    result = suite.run()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["the fixture 'mockrouter_config': " + said.replace("[", "[[]")])


def test_a_mark_without_the_fixture(suite: Suite) -> None:
    """A marked test that does not use the mock is a mistake; a class may have some that do not."""
    suite.test(
        """
        import pytest

        @pytest.mark.mockrouter("errors/no-credits")
        class TestSome:
            def test_with(self, mockrouter):
                assert 402 == status(mockrouter.base_url)

            def test_without(self):
                pass
        """
    )
    suite.run().assert_outcomes(passed=2)

    suite.test(
        """
        import pytest

        @pytest.mark.mockrouter("errors/no-credits")
        def test_it():
            pass
        """
    )
    result = suite.run()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["*::test_it is marked mockrouter and does not ask for the *; add*"]
    )
