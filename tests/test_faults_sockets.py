"""Faults below events on real sockets, whose every read is looked at, by both parsers."""

from __future__ import annotations

import errno
import gzip
import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from asgi import BUILTIN
from event_stream import data_of
from faulty import PLAIN, event, stream, struck
from mockrouter.engine.engine import Engine
from mockrouter.ids import HOLE
from mockrouter.scenario.library import Library, load_text
from mockrouter.serving.app import App
from mockrouter.serving.protocols import Parser
from mockrouter.serving.server import HttpServer
from mockrouter.serving.ticker import Ticker
from mockrouter.values import JsonObject
from mockrouter.wire import Wire
from stage import Stage, Stepped, asked, chunks, rest, until

PARSERS = pytest.mark.parametrize("http", ["h11", "httptools"])

CRLF = "{fault: sse, line_end: crlf}, "
TEXT = "Es sind 18° 🌤 heute."


def reads(wire: Wire, http: Parser) -> list[tuple[float, bytes]]:
    """Play a wire to a client that reads once after each wait; each read with its time."""
    clock, stage, found = Stepped(), Stage(wire), []
    stage.ticker = Ticker(clock)
    with HttpServer(stage, http=http) as server, asked(server) as client:
        until(client, b"\r\n\r\n")
        for _ in range(sum(bool(frame.delay) for frame in wire.frames)):
            clock.step()
            found.append((clock.now(), client.recv(65536)))
    return found


@PARSERS
@pytest.mark.parametrize(
    "written",
    [
        {"every": "1 byte"},
        {"inside": "emoji", "byte": 2},
        {"inside": "line"},
        {"after": "line_end"},
        {"at": [9, 30, -1]},
    ],
    ids=str,
)
def test_each_write_is_a_read(http: Parser, written: JsonObject) -> None:
    """What is written apart is read apart, when it is due, by a client that reads each time."""
    one = stream(event({"text": TEXT}, delay=1), event({"end": True}, delay=1))
    wire = struck(one, fault="writes", pause=1, **written)

    found = reads(wire, http)

    expected = [(number, frame.data) for number, frame in enumerate(wire.frames, 1)]
    assert expected == [(when, chunks(read.removesuffix(b"0\r\n\r\n"))[0]) for when, read in found]


@PARSERS
def test_each_piece_of_a_plain_body_is_a_read(http: Parser) -> None:
    """A body that has a length comes in pieces too."""
    body = Wire(200, (), (PLAIN.frames[0],))
    wire = struck(body, fault="drip", seconds=5, size="2 bytes")

    assert [(n, f.data) for n, f in enumerate(wire.frames, 1)] == reads(wire, http)


@contextmanager
def answered(
    faults: str, http: Parser, *, streamed: bool = True
) -> Iterator[tuple[socket.socket, Engine]]:
    """Ask a server for a scenario that says ``TEXT`` with these faults; a connection to it."""
    text = f"turns: [{{say: [{{text: '{TEXT}', cut: whole}}], faults: [{faults}]}}]"
    engine = Engine(Library((load_text(text, name="s"),), BUILTIN.named))
    body = json.dumps(
        {"model": "m", "messages": [{"role": "user", "content": "Hi"}], "stream": streamed}
    ).encode()
    head = b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n"
    with (
        HttpServer(App(engine, Ticker()), http=http) as server,
        socket.create_connection(("127.0.0.1", server.port), timeout=5) as client,
    ):
        client.sendall(head % len(body) + body)
        yield client, engine


def response(faults: str, http: Parser, *, streamed: bool = True) -> tuple[bytes, bytes]:
    """Read a whole response that the server ends by closing; its head and its body."""
    with answered(faults, http, streamed=streamed) as (client, _):
        head, _, body = rest(client).partition(b"\r\n\r\n")
    return head, body


@PARSERS
@pytest.mark.parametrize(
    ("faults", "end"),
    [
        ("{fault: writes, inside: emoji, byte: 2}", "🌤".encode()[:2]),
        ("{fault: writes, inside: {find: °}}", "18°".encode()[:-1]),
        (CRLF + "{fault: writes, nth: 3, inside: crlf, occurrence: 1}", b"}\r"),
        ("{fault: writes, nth: 2, inside: data_prefix}", b"dat"),
        ("{fault: writes, nth: 1, before: line_end, occurrence: -1}", b"}\n"),
    ],
)  # fmt: skip
def test_the_cut_is_where_it_says(http: Parser, faults: str, end: bytes) -> None:
    """One more chunk than events, and it ends at the very byte."""
    whole = response("{fault: disconnect, after: all}", http)[1]
    _, body = response(f"{faults}, {{fault: disconnect, after: all}}", http)

    events, cut = chunks(whole), chunks(body)
    assert len(events) + 1 == len(cut)
    assert any(each.endswith(end) for each in cut)
    said = [[json.loads(text) for text in data_of(b"".join(e))[:-1]] for e in (events, cut)]
    assert len(said[0]) == len(said[1])
    assert [e["choices"] for e in said[0]] == [e["choices"] for e in said[1]]


@PARSERS
@pytest.mark.parametrize("streamed", [True, False])
def test_what_is_compressed_has_its_ids(http: Parser, *, streamed: bool) -> None:
    """Ids are filled in before the body is compressed, a new one for each request."""
    _, body = response("{fault: encode}, {fault: disconnect, after: all}", http, streamed=streamed)

    read = gzip.decompress(b"".join(chunks(body)))
    assert HOLE not in read
    assert b'"id":"chatcmpl-' in read
    assert "18° 🌤".encode() in read


@PARSERS
@pytest.mark.parametrize("streamed", [True, False])
@pytest.mark.parametrize(("length", "lie"), [("too_long", 1), ("too_short", -1), ("7", -1)])
def test_lengths_that_lie(http: Parser, length: str, lie: int, *, streamed: bool) -> None:
    """The header says more or less than comes; all comes, and the connection is closed."""
    head, body = response(f"{{fault: content_length, length: {length}}}", http, streamed=streamed)

    (said,) = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")]
    assert b"transfer-encoding" not in head.lower()
    announced = int(said.split(b": ")[1])
    assert lie == (announced > len(body)) - (announced < len(body))
    assert "18° 🌤".encode() in body
    assert body.endswith(b"data: [DONE]\n\n" if streamed else b"}")


@PARSERS
def test_a_stream_may_have_its_true_length(http: Parser) -> None:
    """Then it is no chunks, and the connection can be used again."""
    with answered("{fault: content_length, length: exact}", http) as (client, _):
        head, _, body = until(client, b"data: [DONE]\n\n").partition(b"\r\n\r\n")
        client.settimeout(0.05)
        with pytest.raises(TimeoutError):
            client.recv(1)

    assert b"content-length: %d" % len(body) in head.lower()


@PARSERS
@pytest.mark.parametrize("when", ["before: headers", "after: 0", "after: 2", "after: all"])
@pytest.mark.parametrize("name", ["disconnect", "half_close", "reset"])
def test_the_connection_ends_when_it_should(http: Parser, name: str, when: str) -> None:
    """Before the headers, behind them, amid the events and after all, each in its way."""
    written = f"{{fault: {name}, {when}}}"
    read, reset = b"", None
    with answered(written, http) as (client, engine):
        try:
            while more := client.recv(65536):
                read += more
        except ConnectionResetError as error:
            reset = error.errno
        if name == "half_close":
            client.sendall(b"still here")
            client.sendall(b"and here")
            assert next(iter(engine.journal)).sent is None

    assert (errno.ECONNRESET if name == "reset" else None) == reset
    if name == "reset":
        return
    head, _, body = read.partition(b"\r\n\r\n")
    assert ("headers" not in when) == head.startswith(b"HTTP/1.1 200")
    assert {"0": 0, "2": 2, "all": 4, "headers": 0}[when.split()[1]] == len(chunks(body))


@PARSERS
def test_a_stall_is_kept_busy(http: Parser) -> None:
    """Comments go on for as long as the client stays."""
    with answered("{fault: stall, after: 1, keep_alive: 0.1}", http) as (client, _):
        began, read = time.monotonic(), b""
        while read.count(b": keep-alive\n\n") < 2:
            read += client.recv(65536)

    assert time.monotonic() - began >= 0.2
    assert b"finish_reason" in read
