"""Replicas of a server behind a real proxy, over a real Redis, any of which can be killed."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from mockrouter.values import JsonObject
from redis_server import RedisServer, found, free_port, redis_server

ATTEMPTS: Final = 400
"""More than any conversation tries, so that each number comes once."""

_CHECK: Final = "check inter 300ms fall 2 rise 1"
_PROXY: Final = """
global
    maxconn 2000
defaults
    mode http
    option redispatch
    option httpchk GET /_mockrouter/ready
    timeout connect 2s
    timeout client 30s
    timeout server 30s
    timeout check 5s
frontend all
    bind 127.0.0.1:{port}
    default_backend replicas
backend replicas
    balance roundrobin
"""


def scenario() -> str:
    """Say at the first try of a conversation 0, at the next 1, and so on."""
    tries = "\n".join(f"      - say: [{{text: '{number}'}}]" for number in range(ATTEMPTS))
    return f"turns:\n  - attempts:\n{tries}\n"


class Replica:
    """A server in a process."""

    def __init__(self, folder: Path, state: str, *more: str) -> None:
        """Serve the scenario in *folder*, on a port that stays its own."""
        self.port = free_port()
        self._log = folder / f"log.{self.port}"
        self._words = ["serve", str(folder / "a.yaml"), "--port", str(self.port), "--state", state]
        self._words += ["--quiet", "--no-reload", *more]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and go on at once."""
        with self._log.open("ab") as log:
            words = [sys.executable, "-m", "mockrouter", *self._words]
            self._process = subprocess.Popen(words, stdout=log, stderr=log)

    def wait(self) -> None:
        """Wait until it serves."""
        until = time.monotonic() + 60
        while True:
            try:
                self.get("health")
            except OSError:
                assert self._process is not None
                assert self._process.poll() is None, self._log.read_text()
                assert time.monotonic() < until
                time.sleep(0.05)
            else:
                return

    def kill(self) -> None:
        """End it as a machine does that loses power."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def get(self, path: str) -> JsonObject:
        """Get something of its control API."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", f"/_mockrouter/{path}")
            made: JsonObject = json.load(connection.getresponse())
        finally:
            connection.close()
        return made

    @property
    def log(self) -> str:
        """What it wrote."""
        return self._log.read_text()


@dataclass
class Site:
    """All that runs; *port* is the proxy's."""

    redis: RedisServer
    replicas: list[Replica]
    port: int


@contextmanager
def site(folder: Path, *more: str, number: int = 3) -> Iterator[Site]:
    """Run Redis, *number* replicas with *more* options, and haproxy before them."""
    program = found("haproxy")
    (folder / "a.yaml").write_text(scenario())
    with redis_server(folder) as redis:
        replicas = [Replica(folder, redis.url, *more) for _ in range(number)]
        port, config = free_port(), folder / "haproxy.cfg"
        lines = [
            f"    server r{place} 127.0.0.1:{replica.port} {_CHECK}\n"
            for place, replica in enumerate(replicas)
        ]
        config.write_text(_PROXY.format(port=port) + "".join(lines))
        proxy = None
        try:
            for replica in replicas:
                replica.start()
            for replica in replicas:
                replica.wait()
            with (folder / "haproxy.log").open("ab") as log:
                proxy = subprocess.Popen(
                    [program, "-db", "-f", str(config)], stdout=log, stderr=log
                )
            until = time.monotonic() + 20
            while not answers(port):
                assert time.monotonic() < until, (folder / "haproxy.log").read_text()
                time.sleep(0.02)
            yield Site(redis, replicas, port)
        finally:
            if proxy is not None:
                proxy.kill()
                proxy.wait()
            for replica in replicas:
                replica.kill()


def answers(port: int) -> bool:
    """Tell whether anybody listens."""
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


@dataclass
class Conversation:
    """
    A client that tries again and again.

    Attributes:
        name: Tells it from the others.

        seen: The numbers that it was answered with.

        failures: How often it had no answer, or was told to come again.
    """

    name: str
    seen: list[int] = field(default_factory=list)
    failures: int = 0


class Client:
    """A light client over one connection to the proxy."""

    def __init__(self, port: int) -> None:
        """Connect to nothing yet."""
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, conversation: Conversation) -> None:
        """Ask until there is an answer."""
        messages = [{"role": "user", "content": conversation.name}]
        body = json.dumps({"model": "m", "messages": messages}).encode()
        while True:
            try:
                async with asyncio.timeout(20):
                    status, answer = await self._send(body)
            except (OSError, EOFError, TimeoutError):
                status, answer = 0, b""
            if status == 200:
                text = json.loads(answer)["choices"][0]["message"]["content"]
                conversation.seen.append(int(text))
                return
            assert status in {0, 502, 503, 504}, (status, answer)
            conversation.failures += 1
            self.close()
            await asyncio.sleep(0.05)

    async def _send(self, body: bytes) -> tuple[int, bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        head = "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\n"
        writer.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
        lines = (await reader.readuntil(b"\r\n\r\n")).lower().split(b"\r\n")
        sizes = [line.partition(b":")[2] for line in lines if line.startswith(b"content-length:")]
        if not sizes:  # an error page of the proxy's
            return int(lines[0].split()[1]), b""
        return int(lines[0].split()[1]), await reader.readexactly(int(sizes[0]))

    def close(self) -> None:
        """Leave the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def converse(port: int, conversations: list[Conversation], tries: int, at_once: int) -> None:
    """Let each conversation try so often, each try over whichever connection is free."""
    waiting: asyncio.Queue[Conversation] = asyncio.Queue()
    for conversation in conversations:
        waiting.put_nowait(conversation)
    left = len(conversations)

    async def work() -> None:
        nonlocal left
        client = Client(port)
        try:
            while left:
                try:
                    conversation = waiting.get_nowait()
                except asyncio.QueueEmpty:
                    await asyncio.sleep(0.01)
                    continue
                await client.ask(conversation)
                if len(conversation.seen) < tries:
                    waiting.put_nowait(conversation)
                else:
                    left -= 1
        finally:
            client.close()

    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(work())
