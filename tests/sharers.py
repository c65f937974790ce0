"""Servers in this process that share a state, which can be taken away from them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import httpx

from mockrouter.cli.serving import over_http
from mockrouter.engine.engine import Engine
from mockrouter.engine.settings import Settings
from mockrouter.state.link import Link
from mockrouter.state.memory import MemoryState
from mockrouter.state.protocol import StateAway
from mockrouter.state.sharing import Sharing
from mockrouter.values import Json, JsonObject
from scripts import chat, library

CHAT = "/v1/chat/completions"
THREE = "turns: [{attempts: [429, 503, {say: [{text: Well.}]}]}]"


class Breakable:
    """A state in memory that can be taken away, also after it has done what it was asked."""

    def __init__(self) -> None:
        """Be there."""
        self.state = MemoryState("e")
        self.away = False
        self.full = False
        self.forgets_to_answer = 0
        self.stuck: asyncio.Event | None = None
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Callable[..., Coroutine[None, None, Any]]:
        """Do what the state does, if it is there."""

        async def ask(*arguments: object, **named: object) -> object:
            if self.away and name != "close":
                raise StateAway("gone")
            self.asked.append(name)
            if self.full and name in {"count", "write", "probe"}:
                raise StateAway("full")
            if self.stuck is not None and name == "write":
                await self.stuck.wait()
            found = await getattr(self.state, name)(*arguments, **named)
            if self.forgets_to_answer and name == "count":
                self.forgets_to_answer -= 1
                raise StateAway("connection lost")
            return found

        return ask


class Way:
    """
    One server's way to a state.

    Attributes:
        cut: Whether it leads nowhere.
    """

    def __init__(self, state: Breakable) -> None:
        """Lead to *state*."""
        self.state = state
        self.cut = False

    def __getattr__(self, name: str) -> Callable[..., Coroutine[None, None, Any]]:
        """Ask the state, if one gets there."""

        async def ask(*arguments: object) -> object:
            if self.cut:
                raise StateAway("cut off")
            return await getattr(self.state, name)(*arguments)

        return ask


class Replicas:
    """Servers over one state, asked in process."""

    def __init__(self, state: Breakable, number: int, text: str, *, required: bool) -> None:
        """Start *number* of them, all with the same files."""
        self.state = state
        self.engines = [Engine(library(text), Settings()) for _ in range(number)]
        self.ways = [Way(state) for _ in self.engines]
        self.shared = [
            Sharing(engine, Link(way, "redis://h:1/0", required=required), f"r{place}")
            for place, (engine, way) in enumerate(zip(self.engines, self.ways, strict=True))
        ]
        self.clients = [
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app=over_http(engine, sharing=sharing)),
                base_url="http://localhost",
            )
            for engine, sharing in zip(self.engines, self.shared, strict=True)
        ]

    async def ask(self, which: int, body: Json = None, path: str = CHAT) -> httpx.Response:
        """Ask one of them for a chat completion."""
        return await self.clients[which].post(path, json=chat() if body is None else body)

    async def get(self, which: int, path: str) -> JsonObject:
        """Get something of the control API."""
        found: JsonObject = (await self.clients[which].get(f"/_mockrouter/{path}")).json()
        return found

    async def journal(self, which: int) -> list[tuple[int, str]]:
        """Read the journal through one of them: each request's number, and who answered it."""
        found = (await self.get(which, "requests?limit=1000"))["requests"]
        return [(each["number"], each["replica"]) for each in found]

    async def back(self) -> None:
        """Give the state back, and wait until all know."""
        self.state.away = self.state.full = False
        for way in self.ways:
            way.cut = False
        while not all(each.link.reachable for each in self.shared):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@asynccontextmanager
async def replicas(
    number: int = 2, text: str = THREE, *, required: bool = False
) -> AsyncIterator[Replicas]:
    """Run several servers."""
    found = Replicas(Breakable(), number, text, required=required)
    try:
        yield found
    finally:
        for client in found.clients:
            await client.aclose()
        for sharing in found.shared:
            await sharing.close()


def run(test: Callable[[], Coroutine[None, None, None]]) -> None:
    """Run a test in a loop."""
    asyncio.run(test())
