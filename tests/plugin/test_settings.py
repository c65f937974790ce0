"""The settings of a suite, and what is said of those that are wrong."""

from __future__ import annotations

import os

import pytest

from plugin.suites import Suite

SHOW = """
def test_it(mockrouter, mockrouter_config):
    assert {expected}
"""

INI = [
    ("mockrouter_profile = openrouter", 'mockrouter.base_url.endswith("/api/v1")'),
    ("mockrouter_profile = solrouter", 'mockrouter.env["OPENAI_BASE_URL"].endswith("/ai")'),
    ("mockrouter_seed = 7", "ask(mockrouter.base_url) and mockrouter.last_request.seed == 7"),
    ("mockrouter_time_scale = 0.5", "mockrouter.time_scale == 0.5"),
    ("mockrouter_strict = no", "not mockrouter.strict"),
    ("mockrouter_env = off", "not mockrouter_config.env"),
    ("mockrouter_redact = a b", 'mockrouter_config.redact == ("a", "b")'),
    ("mockrouter_paths = .", "mockrouter_config.paths[0].is_dir()"),
]


@pytest.mark.parametrize(("line", "expected"), INI)
def test_ini(suite: Suite, line: str, expected: str) -> None:
    """Each key of the ini file says how the suite's mock behaves."""
    suite.ini(line)
    suite.passes(SHOW.format(expected=expected))


TOML = """
[tool.pytest]
mockrouter_seed = 7
mockrouter_time_scale = 0
mockrouter_strict = false
mockrouter_profile = "openrouter"
mockrouter_paths = ["."]
mockrouter_redact = ["a"]
"""


@pytest.mark.parametrize(
    "text", [TOML, TOML.replace("tool.pytest", "tool.pytest.ini_options").replace("= 7", '= "7"')]
)
def test_toml(suite: Suite, text: str) -> None:
    """In TOML numbers are numbers."""
    if "ini_options" in text:
        text = text.replace("= 0", '= "0"')
    suite.write("pyproject.toml", text)
    expected = (
        "(7, 0.0, False) == (mockrouter_config.seed, mockrouter.time_scale, mockrouter.strict)"
    )
    suite.passes(SHOW.format(expected=expected))


OPTIONS = [
    ("--mockrouter-seed=9", "ask(mockrouter.base_url) and mockrouter.last_request.seed == 9"),
    ("--mockrouter-time-scale=0", "mockrouter.time_scale == 0"),
]


@pytest.mark.parametrize(("option", "expected"), OPTIONS)
def test_options(suite: Suite, option: str, expected: str) -> None:
    """The command line has the last word."""
    suite.ini("mockrouter_seed = 7", "mockrouter_time_scale = 0.5")
    suite.passes(SHOW.format(expected=expected), option)


NO_NUMBER = "mockrouter_seed is wrong (invalid literal for int() with base 10: 'x'); write a whole*"
WRONG = [
    ("mockrouter_seed = x", "", NO_NUMBER),
    ("", "--mockrouter-seed=x", "mockrouter_seed is 'x'; write a whole number such as 7"),
    ("mockrouter_time_scale = x", "", "mockrouter_time_scale is wrong (*); write a factor *"),
    ("mockrouter_time_scale = -1", "", "mockrouter_time_scale is '-1.0'; write a factor such *"),
    ("", "--mockrouter-time-scale=inf", "mockrouter_time_scale is 'inf'; write a factor such *"),
    ("mockrouter_strict = x", "", "mockrouter_strict is wrong (*'x'); write true or false"),
    ("mockrouter_env = x", "", "mockrouter_env is wrong (*'x'); write true or false"),
    (
        "mockrouter_profile = opnai",
        "",
        "mockrouter_profile is 'opnai'; write one of openai, openrouter, solrouter",
    ),
    ("mockrouter_paths = nowhere", "", "mockrouter_paths names */nowhere, which is not there; *"),
]


@pytest.mark.parametrize(("line", "option", "said"), WRONG)
def test_a_wrong_setting(suite: Suite, line: str, option: str, said: str) -> None:
    """A value that is none is an error of use, in one line."""
    suite.ini(line)
    result = suite.run(*filter(None, [option]))

    assert pytest.ExitCode.USAGE_ERROR == result.ret
    result.stderr.fnmatch_lines([f"ERROR: {said}"])
    assert 1 == len(list(filter(None, result.errlines)))


def test_toml_of_a_wrong_type(suite: Suite) -> None:
    """A text where TOML can have a number is told so."""
    suite.write("pyproject.toml", '[tool.pytest]\nmockrouter_seed = "x"\n')
    result = suite.run()

    result.stderr.fnmatch_lines(["ERROR: mockrouter_seed is wrong (*int*); write a whole number *"])


def test_a_fixture_of_the_suites_own(suite: Suite) -> None:
    """A conftest may change the settings for all tests below it."""
    suite.write("folder/mine.yaml", "turns: [Mine.]\n")
    suite.write(
        "conftest.py",
        """
        from dataclasses import replace
        from pathlib import Path

        import pytest

        @pytest.fixture(scope="session")
        def mockrouter_config(mockrouter_config):
            folder = Path(__file__).parent / "folder"
            return replace(mockrouter_config, paths=(folder,), profile="solrouter", seed=3)
        """,
    )
    suite.passes(
        """
        def test_it(mockrouter):
            mockrouter.load("mine")
            assert mockrouter.base_url.endswith("/ai")
            assert "Mine." == ask(mockrouter.base_url)
            assert 3 == mockrouter.last_request.seed
        """
    )


MOCKED = [
    *("OPENAI_BASE_URL", "OPENAI_API_BASE", "OPENAI_API_KEY", "NO_PROXY", "no_proxy"),
    *("OPENROUTER_BASE_URL", "OPENROUTER_API_KEY", "MOCKROUTER_URL"),
]
ENVIRONMENT = """
import os

import pytest

NAMES = ["OPENAI_BASE_URL", "OPENAI_API_BASE", "OPENROUTER_BASE_URL"]
KEYS = ["OPENAI_API_KEY", "OPENROUTER_API_KEY"]

def here(mock, name):
    return os.environ[name].startswith(mock.root_url)

def test_used(mockrouter):
    assert all(here(mockrouter, name) for name in NAMES)
    assert {"mockrouter"} == {os.environ[name] for name in KEYS}
    assert "127.0.0.1" in os.environ["NO_PROXY"]

def test_fails(mockrouter):
    assert here(mockrouter, "OPENAI_BASE_URL")
    raise ValueError

@pytest.fixture
def broken(mockrouter):
    raise ValueError

def test_broken(broken):
    pass

@pytest.mark.mockrouter("nowhere")
def test_never_begins(mockrouter):
    pass

def test_unused():
    assert "https://real.test/v1" == os.environ["OPENAI_BASE_URL"]
    assert "real" == os.environ["OPENAI_API_KEY"]
    assert "OPENROUTER_BASE_URL" not in os.environ
"""


def test_variables(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    """What SDKs read points to the mock while a test uses it, and is as before after any end."""
    monkeypatch.setenv("OPENAI_BASE_URL", "https://real.test/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "real")
    before = {name: os.environ.get(name) for name in MOCKED}
    suite.test(ENVIRONMENT)

    suite.run().assert_outcomes(passed=2, failed=1, errors=2)
    after = {name: os.environ.get(name) for name in before}
    assert before == after


def test_variables_that_are_left_alone(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    """A suite may do without them."""
    monkeypatch.setenv("OPENAI_BASE_URL", "https://real.test/v1")
    suite.ini("mockrouter_env = false")
    suite.passes(
        """
        import os

        def test_it(mockrouter):
            assert "https://real.test/v1" == os.environ["OPENAI_BASE_URL"]
            assert "OPENROUTER_BASE_URL" not in os.environ
            assert mockrouter.env["OPENAI_BASE_URL"] == mockrouter.base_url
        """
    )


def test_help(suite: Suite) -> None:
    """Each setting, option, marker and fixture is explained by pytest itself."""
    shown = suite.run("--help").stdout.str()
    for name in ["paths", "strict", "env", "seed", "profile", "time_scale", "redact"]:
        assert f"mockrouter_{name}" in shown
    suite.run("--markers").stdout.fnmatch_lines(
        ["@pytest.mark.mockrouter(*names*", "@pytest.mark.mockrouter_each(*patterns*"]
    )
    suite.run("--fixtures").stdout.fnmatch_lines(
        ["mockrouter *", "*A mock provider for this test*"]
    )


def test_fixtures_for_the_tests_below(suite: Suite) -> None:
    """What a conftest changes holds in its folder alone, whichever tests run first."""
    suite.write("b/mine/of_b.yaml", "turns: [Of b.]\n")
    suite.write(
        "b/conftest.py",
        """
        from dataclasses import replace
        from pathlib import Path

        import pytest

        @pytest.fixture(scope="session")
        def mockrouter_config(mockrouter_config):
            return replace(
                mockrouter_config,
                seed=7, profile="openrouter", time_scale=0, strict=False, env=False,
                redact=("password",), paths=(Path(__file__).parent / "mine",),
            )
        """,
    )
    suite.test(
        """
        import os

        def test_b(mockrouter):
            mockrouter.load("of_b")
            assert "Of b." == ask(mockrouter.base_url, metadata={"password": "secret"})
            (entry,) = mockrouter.requests
            assert (7, "openrouter", 0) == (entry.seed, entry.profile, mockrouter.time_scale)
            assert entry.body["metadata"]["password"] != "secret"
            assert not mockrouter.strict
            assert mockrouter.base_url != os.environ.get("OPENAI_BASE_URL")
        """,
        "b/test_b.py",
    )
    suite.test(
        """
        import os

        import pytest

        def test_a(mockrouter):
            with pytest.raises(LookupError):
                mockrouter.load("of_b")
            ask(mockrouter.base_url, metadata={"password": "secret"})
            (entry,) = mockrouter.requests
            assert (0, "openai", 1) == (entry.seed, entry.profile, mockrouter.time_scale)
            assert entry.body["metadata"]["password"] == "secret"
            assert mockrouter.strict
            assert mockrouter.base_url == os.environ["OPENAI_BASE_URL"]
        """,
        "a/test_a.py",
    )

    suite.run("a", "b").assert_outcomes(passed=2)
    suite.run("b", "a").assert_outcomes(passed=2)


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
