"""What every request passes does no more than it must: counted, never timed."""

from __future__ import annotations

import asyncio
import gc
import json
from collections import Counter
from collections.abc import Callable
from typing import Final

import httpx
import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from asgi import BUILTIN
from mockrouter.engine import router
from mockrouter.engine.engine import Engine
from mockrouter.request import Request
from mockrouter.scenario import matching
from mockrouter.scenario.library import Library, load_text, with_active
from mockrouter.serving.app import App
from mockrouter.serving.connection import Connection
from mockrouter.serving.server import HttpServer
from mockrouter.values import JsonObject
from scripts import ask, chat, engine

PATH: Final = "/v1/chat/completions"
CALL: Final = """
turns:
  - say: [{tool_call: get_weather, arguments: {city: Tokyo}}]
    stream: {arguments: 2 chars}
then: repeat
"""
TOGETHER: Final = CALL.replace("then:", "    faults: [{fault: writes, together: true}]\nthen:")
PACED: Final = CALL.replace("then:", "    pace: {ttft: 0.3, itl: 0.01}\nthen:")
STREAMS: Final = 50


def words(number: int) -> JsonObject:
    """Ask for a stream, in other words each time."""
    return chat(user=f"What is the weather in {number}?", stream=True)


def test_a_static_reply_is_compiled_once() -> None:
    """Whatever is asked, in however many words: what owes nothing to the request is made once."""
    served = engine(CALL)

    for number in range(30):
        ask(served, words(number))

    assert 1 == served.root.kept.compiled


@pytest.mark.parametrize(
    ("text", "body", "sends"),
    [
        (CALL, words(0), "each"),
        (TOGETHER, words(0), 1),
        (CALL, chat(), 1),
    ],
    ids=["stream", "together", "plain"],
)
def test_one_send_for_each_event(text: str, body: JsonObject, sends: int | str) -> None:
    """An event is a send of its own, unless the scenario says otherwise; a plain body is one."""
    sent = asyncio.run(_sent(App(engine(text)), body))

    data = [message["body"] for message in sent if message.get("body")]
    events = b"".join(data).count(b"data: ")
    assert (events if sends == "each" else sends) == len(data)
    # What ends a stream is the one send more, and the head comes first.
    assert len(sent) <= len(data) + 2


async def _sent(app: ASGIApp, body: JsonObject) -> list[Message]:
    """List what an app sends."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": json.dumps(body).encode()}

    async def send(message: Message) -> None:
        sent.append(message)

    await app({"type": "http", "method": "POST", "path": PATH, "headers": []}, receive, send)
    return sent


@pytest.mark.parametrize(
    ("text", "body", "writes"),
    [
        (CALL, words(0), "each"),
        (PACED, words(0), "each"),
        (TOGETHER, words(0), 3),
        (CALL, chat(), 1),
    ],
    ids=["stream", "paced", "together", "plain"],
)
def test_one_write_for_each_event(
    text: str, body: JsonObject, writes: int | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a socket too; a stream's head and end are two more, a plain response is one in all."""
    taken: list[bytes] = []

    class Noting(Connection):
        """Stands between the connection and its socket."""

        def write(self, data: bytes | bytearray | memoryview) -> None:
            """Note it."""
            taken.append(bytes(data))
            super().write(data)

    below = "mockrouter.serving.protocols.Connection"
    monkeypatch.setattr(below, lambda transport: Connection(Noting(transport)))
    with HttpServer(App(engine(text))) as server:
        read = httpx.post(f"{server.url}{PATH}", json=body, timeout=10).content

    events = read.count(b"data: ")
    assert (events + 2 if writes == "each" else writes) == len(taken)
    assert taken[-1].endswith(b"0\r\n\r\n" if body.get("stream") else read)


def test_no_task_for_each_stream() -> None:
    """Paced streams wait in the task that the server made for the request, and in no other."""
    tasks: list[int] = []

    async def counting(scope: Scope, receive: Receive, send: Send) -> None:
        async def noting(message: Message) -> None:
            tasks.append(len(asyncio.all_tasks()))
            await send(message)

        await app(scope, receive, noting)

    app = App(engine(PACED))
    asyncio.run(_ask_at_once(counting))

    # The server's own, this one, and a task for each request.
    assert max(tasks) <= STREAMS + 3


async def _ask_at_once(app: ASGIApp) -> None:
    """Ask over many connections in the server's own loop, each with no task of its own."""
    body = json.dumps(words(0)).encode()
    head = f"POST {PATH} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {len(body)}"
    async with HttpServer(app) as server:
        loop = asyncio.get_running_loop()
        readers = [_Reader(head.encode() + b"\r\n\r\n" + body) for _ in range(STREAMS)]
        for reader in readers:
            await loop.create_connection(lambda each=reader: each, "127.0.0.1", server.port)  # type: ignore[misc]
        await asyncio.gather(*(reader.done for reader in readers))
        assert all(reader.received.endswith(b"0\r\n\r\n") for reader in readers)


class _Reader(asyncio.Protocol):
    """A client without a task."""

    def __init__(self, asked: bytes) -> None:
        self.asked = asked
        self.received = b""
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(self.asked)

    def data_received(self, data: bytes) -> None:
        self.received += data

    def connection_lost(self, _: Exception | None) -> None:
        self.done.set_result(None)


def many(number: int, condition: str) -> Library:
    """Make a library of so many scenarios, each for a model, or a tool, of its own."""
    texts = [f"name: s{n}\nwhen: {{{condition}: n{n}}}\n{CALL}" for n in range(number)]
    return with_active(BUILTIN, [load_text(text) for text in texts])


LIBRARIES: Final[dict[str, Callable[[int], JsonObject]]] = {
    "model": lambda number: chat(model=f"n{number}"),
    "tools": lambda number: chat(tools=[_tool(f"n{number}"), _tool("other")]),
}


@pytest.mark.parametrize("condition", LIBRARIES)
def test_matching_looks_at_few(condition: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a thousand scenarios a request looks at those alone that its model or tools bring up."""
    looked: Counter[str] = Counter()
    differences = matching.differences

    def counting(match: matching.Match | None, request: Request) -> object:
        looked["at"] += 1
        return differences(match, request)

    monkeypatch.setattr(router, "differences", counting)
    served = Engine(many(1000, condition))

    _, exchange = ask(served, LIBRARIES[condition](999))

    assert ("s999", 1) == (exchange.scenario, looked["at"])


def _tool(name: str) -> JsonObject:
    return {"type": "function", "function": {"name": name, "parameters": {"type": "object"}}}


@pytest.mark.parametrize("new", [False, True], ids=["the same", "each new"])
def test_memory_is_bounded_by_count(*, new: bool) -> None:
    """Once the journal and the answers that are held are full, requests leave nothing behind."""
    served = engine(CALL)
    served.journal.most = 50
    served.root.repeats._most = 50  # noqa: SLF001 - a smaller one is full sooner

    def objects(numbers: range) -> int:
        for number in numbers:
            ask(served, words(number if new else 0))
        gc.collect()
        return len(gc.get_objects())

    objects(range(200))
    before = objects(range(200, 300))

    assert abs(objects(range(300, 800)) - before) < 50
