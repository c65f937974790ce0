"""Wires in process, under a virtual clock."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message

from mockrouter.engine.framing import framed
from mockrouter.serving.connection import CONNECTION, Connection
from mockrouter.serving.ticker import Ticker, VirtualClock
from mockrouter.serving.transport import ConnectionCut, play
from mockrouter.wire import Ending, Frame, Label, Sent, Wire
from stage import PLAIN, SSE, STREAM

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
