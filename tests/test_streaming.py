"""Streams that the ticker writes: each frame a chunk at its moment, and no other way of telling."""

from __future__ import annotations

import asyncio
import re
from array import array
from collections.abc import Sequence
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockrouter.serving.streaming import Streaming
from mockrouter.serving.ticker import Ticker, VirtualClock
from mockrouter.wire import Frame

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


class Slow(Taking):
    """A connection that takes nothing out of its hands before it is told to."""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Hold it back."""
        super().write(data)
        self.unsent += len(data)


def test_a_connection_that_takes_no_more_stops_it() -> None:
    """Neither between two frames nor in a burst is more written than it should hold back."""
    connection = Slow(Ticker(VirtualClock()))

    async def scene() -> list[int]:
        counts = []
        stream = streaming([Frame(b"x" * 30_000)] * 5, connection)
        while not stream.over:
            await stream.run()
            counts.append(len(connection.writes))
            assert stream.held_back is not stream.over
            connection.unsent = 0
        return counts

    assert [3, 5] == asyncio.run(scene())


def test_a_stream_that_was_stopped_keeps_its_pace() -> None:
    """What comes after a pause is not early either."""
    connection = Slow(Ticker(VirtualClock()))
    frames = [Frame(b"x" * 70_000, delay=1.0) for _ in range(4)]

    async def scene() -> None:
        stream = streaming(frames, connection)
        while not stream.over:
            await stream.run()
            connection.unsent = 0

    asyncio.run(scene())

    assert [1.0, 2.0, 3.0, 4.0] == [moment for moment, _ in connection.writes]


def test_catching_up_has_a_bound() -> None:
    """Of large frames that are late few go together, however late they are."""
    clock = Busy()
    connection = Taking(Ticker(clock))
    frames = [Frame(b"x" * 30_000, delay=1.0) for _ in range(7)]

    async def scene() -> None:
        running = streaming(frames, connection).run()
        clock.lose(100)
        await running

    asyncio.run(scene())

    assert [4, 3] == [data.count(b"7530\r\n") for _, data in connection.writes]


def test_a_connection_that_closes_in_a_burst_ends_it() -> None:
    """No frame is written to what was found closed by the write before."""

    class Closing(Taking):
        """Breaks when it is written to for the third time."""

        def write(self, data: bytes | bytearray | memoryview) -> None:
            """Break, in the end."""
            super().write(data)
            self.closed = len(self.writes) > 2

    connection = Closing(Ticker(VirtualClock()))

    async def scene() -> None:
        await streaming([Frame(b"x")] * 10, connection).run()

    asyncio.run(scene())

    assert 3 == len(connection.writes)


def test_a_long_stream_lets_others_have_their_turn() -> None:
    """What the loop has to do is done between its writes."""
    connection = Taking(Ticker(VirtualClock()))
    seen: list[int] = []

    async def scene() -> None:
        asyncio.get_running_loop().call_soon(lambda: seen.append(len(connection.writes)))
        await streaming([Frame(b"x")] * 1000, connection).run()

    asyncio.run(scene())

    assert [64] == seen


def test_a_frame_that_is_apart_is_apart_from_the_head() -> None:
    """Nothing is written in the turn in which the head was; who stops it then has it stopped."""
    connection = Taking(Ticker(VirtualClock()))

    async def scene() -> None:
        running = streaming([Frame(b"x")] * 3, connection, apart=True).run()
        assert [] == connection.writes
        running.set_result(None)
        await asyncio.sleep(0)

    asyncio.run(scene())

    assert [] == connection.writes


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
