"""Faults of writes and of endings."""

from __future__ import annotations

import json

import pytest

from event_stream import data_of
from faulty import PLAIN, STREAM, datas, event, seconds, stream, struck
from mockrouter.faults.writes import PAUSE
from mockrouter.values import Json, JsonObject
from mockrouter.wire import Ending, Frame, Label, Wire

# Writes


def pieces(wire: Wire, /, **written: Json) -> list[bytes]:
    """List what is written in the place of a wire's frames."""
    return datas(struck(wire, fault="writes", **written))


def test_the_body_in_writes_of_one_size() -> None:
    """All but the last have it, across the bounds of events."""
    written = pieces(STREAM, every="7 bytes")

    assert {7} == {len(each) for each in written[:-1]}
    assert 0 < len(written[-1]) <= 7


@pytest.mark.parametrize(
    ("written", "end"),
    [
        ({"inside": "emoji"}, "🌤".encode()[:1]),
        ({"inside": "emoji", "byte": 2}, "🌤".encode()[:2]),
        ({"inside": "emoji", "byte": -1}, "🌤".encode()[:3]),
        ({"inside": "character", "occurrence": 1}, "Zü".encode()[:2]),
        ({"inside": "escape", "occurrence": 1}, b"\\"),
        ({"inside": "escape", "occurrence": "last"}, "🌤\\".encode()),
    ],
)
def test_characters_are_cut_in_two(written: JsonObject, end: bytes) -> None:
    """One piece ends inside of the character, behind as many of its bytes as asked for."""
    two = [frame for frame in struck(fault="writes", **written).frames if frame.label == "text"]

    assert [False, True] == [frame.part for frame in two]
    assert two[0].data.endswith(end)
    assert STREAM.frames[2].data == b"".join(frame.data for frame in two)


def test_between_cr_and_lf_of_event_three() -> None:
    """The end of one line of one event is divided."""
    crlf = struck(fault="sse", line_end="crlf")

    cut = pieces(crlf, inside="crlf", nth=3, occurrence=1)

    whole = datas(crlf)
    assert [*whole[:3], whole[3][:-3], whole[3][-3:], *whole[4:]] == cut
    assert cut[3].endswith(b"}\r")
    assert b"\n\r\n" == cut[4]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"at": 3}, [b"dat", b"a: 1\n\n", b"data: 22\n\n"]),
        ({"at": [3, 10]}, [b"dat", b"a: 1\n\n", b"d", b"ata: 22\n\n"]),
        ({"at": [-1]}, [b"data: 1\n\n", b"data: 22\n", b"\n"]),
        ({"at": 3, "nth": 2}, [b"data: 1\n\n", b"dat", b"a: 22\n\n"]),
        ({"at": 3, "nth": "all"}, [b"dat", b"a: 1\n\n", b"dat", b"a: 22\n\n"]),
        ({"together": True}, [b"data: 1\n\ndata: 22\n\n"]),
        ({"together": True, "at": 3}, [b"dat", b"a: 1\n\ndata: 22\n\n"]),
        ({"every": 10}, [b"data: 1\n\nd", b"ata: 22\n\n"]),
        ({"every": 5, "nth": 2}, [b"data: 1\n\n", b"data:", b" 22\n\n"]),
        ({"inside": "data_prefix", "nth": 1}, [b"dat", b"a: 1\n\n", b"data: 22\n\n"]),
        ({"inside": "data", "nth": 2}, [b"data: 1\n\n", b"data: 2", b"2\n\n"]),
        ({"inside": {"find": "22"}}, [b"data: 1\n\n", b"data: 2", b"2\n\n"]),
        ({"before": "line_end", "nth": 1}, [b"data: 1", b"\n", b"\n", b"data: 22\n\n"]),
        ({"after": "line_end", "nth": 1}, [b"data: 1\n", b"\n", b"data: 22\n\n"]),
        ({"inside": "line", "byte": -1, "nth": 2}, [b"data: 1\n\n", b"data: 2", b"2\n\n"]),
    ],
)
def test_writes_end_where_they_are_asked_to(written: JsonObject, expected: list[bytes]) -> None:
    """Cuts are in the body, or in each event that is aimed at."""
    assert expected == pieces(stream(event(1), event(22)), **written)


def test_groups_of_events_come_together() -> None:
    """So many in each write, and each waits for all that it brings."""
    wire = stream(*(event(number, delay=1) for number in range(5)))

    pairs = struck(wire, fault="writes", together=2)

    assert [2, 2, 1] == [len(data_of(each)) for each in datas(pairs)]
    assert [2, 2, 1] == [frame.delay for frame in pairs.frames]


def test_a_burst_waits_for_all() -> None:
    """What a proxy gathers comes as late as the last of it, and a silence before the end stays."""
    late = struck(fault="stall", after="all", seconds=9)

    burst = struck(late, fault="writes", together=True)

    assert [STREAM.body, b""] == datas(burst)
    assert [0.5, 9] == [frame.delay for frame in burst.frames]


def test_a_plain_body_is_cut_too() -> None:
    """Its pieces are writes of their own."""
    cut = struck(PLAIN, fault="writes", inside="character")

    assert [b'{"a":"\xc2', b'\xb0"}'] == datas(cut)
    assert cut.apart


@pytest.mark.parametrize(
    ("written", "pause"),
    [
        ({"every": 3}, 0.0),
        ({"at": 3}, PAUSE),
        ({"at": 3, "pause": 2}, 2),
        ({"every": 3, "pause": 1}, 1),
    ],
)
def test_pieces_of_an_event_are_apart(written: JsonObject, pause: float) -> None:
    """A cut that is aimed at leaves the client time to read; the first piece has the event's."""
    cut = struck(stream(event(1, delay=4)), fault="writes", **written)

    assert [4, *[pause] * (len(cut.frames) - 1)] == [frame.delay for frame in cut.frames]


def test_connection_faults_count_events_and_not_pieces() -> None:
    """A disconnect behind the second event comes behind its last piece."""
    cut = struck(fault="writes", every=4, label=["start", "text"])

    for after, number in ((1, 2), (2, 3)):
        ended = struck(cut, fault="disconnect", after=after)
        assert b"".join(datas(STREAM)[:number]) == ended.body


def test_a_drip_takes_its_time() -> None:
    """All pieces are small and evenly spread; or they come at a rate."""
    over = struck(fault="drip", seconds=10, size="5 bytes")
    rate = struck(fault="drip", rate=50, size=5)

    assert (STREAM.body, STREAM.body) == (over.body, rate.body)
    assert max(map(len, datas(over))) == 5
    assert pytest.approx(10.5) == seconds(over)
    assert pytest.approx(0.5 + len(STREAM.body) / 50) == seconds(rate)


# Endings


def test_a_stall_with_comments() -> None:
    """Silence that ends is filled; silence for ever has a pulse."""
    bounded = struck(fault="stall", label="text", seconds=10, keep_alive=4, comment="wait")
    endless = struck(fault="stall", label="text", keep_alive=4)

    assert [(b": wait\n\n", 4)] * 2 == [(f.data, f.delay) for f in bounded.frames[3:5]]
    assert (2, STREAM.frames[3].data) == (bounded.frames[5].delay, bounded.frames[5].data)
    assert Frame(b": keep-alive\n\n", Label.COMMENT, 4) == endless.pulse
    assert (Ending.STALL, STREAM.frames[:3]) == (endless.ending, endless.frames)


def test_a_plain_body_is_kept_waiting_by_blanks() -> None:
    """Before JSON there may be blanks; once it has begun, nothing can be put in."""
    before = struck(PLAIN, fault="stall", after=0, seconds=10, keep_alive=4)
    amid = struck(PLAIN, fault="stall", seconds=10, keep_alive=4)
    endless = struck(PLAIN, fault="stall", after=0, keep_alive=4)

    assert {"a": "°"} == json.loads(before.body)
    assert [b" ", b" ", PLAIN.body] == datas(before)
    assert PLAIN.body == amid.body
    assert Frame(b" ", Label.COMMENT, 4) == endless.pulse
    assert PLAIN.headers == endless.headers


@pytest.mark.parametrize("wire", [STREAM, PLAIN])
@pytest.mark.parametrize("name", ["disconnect", "reset", "half_close", "stall"])
def test_nothing_but_the_end_is_missing(name: str, wire: Wire) -> None:
    """All bytes are out, and no length gives the end away."""
    ended = struck(wire, fault=name, after="all")

    assert (wire.frames, wire.headers) == (ended.frames, ended.headers)
    assert name == ended.ending


def test_the_end_of_a_plain_body_can_be_late() -> None:
    """It is sent in chunks, so that the client waits for the last."""
    late = struck(PLAIN, fault="stall", after="all", seconds=5)

    assert late.stream
    assert [0, 5] == [frame.delay for frame in late.frames]


@pytest.mark.parametrize(
    ("length", "said"),
    [("too_long", b"21"), ("too_short", b"5"), ("exact", b"10"), (3, b"3"), ("absent", None)],
)
@pytest.mark.parametrize("before", [(), ((b"content-length", b"7"),)])
def test_what_length_is_announced(
    before: tuple[tuple[bytes, bytes], ...], length: Json, said: bytes | None
) -> None:
    """There is one length, or none and chunks."""
    wire = Wire(200, before, PLAIN.frames)

    told = struck(wire, fault="content_length", length=length)

    assert ([said] if said else []) == [value for _, value in told.headers]
    assert (said is None) == told.stream
