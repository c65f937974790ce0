"""A mock inside of pytest-httpserver is the mock that it is on a port of its own."""

from __future__ import annotations

import json
import logging
import socket
import ssl
from collections.abc import Iterator
from typing import Final

import httpx
import openai
import pytest
from httpx2 import RemoteProtocolError
from openai import OpenAI
from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolParam
from pytest_httpserver import HTTPServer

from asgi import BUILTIN
from mockrouter import MockRouter, Server
from mockrouter.harness.words import Part
from mockrouter.values import Json
from scripts import chat

CALL: Final[list[Part]] = [{"tool_call": "get_weather", "arguments": {"city": "Tokyo"}}]
CHAT: Final = "/v1/chat/completions"
TOOLS: Final[list[ChatCompletionToolParam]] = [
    {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object"}}}
]
ENDLESS: Final = """
turns:
  - say: [{text: Here.}]
    faults: [{fault: stall, label: text, after: 1}]
"""
LATE: Final = """
turns:
  - say: [{text: Here.}]
    faults: [{fault: stall, before: headers, seconds: 3600}]
"""
HOUR: Final = 3600.0
PATIENCE: Final = 30.0


def connected(url: str, *lines: str, body: bytes) -> socket.socket:
    """Send a request over a socket of our own."""
    address = httpx.URL(url)
    made = socket.create_connection((address.host, address.port or 80), timeout=PATIENCE)
    made.sendall("\r\n".join([*lines, "Host: here", "", ""]).encode() + body)
    return made


def asked(url: str, path: str, body: Json, *, method: str = "POST") -> socket.socket:
    """Ask with a JSON body."""
    raw = json.dumps(body).encode()
    head = (f"{method} {path} HTTP/1.1", "Connection: close", f"Content-Length: {len(raw)}")
    return connected(url, *head, body=raw)


def ending(connection: socket.socket) -> tuple[bytes, str]:
    """Read all that comes, and say how it ends; what a reset lets through is left to chance."""
    got = b""
    with connection:
        try:
            while data := connection.recv(65536):
                got += data
        except ConnectionResetError:
            return b"", "reset"
    return got, "closed"


@pytest.fixture(scope="module")
def pair() -> Iterator[tuple[Server, Server]]:
    """Two mocks alike."""
    with (
        Server(time_scale=0, strict=False) as own,
        Server(time_scale=0, strict=False) as other,
    ):
        yield own, other


@pytest.fixture
def places(pair: tuple[Server, Server], httpserver: HTTPServer) -> tuple[str, str]:
    """Where the first is on a port of its own, and the other served from httpserver."""
    own, other = pair
    other.serve_from(httpserver)
    return own.root_url, httpserver.url_for("")


def ends(name: str) -> bool:
    """Whether a scenario's answers do."""
    said = BUILTIN.named[name].model.model_dump_json()
    return not any(fault in said for fault in ("stall", "keep_open"))


@pytest.mark.parametrize("name", [name for name in BUILTIN.named if ends(name)])
def test_the_bytes_are_the_same(places: tuple[str, str], name: str) -> None:
    """Each scenario gives the same bytes as elsewhere, streamed or not, and ends the same way."""
    for stream in (False, True):
        body = chat(stream=stream)
        own, other = (ending(asked(place, f"/s/{name}{CHAT}", body)) for place in places)

        assert own == other
        assert own[0] or own[1] == "reset" or name == "wire/disconnect-before-headers"


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/v1/models"), ("HEAD", "/v1/models"), ("GET", CHAT), ("POST", "/api/v1/nothing")],
)
def test_what_is_no_answer_of_a_model_is_the_same(
    places: tuple[str, str], method: str, path: str
) -> None:
    """Lists, heads, and refusals are as elsewhere."""
    own, other = (ending(asked(place, path, {}, method=method)) for place in places)

    assert own == other
    assert own[0].startswith(b"HTTP/1.1 ")


def test_a_client_talks_to_both(
    mockrouter: MockRouter, httpserver: HTTPServer, caplog: pytest.LogCaptureFixture
) -> None:
    """An SDK runs its tools against httpserver, whose own handlers go on, before and after."""
    mockrouter.script(CALL, "It is 18 degrees.")
    httpserver.expect_request("/before").respond_with_data("1")
    base_url = mockrouter.serve_from(httpserver)
    httpserver.expect_oneshot_request("/v1/files").respond_with_data("2")
    httpserver.expect_request("/ai", method="GET").respond_with_data("3")
    client = OpenAI(base_url=base_url, max_retries=0)
    messages: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Weather?"}]

    with client.chat.completions.stream(model="gpt-4o", messages=messages, tools=TOOLS) as stream:
        said = stream.get_final_completion().choices[0].message
    assert said.tool_calls is not None
    call = said.tool_calls[0]
    messages += [
        {
            "role": "assistant",
            "tool_calls": [
                {
                    "type": "function",
                    "id": call.id,
                    "function": {"name": call.function.name, "arguments": call.function.arguments},
                }
            ],
        },
        {"role": "tool", "tool_call_id": call.id, "content": "18"},
    ]
    answer = client.chat.completions.create(model="gpt-4o", messages=messages, tools=TOOLS)
    others = [httpx.get(httpserver.url_for(at)).text for at in ("/before", "/v1/files", "/ai")]

    assert httpserver.url_for("/v1") == base_url
    assert "It is 18 degrees." == answer.choices[0].message.content
    assert ["1", "2", "3"] == others
    mockrouter.assert_answered("get_weather", 18, arguments={"city": "Tokyo"})
    mockrouter.assert_done()
    httpserver.check()
    paths = [request.path for request, _ in httpserver.log]
    assert [CHAT, CHAT, "/before", "/v1/files", "/ai"] == paths
    logged = httpserver.log[1][1]
    assert (200, "It is 18 degrees.") == (
        logged.status_code,
        json.loads(logged.get_data())["choices"][0]["message"]["content"],
    )
    assert "application/json" == logged.mimetype
    assert [] == [each.message for each in caplog.records if each.levelno > logging.INFO]


@pytest.mark.mockrouter("stream/one-char-fragments", strict=False)
def test_frames_are_writes(mockrouter: MockRouter, httpserver: HTTPServer) -> None:
    """A stream comes in HTTP/1.1 chunks, one for each event, though httpserver speaks 1.0."""
    mockrouter.serve_from(httpserver)
    connection = asked(httpserver.url_for(""), CHAT, chat(stream=True))

    head, _, rest = ending(connection)[0].partition(b"\r\n\r\n")

    chunks = []
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        chunks.append(rest[: int(size, 16)])
        rest = rest[int(size, 16) + 2 :]
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"" == chunks.pop()
    assert {b"\n\n"} == {chunk[-2:] for chunk in chunks}
    sent = mockrouter.last_request.sent
    assert sent is not None
    assert (len(chunks), True) == (sent.frames, sent.complete)
    assert b"".join(chunks) == httpserver.log[-1][1].get_data()


@pytest.mark.mockrouter("wire/disconnect-mid-arguments", strict=False)
def test_a_broken_stream_breaks(mockrouter: MockRouter, httpserver: HTTPServer) -> None:
    """A disconnect reaches the SDK as one, and httpserver holds nothing against anybody."""
    client = OpenAI(base_url=mockrouter.serve_from(httpserver), max_retries=0)

    stream = client.chat.completions.create(
        model="gpt-4o",
        messages=[{"role": "user", "content": "Weather?"}],
        tools=TOOLS,
        stream=True,
    )
    with pytest.raises((openai.APIConnectionError, RemoteProtocolError)):
        list(stream)

    httpserver.check()
    sent = mockrouter.last_request.sent
    assert sent is not None
    assert (False, False) == (sent.complete, sent.client_left)


def test_a_stall_keeps_nobody_else_waiting(mockrouter: MockRouter, httpserver: HTTPServer) -> None:
    """Connections that are held open do not occupy httpserver, which answers one at a time."""
    mockrouter.load_text(ENDLESS)
    mockrouter.serve_from(httpserver)
    httpserver.expect_request("/own").respond_with_data("here")
    open_ones = [asked(httpserver.url_for(""), CHAT, chat(stream=True)) for _ in range(3)]
    began = [connection.recv(8) for connection in open_ones]

    answer = httpx.get(httpserver.url_for("/own")).text
    for connection in open_ones:
        connection.close()

    assert ([b"HTTP/1.1"] * 3, "here") == (began, answer)


def test_the_end_of_a_test_closes_what_is_open(httpserver: HTTPServer) -> None:
    """A stalled stream ends with its namespace; whoever comes later is told so."""
    with Server() as server:
        with server.namespace("one") as mock:
            mock.load_text(ENDLESS)
            mock.serve_from(httpserver)
            stalled = asked(httpserver.url_for(""), CHAT, chat(stream=True))
            assert stalled.recv(8)
        assert ending(stalled)
        late = httpx.post(httpserver.url_for(CHAT), json=chat())
    gone = httpx.post(httpserver.url_for(CHAT), json=chat())

    assert (410, 500) == (late.status_code, gone.status_code)
    with pytest.raises(AssertionError, match="No handler found"):
        httpserver.check()


def test_time_may_jump(mockrouter: MockRouter, httpserver: HTTPServer) -> None:
    """In virtual time a client that waits for httpserver waits for the mock."""
    mockrouter.load_text(LATE)
    body = chat(stream=False)

    with mockrouter.virtual_time() as clock:
        url = mockrouter.serve_from(httpserver)
        began = clock.now()
        client = OpenAI(base_url=url, max_retries=0, timeout=60)
        with pytest.raises(openai.APITimeoutError):
            client.chat.completions.create(
                model="gpt-4o", messages=[{"role": "user", "content": "Hello"}]
            )
        gave_up = clock.now()
        answer = httpx.post(f"{url}/chat/completions", json=body, timeout=HOUR * 2)
        answered = clock.now()

    assert 200 == answer.status_code
    assert 60 <= gave_up - began < HOUR
    assert HOUR <= answered - gave_up


def test_a_status_that_http_does_not_know(mockrouter: MockRouter, httpserver: HTTPServer) -> None:
    """What is written past the server shows up in the log of httpserver all the same."""
    mockrouter.load_text("turns: [{error: {status: 400, headers: {content-length: '9999'}}}]")
    mockrouter.serve_from(httpserver)

    with pytest.raises(httpx.RemoteProtocolError):
        httpx.post(httpserver.url_for(CHAT), json=chat())

    httpserver.check()
    assert [400] == [response.status_code for _, response in httpserver.log]


@pytest.mark.parametrize(
    "lines",
    [
        ("POST /v1/chat/completions HTTP/1.0", "Content-Length: {}"),
        ("POST /v1/chat/completions HTTP/1.1", "Content-Length: {}"),
        ("POST http://there/v1/chat/completions?a=b HTTP/1.1", "Content-Length: {}"),
        ("POST /%761/chat/completions HTTP/1.1", "Content-Length: {}", "Expect: 100-continue"),
        ("POST /v1/chat/completions HTTP/1.1", "Transfer-Encoding: chunked"),
    ],
)
def test_any_way_to_ask(
    mockrouter: MockRouter, httpserver: HTTPServer, lines: tuple[str, ...]
) -> None:
    """However a request is written, the mock reads it, with the headers that the client sent."""
    mockrouter.script("Hello.")
    mockrouter.serve_from(httpserver)
    raw = json.dumps(chat()).encode()
    filled = [line.format(len(raw)) for line in lines]
    body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(raw), raw) if "chunked" in lines[1] else raw
    connection = connected(httpserver.url_for(""), *filled, "X-Own: 1,2", body=body)

    got, _ = ending(connection)

    assert b"Hello." in got
    assert b"\r\nconnection: close\r\n" in got
    entry = mockrouter.last_request
    assert chat() == entry.body
    assert ("1,2", None) == (entry.headers["x-own"], entry.headers.get("connection"))
    assert entry.headers["host"] in {"here", "there"}


def test_a_client_that_leaves_has_left(mockrouter: MockRouter, httpserver: HTTPServer) -> None:
    """The journal says who ended it."""
    mockrouter.load_text(ENDLESS)
    mockrouter.serve_from(httpserver)
    connection = asked(httpserver.url_for(""), CHAT, chat(stream=True))
    assert connection.recv(8)
    connection.close()
    sent = None
    for _ in range(10_000):
        sent = sent or mockrouter.last_request.sent

    assert sent is not None
    assert sent.client_left


def test_strictness_is_the_same(httpserver: HTTPServer) -> None:
    """A request without an answer, and a turn that is left over, are mistakes."""
    with pytest.raises(AssertionError) as wrong, Server() as server:  # noqa: PT012 - its end raises
        server.script(CALL, when={"tools": "get_weather"})
        server.serve_from(httpserver)
        answer = httpx.post(httpserver.url_for(CHAT), json=chat(tools=...))
        assert 404 == answer.status_code

    assert "request 1 had no answer" in str(wrong.value)
    assert "turn 1 of 'script' was never asked for" in str(wrong.value)


def test_one_mock_at_a_time(httpserver: HTTPServer) -> None:
    """The latest is served, and served once however often it is asked to."""
    with Server() as server, server.namespace("one") as one, server.namespace("two") as two:
        for mock in (one, two, two):
            mock.serve_from(httpserver)
        httpx.post(httpserver.url_for(CHAT), json=chat())

        assert [0, 1] == [len(mock.requests) for mock in (one, two)]
        assert 1 == len(httpserver.handlers)


def test_tls_cannot_be_handed_over(mockrouter: MockRouter) -> None:
    """A server with TLS is refused, with what to do instead."""
    secure = HTTPServer(ssl_context=ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))

    with pytest.raises(ValueError, match=r"TLS.*base_url"):
        mockrouter.serve_from(secure)


def test_a_threaded_server_hands_over_too(
    mockrouter: MockRouter, caplog: pytest.LogCaptureFixture
) -> None:
    """Where werkzeug would keep connections alive, it does not mind that this one is gone."""
    mockrouter.script("Hello.")
    with HTTPServer(threaded=True) as httpserver, httpx.Client() as client:
        mockrouter.serve_from(httpserver)
        httpserver.expect_request("/own").respond_with_data("here")

        answer = client.post(httpserver.url_for(CHAT), json=chat())
        own = client.get(httpserver.url_for("/own"))

    httpserver.check()
    assert (200, "here") == (answer.status_code, own.text)
    assert [] == [each.message for each in caplog.records if each.levelno > logging.INFO]
