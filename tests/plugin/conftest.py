"""What the tests of the pytest plugin share: a suite of somebody's, run in this process."""

from __future__ import annotations

import pytest

import mockrouter
from asgi import BUILTIN
from folders import share_catalogue
from plugin.suites import Suite
from plugin.talking import agent, ask


@pytest.fixture(scope="session")
def _imported() -> None:
    """
    Import what servers and scenarios import when they need it, and read the catalogue.

    The suites run in this process, and pytester forgets every module that was first imported by
    one: half of what belongs together would be imported anew.
    """
    for scenario in BUILTIN.named.values():
        assert scenario.model
    with mockrouter.Server(strict=False) as server:
        agent(server.base_url)
        ask(server.url(scenario="loops/product-chain"))


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, _imported: None) -> Suite:
    """A user's suite, with no plugin but ours unless a test asks for it."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    share_catalogue(monkeypatch)
    return Suite(pytester)
