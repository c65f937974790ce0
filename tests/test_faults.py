"""Faults: what each does to a wire, and what it says where it can do nothing."""

from __future__ import annotations

from random import Random

import pytest
from pydantic import ValidationError

from faulty import ADAPTER
from mockrouter.errors import FaultError
from mockrouter.faults import Fault
from mockrouter.values import JsonObject
from mockrouter.wire import Ending, Frame, Label, Wire

STREAM = Wire(
    200,
    ((b"content-type", b"text/event-stream"),),
    (
        Frame(b"<go>", Label.START),
        Frame(b"<ping>", Label.COMMENT),
        Frame(b"<a0>", Label.TOOL_CALL, call=0),
        Frame(b"<b0>", Label.TOOL_CALL, call=1),
        Frame(b"<a1>", Label.TOOL_CALL, call=0, delay=0.5),
        Frame(b"<fin>", Label.FINISH),
        Frame(b"<done>", Label.DONE),
    ),
    stream=True,
)


PLAIN = Wire(200, ((b"content-type", b"application/json"),), (Frame(b'{"answer":42}'),))


EMPTY = Wire(200, (), (), stream=True)


LONG = Wire(200, (), (Frame(b"data: %s\n\n" % (b"a" * 52), event="a"),) * 2000, stream=True)


def _fault(written: JsonObject) -> Fault:
    return ADAPTER.validate_python(written)


def _sent(wire: Wire) -> str:
    return b"|".join(frame.data for frame in wire.frames).decode()


@pytest.mark.parametrize(
    ("written", "sent", "ending"),
    [
        ({"fault": "disconnect"}, "<go>", "disconnect"),
        ({"fault": "disconnect", "after": 0}, "", "disconnect"),
        ({"fault": "disconnect", "after": 2}, "<go>|<ping>|<a0>", "disconnect"),
        ({"fault": "disconnect", "label": "tool_call", "after": 0}, "<go>|<ping>", "disconnect"),
        ({"fault": "reset", "label": "tool_call"}, "<go>|<ping>|<a0>", "reset"),
        ({"fault": "reset", "call": 1}, "<go>|<ping>|<a0>|<b0>", "reset"),
        ({"fault": "reset", "call": 0, "after": -1}, "<go>|<ping>|<a0>", "reset"),
        ({"fault": "stall", "label": "comment"}, "<go>|<ping>", "stall"),
        ({"fault": "reset", "before": "headers"}, "", "reset"),
        ({"fault": "truncate", "label": "tool_call"}, "<go>|<ping>|<a0>", "complete"),
        ({"fault": "truncate", "bytes": 12}, "<go>|<ping>|<a", "complete"),
        ({"fault": "truncate", "bytes": 0}, "", "complete"),
        ({"fault": "truncate", "bytes": -5}, "<go>|<ping>|<a0>|<b0>|<a1>|<fin>|<", "complete"),
        ({"fault": "drop", "label": "tool_call"}, "<go>|<ping>|<fin>|<done>", "complete"),
        ({"fault": "drop", "nth": "last"}, "<go>|<ping>|<a0>|<b0>|<a1>|<fin>", "complete"),
        ({"fault": "drop", "nth": [1, -1, 99]}, "<ping>|<a0>|<b0>|<a1>|<fin>", "complete"),
        ({"fault": "drop", "call": 0, "nth": 2}, "<go>|<ping>|<a0>|<b0>|<fin>|<done>", "complete"),
        (
            {"fault": "duplicate", "label": "done", "times": 2},
            "<go>|<ping>|<a0>|<b0>|<a1>|<fin>|<done>|<done>|<done>",
            "complete",
        ),
    ],
)  # fmt: skip
def test_strikes_where_it_is_aimed(written: JsonObject, sent: str, ending: str) -> None:
    """A fault finds its frames by what they mean."""
    after = _fault(written).apply(STREAM, Random(0))

    assert (sent, ending) == (_sent(after), after.ending)
    assert ("before" not in written) == after.headers_sent


@pytest.mark.parametrize(
    ("written", "sent", "ending", "length"),
    [
        ({"fault": "disconnect", "label": "tool_call", "after": 3}, '{"answ', "disconnect", b"13"),
        ({"fault": "disconnect", "after": 0}, "", "disconnect", b"13"),
        ({"fault": "reset", "label": "text"}, '{"answ', "reset", b"13"),
        ({"fault": "stall", "label": "done", "after": 0}, '{"answ', "stall", b"13"),
        ({"fault": "stall", "seconds": 2}, '{"answ|er":42}', "complete", None),
        ({"fault": "truncate", "label": "finish", "after": 0}, '{"answ', "complete", None),
        ({"fault": "truncate", "bytes": -1}, '{"answer":42', "complete", None),
        ({"fault": "duplicate"}, '{"answer":42}|{"answer":42}', "complete", None),
    ],
)
def test_strikes_a_plain_body(
    written: JsonObject, sent: str, ending: str, length: bytes | None
) -> None:
    """The same scenario cuts a plain body in its middle, and the client can tell by its length."""
    after = _fault(written).apply(PLAIN, Random(0))

    assert (sent, ending) == (_sent(after), after.ending)
    assert length == dict(after.headers).get(b"content-length")


def test_a_stall_comes_before_the_next_frame() -> None:
    """A bounded stall adds to the wait of the frame that follows."""
    after = _fault({"fault": "stall", "call": 1, "seconds": 2}).apply(STREAM, Random(0))

    assert [0, 0, 0, 0, 2.5, 0, 0] == [frame.delay for frame in after.frames]


def test_a_stall_may_come_before_the_end() -> None:
    """After the last frame it is a wait with no bytes, so that a disconnect can follow silence."""
    stall = _fault({"fault": "stall", "label": "done", "seconds": 2})

    after = stall.apply(STREAM, Random(0))

    assert Frame(b"", Label.COMMENT, delay=2) == after.frames[-1]


def test_a_stall_may_come_before_the_headers() -> None:
    """Then it delays all of the response, or there is none."""
    bounded = _fault({"fault": "stall", "before": "headers", "seconds": 2}).apply(STREAM, Random(0))
    endless = _fault({"fault": "stall", "before": "headers"}).apply(PLAIN, Random(0))

    assert (2, STREAM.frames) == (bounded.delay, bounded.frames)
    assert (Ending.STALL, False, ()) == (endless.ending, endless.headers_sent, endless.frames)


def test_what_is_sent_again_does_not_wait() -> None:
    """A duplicate follows at once."""
    after = _fault({"fault": "duplicate", "label": "tool_call", "nth": 3}).apply(STREAM, Random(0))

    assert [0.5, 0.0] == [frame.delay for frame in after.frames if frame.data == b"<a1>"]


def test_random_is_any_of_them() -> None:
    """Over many seeds, a random point or frame is each one that it can be."""
    cut = _fault({"fault": "disconnect", "label": "tool_call", "after": "random"})
    drop = _fault({"fault": "drop", "label": "tool_call", "nth": "random"})

    cuts = {len(cut.apply(STREAM, Random(seed)).frames) for seed in range(50)}
    drops = {_sent(drop.apply(STREAM, Random(seed))) for seed in range(50)}

    assert {2, 3, 4, 5} == cuts
    assert 3 == len(drops)


def test_a_truncated_reply_forgets_an_earlier_ending() -> None:
    """Whoever truncates after a disconnect gets a reply that HTTP ends well, of what is left."""
    cut = _fault({"fault": "disconnect"}).apply(PLAIN, Random(0))

    after = _fault({"fault": "truncate", "bytes": 2}).apply(cut, Random(0))

    assert Wire(200, PLAIN.headers, (Frame(b'{"'),)) == after


@pytest.mark.parametrize(
    ("written", "wire", "message"),
    [
        (
            {"fault": "disconnect", "label": "tool_call", "after": 4},
            STREAM,
            "tool_call, after 4 selects no frame; this wire has 1 start, 1 comment, 3 tool_call, 1",
        ),
        ({"fault": "drop", "label": "usage"}, STREAM, "drop with label usage selects no frame; "),
        ({"fault": "drop", "label": "usage"}, PLAIN, "; this wire is a plain body of 13 bytes"),
        (
            {"fault": "stall", "label": "text", "after": 0},
            STREAM,
            "stall with label text, after 0 ",
        ),
        (
            {"fault": "reset", "call": 2, "after": "random"},
            STREAM,
            "reset with call 2, after random",
        ),
        ({"fault": "truncate", "bytes": 99}, STREAM, "truncate with bytes 99 selects no frame"),
        ({"fault": "truncate", "bytes": -99}, PLAIN, "truncate with bytes -99 selects no frame"),
        ({"fault": "truncate", "label": "done"}, STREAM, "truncate with label done selects no"),
        ({"fault": "duplicate"}, EMPTY, "duplicate selects no frame; this wire has no frames"),
        ({"fault": "truncate", "label": "tool_call", "after": 9}, STREAM, ": write after 0 to 3"),
        ({"fault": "drop", "label": "tool_call", "nth": 7}, STREAM, ": write nth 1 to 3"),
        ({"fault": "drop", "label": "start", "nth": [2, -2]}, STREAM, ": write nth 1"),
        ({"fault": "drop", "each": "call", "nth": "7.."}, STREAM, ": write nth 1 to 2"),
        (
            {"fault": "move", "label": "start", "after": {"label": "tool_call", "nth": 7}},
            STREAM,
            ": write nth 1 to 3",
        ),
        ({"fault": "duplicate", "times": 1000}, LONG, "duplicate makes 2002000 frames, which is"),
        ({"fault": "comment", "times": 1000}, LONG, "any wire can have (100000); let it strike"),
        ({"fault": "insert", "data": "a" * 99_000, "before": {}}, LONG, "insert makes 128"),
        ({"fault": "replace", "data": "a" * 99_000}, LONG, "bytes, which is more than any wire"),
        ({"fault": "bytes", "hex": "ff", "repeat": 99_000, "after": "event"}, LONG, "bytes makes"),
        ({"fault": "writes", "every": 1}, LONG, "writes makes 120000 frames"),
        ({"fault": "drip", "seconds": 1, "size": 1}, LONG, "drip makes 122000 frames"),
    ],
)
def test_says_what_it_did_not_find(written: JsonObject, wire: Wire, message: str) -> None:
    """A fault that would do nothing says what it looked for and what is there."""
    with pytest.raises(FaultError) as caught:
        _fault(written).apply(wire, Random(0))

    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ({"fault": "drop", "nth": 0}, "there is no frame 0; count from 1, or backwards from -1"),
        ({"fault": "drop", "nth": []}, "'nth' names no frame; write a number"),
        ({"fault": "drop", "nth": "first"}, "'nth' names no frame; write a number"),
        ({"fault": "reset", "after": "end"}, "'after' is no number of frames; write a number"),
        ({"fault": "reset", "before": "headers", "label": "text"}, "'before: headers' and 'label'"),
        (
            {"fault": "truncate", "bytes": 1, "after": 1},
            "'bytes' and 'after' name two places; keep",
        ),
        (
            {"fault": "stall", "seconds": "ages"},
            "'seconds' is 'ages'; write 0 to 86400, or forever",
        ),
        ({"fault": "stall", "seconds": -1}, "'seconds' is -1; write 0 to 86400, or forever"),
        ({"fault": "stall", "seconds": True}, "'seconds' is True; write 0 to 86400, or forever"),
        ({"fault": "disconect"}, "'disconnect'"),
        ({"fault": "disconnect", "how": "reset"}, "Extra inputs"),
    ],
)
def test_says_what_is_wrong(written: JsonObject, message: str) -> None:
    """A mistake in a file is told once, in its own words."""
    with pytest.raises(ValidationError) as caught:
        _fault(written)

    assert 1 == caught.value.error_count()
    assert message in str(caught.value)
