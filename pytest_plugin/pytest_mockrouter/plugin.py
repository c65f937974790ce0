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
    definition = metafunc.definition
    marks = list(definition.iter_markers(EACH))
    # A class or a module may be marked for those of its tests that use the fixture.
    own = [mark for mark in definition.own_markers if mark.name == MARK]
    for mark in (marks + own)[:1] if "mockrouter" not in metafunc.fixturenames else ():
        message = (
            f"{definition.nodeid} is marked {mark.name} and does not ask for the fixture "
            "'mockrouter'; add it to the test's arguments"
        )
        raise pytest.Collector.CollectError(message)
    if not marks:
        return
    from mockrouter.scenario.library import load  # noqa: PLC0415 - only where it is marked
    from pytest_mockrouter.choosing import chosen  # noqa: PLC0415 - likewise

    stash = metafunc.config.stash
    beside = definition.path.parent / "scenarios"
    if _CATALOGUE not in stash:
        stash[_CATALOGUE] = load()
    found = chosen(marks[0], (beside, *stash[_CONFIG].paths), stash[_CATALOGUE].named)
    metafunc.parametrize("mockrouter", found, indirect=True)


@pytest.fixture(scope="session")
def mockrouter_config(pytestconfig: pytest.Config) -> MockRouterConfig:
    """How the suite's mock behaves; override it in a conftest to change it."""
    return pytestconfig.stash[_CONFIG]


@pytest.fixture(scope="session")
def mockrouter_server(mockrouter_config: MockRouterConfig) -> Iterator[Server]:
    """The server that all tests of this process share, on a free port."""
    from mockrouter.harness.server import Server  # noqa: PLC0415 - suites without it pay nothing

    _check(mockrouter_config)
    with Server(strict=False, **_space(mockrouter_config)) as server:
        yield server


@pytest.fixture
def mockrouter(
    request: pytest.FixtureRequest, mockrouter_server: Server, mockrouter_config: MockRouterConfig
) -> Iterator[MockRouter]:
    """A mock provider for this test alone; it ends with the test."""
    item: pytest.Item = request.node
    names, settings = _marked(item)
    param: str | Path | None = getattr(request, "param", None)
    _check(mockrouter_config)
    strict = settings.get("strict", mockrouter_config.strict)
    # Of a scenario among many nothing is owed: whether a client comes back, its test decides.
    leftovers = settings.pop("leftovers", param is None)
    # The server goes by the settings of the first test, a conftest may have others for this one.
    own = _space(mockrouter_config) | settings
    opened = {**own, "strict": strict, "beside": item.path.parent, "check": False}
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


def _space(config: MockRouterConfig) -> dict[str, Any]:
    """List the settings of a suite that a namespace has as well."""
    names = ("seed", "profile", "time_scale", "redact", "paths")
    return {name: getattr(config, name) for name in names}


def _check(config: MockRouterConfig) -> None:
    """Fail with one line where a fixture of the suite's own has made a setting that is none."""
    from mockrouter.harness.checking import check_paths, check_settings  # noqa: PLC0415 - likewise

    try:
        check_settings(**vars(config))
        check_paths(config.paths)
    except ValueError as error:
        wrong = str(error)
    else:
        return
    pytest.fail(f"the fixture 'mockrouter_config': {wrong}", pytrace=False)


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
        wrong = _wrong(mark)
        if wrong:
            pytest.fail(f"the mark 'mockrouter': {wrong}", pytrace=False)
        settings = {**mark.kwargs, **settings}
    return names, settings


def _wrong(mark: pytest.Mark) -> str:
    """Say what is wrong in a mark; empty if nothing is."""
    from mockrouter.harness.checking import check_settings  # noqa: PLC0415 - as the server

    unknown = set(mark.kwargs) - set(_SETTINGS)
    if unknown:
        return f"it takes {', '.join(_SETTINGS)}, not '{unknown.pop()}'"
    for name in mark.args:
        if not isinstance(name, str | Path):
            return f"{name!r} is no name of a scenario; write a text or a Path"
    try:
        check_settings(**mark.kwargs)
    except ValueError as error:
        return str(error)
    return ""


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
