"""Faults below events: what none of them does. A parser after the standard is the judge."""

from __future__ import annotations

import json
import zlib
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from event_stream import data_of
from faulty import PLAIN, STREAM, datas, event, fault, seconds, stream, struck
from mockrouter.errors import FaultError
from mockrouter.faults.mark import BOM
from mockrouter.ids import HOLE
from mockrouter.sse import comment
from mockrouter.values import Json, JsonObject
from mockrouter.wire import Ending, Frame, Label, Wire

# What holds for any stream

JSON: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)
EVENTS = st.builds(event, JSON, st.sampled_from([Label.TEXT, Label.FINISH]), st.just(0.25))
COMMENTS = st.builds(lambda text: Frame(comment(text), Label.COMMENT), st.text("ab: ", max_size=4))
STREAMS = st.lists(EVENTS | COMMENTS, max_size=6).map(lambda frames: stream(*frames))
SPOTS = st.sampled_from(
    ["event", "line", "line_end", "crlf", "data_prefix", "data", "character", "emoji", "escape"]
)
NTH = st.sampled_from(["all", "last", "rest", "random", 1, 2, -1])


def drawn(name: str, **settings: st.SearchStrategy[Json]) -> st.SearchStrategy[JsonObject]:
    """Draw the settings of a fault, none or more of them."""
    return st.fixed_dictionaries({"fault": st.just(name)}, optional=settings)


LINES = drawn(
    "sse",
    line_end=st.sampled_from(["lf", "crlf", "cr", "mixed"]),
    space=st.sampled_from([False]),
    event_line=st.booleans() | st.just("other"),
    id_line=st.booleans() | st.just("x-1"),
    retry_line=st.just(3000),
    blank_lines=st.integers(1, 3),
    bom=st.sampled_from([True]),
    nth=NTH,
).filter(lambda written: len(written.keys() - {"nth"}) > 1)
PIECES = (
    drawn("writes", pause=st.just(0.25), every=st.integers(1, 9))
    | drawn("writes", at=st.lists(st.integers(1, 40) | st.integers(-9, -1), min_size=1), nth=NTH)
    | drawn("writes", inside=SPOTS, nth=NTH, occurrence=st.sampled_from(["all", "last", 1, -1]))
    | drawn("writes", before=SPOTS, after=SPOTS)
    | drawn("writes", together=st.sampled_from([True, 2, 4]), nth=NTH)
).filter(lambda written: written.keys() & {"every", "at", "inside", "before", "after", "together"})
SLOW = st.sampled_from(
    [
        {"fault": "drip", "seconds": 8, "size": 3},
        {"fault": "drip", "rate": 100, "nth": 1},
        {"fault": "stall", "seconds": 30},
        {"fault": "stall", "seconds": 30, "keep_alive": 4, "comment": "wait\nmore"},
    ]
)
SAID = drawn(
    "comment",
    text=st.text(max_size=9),
    place=st.sampled_from(["before", "after", "inside"]),
    times=st.integers(1, 3),
    nth=NTH,
) | st.just({"fault": "comment", "every": 0.1})


@pytest.mark.parametrize(
    "written",
    [
        {"fault": "sse", "retry_line": 3000},
        {"fault": "sse", "bom": True},
        {"fault": "sse", "line_end": "crlf"},
        {"fault": "comment", "place": "inside"},
    ],
)
def test_a_byte_order_mark_stays_before_everything(written: JsonObject) -> None:
    """Whatever else is put in front, the mark is the first, and there is one."""
    wire = struck(stream(event([], Label.TEXT)), fault="sse", bom=True)
    faulty = fault(**written).apply(wire, Random(0))

    assert (0, 1) == (faulty.body.find(BOM), faulty.body.count(BOM))


def test_no_comment_tears_an_event() -> None:
    """Writes that end in the middle of an event leave a stall no place to comment on."""
    wire = stream(event([], Label.TEXT), Frame(comment(""), Label.COMMENT))
    for each in [{"every": 3}, {"every": 1}]:
        wire = struck(wire, fault="writes", **each)

    with pytest.raises(FaultError, match="only half out; leave out 'keep_alive'"):
        struck(wire, fault="stall", seconds=30, keep_alive=4)


@given(STREAMS, st.lists(LINES | SAID, max_size=2), st.lists(PIECES | SLOW, max_size=3))
def test_nothing_is_lost_to_a_reader_that_holds_to_the_standard(
    wire: Wire, above: list[JsonObject], below: list[JsonObject]
) -> None:
    """Framed anew, commented, cut anywhere and delayed, a stream says what it said before."""
    faulty = wire
    for written in [*above, *below]:
        try:
            faulty = fault(**written).apply(faulty, Random(0))
        except FaultError:
            continue

    assert data_of(*datas(wire)) == data_of(*datas(faulty))
    assert data_of(wire.body) == data_of(faulty.body)
    assert Ending.COMPLETE == faulty.ending


@given(STREAMS, st.integers(2, 9) | st.sampled_from(["indented", "empty_first"]))
def test_json_over_many_lines_is_the_same_json(wire: Wire, shape: Json) -> None:
    """However many data lines an event's JSON is written in, it is the same value."""
    faulty = struck(wire, fault="sse", data_lines=shape)

    read = [[json.loads(text) for text in data_of(each.body)] for each in (wire, faulty)]
    assert read[0] == read[1]


@given(STREAMS, PIECES | SLOW)
def test_cut_pieces_are_the_bytes_in_their_time(wire: Wire, written: JsonObject) -> None:
    """No byte is lost or moved by cutting, no wait gets lost, and the first piece has it."""
    try:
        faulty = fault(**written).apply(wire, Random(0))
    except FaultError:
        return
    if "keep_alive" not in written:
        assert wire.body == faulty.body
    assert seconds(wire) <= seconds(faulty) + 1e-9
    wholes = [frame for frame in faulty.frames if not frame.part]
    if written["fault"] != "stall" and not {"every", "together"} & written.keys():
        assert [(f.label, f.call) for f in wire.frames] == [(f.label, f.call) for f in wholes]


@given(wire=STREAMS, per=st.sampled_from(["body", "event"]), flush=st.booleans())
@pytest.mark.parametrize("coding", ["gzip", "deflate", "raw_deflate"])
def test_what_is_compressed_is_what_was_there(
    coding: str, wire: Wire, per: str, *, flush: bool
) -> None:
    """Decompressed by zlib, each event can be read as soon as it arrives."""
    faulty = struck(wire, fault="encode", coding=coding, per=per, flush=flush)
    window = {"gzip": 31, "deflate": 15, "raw_deflate": -15}[coding]

    if per == "event":
        assert datas(wire) == [zlib.decompress(each, window) for each in datas(faulty)]
        return
    reader = zlib.decompressobj(window)
    read = [reader.decompress(each) for each in datas(faulty)]
    assert wire.body == b"".join(read)
    if flush:
        assert datas(wire) == read


@given(st.integers(0, 60), st.integers(1, 9))
def test_an_id_is_plain_to_whoever_looks_for_characters(before: int, every: int) -> None:
    """The hole for an id is no emoji, and cutting it leaves its first byte to be noticed."""
    wire = stream(Frame(b"x" * before + HOLE + b"y"))

    with pytest.raises(FaultError):
        struck(wire, fault="writes", inside="emoji")
    cut = struck(wire, fault="writes", every=every)
    whole = any(HOLE in each for each in datas(cut))
    assert whole != any(HOLE[:1] in each.replace(HOLE, b"") for each in datas(cut))


# What is wrong


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ({"fault": "sse"}, "'sse' changes nothing; write a setting, such as line_end"),
        ({"fault": "sse", "nth": 2}, "'sse' changes nothing"),
        ({"fault": "writes"}, "'writes' says no way; write one of every, at, together"),
        ({"fault": "writes", "every": "0 bytes"}, "'0 bytes' is no size; write a number of bytes"),
        ({"fault": "writes", "at": [0]}, "a cut at 0 leaves nothing before it; count from 1"),
        ({"fault": "writes", "at": []}, "'at' names no byte; write a number"),
        ({"fault": "writes", "at": 1, "byte": 1}, "'byte' divides what 'inside' names; write"),
        ({"fault": "writes", "inside": "line", "byte": 0}, "'byte' 0 cuts nothing in two; count"),
        ({"fault": "writes", "inside": "line", "occurrence": 0}, "there is no occurrence 0; count"),
        ({"fault": "writes", "inside": "line", "occurrence": "x"}, "'occurrence' is 'x'; write"),
        ({"fault": "bytes", "text": "x"}, "'bytes' wants one place; write one of before, after"),
        ({"fault": "bytes", "text": "x", "at": 1, "before": "data"}, "'bytes' wants one place"),
        ({"fault": "bytes", "at": 1}, "'bytes' wants the bytes once; write one of text, hex"),
        ({"fault": "bytes", "at": 1, "hex": "f"}, "'hex' cannot be read: "),
        ({"fault": "bytes", "at": 1, "base64": "?"}, "'base64' cannot be read: "),
        ({"fault": "bytes", "at": 1, "text": "xx", "repeat": 4 * 10**7}, "80000000 bytes are too"),
        ({"fault": "comment", "every": 1, "nth": 2}, "'every' fills all waits; leave out where"),
        ({"fault": "drip"}, "'drip' wants one speed; write 'rate' or 'seconds'"),
        ({"fault": "drip", "rate": 1, "seconds": 1}, "'drip' wants one speed"),
        ({"fault": "stall", "before": "headers", "keep_alive": 1}, "nothing can be sent before"),
        ({"fault": "stall", "seconds": 86400, "keep_alive": 1}, "'keep_alive' sends too many"),
    ],
)  # fmt: skip
def test_says_what_is_wrong(written: JsonObject, message: str) -> None:
    """A mistake in a file is told once, in its own words."""
    with pytest.raises(ValidationError) as caught:
        fault(**written)

    assert 1 == caught.value.error_count()
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("written", "wire", "message"),
    [
        ({"fault": "sse", "line_end": "cr"}, PLAIN, "sse with line_end cr selects no frame; this"),
        ({"fault": "comment"}, PLAIN, "comment selects no frame; this wire is a plain body"),
        ({"fault": "writes", "inside": "crlf"}, STREAM, "writes with inside crlf selects no frame"),
        ({"fault": "writes", "at": 9999}, STREAM, "writes cuts nothing at 9999; the body has"),
        ({"fault": "bytes", "text": "", "at": 9999}, STREAM, "selects no frame"),
        ({"fault": "bytes", "replace": "data"}, PLAIN, "bytes with replace data selects no frame"),
        ({"fault": "bytes", "replace": {"find": "Oslo"}}, STREAM, "selects no frame"),
        ({"fault": "drip", "seconds": 1}, stream(), "drip with seconds 1"),
    ],
)  # fmt: skip
def test_says_what_it_did_not_find(written: JsonObject, wire: Wire, message: str) -> None:
    """A fault that would do nothing says what it looked for and what is there."""
    with pytest.raises(FaultError) as caught:
        struck(wire, **written)

    assert message in str(caught.value)
