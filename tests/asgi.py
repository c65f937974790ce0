"""A client in process: one request to an ASGI app, no socket, and a clock that jumps."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass

from starlette.types import Message

from event_stream import data_of
from mockrouter.engine.engine import Engine
from mockrouter.engine.journal import Exchange
from mockrouter.engine.settings import Settings
from mockrouter.entries import entries
from mockrouter.scenario.library import Library, load, load_text
from mockrouter.serving.app import App
from mockrouter.serving.ticker import Clock, Ticker, VirtualClock
from mockrouter.serving.transport import ConnectionCut
from mockrouter.values import Json, JsonObject
from mockrouter.wire import Ending

BUILTIN = load()
"""The scenarios that come with the product; a value, so all tests share it."""

_PATIENCE = 3600.0
"""Seconds, by a clock that jumps, after which the client leaves."""


@dataclass(frozen=True, slots=True)
class Answer:
    """
    What came back.

    Attributes:
        status: 0 where the connection broke before there was one.

        headers: Names in lower case.

        writes: Of the body, each with the second at which it came.

        broken: How the connection broke; None where the response ended as HTTP says.
    """

    status: int
    headers: dict[str, str]
    writes: tuple[tuple[float, bytes], ...]
    broken: Ending | None = None

    @property
    def body(self) -> bytes:
        """All bytes of the body."""
        return b"".join(data for _, data in self.writes)

    @property
    def json(self) -> Json:
        """The body as a JSON value."""
        return json.loads(self.body)

    @property
    def events(self) -> list[JsonObject]:
        """The JSON events of a stream; one that is cut short is left out."""
        return [json.loads(text) for text in data_of(self.body) if text != "[DONE]"]


class Client:
    """
    Asks an app of its own.

    Attributes:
        engine: Behind the app.
    """

    def __init__(
        self,
        library: Library = BUILTIN,
        settings: Settings | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Serve *library*, by a clock that jumps."""
        self.engine = Engine(library, settings)
        self._ticker = Ticker(VirtualClock() if clock is None else clock)
        self._app = App(self.engine, self._ticker)

    @classmethod
    def playing(cls, text: str) -> Client:
        """Answer every request by a scenario that is given as YAML."""
        scenario = load_text(text)
        return cls(Library((scenario,), {**BUILTIN.named, scenario.name: scenario}))

    @property
    def exchanges(self) -> list[Exchange]:
        """What was asked, oldest first."""
        return list(self.engine.journal)

    @property
    def bodies(self) -> list[Json]:
        """The bodies that were sent to the app, as its journal shows them."""
        return [entry.to_json()["request"]["body"] for entry in entries(self.engine.journal)]

    def post(self, path: str, body: Json, **headers: str) -> Answer:
        """Ask; an underscore in a header's name is a hyphen."""
        return self.ask("POST", path, json.dumps(body).encode(), **headers)

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """Send one request and read to the end, or until patience ends."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return asyncio.run(self._ask(method, path, body, named))

    async def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        path, _, query = path.partition("?")
        requests: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
        start: Message = {"status": 0, "headers": ()}
        writes: list[tuple[float, bytes]] = []
        began = self._ticker.now()

        async def receive() -> Message:
            if requests:
                return requests.pop()
            await self._ticker.until(began + _PATIENCE)
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            elif message["body"]:
                writes.append((self._ticker.now() - began, message["body"]))

        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        broken = None
        try:
            await self._app(scope, receive, send)
        except ConnectionCut as cut:
            broken = cut.ending
        shown = {name.decode(): value.decode() for name, value in start["headers"]}
        exchange = self.exchanges[-1:] if self.exchanges else []
        if broken is None and exchange and exchange[0].sent and exchange[0].sent.client_left:
            broken = Ending.STALL
        return Answer(start["status"], shown, tuple(writes), broken)
