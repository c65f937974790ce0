"""The app: what it answers where no reply is asked for, and when something goes wrong."""

from __future__ import annotations

import asyncio
import json
import logging
import re

import pytest
from starlette.types import Message

from asgi import BUILTIN, Client
from mockrouter.engine.engine import Engine
from mockrouter.engine.journal import Journal
from mockrouter.engine.settings import Settings
from mockrouter.entries import entries
from mockrouter.serving.app import App
from mockrouter.serving.bodies import ClientLeftError, read_body
from mockrouter.serving.cors import for_pages
from mockrouter.serving.ticker import Ticker, VirtualClock
from mockrouter.values import Json, JsonObject

CHAT = "/v1/chat/completions"
ASKS: JsonObject = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hi"}]}


def test_what_is_given_is_used() -> None:
    """A ticker for which nobody waits yet, and a journal with nothing in it, are still used."""
    ticker, journal = Ticker(VirtualClock()), Journal()

    app = App(Engine(BUILTIN, journal=journal), ticker)

    assert ticker is app.ticker
    assert journal is app.engine.journal


def error(body: Json) -> tuple[str, str]:
    """Read the code and the message of an error, in whichever envelope."""
    said = body["error"]
    return said.get("metadata", said)["code"], said["message"]


# Bugs


def broken(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Break what reads requests and what lists scenarios."""

    def fail(*_: object) -> None:
        raise KeyError("oops")

    monkeypatch.setattr(client.engine.root.router, "choose", fail)
    monkeypatch.setattr(client.engine.root, "library", None)
    return client


@pytest.mark.parametrize("path", [CHAT, "/v1/responses", "/api/v1/chat/completions"])
def test_a_bug_is_an_answer(
    path: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A bug of ours says so in the provider's envelope; its traceback is logged once."""
    client = broken(Client(), monkeypatch)

    answer = client.post(path, {**ASKS, "input": "Hi"})

    code, message = error(answer.json)
    assert (500, "mockrouter_bug") == (answer.status, code)
    assert "KeyError('oops')" in message
    assert "false" == answer.headers["x-should-retry"]
    (record,) = caplog.records
    assert ("mockrouter", logging.ERROR) == (record.name, record.levelno)
    assert record.exc_info is not None


def test_a_bug_closes_its_exchange(monkeypatch: pytest.MonkeyPatch) -> None:
    """The journal shows what was answered in place of a reply, and that it went out."""
    client = broken(Client(), monkeypatch)

    client.post(CHAT, ASKS)

    (shown,) = (entry.to_json() for entry in entries(client.exchanges))
    assert ("mockrouter_bug", 500) == (shown["error"], shown["response"]["status"])
    assert shown["sent"]["complete"]


def test_a_bug_behind_the_routes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elsewhere too, a bug is answered."""
    answer = broken(Client(), monkeypatch).ask("GET", "/_mockrouter/scenarios", host="localhost")

    assert (500, "mockrouter_bug") == (answer.status, error(answer.json)[0])


# Paths and methods


@pytest.mark.parametrize("path", [CHAT, "/v1/responses", "/ai/chat/completions"])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_wrong_method(method: str, path: str) -> None:
    """A format is asked by POST alone; the error says so, and the journal shows the request."""
    client = Client()

    answer = client.ask(method, path)

    assert (405, "POST") == (answer.status, answer.headers["allow"])
    assert "mockrouter_wrong_method" == error(answer.json)[0]
    assert "false" == answer.headers["x-should-retry"]
    (exchange,) = client.exchanges
    assert (method, path, "mockrouter_wrong_method") == (
        exchange.method,
        exchange.path,
        exchange.error,
    )


def test_head_has_no_body() -> None:
    """The error to a HEAD request is its status and headers."""
    answer = Client().ask("HEAD", CHAT)

    assert (405, "POST", b"") == (answer.status, answer.headers["allow"], answer.body)


@pytest.mark.parametrize(
    ("path", "allowed"),
    [(CHAT, {"POST"}), ("/v1/responses", {"POST"}), ("/v1/models", {"GET", "HEAD"})],
)
def test_options(path: str, allowed: set[str]) -> None:
    """Who asks for the methods is told them."""
    client = Client()

    answer = client.ask("OPTIONS", path)

    assert (204, allowed) == (answer.status, set(answer.headers["allow"].split(", ")))
    assert [] == client.exchanges


@pytest.mark.parametrize(
    "path", ["/chat/completions", "/v1/completions", "/v1/v1/chat/completions"]
)
def test_nothing_served(path: str) -> None:
    """A base URL that is wrong shows in the journal, not only in the client."""
    client = Client()

    answer = client.post(path, ASKS)

    assert (404, "mockrouter_unknown_path") == (answer.status, error(answer.json)[0])
    (exchange,) = client.exchanges
    assert (path, "mockrouter_unknown_path") == (exchange.path, exchange.error)
    assert exchange.sent is not None


# Bodies


def receiving(*messages: Message) -> tuple[Json, list[Message]]:
    """Hand out messages one by one; those that are left stay in the list."""
    left = list(messages)

    async def receive() -> Message:
        return left.pop(0)

    return receive, left


def piece(body: bytes, *, more: bool) -> Message:
    """Make a part of a body."""
    return {"type": "http.request", "body": body, "more_body": more}


def test_a_body_in_pieces() -> None:
    """A body is whole, in however many pieces it comes; empty ones are nothing."""
    receive, left = receiving(
        piece(b"ab", more=True), piece(b"", more=True), {"type": "http.request", "body": b"c"}
    )

    assert b"abc" == asyncio.run(read_body(receive, 3))
    assert [] == left


def test_leaving_in_mid_upload() -> None:
    """A client that left gets no answer, and the journal shows that it left."""
    engine = Engine(BUILTIN)
    receive, _ = receiving(piece(b"{", more=True), {"type": "http.disconnect"})
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": CHAT, "headers": []}
    asyncio.run(App(engine)(scope, receive, send))

    (exchange,) = engine.journal
    assert [] == sent
    assert exchange.sent is not None
    assert (0, True, False) == (
        exchange.sent.frames,
        exchange.sent.client_left,
        exchange.sent.complete,
    )


def test_leaving_is_told() -> None:
    """Half a body is none."""
    receive, _ = receiving(piece(b"{", more=True), {"type": "http.disconnect"})

    with pytest.raises(ClientLeftError):
        asyncio.run(read_body(receive, 100))


@pytest.mark.parametrize(
    "path", [CHAT, "/v1/responses", "/v1/responses/compact", "/v1/responses/input_tokens"]
)
def test_body_limit(path: str) -> None:
    """What is larger than the limit is refused as the provider does, wherever bodies are read."""
    client = Client(settings=Settings(body_limit=100))

    answer = client.ask("POST", path, b'{"input": "%s"}' % (b"x" * 100))

    assert 413 == answer.status
    assert "invalid_request_error" == answer.json["error"]["type"]
    assert "100 bytes" in answer.json["error"]["message"]


# Web pages


def preflight(**more: str) -> tuple[int, dict[str, str]]:
    """Ask as a browser does for a page; gives status and headers."""
    asked = {"origin": "http://app.test", "access-control-request-method": "POST"}
    headers = {**asked, **{name.replace("_", "-"): value for name, value in more.items()}}
    receive, _ = receiving(piece(b"", more=False))
    start: Message = {}

    async def send(message: Message) -> None:
        start.update(message)

    scope = {
        "type": "http",
        "method": "OPTIONS",
        "path": CHAT,
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    app = for_pages(App(Engine(BUILTIN)), ["http://app.test"])

    async def ask() -> None:
        await app(scope, receive, send)

    asyncio.run(ask())
    return start["status"], {name.decode(): value.decode() for name, value in start["headers"]}


def test_a_public_page_may_reach_a_private_network() -> None:
    """A browser that asks whether it may is told yes, for pages that are named."""
    allows = "access-control-allow-private-network"

    status, headers = preflight(access_control_request_private_network="true")

    assert (200, "true") == (status, headers[allows])
    assert "http://app.test" == headers["access-control-allow-origin"]
    assert (200, False) == (preflight()[0], allows in preflight()[1])


def test_a_foreign_page_may_not() -> None:
    """A page that was not named is allowed nothing."""
    status, headers = preflight(
        origin="http://evil.test", access_control_request_private_network="true"
    )

    assert 400 == status
    assert "access-control-allow-private-network" not in headers


def test_errors_say_the_same_to_both_kinds_of_client() -> None:
    """The code stands where each provider's clients look for it."""
    bodies = [json.loads(Client().ask("GET", path).body) for path in (CHAT, f"/api{CHAT}")]

    assert ["mockrouter_wrong_method"] * 2 == [error(body)[0] for body in bodies]


@pytest.mark.parametrize(("method", "body"), [("GET", b""), ("POST", b"x" * 2000)])
def test_a_request_that_is_not_read_has_an_id_all_the_same(method: str, body: bytes) -> None:
    """Refused before its body was read, it is named as every other, in hexadecimal."""
    client = Client(settings=Settings(body_limit=1000))
    answer = client.ask(method, "/v1/chat/completions", body)

    assert answer.status in {405, 413}
    assert re.fullmatch("req_[0-9a-f]{32}", answer.headers["x-request-id"])
