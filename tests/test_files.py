"""A server in a process that may have few files open."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
from contextlib import ExitStack

import pytest

from mockrouter.serving.files import Crowding
from stage import eventually
from test_server import PROGRAM, program, streaming

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no such bound")


class Numbered(asyncio.BaseTransport):
    """A connection whose file has a number."""

    def __init__(self, number: int) -> None:
        """Have it."""
        super().__init__({"socket": self})
        self.number = number

    def fileno(self) -> int:
        """Tell it."""
        return self.number


def test_the_last_files_are_not_for_connections(caplog: pytest.LogCaptureFixture) -> None:
    """However many connections find no room, it is said once in a while."""
    moments = iter([0.0, 0.0, 5.0, 11.0, 11.0])
    crowding = Crowding(100, lambda: next(moments))

    assert [False, True, True, True] == [crowding.is_full(Numbered(n)) for n in (67, 68, 99, 80)]

    assert [("mockrouter", logging.ERROR)] * 2 == [(r.name, r.levelno) for r in caplog.records]
    assert "no more than 100 files open; raise the hard limit" in caplog.messages[0]


def test_it_takes_more_connections_than_a_shell_allows() -> None:
    """A process that may open few files asks for more, as each connection is one."""
    with program(0.5, bounded(64, 512)) as (_, port), ExitStack() as stack:
        clients = [stack.enter_context(streaming(port)) for _ in range(100)]

    assert 100 == len(clients)


def test_a_server_without_room_serves_those_that_it_has() -> None:
    """What finds no room is closed, once a line says so, and what comes later is served."""
    with program(0.5, bounded(64, 96)) as (process, port):
        with ExitStack() as stack:
            clients = [
                stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5))
                for _ in range(200)
            ]
            served = [_is_served(client) for client in clients]
        eventually(lambda: _is_served_anew(port))
        process.terminate()
        _, err = process.communicate(timeout=5)

    assert 30 < sum(served) < 64
    assert not any(served[sum(served) :])
    assert 1 == err.count("connections are closed")
    assert "Traceback" not in err


def bounded(soft: int, hard: int) -> str:
    """Make a program that may open few files."""
    return f"import resource as r; r.setrlimit(r.RLIMIT_NOFILE, ({soft}, {hard})); {PROGRAM}"


def _is_served_anew(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        return _is_served(client)


def _is_served(client: socket.socket) -> bool:
    try:
        client.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        return client.recv(100).startswith(b"HTTP/1.1 200")
    except OSError:
        return False
