"""What holds for every reply in the Responses API."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from mockrouter.dialects.responses import RESPONSES
from mockrouter.profiles import PROFILES, Profile
from mockrouter.reply import ErrorReply, Part, Reasoning, Refusal, Reply, Text, ToolCall
from mockrouter.request import Envelope
from mockrouter.values import JsonObject
from responses_samples import IDS, events

TEXTS = st.lists(st.text(max_size=5), max_size=4).map(tuple)
PARTS: st.SearchStrategy[Part] = st.one_of(
    st.builds(Text, TEXTS),
    st.builds(Refusal, TEXTS),
    st.builds(Reasoning, TEXTS, summary=st.booleans()),
    st.builds(ToolCall, st.sampled_from(["get_weather", "grep"]), TEXTS),
)


@st.composite
def replies(draw: st.DrawFn) -> Reply:
    """Draw a reply, its fragments in any order."""
    parts = draw(st.lists(PARTS, max_size=4))
    places = [i for i, part in enumerate(parts) for _ in part.fragments]
    error = st.builds(ErrorReply, st.just(502), st.just(""), after=st.none() | st.integers(0, 6))
    return Reply(
        tuple(parts),
        order=tuple(draw(st.permutations(places))),
        finish_reason=draw(st.sampled_from([None, "length"])),
        error=draw(st.none() | error),
    )


@given(replies(), st.sampled_from(list(PROFILES.values())))
def test_the_events_tell_the_reply(reply: Reply, profile: Profile) -> None:
    """A client that adds up the events has what the last one and the plain object hold."""
    envelope = Envelope("m", stream=True, custom_tools=("grep",))
    wire = RESPONSES.render(reply, envelope, profile, IDS)
    plain = RESPONSES.render(reply, replace(envelope, stream=False), profile, IDS)
    sent = events(wire)

    assert list(range(len(sent))) == [event["sequence_number"] for event in sent]
    assert sent[-1]["response"] == plain.frames[0].event == json.loads(plain.body)
    items = _items(sent)
    finished = {e["output_index"]: e["item"] for e in sent if e["type"].endswith("item.done")}
    output = sent[-1]["response"]["output"]
    assert [_content(item) for item in output] == [items[i] for i in sorted(items)]
    assert finished.items() <= dict(zip(sorted(items), output, strict=True)).items()


def _items(sent: list[JsonObject]) -> dict[int, str]:
    """Add up the deltas of each item; one that is not open, or closed, has none."""
    items: dict[int, str] = {}
    for event in sent:
        if event["type"] == "response.output_item.added":
            assert event["output_index"] not in items
            items[event["output_index"]] = ""
        if "delta" in event:
            items[event["output_index"]] += event["delta"]
    return items


def _content(item: JsonObject) -> str:
    if item["type"] == "message":
        return "".join(part.get("text", "") + part.get("refusal", "") for part in item["content"])
    if item["type"] == "reasoning":
        return "".join(part["text"] for part in (*item["summary"], *item.get("content", ())))
    return str(item.get("arguments", "") + item.get("input", ""))


@given(replies(), st.sampled_from(list(PROFILES.values())))
def test_frames_are_whole_events(reply: Reply, profile: Profile) -> None:
    """Every frame is one event, and its bytes say what its event says."""
    wire = RESPONSES.render(reply, Envelope("m", stream=True), profile, IDS)

    for frame in wire.frames:
        assert frame.data.endswith(b"\n\n")
        assert 1 == frame.data.count(b"\n\n")
        if frame.event is not None:
            *_, line = frame.data.decode().rstrip("\n").split("\n")
            assert frame.event == json.loads(line.removeprefix("data: "))
