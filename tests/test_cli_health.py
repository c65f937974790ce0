"""`mockrouter health`: who answers at an address, and whether it is ready."""

from __future__ import annotations

import socket

import pytest

from command_line import call
from mockrouter import __version__
from mockrouter.cli.serving import build, over_http
from mockrouter.cli.sharing import sharing_at
from mockrouter.serving.server import HttpServer


@pytest.mark.usefixtures("here")
def test_health(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that answers is well, also where only its port is known."""
    with HttpServer(over_http(build([]))) as server:
        assert (0, f"mockrouter {__version__} at {server.url}: ok\n") == (
            (done := call("health", server.url)).exit_code,
            done.stdout,
        )
        assert (
            f"mockrouter {__version__} at {server.url}: ready\n"
            == call("health", "--ready", server.url).stdout
        )
        monkeypatch.setenv("MOCKROUTER_PORT", str(server.port))
        assert 0 == call("health").exit_code
        monkeypatch.setenv("MOCKROUTER_URL", server.url)
        assert 0 == call("health").exit_code


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(("required", "code"), [(True, 1), (False, 0)])
def test_not_ready(*, required: bool, code: int) -> None:
    """A server that needs a state which is away is well, and not ready."""
    engine = build([])
    sharing = sharing_at(engine, "redis://127.0.0.1:1/0", required=required)
    with HttpServer(over_http(engine, sharing=sharing)) as server:
        assert 0 == call("health", server.url).exit_code
        done = call("health", "--ready", server.url)

    said = "the state is away" if required else "ready"
    assert f"mockrouter {__version__} at {server.url}: {said}\n" == done.stdout
    assert code == done.exit_code


@pytest.mark.parametrize("url", ["https://127.0.0.1:1", "ftp://x", "127.0.0.1:nan"])
def test_no_address(url: str) -> None:
    """What is no address is told, without a traceback."""
    done = call("health", url)

    assert 1 == done.exit_code
    assert url in done.stderr


def test_nobody_there() -> None:
    """Where nobody listens, the exit code is 1."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"

        done = call("health", url)

    assert (1, f"no mockrouter answers at {url}: Connection refused\n") == (
        done.exit_code,
        done.stderr,
    )
