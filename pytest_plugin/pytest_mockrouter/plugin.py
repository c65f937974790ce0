"""
What pytest loads at its start: pytest and the standard library alone.

mockrouter itself is imported when a test first asks for a fixture, or a marker chooses scenarios.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, ExitStack
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from pytest_mockrouter.config import MockRouterConfig, add_options, read_config

if TYPE_CHECKING:
    from mockrouter.harness.mock import MockRouter
    from mockrouter.harness.server import Server
    from mockrouter.scenario.library import Library

MARK = "mockrouter"
EACH = "mockrouter_each"

_MARKERS = {
    "mockrouter(*names, strict=..., leftovers=..., seed=..., profile=..., time_scale=...)": (
        "scenarios that answer the fixture 'mockrouter', and settings; the closest mark wins"
    ),
    "mockrouter_each(*patterns, tag=..., severity=..., dialect=...)": (
        "run the test once for each scenario of the suite and the catalogue that fits"
    ),
}
_SETTINGS = ("strict", "leftovers", "seed", "profile", "time_scale")
_CONFIG = pytest.StashKey[MockRouterConfig]()
_USED = pytest.StashKey["Used"]()
_RUNS = pytest.StashKey[int]()
_CATALOGUE: pytest.StashKey[Library] = pytest.StashKey()


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
        raise pytest.Collector.CollectError(message)
    from mockrouter.scenario.library import load  # noqa: PLC0415 - only where it is marked
    from pytest_mockrouter.choosing import chosen  # noqa: PLC0415 - likewise

    stash = metafunc.config.stash
    beside = metafunc.definition.path.parent / "scenarios"
    catalogue = stash.setdefault(_CATALOGUE, load()).named
    found = chosen(marks[0], (beside, *stash[_CONFIG].paths), catalogue)
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


@pytest.fixture
def mockrouter(
    request: pytest.FixtureRequest, mockrouter_server: Server, mockrouter_config: MockRouterConfig
) -> Iterator[MockRouter]:
    """A mock provider for this test alone; it ends with the test."""
    item: pytest.Item = request.node
    names, settings = _marked(item)
    param: str | Path | None = getattr(request, "param", None)
    strict = settings.get("strict", mockrouter_config.strict)
    # Of a scenario among many nothing is owed: whether a client comes back, its test decides.
    leftovers = settings.pop("leftovers", param is None)
    opened = {**settings, "strict": strict, "beside": item.path.parent, "check": False}
    with ExitStack() as stack:
        space = mockrouter_server.namespace(_token(item), **opened)
        mock = _begin(stack, space, names if param is None else (param,))
        item.stash[_USED] = Used(mock, strict, leftovers)
        # Items live as long as the session, and should not hold what their tests did.
        stack.callback(item.stash.__delitem__, _USED)
        patch = stack.enter_context(pytest.MonkeyPatch.context())
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
    if used and call.when != "teardown" and report.failed:
        report.sections.append(("mockrouter", _told(used.mock)))
    return report


def _told(mock: MockRouter) -> str:
    """Say what went over the wire; an error here would end the whole session."""
    try:
        return mock.report()
    except Exception as error:  # noqa: BLE001 - whatever it is, the test's own failure counts
        said = f"{type(error).__name__}: {error}".removesuffix(": ")
        return f"the report could not be made ({said}); please report this as a bug of mockrouter"


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


def _begin(
    stack: ExitStack, space: AbstractContextManager[MockRouter], names: tuple[str | Path, ...]
) -> MockRouter:
    """Open a namespace and load what answers in it; mistakes are shown without lines of ours."""
    from mockrouter.errors import MockRouterError  # noqa: PLC0415 - as the server

    try:
        mock = stack.enter_context(space)
        mock.load(*names)
    except (MockRouterError, ValueError) as error:
        wrong = str(error)
    else:
        return mock
    pytest.fail(wrong, pytrace=False)


def _token(item: pytest.Item) -> str:
    """
    Name a test in URLs, the same whatever ran before it, as ids depend on it.

    A test that runs again has another name, so that what is late of the first run stays apart.
    """
    runs = item.stash[_RUNS] = item.stash.get(_RUNS, 0) + 1
    name = re.sub(r"[^A-Za-z0-9_.]+", "-", item.name)[:60].strip("-")
    known = blake2b(item.nodeid.encode(), digest_size=4).hexdigest()
    return f"{name}-{known}" if runs == 1 else f"{name}-{known}-{runs}"
