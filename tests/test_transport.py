"""Wires in process, under a virtual clock; then on real sockets, read as bytes, by both parsers."""

from __future__ import annotations

import asyncio
import errno
import logging
import re
import socket
import struct
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message, Receive, Scope, Send

from mockrouter.engine.framing import framed
from mockrouter.serving.connection import CONNECTION, Connection
from mockrouter.serving.protocols import LOGGER, Parser
from mockrouter.serving.server import HttpServer
from mockrouter.serving.ticker import Ticker, VirtualClock
from mockrouter.serving.transport import ConnectionCut, play
from mockrouter.wire import Ending, Frame, Label, Sent, Wire
from stage import Stage, Stepped, asked, eventually, rest, until

SSE = ((b"content-type", b"text/event-stream"),)
PLAIN = Wire(200, ((b"content-type", b"application/json"),), (Frame(b'{"a": '), Frame(b"1}")))
STREAM = Wire(200, SSE, tuple(Frame(b"data: %d\n\n" % n) for n in range(5)), stream=True)

FRAMES = st.lists(
    st.builds(Frame, st.binary(max_size=9), delay=st.floats(min_value=0, max_value=600))
)


def in_process(
    wire: Wire, *, method: str = "GET", leaves: float | None = None
) -> tuple[Sent, list[tuple[float, Message]]]:
    """Play to nobody; what was sent and when. The client may leave at a moment."""
    sent: list[tuple[float, Message]] = []
    ticker = Ticker(VirtualClock())

    async def receive() -> Message:
        await ticker.until(float("inf") if leaves is None else leaves)
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append((ticker.now(), message))

    async def scene() -> Sent:
        done = await play(wire, {"type": "http", "method": method}, receive, send, ticker)
        await asyncio.sleep(0)
        assert {asyncio.current_task()} == asyncio.all_tasks()
        return done

    return asyncio.run(scene()), sent


def body(text: bytes, *, more: bool) -> Message:
    """One body event."""
    return {"type": "http.response.body", "body": text, "more_body": more}


@given(FRAMES, st.floats(min_value=0, max_value=600))
def test_each_frame_is_one_write_at_its_moment(frames: list[Frame], delay: float) -> None:
    """Frames are sent as they are, one write for each, when the delays before them add up."""
    wire = Wire(200, SSE, tuple(frames), delay=delay, stream=True)

    done, sent = in_process(wire)

    due = list(accumulate((frame.delay for frame in frames), initial=delay))
    start = {"type": "http.response.start", "status": 200, "headers": SSE}
    expected = [start, *(body(f.data, more=True) for f in frames), body(b"", more=False)]
    assert expected == [message for _, message in sent]
    assert [delay, *due[1:], due[-1]] == [when for when, _ in sent]
    assert due[1:] == list(done.times)
    assert (len(frames), len(wire.body), True) == (done.frames, done.bytes, done.complete)


def test_a_plain_body_is_one_write() -> None:
    """A body that is no stream has its length counted and goes out in one piece."""
    done, sent = in_process(replace(PLAIN, delay=2))

    start, whole = sent
    assert (*PLAIN.headers, (b"content-length", b"8")) == start[1]["headers"]
    assert (2, body(b'{"a": 1}', more=False)) == whole
    assert (1, 8, True) == (done.frames, done.bytes, done.complete)


def test_a_plain_body_waits_for_its_frames() -> None:
    """Frames with a delay split a plain body into writes, under the length of the whole."""
    frames = (Frame(b"a"), Frame(b"b"), Frame(b"c", delay=3), Frame(b"d"))

    _, sent = in_process(Wire(200, (), frames))

    assert ((b"content-length", b"4"),) == sent[0][1]["headers"]
    assert [(0, body(b"ab", more=True)), (3, body(b"cd", more=False))] == sent[1:]


@pytest.mark.parametrize(
    ("wire", "method", "headers"),
    [
        (PLAIN, "HEAD", (*PLAIN.headers, (b"content-length", b"8"))),
        (STREAM, "HEAD", SSE),
        (Wire(204, (), (Frame(b"x"),)), "GET", ()),
        (Wire(304, (), ()), "GET", ()),
    ],
)
def test_no_body_where_http_has_none(
    wire: Wire, method: str, headers: Sequence[tuple[bytes, bytes]]
) -> None:
    """HEAD requests, 204 and 304 are answered by headers alone."""
    done, sent = in_process(wire, method=method)

    assert headers == sent[0][1]["headers"]
    assert [body(b"", more=False)] == [message for _, message in sent[1:]]
    assert (0, True) == (done.frames, done.complete)


@pytest.mark.parametrize("status", [100, 199, 204, 304])
def test_no_length_where_http_has_no_body(status: int) -> None:
    """Whoever writes it, nothing is announced that never comes."""
    plan = framed(Wire(status, (), (Frame(b"x"),)))

    assert ((), ()) == (plan.headers, plan.frames)


@pytest.mark.parametrize(("leaves", "frames"), [(1, 0), (3605, 1), (7200.5, 2)])
def test_stops_when_the_client_leaves(leaves: float, frames: int) -> None:
    """However long the wait, it ends when the client leaves it, and nothing more is sent."""
    hourly = tuple(Frame(b"x", delay=3600) for _ in range(9))

    done, _ = in_process(Wire(200, SSE, hourly, stream=True), leaves=leaves)

    assert (frames, leaves, True, False) == (
        done.frames,
        done.ended,
        done.client_left,
        done.complete,
    )


def test_a_stall_lasts_until_the_client_leaves() -> None:
    """A stall is no end: the mock waits as long as the client does."""
    done, sent = in_process(replace(STREAM, ending=Ending.STALL), leaves=86400)

    assert (5, 86400, True) == (done.frames, done.ended, done.client_left)
    assert all(message.get("more_body", True) for _, message in sent)


@pytest.mark.parametrize("ending", [Ending.DISCONNECT, Ending.RESET, Ending.HALF_CLOSE])
def test_in_process_there_is_nothing_to_cut(ending: Ending) -> None:
    """An in-process client gets an exception, never half a response that looks whole."""
    with pytest.raises(ConnectionCut, match=ending.value):
        in_process(replace(STREAM, ending=ending))


@pytest.mark.parametrize("stream", [True, False])
def test_frames_that_are_apart(monkeypatch: pytest.MonkeyPatch, *, stream: bool) -> None:
    """The loop turns between them, so that one that gathers writes hands each over by itself."""
    turns: list[int] = []
    written: list[tuple[int, bytes]] = []

    async def receive() -> Message:
        raise AssertionError

    async def send(message: Message) -> None:
        asyncio.get_running_loop().call_soon(turns.append, 1)
        written.append((len(turns), message.get("body", b"")))

    frames = tuple(Frame(b"%d" % n) for n in range(200))
    wire = Wire(200, (), frames, stream=stream, apart=True)
    scope = {
        "type": "http",
        "method": "GET",
        "extensions": {CONNECTION: Connection(asyncio.Transport())},
    }
    monkeypatch.setattr(asyncio.Transport, "is_closing", lambda _: False)
    asyncio.run(play(wire, scope, receive, send, Ticker()))

    bodies = [frame.data for frame in frames]
    assert list(enumerate([b"", *bodies])) == written[:201]


# On sockets


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
    assert not stage.sent[0].complete


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


@pytest.mark.parametrize("wire", [PLAIN, STREAM], ids=["plain", "stream"])
def test_in_process_a_connection_kept_open_is_a_whole_response(wire: Wire) -> None:
    """Where there is no connection there is nothing to keep open."""
    kept, sent = in_process(replace(wire, ending=Ending.KEEP_OPEN))

    assert kept.complete
    assert wire.body == b"".join(message.get("body", b"") for _, message in sent)
    assert [False] == [m["more_body"] for _, m in sent if not m.get("more_body", True)]


def test_a_stall_with_a_pulse() -> None:
    """A stalled connection is kept busy, for as long as the client stays."""
    pulse = Frame(b": ping\n\n", Label.COMMENT, delay=15)

    done, sent = in_process(replace(STREAM, ending=Ending.STALL, pulse=pulse), leaves=50)

    pulses = [(15, pulse.data), (30, pulse.data), (45, pulse.data)]
    assert pulses == [(when, message["body"]) for when, message in sent[-3:]]
    assert (8, len(STREAM.body) + 3 * 8, True) == (done.frames, done.bytes, done.client_left)


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
