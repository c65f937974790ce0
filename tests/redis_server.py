"""A real Redis on a free port, which can be stopped and started again."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def found(name: str) -> str:
    """Find a program; where it is not installed the test is skipped, but not in CI."""
    path = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{name} is not installed; apt-get install {name}")
        pytest.skip(f"{name} is not installed; apt-get install {name}")
    return path


def free_port() -> int:
    """Find a port that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class RedisServer:
    """A Redis that loses nothing it has acknowledged."""

    def __init__(self, folder: Path) -> None:
        """Keep its data in *folder*."""
        self._program = found("redis-server")
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()

    @property
    def url(self) -> str:
        """Its address."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it, with what it held before."""
        words = ["--port", str(self.port), "--dir", str(self._folder), "--bind", "127.0.0.1"]
        words += ["--appendonly", "yes", "--appendfsync", "always", "--save", ""]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen([self._program, *words], stdout=log, stderr=log)
        self.wait()

    def wait(self) -> None:
        """Wait until it serves."""
        assert self._process is not None
        until = time.monotonic() + 20
        while not self._answers():
            assert self._process.poll() is None, (self._folder / "log").read_text()
            assert time.monotonic() < until, "redis-server does not answer"
            time.sleep(0.02)

    def stop(self) -> None:
        """Kill it: what it acknowledged is on disk."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def do(self, *words: str) -> str:
        """Give it a command; the line that it answers with."""
        with socket.create_connection(("127.0.0.1", self.port), 5) as asking:
            asking.sendall(" ".join(words).encode() + b"\r\n")
            with asking.makefile() as answer:
                return answer.readline().strip()

    def _answers(self) -> bool:
        try:
            return self.do("PING") == "+PONG"
        except OSError:
            return False


@contextmanager
def redis_server(folder: Path) -> Iterator[RedisServer]:
    """Run one."""
    server = RedisServer(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
