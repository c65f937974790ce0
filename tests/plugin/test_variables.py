"""Environment variables that SDKs read point to the mock, as long as a test uses it."""

from __future__ import annotations

import os

import pytest

from plugin.suites import Suite

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
