"""Connections that pytest-httpserver hands over: each byte, and each end, is the mock's."""

from __future__ import annotations

import json
from typing import Final

import httpx
import openai
import pytest
from httpx2 import RemoteProtocolError
from openai import OpenAI
from openai.types.chat import ChatCompletionToolParam
from pytest_httpserver import HTTPServer

from mockrouter import MockRouter, Server
from raw_http import asked, connected, ending
from scripts import chat

CHAT: Final = "/v1/chat/completions"


TOOLS: Final[list[ChatCompletionToolParam]] = [
    {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object"}}}
]


ENDLESS: Final = """
turns:
  - say: [{text: Here.}]
    faults: [{fault: stall, label: text, after: 1}]
"""


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
