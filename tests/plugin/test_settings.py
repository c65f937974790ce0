"""The settings of a suite, and what is said of those that are wrong."""

from __future__ import annotations

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
