"""Streams that the ticker writes, on real sockets."""

from __future__ import annotations

import re
import socket
import struct
from itertools import pairwise

import pytest

from mockrouter.serving.protocols import Parser
from mockrouter.serving.server import HttpServer
from mockrouter.wire import Frame, Wire
from stage import Stage, asked, eventually, rest, until
from test_streaming import SSE, chunk


@pytest.mark.parametrize("http", ["h11", "httptools"])
def test_as_a_server_would_have_sent_it(http: Parser) -> None:
    """To HTTP/1.1 the bytes are those that the server writes for an app, which any client reads."""
    frames = tuple(Frame(b"data: %d\n\n" % number) for number in range(300))
    stage = Stage(Wire(200, SSE, (*frames, Frame(b""), Frame(b"e")), stream=True))

    with HttpServer(stage, http=http) as server, asked(server, close=True) as client:
        head, _, body = rest(client).partition(b"\r\n\r\n")

    assert b"transfer-encoding: chunked" in head.lower()
    assert b"".join(chunk(frame.data) for frame in frames) + b"1\r\ne\r\n0\r\n\r\n" == body


def test_an_older_client_is_served_by_the_server() -> None:
    """HTTP/1.0 has no chunks: h11 knows that, and is asked."""
    stage = Stage(Wire(200, SSE, tuple(Frame(b"%d" % n) for n in range(5)), stream=True))

    with (
        HttpServer(stage, http="h11") as server,
        socket.create_connection(("127.0.0.1", server.port), timeout=5) as client,
    ):
        client.sendall(b"GET / HTTP/1.0\r\n\r\n")
        head, _, body = rest(client).partition(b"\r\n\r\n")

    assert b"chunked" not in head.lower()
    assert b"01234" == body


def test_a_client_that_does_not_read_is_waited_for() -> None:
    """A long stream is not gathered in memory; the client has all of it when it reads again."""
    frames = tuple(Frame(b"%07d" % number * 10_000) for number in range(300))
    stage = Stage(Wire(200, SSE, frames, stream=True))

    with HttpServer(stage) as server, asked(server) as client:
        head = client.recv(10)
        eventually(lambda: stage.transports)
        held = [stage.transports[0].get_write_buffer_size() for _ in range(3)]
        assert not stage.sent
        body = head + until(client, b"\r\n0\r\n\r\n")
        eventually(lambda: stage.sent)

    assert max(held) < 150_000
    numbers = [int(found) for found in re.findall(rb"\r\n(\d{7})", body)]
    assert all(one <= other for one, other in pairwise(numbers))
    assert 299 == numbers[-1]
    assert (300, 21_000_000, True) == (
        stage.sent[0].frames,
        stage.sent[0].bytes,
        stage.sent[0].complete,
    )


def test_a_client_that_resets_has_not_got_it_all() -> None:
    """What the connection still held back when the client went is not told as sent."""
    stage = Stage(Wire(200, SSE, (Frame(b"x" * 30_000_000),), stream=True))

    with HttpServer(stage) as server:
        with asked(server) as client:
            until(client, b"x")
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        eventually(lambda: stage.sent)

    assert (False, True) == (stage.sent[0].complete, stage.sent[0].client_left)
