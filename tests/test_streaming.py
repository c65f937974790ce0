"""Streams that the ticker writes: each frame a chunk at its moment, and no other way of telling."""

from __future__ import annotations

import asyncio
import re
import socket
from array import array
from collections.abc import Sequence
from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockrouter.serving.protocols import Parser
from mockrouter.serving.server import HttpServer
from mockrouter.serving.streaming import Streaming
from mockrouter.serving.ticker import Ticker, VirtualClock
from mockrouter.wire import Frame, Wire
from stage import Stage, asked, eventually, rest, until

SSE = ((b"content-type", b"text/event-stream"),)
DATA = st.binary(max_size=9)
DELAYS = st.sampled_from([0.0, 0.5, 600.0])
FRAMES = st.lists(st.builds(Frame, DATA, delay=DELAYS), min_size=1, max_size=150)
SECOND = [Frame(b"%d" % number, delay=1.0) for number in range(6)]


class Taking(asyncio.Transport):
    """
    A connection that notes what is written to it, and when.

    Attributes:
        writes: Turn of the loop, moment and bytes.

        unsent: Bytes that it holds back from now on, as it says.
    """

    def __init__(self, ticker: Ticker) -> None:
        """Write nowhere."""
        super().__init__()
        self.ticker = ticker
        self.writes: list[tuple[float, bytes]] = []
        self.unsent = 0
        self.closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Note it."""
        self.writes.append((self.ticker.now(), bytes(data)))

    def is_closing(self) -> bool:
        """Tell whether it is closed."""
        return self.closed

    def get_write_buffer_size(self) -> int:
        """Say what is held back."""
        return self.unsent


def streaming(
    frames: Sequence[Frame], connection: Taking, *, scale: float = 1.0, apart: bool = False
) -> Streaming:
    """Be ready to stream *frames* from now on."""
    ticker = connection.ticker
    began, times = ticker.now(), array("d")
    return Streaming(
        frames, connection, ticker, nonce=b"", scale=scale, began=began, apart=apart, times=times
    )


def chunk(data: bytes) -> bytes:
    """Write a chunk as HTTP has it; there is no empty one within a body."""
    return b"%x\r\n%b\r\n" % (len(data), data) if data else b""


@given(FRAMES, st.booleans(), st.sampled_from([0.0, 0.1, 1.0]))
def test_each_frame_is_one_write_at_its_moment(
    frames: list[Frame],
    apart: bool,  # noqa: FBT001 - drawn
    scale: float,
) -> None:
    """A stream that keeps its pace is one write for each frame, when the delays add up to it."""
    connection = Taking(Ticker(VirtualClock(passes=1)))

    async def scene() -> None:
        stream = streaming(frames, connection, scale=scale, apart=apart)
        await stream.run()
        assert stream.over

    asyncio.run(scene())

    due = accumulate(frame.delay * scale for frame in frames)
    assert [(when, chunk(f.data)) for when, f in zip(due, frames, strict=True)] == connection.writes


def test_frames_that_are_apart_have_a_turn_of_the_loop_each() -> None:
    """A loop that gathers what is written in one turn still hands them over one by one."""
    turns: list[int] = []

    class Counting(Taking):
        """Notes the turn of each write."""

        def write(self, data: bytes | bytearray | memoryview) -> None:
            """Note it, and have the next turn counted."""
            super().write(data)
            noted.append(len(turns))
            asyncio.get_running_loop().call_soon(turns.append, 1)

    noted: list[int] = []
    connection = Counting(Ticker(VirtualClock()))
    frames = [Frame(b"x")] * 200

    async def scene() -> None:
        await streaming(frames, connection, apart=True).run()

    asyncio.run(scene())

    assert [*range(200)] == noted


class Busy(VirtualClock):
    """A clock of a machine that may be busy with something else."""

    def lose(self, seconds: float) -> None:
        """Let time pass in which nobody could do anything."""
        self._now += seconds


@pytest.mark.parametrize(
    ("apart", "written"),
    [
        (False, [(1.0, b"0"), (3.5, b"12"), (4.0, b"3"), (5.0, b"4"), (6.0, b"5")]),
        (True, [(1.0, b"0"), (3.5, b"1"), (3.5, b"2"), (4.0, b"3"), (5.0, b"4"), (6.0, b"5")]),
    ],
)
def test_a_stream_that_is_behind_catches_up_in_one_write(
    written: list[tuple[float, bytes]], *, apart: bool
) -> None:
    """Frames that are all late go together, if they may; those that follow are on time again."""
    clock = Busy()
    connection = Taking(Ticker(clock))

    async def busy() -> None:
        await connection.ticker.until(1.5)
        clock.lose(2)

    async def scene() -> None:
        await asyncio.gather(streaming(SECOND, connection, apart=apart).run(), busy())

    asyncio.run(scene())

    said = [
        (when, b"".join(re.findall(rb"1\r\n(.)\r\n", data))) for when, data in connection.writes
    ]
    assert written == said


def test_a_connection_that_takes_no_more_stops_it() -> None:
    """What is not taken is not written either, until somebody who can wait has sent a frame."""
    connection = Taking(Ticker(VirtualClock()))

    async def scene() -> None:
        stream = streaming([Frame(b"%d" % n) for n in range(4)], connection)
        connection.unsent = 100_000
        await stream.run()
        assert not stream.over
        assert b"0" == stream.take()
        connection.unsent = 0
        await stream.run()
        assert stream.over

    asyncio.run(scene())

    assert [chunk(b"1"), chunk(b"2"), chunk(b"3")] == [data for _, data in connection.writes]


def test_nothing_is_written_to_a_client_that_left() -> None:
    """A connection that is closed between two frames ends the stream."""
    connection = Taking(Ticker(VirtualClock()))

    async def leaving() -> None:
        await connection.ticker.until(2.5)
        connection.closed = True

    async def scene() -> None:
        stream = streaming(SECOND, connection)
        await asyncio.gather(stream.run(), leaving())
        assert not stream.over

    asyncio.run(scene())

    assert [1.0, 2.0] == [moment for moment, _ in connection.writes]


@pytest.mark.parametrize("how", ["cancel", "result"])
def test_who_waits_can_stop_it(how: str) -> None:
    """As when the server ends, or hears that the client has left."""
    connection = Taking(Ticker(VirtualClock()))

    async def scene() -> None:
        running = streaming(SECOND, connection).run()
        await connection.ticker.until(2.5)
        if how == "cancel":
            running.cancel()
        else:
            running.set_result(None)
        await connection.ticker.until(10)

    asyncio.run(scene())

    assert [1.0, 2.0] == [moment for moment, _ in connection.writes]


def test_a_connection_that_fails_is_its_own_streams_mistake() -> None:
    """Whoever waits for that stream is told; the others on the same ticker go on."""

    class Broken(Taking):
        """Cannot be written to."""

        def write(self, data: bytes | bytearray | memoryview) -> None:
            """Fail."""
            raise OSError(data)

    ticker = Ticker(VirtualClock())
    sound = Taking(ticker)

    async def scene() -> Sequence[object]:
        both = streaming(SECOND, Broken(ticker)).run(), streaming(SECOND, sound).run()
        return await asyncio.gather(*both, return_exceptions=True)

    broken, whole = asyncio.run(scene())

    assert isinstance(broken, OSError)
    assert whole is None
    assert 6 == len(sound.writes)


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
    frames = tuple(Frame(b"%07d" % number * 1000) for number in range(3000))
    stage = Stage(Wire(200, SSE, frames, stream=True))

    with HttpServer(stage) as server, asked(server) as client:
        until(client, b"\r\n\r\n"[-1:])
        eventually(lambda: stage.transports)
        held = [stage.transports[0].get_write_buffer_size() for _ in range(3)]
        assert not stage.sent
        body = until(client, b"\r\n0\r\n\r\n")
        eventually(lambda: stage.sent)

    assert max(held) < 1_000_000
    numbers = [int(found) for found in re.findall(rb"\r\n(\d{7})", body)]
    assert all(one <= other for one, other in pairwise(numbers))
    assert 2999 == numbers[-1]
    assert (3000, 21_000_000, True) == (
        stage.sent[0].frames,
        stage.sent[0].bytes,
        stage.sent[0].complete,
    )
