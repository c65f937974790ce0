"""A server in a thread of its own, whose time can jump, for tests of virtual time."""

from __future__ import annotations

import select
import ssl
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import httpx

from mockrouter.engine.engine import Engine
from mockrouter.engine.journal import Exchange
from mockrouter.harness.virtual_time import Passed, SharedClock, virtual_time
from mockrouter.serving.app import App
from mockrouter.serving.server import HttpServer
from mockrouter.serving.ticker import Ticker
from mockrouter.wire import Sent
from scripts import chat, engine

HOUR = 3600.0
SLACK = 30.0
"""Real seconds that a busy machine may take; virtual time holds them too."""

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For ``verify``: knows no authorities, whose list takes longer to read than a test."""

STALL = """
turns:
  - say: [{text: Here.}]
    faults: [{fault: stall, before: headers, seconds: 3600}]
"""


@dataclass(frozen=True, slots=True)
class Served:
    """A server, what answers, and its clock."""

    server: HttpServer
    engine: Engine
    clock: SharedClock

    @property
    def base(self) -> str:
        """Where an SDK asks."""
        return f"{self.server.url}/v1"

    @property
    def url(self) -> str:
        """Where others ask."""
        return f"{self.base}/chat/completions"

    @property
    def sent(self) -> list[Sent]:
        """What went out for each exchange, in order of arrival."""
        return [_sent(exchange) for exchange in self.engine.journal]

    def virtual(self) -> AbstractContextManager[Passed]:
        """Enter virtual time."""
        assert self.server.loop is not None
        return virtual_time(self.clock, self.server.loop, {self.server.port})


@contextmanager
def serving(text: str = STALL) -> Iterator[Served]:
    """Serve a scenario."""
    clock, served = SharedClock(), engine(text)
    with HttpServer(App(served, Ticker(clock))) as server:
        yield Served(server, served, clock)


async def ask(served: Served, limit: float | None = None) -> str:
    """Ask, and say how it ended."""
    try:
        async with httpx.AsyncClient(timeout=limit, verify=NO_TLS) as client:
            answer = await client.post(served.url, json=chat())
    except httpx.ReadTimeout:
        return "timeout"
    return answer.json()["choices"][0]["message"]["content"]  # type: ignore[no-any-return]


def about(seconds: float, passed: float) -> bool:
    """Whether so much time has passed, and what the machine took."""
    return seconds <= passed < seconds + SLACK


def _sent(exchange: Exchange) -> Sent:
    """Wait until the server has noted how an exchange ended, of which the client may know first."""
    end = time.monotonic() + SLACK
    while exchange.sent is None and time.monotonic() < end:
        select.select([], [], [], 0.001)
    assert exchange.sent is not None
    return exchange.sent
