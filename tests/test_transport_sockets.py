"""Wires on real sockets, read as bytes, by both parsers and both event loops."""

from __future__ import annotations

import asyncio
import errno
import logging
import re
import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import pytest
from starlette.types import Receive, Scope, Send

from mockrouter.serving.protocols import LOGGER, Parser
from mockrouter.serving.server import HttpServer
from mockrouter.serving.ticker import Ticker
from mockrouter.serving.transport import play
from mockrouter.wire import Ending, Frame, Sent, Wire
from stage import PLAIN, SSE, STREAM, Stage, Stepped, asked, eventually, rest, until


@pytest.fixture(params=["h11", "httptools", "httptools-uvloop"])
def http(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Parser:
    """Both parsers, as each writes responses in its own way, and both event loops, likewise."""
    parser, _, loop = request.param.partition("-")
    if loop:
        pytest.importorskip(loop)
    else:
        monkeypatch.setattr("mockrouter.serving.server._loop_factory", lambda: None)
    return "h11" if parser == "h11" else "httptools"


@pytest.fixture(autouse=True)
def _silence(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing that a scenario asks for may show in a log."""
    caplog.set_level(logging.DEBUG, LOGGER)
    yield
    noise = [r for r in caplog.records if r.levelno > logging.INFO]
    assert [] == noise


def test_one_chunk_for_each_frame(http: Parser) -> None:
    """A stream arrives with one chunk for each frame, and the connection can be used again."""
    with HttpServer(Stage(STREAM), http=http) as server, asked(server) as client:
        for _ in range(2):
            head, _, chunks = until(client, b"\r\n0\r\n\r\n").partition(b"\r\n\r\n")
            assert b"content-type: text/event-stream" in head.lower()
            assert b"".join(b"9\r\ndata: %d\n\n\r\n" % n for n in range(5)) in chunks
            client.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")


def test_each_frame_arrives_before_the_next_is_sent(http: Parser) -> None:
    """A frame is on its way at once: nothing is held back to be sent with the next."""
    frames = tuple(Frame(b"%d" % n, delay=1) for n in range(5))
    stage = Stage(Wire(200, SSE, frames, stream=True))
    clock = Stepped()
    stage.ticker = Ticker(clock)

    with HttpServer(stage, http=http) as server, asked(server) as client:
        until(client, b"\r\n\r\n")
        for number in range(4):
            clock.step()
            assert b"1\r\n%d\r\n" % number == until(client, b"%d\r\n" % number)[:6]


def test_bytes_are_the_same_by_both_parsers() -> None:
    """A plain reply does not depend on who reads the request."""
    replies = []
    for http in ("h11", "httptools"):
        with HttpServer(Stage(PLAIN), http=http) as server, asked(server) as client:
            replies.append(until(client, b"1}"))

    head = b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 8\r\n\r\n{"a": 1}'
    assert [head, head] == replies


def test_disconnect_leaves_the_body_unfinished(http: Parser) -> None:
    """After the last frame the connection is closed, without the chunk that ends a body."""
    stage = Stage(replace(STREAM, ending=Ending.DISCONNECT))

    with HttpServer(stage, http=http) as server:
        with asked(server) as client:
            reply = rest(client)
        eventually(lambda: stage.sent)

    assert reply.endswith(b"9\r\ndata: 4\n\n\r\n")
    assert (5, False, False) == (
        stage.sent[0].frames,
        stage.sent[0].complete,
        stage.sent[0].client_left,
    )


def test_reset_is_seen_as_reset(http: Parser) -> None:
    """The client reads what arrived before the reset, then its read fails."""
    stage = Stage(replace(STREAM, ending=Ending.RESET))

    with (
        HttpServer(stage, http=http) as server,
        asked(server) as client,
        pytest.raises(ConnectionResetError) as caught,
    ):
        until(client, b"never")

    assert errno.ECONNRESET == caught.value.errno


@pytest.mark.parametrize("ending", [Ending.COMPLETE, Ending.DISCONNECT, Ending.RESET])
def test_not_even_a_status_line(http: Parser, ending: Ending) -> None:
    """A connection may end before a single byte of the response."""
    stage = Stage(replace(STREAM, headers_sent=False, ending=ending))

    with HttpServer(stage, http=http) as server, asked(server) as client:
        if ending is Ending.RESET:
            with pytest.raises(ConnectionResetError):
                client.recv(1)
        else:
            assert b"" == client.recv(1)


@pytest.mark.parametrize("ending", [Ending.DISCONNECT, Ending.RESET, Ending.STALL])
def test_a_plain_body_without_a_length_is_never_whole(http: Parser, ending: Ending) -> None:
    """A plain body that ends early is sent in chunks, so that no client takes it for whole."""
    with (
        HttpServer(Stage(replace(PLAIN, ending=ending)), http=http) as server,
        asked(server) as client,
    ):
        reply = until(client, b'8\r\n{"a": 1}\r\n')

    assert b"content-length" not in reply


@pytest.mark.parametrize("ending", [Ending.COMPLETE, Ending.DISCONNECT])
@pytest.mark.parametrize("length", [b"100", b"3", b"many"])
def test_a_length_that_lies(http: Parser, ending: Ending, length: bytes) -> None:
    """The length is announced as written, all bytes are sent, and the connection is closed."""
    wire = replace(PLAIN, headers=((b"content-length", length),), ending=ending)

    with HttpServer(Stage(wire), http=http) as server, asked(server) as client:
        reply = rest(client)

    assert b'HTTP/1.1 200 OK\r\ncontent-length: %b\r\n\r\n{"a": 1}' % length == reply


def test_a_stall_ends_with_the_server(http: Parser) -> None:
    """Nothing more comes, nothing is closed, until the server's grace is over."""
    stage = Stage(replace(STREAM, ending=Ending.STALL))

    with HttpServer(stage, http=http, grace=0.2) as server, asked(server) as client:
        until(client, b"data: 4\n\n\r\n")
        client.settimeout(0.1)
        with pytest.raises(TimeoutError):
            client.recv(1)
        client.settimeout(5)
        before = time.monotonic()
        server.__exit__(None, None, None)
        assert b"" == client.recv(1)

    assert time.monotonic() - before < 1
    assert (False, False) == (stage.sent[0].complete, stage.sent[0].client_left)


def test_a_thousand_clients_that_leave(http: Parser) -> None:
    """Clients that leave in mid-stream, closing or resetting, leave nothing behind."""
    stage = Stage(Wire(200, SSE, (Frame(b"x"), Frame(b"y", delay=3600)), stream=True))
    tasks: list[int] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "HEAD":
            tasks.append(len(asyncio.all_tasks()))
            await play(PLAIN, scope, receive, send, stage.ticker)
        else:
            await stage(scope, receive, send)

    with HttpServer(app, http=http) as server:
        idle = _tasks(server, tasks)
        for left in range(100, 1001, 100):
            clients = [_reader(server) for _ in range(100)]
            for number, client in enumerate(clients):
                if number % 2:
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                client.close()
            eventually(partial(_reached, stage.sent, left))
        assert idle == _tasks(server, tasks)

    assert all(sent.client_left and sent.frames == 1 for sent in stage.sent)
    assert all(transport.is_closing() for transport in stage.transports)
    assert len(stage.ticker) < 300


def _reached(kept: list[Sent], count: int) -> bool:
    return count == len(kept)


def _reader(server: HttpServer) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", server.port), timeout=5)
    client.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
    until(client, b"1\r\nx\r\n")
    return client


def _tasks(server: HttpServer, counts: list[int]) -> int:
    with asked(server, "HEAD") as client:
        until(client, b"\r\n\r\n")
    return counts[-1]


def test_a_short_wait_notices_too(http: Parser) -> None:
    """Between frames that follow each other quickly a client's leaving is noticed as well."""
    frames = tuple(Frame(b"x", delay=0.01) for _ in range(10_000))
    stage = Stage(Wire(200, SSE, frames, stream=True))

    with HttpServer(stage, http=http) as server:
        _reader(server).close()
        eventually(lambda: stage.sent)

    assert stage.sent[0].client_left
    assert stage.sent[0].frames < 100


def test_keep_alive_clients_do_not_wait(http: Parser) -> None:
    """Small writes are not held back until the client acknowledges: TCP_NODELAY is on."""
    stage = Stage(PLAIN)

    with HttpServer(stage, http=http) as server, asked(server) as client:
        until(client, b"1}")
        connection = stage.transports[0].get_extra_info("socket")
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_status_lines_beyond_http(http: Parser) -> None:
    """Any three digits can be a status."""
    with (
        HttpServer(Stage(replace(PLAIN, status=799)), http=http) as server,
        asked(server) as client,
    ):
        reply = rest(client)

    assert re.match(rb"HTTP/1.1 799 \r\n", reply)


@pytest.mark.parametrize("wire", [PLAIN, STREAM], ids=["plain", "stream"])
def test_half_a_connection_still_listens(http: Parser, wire: Wire) -> None:
    """The client reads an end, may go on sending, and the server closes only after it has."""
    stage = Stage(replace(wire, ending=Ending.HALF_CLOSE))

    with HttpServer(stage, http=http) as server:
        with asked(server) as client:
            reply = rest(client)
            for _ in range(3):
                client.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
                assert b"" == client.recv(1)
            assert [] == stage.sent
        eventually(lambda: stage.sent)

    assert b"transfer-encoding: chunked" in reply.lower()
    assert not reply.endswith(b"0\r\n\r\n")
    assert (len(wire.body), False) == (stage.sent[0].bytes, stage.sent[0].complete)


@pytest.mark.parametrize(
    ("wire", "end"), [(PLAIN, b'{"a": 1}'), (STREAM, b"\r\n0\r\n\r\n")], ids=["plain", "stream"]
)
def test_a_whole_response_on_a_connection_kept_open(http: Parser, wire: Wire, end: bytes) -> None:
    """The response is whole, but nothing is closed, though asked for, and nothing else answered."""
    stage = Stage(replace(wire, ending=Ending.KEEP_OPEN))

    with HttpServer(stage, http=http) as server:
        with asked(server, close=True) as client:
            until(client, end)
            client.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
            client.settimeout(0.1)
            with pytest.raises(TimeoutError):
                client.recv(1)
        eventually(lambda: stage.sent)

    assert (len(wire.body), True) == (stage.sent[0].bytes, stage.sent[0].complete)


@pytest.mark.parametrize("length", [None, b"9"])
def test_a_pulse_goes_beyond_any_length(http: Parser, length: bytes | None) -> None:
    """A plain body is kept waiting in chunks, or past the length that it announced."""
    headers = () if length is None else ((b"content-length", length),)
    wire = replace(PLAIN, headers=headers, ending=Ending.STALL, pulse=Frame(b" ", delay=0.01))

    with HttpServer(Stage(wire), http=http) as server, asked(server) as client:
        end = b"1\r\n \r\n" * 3 if length is None else b"   "
        read = b""
        while end not in read:
            read += client.recv(65536)
