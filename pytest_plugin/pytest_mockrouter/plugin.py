"""
What pytest loads at its start: pytest and the standard library alone.

mockrouter itself is imported when a test first asks for a fixture, or a marker chooses scenarios.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from pytest_mockrouter.config import MockRouterConfig, add_options, read_config

if TYPE_CHECKING:
    from mockrouter.harness.mock import MockRouter
    from mockrouter.harness.server import Server

MARK = "mockrouter"
EACH = "mockrouter_each"

_MARKERS = {
    "mockrouter(*names, strict=..., seed=..., profile=..., time_scale=...)": (
        "scenarios that answer the fixture 'mockrouter', and settings; the closest mark wins"
    ),
    "mockrouter_each(*patterns, tag=..., severity=..., dialect=...)": (
        "run the test once for each scenario of the suite and the catalogue that fits"
    ),
}
_SETTINGS = ("strict", "seed", "profile", "time_scale")
_CONFIG = pytest.StashKey[MockRouterConfig]()
_USED = pytest.StashKey["Used"]()


class Used(NamedTuple):
    """
    A mock that a test has, and what the test owes to it.

    Attributes:
        mock: The mock.

        strict: Whether requests without an answer fail the test.

        leftovers: Whether turns that nobody asked for do.
    """

    mock: MockRouter
    strict: bool
    leftovers: bool


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the settings."""
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Read the settings, and declare the markers."""
    config.stash[_CONFIG] = read_config(config)
    for mark, meaning in _MARKERS.items():
        config.addinivalue_line("markers", f"{mark}: {meaning}")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a marked test once for each scenario."""
    marks = list(metafunc.definition.iter_markers(EACH))
    if not marks:
        return
    if "mockrouter" not in metafunc.fixturenames:
        name = metafunc.definition.nodeid
        message = f"{name} is marked mockrouter_each and does not ask for the fixture 'mockrouter'"
        raise pytest.UsageError(message)
    from pytest_mockrouter.choosing import chosen  # noqa: PLC0415 - only where it is marked

    beside = metafunc.definition.path.parent / "scenarios"
    found = chosen(marks[0], (beside, *metafunc.config.stash[_CONFIG].paths))
    metafunc.parametrize("mockrouter", found, indirect=True)


@pytest.fixture(scope="session")
def mockrouter_config(pytestconfig: pytest.Config) -> MockRouterConfig:
    """How the suite's mock behaves; override it in a conftest to change it."""
    return pytestconfig.stash[_CONFIG]


@pytest.fixture(scope="session")
def mockrouter_server(mockrouter_config: MockRouterConfig) -> Iterator[Server]:
    """The server that all tests of this process share, on a free port."""
    from mockrouter.harness.server import Server  # noqa: PLC0415 - suites without it pay nothing

    with Server(
        seed=mockrouter_config.seed,
        strict=False,
        profile=mockrouter_config.profile,
        time_scale=mockrouter_config.time_scale,
        redact=mockrouter_config.redact,
        paths=mockrouter_config.paths,
    ) as server:
        yield server


@pytest.fixture(scope="session")
def _mockrouter_numbers() -> Iterator[int]:
    """Tell the tests of a session apart."""
    return count(1)


@pytest.fixture
def mockrouter(
    request: pytest.FixtureRequest,
    mockrouter_server: Server,
    mockrouter_config: MockRouterConfig,
    _mockrouter_numbers: Iterator[int],
) -> Iterator[MockRouter]:
    """A mock provider for this test alone; it ends with the test."""
    item: pytest.Item = request.node
    names, settings = _marked(item)
    param: str | None = getattr(request, "param", None)
    strict = settings.get("strict", mockrouter_config.strict)
    # Of a scenario among many nothing is owed: whether a client comes back, its test decides.
    leftovers = strict and (param is None or "strict" in settings)
    token = f"{_slug(item.name)}-{next(_mockrouter_numbers)}"
    folder = item.path.parent
    opened = {**settings, "strict": strict}
    with mockrouter_server.namespace(token, beside=folder, **opened) as mock:
        _load(mock, names if param is None else (param,))
        item.stash[_USED] = Used(mock, strict, leftovers)
        with pytest.MonkeyPatch.context() as patch:
            for name, value in mock.env.items() if mockrouter_config.env else ():
                patch.setenv(name, value)
            yield mock


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Fail a test that left something over, in its own phase."""
    yield
    used = item.stash.get(_USED, None)
    wrong = used.mock.mistakes(leftovers=used.leftovers) if used and used.strict else []
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Say in the report of a failure what went over the wire."""
    report = yield
    used = item.stash.get(_USED, None)
    if used and call.when == "call" and report.failed:
        report.sections.append(("mockrouter", used.mock.report()))
    return report


def _marked(item: pytest.Item) -> tuple[tuple[str | Path, ...], dict[str, Any]]:
    """Read the marks of a test: the names of the closest that has any, each setting likewise."""
    names: tuple[str | Path, ...] = ()
    settings: dict[str, Any] = {}
    for mark in item.iter_markers(MARK):
        names = names or mark.args
        unknown = set(mark.kwargs) - set(_SETTINGS)
        if unknown:
            message = f"the mark 'mockrouter' takes {', '.join(_SETTINGS)}, not '{unknown.pop()}'"
            pytest.fail(message, pytrace=False)
        settings = {**mark.kwargs, **settings}
    return names, settings


def _load(mock: MockRouter, names: tuple[str | Path, ...]) -> None:
    from mockrouter.errors import MockRouterError  # noqa: PLC0415 - as the server

    wrong = ""
    try:
        mock.load(*names)
    except (MockRouterError, ValueError) as error:
        wrong = str(error)
    if wrong:
        pytest.fail(wrong, pytrace=False)


def _slug(name: str) -> str:
    """Make a name that can stand in a URL."""
    return re.sub(r"[^A-Za-z0-9_.]+", "-", name)[:60].strip("-")
