"""Faults of events: which they select, what they make of them, and what they leave alone."""

from __future__ import annotations

import json
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faulty import ADAPTER, event, seconds, stream, struck
from mockrouter import sse
from mockrouter.errors import FaultError, ScenarioError
from mockrouter.scenario.library import load_text
from mockrouter.values import Json, JsonObject
from mockrouter.wire import Frame, Label, Wire
from scripts import ask, chat, engine


def call(number: int, *fragments: str) -> list[Frame]:
    """Make the events of a tool call: one that opens it, and one for each fragment."""
    opener = {"c": [{"index": number, "id": f"call_{number}", "arguments": ""}], "end": None}
    pieces = [{"c": [{"index": number, "arguments": each}], "end": None} for each in fragments]
    return [
        Frame(sse.data(each), Label.TOOL_CALL, 0.25, call=number, event=each)
        for each in (opener, *pieces)
    ]


CHUNKS = stream(
    Frame(sse.comment("GO"), Label.COMMENT),
    event({"role": "assistant"}, Label.START),
    *call(0, "{", "}"),
    *call(1, "[", "]"),
    event({"c": [], "end": "stop"}, Label.FINISH),
    Frame(sse.DONE, Label.DONE),
)


def typed(kind: str, number: int, label: Label) -> Frame:
    """Make an event with its type in front."""
    value = {"type": kind, "n": number}
    return Frame(sse.named(kind, value), label, event=value)


NAMED = stream(
    typed("r.created", 0, Label.START),
    typed("r.item.added", 1, Label.TEXT),
    typed("r.item.done", 2, Label.TEXT),
    typed("r.completed", 3, Label.FINISH),
)
BODY: JsonObject = {"choices": [{"message": {"content": "°", "n": 1.50}}], "usage": None}
REPLY = Wire(200, (), (Frame(sse.compact(BODY), event=BODY),))


def numbers(wire: Wire, **aim: Json) -> list[int]:
    """List the places of the frames that are dropped when a fault is aimed like this."""
    left = {id(frame) for frame in struck(wire, fault="drop", **aim).frames}
    return [place for place, frame in enumerate(wire.frames) if id(frame) not in left]


@pytest.mark.parametrize(
    ("wire", "aim", "expected"),
    [
        (CHUNKS, {"label": ["start", "done"]}, [1, 9]),
        (CHUNKS, {"label": "tool_call", "nth": "rest"}, [3, 4, 5, 6, 7]),
        (CHUNKS, {"label": "tool_call", "nth": "rest", "each": "call"}, [3, 4, 6, 7]),
        (CHUNKS, {"nth": 1, "each": "call"}, [2, 5]),
        (CHUNKS, {"label": "tool_call", "nth": {"every": 3}}, [4, 7]),
        (CHUNKS, {"label": "tool_call", "nth": "2..3"}, [3, 4]),
        (CHUNKS, {"label": "tool_call", "nth": "-2.."}, [6, 7]),
        (CHUNKS, {"label": "tool_call", "nth": "..-5"}, [2, 3]),
        (CHUNKS, {"label": "tool_call", "nth": "..99"}, [2, 3, 4, 5, 6, 7]),
        (CHUNKS, {"label": "tool_call", "nth": "-99..1"}, [2]),
        (CHUNKS, {"where": {"c[0].arguments": ""}}, [2, 5]),
        (CHUNKS, {"where": {"c[0].id": {"absent": False}}, "nth": "last"}, [5]),
        (CHUNKS, {"where": {"end": {"matches": "^s"}}}, [8]),
        (CHUNKS, {"where": {"end": None, "c[0].index": 1}}, [5, 6, 7]),
        (NAMED, {"type": "r.completed"}, [3]),
        (NAMED, {"type": "*.item.*"}, [1, 2]),
        (NAMED, {"type": ["*.created", "*.done"]}, [0, 2]),
        (NAMED, {"type": "r.*", "where": {"n": 2}}, [2]),
        (REPLY, {"where": {"usage": None}}, [0]),
        (REPLY, {"label": "body", "nth": 1}, [0]),
    ],
)
def test_aims(wire: Wire, aim: JsonObject, expected: list[int]) -> None:
    """Events are found by what they mean, where they stand, their type and what is in them."""
    assert expected == numbers(wire, **aim)


@pytest.mark.parametrize(
    ("aim", "message"),
    [
        ({"type": "x.*"}, "drop with type x.* selects no frame; this wire has 1 start, 2 text"),
        ({"nth": "9.."}, "drop with nth 9.. selects no frame"),
        ({"nth": {"every": 9}}, "drop with nth {every: 9} selects no frame"),
        ({"label": ["usage", "error"], "nth": [1, 2]}, "label [usage, error], nth [1, 2] selects"),
        ({"where": {"n": 7, "a.b": {"contains": "x"}}}, "where {n: 7, a.b: contains 'x'} selects"),
    ],
)
def test_says_what_it_looked_for(aim: JsonObject, message: str) -> None:
    """A fault that finds nothing repeats its aim in the words of the file."""
    with pytest.raises(FaultError) as caught:
        struck(NAMED, fault="drop", **aim)

    assert message in str(caught.value)


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


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
EVENTS = st.builds(
    event,
    st.fixed_dictionaries({"x": JSON}, optional={"y": JSON, "type": st.text(max_size=5)}),
    st.sampled_from(Label),
    st.sampled_from([0.0, 0.5]),
)
STREAMS = st.lists(EVENTS, min_size=1, max_size=6).map(lambda frames: stream(*frames))
REPLIES = JSON.map(
    lambda value: Wire(200, (), (Frame(sse.compact({"x": value}), event={"x": value}),))
)
SELECTIONS = st.fixed_dictionaries(
    {},
    optional={
        "label": st.sampled_from(Label) | st.lists(st.sampled_from(Label), min_size=1, max_size=3),
        "nth": st.sampled_from(["all", "rest", "last", "2..", "..-2", 1, -1, {"every": 2}]),
    },
)  # fmt: skip


@given(STREAMS | REPLIES, st.data())
def test_a_patch_that_sets_what_is_there_changes_no_byte(wire: Wire, data: st.DataObject) -> None:
    """An event is written as the dialect wrote it."""
    place = data.draw(st.integers(0, len(wire.frames) - 1))
    value = wire.frames[place].event["x"]
    same = {"fault": "patch", "where": {"x": {"absent": False}}, "nth": place + 1}
    labels = [label.value for label in Label]

    after = struck(wire, **same, label=labels, set={"x": value})

    assert wire == after


@given(STREAMS, SELECTIONS, SELECTIONS, st.sampled_from(["before", "after", "to"]))
def test_what_is_moved_is_not_lost(
    wire: Wire, moved: JsonObject, beside: JsonObject, place: str
) -> None:
    """Moving changes the order alone."""
    where = {place: "end" if place == "to" else beside}
    try:
        after = struck(wire, fault="move", **moved, **where)
    except FaultError:
        return

    assert sorted(map(id, wire.frames)) == sorted(map(id, after.frames))
    assert seconds(wire) == seconds(after)


@given(STREAMS, SELECTIONS, st.sampled_from(["before", "after"]), JSON)
def test_what_is_put_in_moves_nothing_else(
    wire: Wire, beside: JsonObject, place: str, value: Json
) -> None:
    """Without what was put in, a wire is what it was; templates are the engine's."""
    try:
        after = struck(wire, fault="insert", event=value, **{place: beside})
    except FaultError:
        return

    old = {id(frame) for frame in wire.frames}
    assert list(wire.frames) == [frame for frame in after.frames if id(frame) in old]
    new = [frame for frame in after.frames if id(frame) not in old]
    assert all((sse.data(value), Label.OTHER, 0.0) == (f.data, f.label, f.delay) for f in new)


@given(STREAMS, SELECTIONS)
def test_frames_have_the_event_that_they_are_rendered_from(wire: Wire, aim: JsonObject) -> None:
    """After any fault of events, the next one sees what is on the wire."""
    for written in (
        {"fault": "patch", "set": {"x": [1]}},
        {"fault": "replace", "event": {"z": 1}},
        {"fault": "merge"},
    ):
        try:
            after = struck(wire, **written, **aim)
        except FaultError:
            continue
        assert [sse.data(frame.event) for frame in after.frames] == [f.data for f in after.frames]


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


# In a scenario


def _turn(faults: str, say: str = "[{text: abcd, cut: [2, 2]}]") -> str:
    return f"turns: [{{say: {say}, faults: {faults}}}]"


@pytest.mark.parametrize(
    ("faults", "message"),
    [
        ("[{fault: truncate, bytes: 3}, {fault: drop}]",
         "'drop' works on events and stands behind 'truncate', which works on bytes; move it in"),
        ("[{fault: stall, seconds: 1}, {fault: disconnect}, {fault: truncate}]",
         "'truncate' works on bytes and stands behind 'stall', which works on the connection"),
        ('[{fault: patch, set: {a: "{{ x"}}]', "the template cannot be read: "),
        ('[{fault: insert, at: end, events: [1, "{{ x"]}]', "the template cannot be read: "),
        ("[{fault: patch, label: text}]", "the patch changes nothing; add 'set', 'delete'"),
        ("[{fault: patch, set: {a b: 1}}]", "'a b' is no path; write one such as"),
        ("[{fault: replace}]", "nothing is written that could be sent; add 'event', 'events' or"),
        ("[{fault: replace, event: 1, data: x}]", "'event' and 'data' both say what is sent;"),
        ("[{fault: insert, event: 1}]", "no place is named; add 'before', 'after' or 'at'"),
        ("[{fault: move, to: end, after: {}}]", "'after' and 'to' name two places; keep one"),
        ("[{fault: drop, nth: 3-4}]", "'nth' names no frame; write a number, a list of them,"),
        ("[{fault: drop, nth: 0..2}]", "there is no frame 0; count from 1, or backwards from -1"),
        ("[{fault: drop, chance: 0}]", "'chance' is 0; write more than 0"),
        ("[{fault: drop, dialect: chats}]", "'dialect' is 'chats'; did you mean 'chat'?"),
        ("[{fault: drop, label: [text, dne]}]", "item 2 of 'label' is 'dne'; did you mean 'done'?"),
    ],
)  # fmt: skip
def test_mistakes_are_found_at_load(faults: str, message: str) -> None:
    """What cannot be meant is said once, before any request, at its line."""
    with pytest.raises(ScenarioError) as caught:
        load_text(_turn(faults))

    (mistake,) = caught.value.mistakes
    assert message in f"{mistake.what}; {mistake.remedy}"


def test_a_fault_may_be_for_one_format_or_mode() -> None:
    """In the other it does nothing, and says nothing."""
    served = engine(
        _turn("[{fault: drop, dialect: responses}, {fault: replace, stream: false, data: x}]")
    )

    streamed, first = ask(served, chat(stream=True))
    body, second = ask(served, chat())

    assert 5 == len(streamed.frames)
    assert b"x" == body.body
    assert [(), ()] == [first.warnings, second.warnings]


def _luck(faults: str, seed: int, words: list[str]) -> list[bool]:
    served = engine(_turn(faults), seed=seed)
    bodies = [chat({"role": "user", "content": each}) for each in words]
    return [ask(served, body)[0].body == b"x" for body in bodies]


def test_chance_strikes_so_often_and_the_same_on_every_run() -> None:
    """One in four is about one in four; who asks again has another chance."""
    faults = "[{fault: replace, data: x, chance: 0.25}]"
    words = [str(number) for number in range(400)]

    found = _luck(faults, 0, words)

    assert found == _luck(faults, 0, words)
    assert found != _luck(faults, 1, words)
    assert 70 < sum(found) < 130
    assert {True, False} == {*_luck(faults, 0, ["again"] * 40)}


def test_templates_speak_of_the_event_and_of_the_request() -> None:
    """Each event has its own; ids are those on the wire, and two uuids are two."""
    served = engine(_turn("""[
        {fault: patch, label: text, set: {
            a: "{{ number }}/{{ model }}", b: "{{ event.id }}", c: "{{ uuid() }}",
            d: [{e: "{{ number }}"}],
            "choices[0].delta.content": "{{ value | upper }}"}}]"""))  # fmt: skip

    wire, exchange = ask(served, chat(stream=True))
    first, second = (json.loads(f.data[6:]) for f in wire.frames if f.label is Label.TEXT)

    assert () == exchange.warnings
    assert ("1/gpt-4o", [{"e": 1}]) == (first["a"], first["d"])
    assert ("2/gpt-4o", [{"e": 2}]) == (second["a"], second["d"])
    assert first["id"] == first["b"]
    assert first["c"] != second["c"]
    assert "AB" == first["choices"][0]["delta"]["content"]


def test_a_template_that_fails_leaves_the_reply_alone() -> None:
    """The fault does nothing, and says where it stands and why."""
    served = engine(_turn('[{fault: patch, label: text, set: {a: "{{ results.nobody }}"}}]'))

    wire, exchange = ask(served, chat(stream=True))

    (warning,) = exchange.warnings
    said = "<inline>:1: the template failed: 'dict object' has no attribute 'nobody'; mend it"
    assert said in warning
    assert b'"a"' not in wire.body


def test_a_wire_whose_faults_owe_nothing_is_kept() -> None:
    """One with templates is made for each request."""
    kept = engine(_turn("[{fault: patch, label: text, set: {a: 1}}]"))
    made = engine(_turn('[{fault: patch, label: text, set: {a: "{{ user }}"}}]'))

    for number in range(3):
        for served in (kept, made):
            ask(served, chat({"role": "user", "content": f"Hi {number}"}, stream=True))

    assert (1, 0) == (kept.root.kept.compiled, made.root.kept.compiled)


def test_a_long_stream_is_patched_in_no_time() -> None:
    """A template is compiled once, not for each event."""
    say = f"[{{text: {'a' * 3000}, cut: 1 char}}]"
    served = engine(_turn('[{fault: patch, label: text, set: {n: "{{ number * 2 }}"}}]', say))

    wire, exchange = ask(served, chat(stream=True))

    assert () == exchange.warnings
    assert b'"n":6000' in wire.frames[-3].data
