"""The live stream of the journal: what is told, to whom, from where on, and until when."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http.client import HTTPConnection

import pytest
from starlette.types import Message

from asgi import BUILTIN, Client
from mockrouter.engine.engine import Engine
from mockrouter.serving.app import App
from mockrouter.serving.control import events
from mockrouter.serving.protocols import ENDING
from mockrouter.serving.server import HttpServer
from mockrouter.serving.ticker import Ticker, VirtualClock
from mockrouter.values import Json, JsonObject
from scripts import chat

EVENTS = "/_mockrouter/events"
CHAT = "/v1/chat/completions"


class Stream:
    """What one reader gets: comments, and events as name, id and data."""

    def __init__(self) -> None:
        """Have got nothing yet."""
        self.start: Message = {}
        self.open = asyncio.Event()
        self.left = asyncio.Event()
        self.slow = asyncio.Event()
        self.slow.set()
        self._got: asyncio.Queue[str] = asyncio.Queue()

    async def receive(self) -> Message:
        """Tell the app when the reader leaves."""
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Take what the app sends, unless the reader is slow."""
        if message["type"] == "http.response.start":
            self.start = message
            self.open.set()
            return
        await self.slow.wait()
        for text in message["body"].decode().split("\n\n")[:-1]:
            self._got.put_nowait(text)

    async def text(self) -> str:
        """Wait for what comes next, comments too."""
        return await asyncio.wait_for(self._got.get(), 30)

    async def event(self) -> tuple[str, str, JsonObject]:
        """Wait for the next event; gives its name, its id and its data."""
        while (text := await self.text()).startswith(":"):
            pass
        fields = dict(line.split(": ", 1) for line in text.split("\n"))
        return fields["event"], fields.get("id", ""), json.loads(fields["data"])

    async def events(self, count: int) -> list[tuple[str, str]]:
        """Wait for some events; gives their names and numbers."""
        found = [await self.event() for _ in range(count)]
        return [(name, str(data["number"])) for name, _, data in found]


def scope(method: str, path: str, headers: dict[str, str], **more: Json) -> Json:
    """Make the scope of a request."""
    path, _, query = path.partition("?")
    named = [(name.encode(), value.encode()) for name, value in headers.items()]
    asked = {"type": "http", "method": method, "path": path, "query_string": query.encode()}
    return asked | {"headers": named} | more


@asynccontextmanager
async def listening(app: App, query: str = "", **headers: str) -> AsyncIterator[Stream]:
    """Listen to an app until the block ends."""
    stream, ending = Stream(), asyncio.get_running_loop().create_future()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    asked = scope("GET", EVENTS + query, named, extensions={ENDING: ending})
    task = asyncio.create_task(app(asked, stream.receive, stream.send))
    await asyncio.wait_for(stream.open.wait(), 30)
    try:
        yield stream
    finally:
        stream.slow.set()
        stream.left.set()
        await asyncio.wait_for(task, 30)


async def ask(app: App, body: Json = None, path: str = CHAT) -> None:
    """Ask an app for a reply."""
    messages = [{"type": "http.request", "body": json.dumps(body or chat()).encode()}]

    async def receive() -> Message:
        return messages.pop() if messages else await asyncio.Future()

    async def send(_: Message) -> None:
        pass

    await app(scope("POST", path, {}), receive, send)


def run(test: Callable[[App], Awaitable[None]], app: App | None = None) -> None:
    """Run a test in an event loop, with an app."""

    async def running() -> None:
        await test(app or App(Engine(BUILTIN)))

    asyncio.run(running())


def test_a_request_is_told_twice() -> None:
    """When its answer is known, and when it has gone out; each with the whole entry."""

    async def test(app: App) -> None:
        async with listening(app) as stream:
            assert ": listening" == await stream.text()
            await ask(app)
            first, second = await stream.event(), await stream.event()

        assert ("request", "1", 1) == (*first[:2], first[2]["number"])
        assert ("response", "1", 200) == (*second[:2], second[2]["response"]["status"])
        assert second[2]["sent"]["complete"]
        headers = dict(stream.start["headers"])
        assert headers[b"content-type"].startswith(b"text/event-stream")

    run(test)


def test_filters() -> None:
    """A reader gets what it asks for; readers do not get into each other's way."""

    async def test(app: App) -> None:
        async with (
            listening(app, "?namespace=a") as of_a,
            listening(app, "?status=4xx") as wrong,
            listening(app) as every,
        ):
            await ask(app, path=f"/~a{CHAT}")
            await ask(app, {"model": "m", "messages": 1}, path=f"/~b{CHAT}")

            assert [("request", "1"), ("response", "1")] == await of_a.events(2)
            assert [("request", "2"), ("response", "2")] == await wrong.events(2)
            assert 4 == len(await every.events(4))

    run(test)


@pytest.mark.parametrize(
    ("query", "headers", "told"),
    [
        ("?after=0", {}, ["1", "1", "2", "2", "3", "3"]),
        ("?after=2", {}, ["2", "3", "3"]),
        ("?after=0", {"last_event_id": "2"}, ["2", "3", "3"]),
        ("?after=0&namespace=a", {}, ["2", "2"]),
        ("", {"last_event_id": ""}, []),
        ("", {}, []),
    ],
)
def test_a_reader_comes_back(query: str, headers: dict[str, str], told: list[str]) -> None:
    """It gets what the journal holds behind what it got last, and how the last one ended."""

    async def test(app: App) -> None:
        for path in (CHAT, f"/~a{CHAT}", CHAT):
            await ask(app, path=path)
        async with listening(app, query, **headers) as stream:
            await ask(app, path=f"/~a{CHAT}")

            got = [number for _, number in await stream.events(len(told) + 2)]
            assert [*told, "4", "4"] == got

    run(test)


def test_what_was_forgotten_is_told() -> None:
    """Who comes back too late is told how many requests are gone."""

    async def test(app: App) -> None:
        app.engine.journal.most = 2
        for _ in range(5):
            await ask(app)
        async with listening(app, "?after=1") as stream:
            assert ("lost", "", {"lost": 2}) == await stream.event()
            assert ("request", "4") == (await stream.events(1))[0]

    run(test)


def test_a_slow_reader_loses_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told how many, and the others lose nothing."""
    monkeypatch.setattr(events, "_MOST", 10)

    async def test(app: App) -> None:
        async with listening(app) as slow, listening(app) as quick:
            await slow.text()
            slow.slow.clear()
            told = []
            for _ in range(20):
                await ask(app)
                told += await quick.events(2)
            assert [str(n) for n in range(1, 21) for _ in "ab"] == [number for _, number in told]

            slow.slow.set()
            before = [await slow.event()]
            while before[-1][0] != "lost":
                before.append(await slow.event())
            lost, rest = before.pop()[2]["lost"], await slow.events(10)

            assert 40 == len(before) + lost + len(rest)
            assert ("response", "20") == rest[-1]

    run(test)


def test_ids_never_go_back() -> None:
    """An answer that ends after a later request has no id, so that nobody comes back too early."""

    async def test(app: App) -> None:
        async with listening(app) as stream:
            journal = app.engine.journal
            await ask(app)
            await ask(app)
            await stream.events(4)
            first = journal.find(1)
            assert first
            assert first.sent
            journal.finish(first, first.sent)

            assert ("response", "") == (await stream.event())[:2]

    run(test)


def test_silence_is_kept_alive() -> None:
    """Every 15 seconds a comment says that the connection is alive."""
    clock = VirtualClock()

    async def test(app: App) -> None:
        async with listening(app) as stream:
            texts = [await stream.text() for _ in range(4)]
            assert [": listening", *[": keep-alive"] * 3] == texts
            assert 45 <= clock.now() < 75

    run(test, App(Engine(BUILTIN), Ticker(clock)))


@pytest.mark.parametrize(
    ("query", "headers", "status"),
    [
        ("?limit=5", {}, 400),
        ("?after=x", {}, 400),
        ("", {"last-event-id": "x"}, 400),
        ("?status=4xy", {}, 400),
        ("", {"host": "localhost", "origin": "http://evil.test"}, 403),
    ],
)
def test_who_may_listen_to_what(query: str, headers: dict[str, str], status: int) -> None:
    """Mistakes and foreign pages are answered at once."""
    answer = Client().ask("GET", EVENTS + query, b"", **headers)

    assert status == answer.status


def test_only_the_head() -> None:
    """Whoever asks for the head alone does not wait for ever."""
    assert (200, b"") == ((answer := Client().ask("HEAD", EVENTS)).status, answer.body)


def test_readers_leave_nothing_behind() -> None:
    """The journal calls nobody who is gone."""

    async def test(app: App) -> None:
        async with listening(app), listening(app):
            assert 2 == len(app.engine.journal._listeners)  # noqa: SLF001
        assert [] == app.engine.journal._listeners  # noqa: SLF001

    run(test)


@pytest.mark.parametrize("http", ["httptools", "h11"])
def test_streams_end_with_the_server(http: str) -> None:
    """Well, and not only when the server's patience ends."""
    connection = HTTPConnection("127.0.0.1", timeout=30)
    with HttpServer(App(Engine(BUILTIN)), http=http, grace=3600) as server:  # type: ignore[arg-type]
        connection.port = server.port
        connection.request("GET", EVENTS)
        response = connection.getresponse()
        assert b": listening\n" == response.readline()

    assert b"\n" == response.read()
    connection.close()
