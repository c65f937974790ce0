"""One server for all clients; each test has a namespace of its own on it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import certifi
import pytest

from clients.mock import Mock
from mockrouter.engine.engine import Engine
from mockrouter.profiles import PROFILES, Profile
from mockrouter.scenario.library import load
from mockrouter.serving.app import App
from mockrouter.serving.server import HttpServer

_END = "-----END CERTIFICATE-----"


@pytest.fixture(scope="package", autouse=True)
def _one_authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """
    Let clients trust one certificate authority in place of all.

    None of them speaks TLS here, yet each new one reads the whole list, for longer than a test.
    """
    path = tmp_path_factory.mktemp("authorities") / "one.pem"
    path.write_text(certifi.contents().partition(_END)[0] + _END + "\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(path))
        yield


@pytest.fixture(scope="session")
def engine() -> Engine:
    """Know the built-in scenarios; what tests play comes by name."""
    return Engine(load())


@pytest.fixture(scope="session")
def root(engine: Engine) -> Iterator[str]:
    """Serve the engine on a real socket: ``http://127.0.0.1:PORT``."""
    with HttpServer(App(engine)) as server:
        yield server.url


@pytest.fixture(scope="session")
def numbers() -> Iterator[int]:
    """Tell namespaces apart."""
    return count(1)


@pytest.fixture
def mock(engine: Engine, root: str, numbers: Iterator[int]) -> Iterator[Mock]:
    """Show the server as one test sees it; what it complains of fails the test in the end."""
    seen = Mock(engine, root, f"test-{next(numbers)}")
    yield seen
    complaints = [(each.path, each.error) for each in seen.exchanges if each.error]
    assert [] == [each for each in complaints if each[1] != "mockrouter_unknown_path"]


@pytest.fixture(params=[*PROFILES.values()], ids=[*PROFILES])
def profile(request: pytest.FixtureRequest) -> Profile:
    """Each provider's manner in turn."""
    chosen: Profile = request.param
    return chosen
