"""What faults of events make of them: patch, replace, insert, move, merge."""

from __future__ import annotations

import json
from random import Random

import pytest

from faulty import ADAPTER, CHUNKS, NAMED, REPLY, event, seconds, stream, struck
from mockrouter import sse
from mockrouter.errors import FaultError
from mockrouter.values import JsonObject
from mockrouter.wire import Label, Wire

# Patch


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"set": {"a": 2}}, {"a": 2, "b": {"c": [1, {"d": 5}]}}),
        ({"set": {"new": None}}, {"a": 1, "b": {"c": [1, {"d": 5}]}, "new": None}),
        ({"set": {"b.c[0]": {}, "b.c[0].x": ""}}, {"a": 1, "b": {"c": [{"x": ""}, {"d": 5}]}}),
        ({"set": {"b.c[*]": 0}}, {"a": 1, "b": {"c": [0, 0]}}),
        ({"set": {"b.c[?@.d==5].d": 6}}, {"a": 1, "b": {"c": [1, {"d": 6}]}}),
        ({"delete": ["a"]}, {"b": {"c": [1, {"d": 5}]}}),
        ({"delete": ["b.c[*]"]}, {"a": 1, "b": {"c": []}}),
        ({"rename": {"a": "z"}}, {"z": 1, "b": {"c": [1, {"d": 5}]}}),
        (
            {"delete": ["a"], "rename": {"b": "a"}, "set": {"a.c": 3}},
            {"a": {"c": 3}},
        ),
    ],
)
def test_a_patch_changes_fields(change: JsonObject, expected: JsonObject) -> None:
    """Fields are deleted, then renamed, then set; what is not named keeps its place."""
    before = stream(event({"a": 1, "b": {"c": [1, {"d": 5}]}}))

    after = struck(before, fault="patch", **change)

    assert json.dumps(expected) == json.dumps(after.frames[0].event)
    assert sse.data(expected) == after.body
    assert sse.data({"a": 1, "b": {"c": [1, {"d": 5}]}}) == sse.data(before.frames[0].event)


def test_a_patched_type_is_the_events_name() -> None:
    """Where events have their type in front, it is that of the patched event; or none is left."""
    renamed = struck(NAMED, fault="patch", label="finish", set={"type": "r.done"})
    nameless = struck(NAMED, fault="patch", label="finish", delete=["type"])

    assert b'event: r.done\ndata: {"type":"r.done","n":3}\n\n' == renamed.frames[-1].data
    assert b'data: {"n":3}\n\n' == nameless.frames[-1].data


def test_a_patch_works_on_a_plain_body() -> None:
    """A plain reply is one event, written as a body."""
    after = struck(REPLY, fault="patch", set={"choices[0].message.content": None})

    assert b'{"choices":[{"message":{"content":null,"n":1.5}}],"usage":null}' == after.body


@pytest.mark.parametrize(
    ("wire", "path", "message"),
    [
        (CHUNKS, "c[0].x.y", "patch finds no c[0].x.y in the events that it selects; in the first"),
        (CHUNKS, "c[0].x.y", "in the first, c[0] has index, id, arguments"),
        (CHUNKS, "c[7].x", "in the first, c has 1 items"),
        (CHUNKS, "end.x", "in the first, end is null"),
        (REPLY, "choices[0].delta.x", "in the first, choices[0] has message"),
    ],
)  # fmt: skip
def test_says_which_path_is_not_there(wire: Wire, path: str, message: str) -> None:
    """A path that no event has is named, with how far it leads."""
    label = "tool_call" if wire.stream else "body"

    with pytest.raises(FaultError) as caught:
        struck(wire, fault="patch", label=label, set={"end": 1, path: 1})

    assert message in str(caught.value)


# Replace, insert, move, merge


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"event": None}, b"data: null\n\n"),
        ({"event": [1]}, b"data: [1]\n\n"),
        ({"events": [1, {}]}, b"data: 1\n\ndata: {}\n\n"),
        ({"events": []}, b""),
        ({"data": '{"id":'}, b'data: {"id":\n\n'),
        ({"data": "a\nb"}, b"data: a\ndata: b\n\n"),
        ({"data": ""}, b"data: \n\n"),
    ],
)
def test_content_is_sent_as_it_stands(content: JsonObject, expected: bytes) -> None:
    """Any JSON value is an event, and any text its data; nothing is checked."""
    replaced = struck(CHUNKS, fault="replace", label="start", **content)
    inserted = struck(CHUNKS, fault="insert", at="end", **content)

    assert CHUNKS.body.replace(CHUNKS.frames[1].data, expected) == replaced.body
    assert CHUNKS.body + expected == inserted.body


def test_content_in_a_plain_body_has_no_frame_around_it() -> None:
    """Where there is no stream there are no lines of data."""
    assert b"<html>" == struck(REPLY, fault="replace", data="<html>").body
    assert b"[1]" + REPLY.body == struck(REPLY, fault="insert", at="start", event=[1]).body


def test_what_is_replaced_still_means_what_it_meant() -> None:
    """A later fault finds it by the same label and call, and it comes when it would have."""
    after = struck(CHUNKS, fault="replace", call=0, nth=2, events=[1, 2])

    assert [(1, 0.25), (2, 0.0)] == [
        (f.event, f.delay) for f in after.frames if f.label is Label.TOOL_CALL and f.call == 0
    ][1:3]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"label": "finish", "to": "start"}, "fin go start a a a b b b done"),
        ({"label": "start", "to": "end"}, "go a a a b b b fin done start"),
        ({"call": 0, "before": {"label": "done"}}, "go start b b b fin a a a done"),
        ({"call": 0, "nth": 3, "after": {"call": 1}}, "go start a a b b b a fin done"),
        ({"call": 1, "nth": 1, "before": {"call": 0, "nth": 2}}, "go start a b a a b b fin done"),
        ({"call": 0, "nth": 1, "after": {"nth": 1, "call": 0}}, "go start a a a b b b fin done"),
    ],
)  # fmt: skip
def test_moves(written: JsonObject, expected: str) -> None:
    """What is moved keeps its order; its goal is looked for among the others."""
    after = struck(CHUNKS, fault="move", **written)
    words = {"comment": "go", "finish": "fin", "start": "start", "done": "done"}

    said = [words.get(f.label, "ab"[f.call or 0]) for f in after.frames]
    assert expected == " ".join(said)


def test_merges_each_call_into_one_event() -> None:
    """Pieces of text are put together, items by their index, and nothing else is said twice."""
    after = struck(CHUNKS, fault="merge", label="tool_call", each="call")

    assert [
        {"c": [{"index": 0, "id": "call_0", "arguments": "{}"}], "end": None},
        {"c": [{"index": 1, "id": "call_1", "arguments": "[]"}], "end": None},
    ] == [frame.event for frame in after.frames if frame.call is not None]
    assert seconds(CHUNKS) == seconds(after)


def test_merges_all_into_one_event() -> None:
    """Both calls and the finish come at once."""
    after = struck(CHUNKS, fault="merge", label=["tool_call", "finish"])

    (merged,) = [frame for frame in after.frames if frame.label is Label.TOOL_CALL]
    assert {
        "c": [
            {"index": 0, "id": "call_0", "arguments": "{}"},
            {"index": 1, "id": "call_1", "arguments": "[]"},
        ],
        "end": "stop",
    } == merged.event


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ({"fault": "merge", "label": "start"}, "merge with label start selects no two events"),
        ({"fault": "merge", "label": "usage"}, "merge with label usage selects no frame"),
        ({"fault": "insert", "event": 1, "before": {"label": "usage"}},
         "insert with before {label usage} selects no frame; this wire has"),
        ({"fault": "move", "label": "start", "after": {"label": "start"}},
         "move with after {label start} selects no frame; this wire has"),
    ],
)  # fmt: skip
def test_says_what_it_did_not_find(written: JsonObject, message: str) -> None:
    """An idle fault names what it looked for."""
    with pytest.raises(FaultError) as caught:
        ADAPTER.validate_python(written).apply(CHUNKS, Random(0))

    assert message in str(caught.value)
