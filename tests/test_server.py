"""The server: starting, stopping, signals, and addresses that are taken."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from starlette.types import Receive, Scope, Send

from mockrouter.errors import MockRouterError
from mockrouter.serving.server import CannotListen, HttpServer, PortInUse
from mockrouter.serving.ticker import Ticker
from mockrouter.serving.transport import play
from mockrouter.wire import Ending, Frame, Wire

ROOT = Path(__file__).parent.parent

PROGRAM = """
import sys
from mockrouter.serving.server import HttpServer
from tests.test_server import stalling
server = HttpServer(stalling, grace=float(sys.argv[1]))
server.bind()
print(server.port, flush=True)
server.run()
print("ended well", flush=True)
"""


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the request's path."""
    wire = Wire(200, (), (Frame(scope["path"].encode()),))
    await play(wire, scope, receive, send, Ticker())


async def stalling(scope: Scope, receive: Receive, send: Send) -> None:
    """Send a frame, and then nothing for ever."""
    wire = Wire(200, (), (Frame(b"first"),), ending=Ending.STALL, stream=True)
    await play(wire, scope, receive, send, Ticker())


async def deaf(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001
    """Never look at the connection again."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"first", "more_body": True})
    await asyncio.sleep(3600)


def ask(port: int, host: str = "127.0.0.1") -> bytes:
    """One request on a connection of its own."""
    with socket.create_connection((host, port), timeout=5) as client:
        client.sendall(b"GET /hi HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        return b"".join(iter(lambda: client.recv(4096), b""))


@contextmanager
def streaming(port: int) -> Iterator[socket.socket]:
    """Open a stream and read its first frame."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        client.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        read = b""
        while b"first" not in read:
            read += client.recv(4096)
        yield client


def test_serves_in_a_thread() -> None:
    """Inside ``with`` the server answers; after it the port is free; it can be started again."""
    server = HttpServer(hello)
    for _ in range(2):
        with server:
            assert f"http://127.0.0.1:{server.port}" == server.url
            assert ask(server.port).endswith(b"/hi")
        with pytest.raises(ConnectionRefusedError):
            ask(server.port)


def test_serves_in_the_running_loop() -> None:
    """Inside ``async with`` the server answers in the caller's own loop."""

    async def scene() -> bytes:
        async with HttpServer(hello) as server:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(b"GET /hi HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            reply = await reader.read()
            writer.close()
            await writer.wait_closed()
            return reply

    assert asyncio.run(scene()).endswith(b"/hi")


def test_stop_ends_serving() -> None:
    """``serve`` returns when it is asked to stop."""

    async def scene() -> None:
        server = HttpServer(hello)
        server.bind()
        serving = asyncio.create_task(server.serve())
        await asyncio.to_thread(ask, server.port)
        server.stop()
        await serving

    asyncio.run(asyncio.wait_for(scene(), 5))


def test_clients_may_come_before_the_server() -> None:
    """From ``bind`` on connections queue up: nobody is refused because they were too early."""
    server = HttpServer(hello)
    server.bind()
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as client:
        client.sendall(b"GET /early HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        with server:
            assert b"".join(iter(lambda: client.recv(4096), b"")).endswith(b"/early")


@pytest.mark.parametrize(
    ("host", "url", "addresses"),
    [
        ("::1", "http://[::1]", ["::1"]),
        ("localhost", "http://localhost", ["127.0.0.1"]),
        ("0.0.0.0", "http://127.0.0.1", ["127.0.0.1"]),  # noqa: S104
        ("::", "http://[::1]", ["::1"]),
    ],
)
def test_hosts(host: str, url: str, addresses: list[str]) -> None:
    """Names, IPv6 and wildcards can be listened on, and the URL is one that can be opened."""
    if ":" in host and not _has_ipv6():
        pytest.skip("no IPv6 here")

    with HttpServer(hello, host) as server:
        assert f"{url}:{server.port}" == server.url
        for address in addresses:
            assert ask(server.port, address).endswith(b"/hi")


def _has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


def test_a_port_in_use_names_its_holder() -> None:
    """Who has the port is said in the error, as far as the system tells."""
    with HttpServer(hello) as server:
        with pytest.raises(PortInUse, match=f"127.0.0.1:{server.port}: it is in use") as caught:
            HttpServer(hello, port=server.port).bind()

        assert isinstance(caught.value, MockRouterError)
        assert ("127.0.0.1", server.port) == (caught.value.host, caught.value.port)
        if sys.platform == "linux":
            assert caught.value.holder is not None
            assert caught.value.holder.endswith(f"(pid {os.getpid()})")


@pytest.mark.parametrize("host", ["203.0.113.1", "no-such-host.invalid"])
def test_an_address_of_somebody_else(host: str) -> None:
    """An address that is not this machine's is refused, with those that are."""
    remedy = "; name an address of this machine: 127.0.0.1 for"
    with pytest.raises(CannotListen, match=f"cannot listen on {host}:0: .*{remedy}"):
        HttpServer(hello, host).bind()


def test_an_idle_server_stops_at_once() -> None:
    """Neither a waiting keep-alive connection nor an idle loop holds up the end."""
    with (
        HttpServer(hello, grace=60) as server,
        socket.create_connection(("127.0.0.1", server.port), timeout=5) as client,
    ):
        client.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        client.recv(4096)
        before = time.monotonic()
        server.stop()
        while client.recv(4096):
            pass

    assert time.monotonic() - before < 20


def test_a_deaf_app_is_ended_silently(caplog: pytest.LogCaptureFixture) -> None:
    """An app that waits for something else ends with the server too, and nothing is logged."""
    with HttpServer(deaf, grace=0.05) as server, streaming(server.port):
        server.stop()

    assert [] == caplog.records


@contextmanager
def program(grace: float, text: str = PROGRAM) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run the stalling app in a process of its own."""
    command = [sys.executable, "-c", text, str(grace)]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        try:
            yield process, int(process.stdout.readline())
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_well(number: signal.Signals) -> None:
    """With open streams, a signal ends the process within the grace, with code 0, silently."""
    with program(0.2) as (process, port), streaming(port) as client:
        before = time.monotonic()
        process.send_signal(number)
        assert b"" == client.recv(1)
        out, err = process.communicate(timeout=5)

    assert time.monotonic() - before < 10
    assert (0, "ended well\n", "") == (process.returncode, out, err)


def test_a_second_signal_ends_it_at_once() -> None:
    """Whoever presses Ctrl-C twice does not wait for the grace."""
    with program(60) as (process, port), streaming(port) as client:
        process.send_signal(signal.SIGINT)
        while _accepts(port):
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        assert _is_gone(client)
        out, err = process.communicate(timeout=5)

    assert (0, "ended well\n", "") == (process.returncode, out, err)


def _is_gone(client: socket.socket) -> bool:
    """Whether the other side has closed or reset the connection."""
    try:
        return client.recv(1) == b""
    except ConnectionResetError:
        return True


def _accepts(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5):
            return True
    except (ConnectionRefusedError, ConnectionResetError):
        return False
