"""What faults of events leave alone, whatever the stream."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from faulty import event, seconds, stream, struck
from mockrouter import sse
from mockrouter.errors import FaultError
from mockrouter.values import Json, JsonObject
from mockrouter.wire import Frame, Label, Wire

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
