"""Replies as the Responses API sends them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mockrouter.dialects.responses import RESPONSES
from mockrouter.ids import HOLE_MARK
from mockrouter.profiles import OPENAI, OPENROUTER, PROFILES, SOLROUTER, Profile
from mockrouter.reply import ErrorReply, Part, Reasoning, Refusal, Reply, Text, ToolCall, Usage
from mockrouter.request import Envelope
from mockrouter.values import Json
from mockrouter.wire import Label
from responses_samples import CALL, IDS, events, read, render, types

ITEM = "output_item.added", "output_item.done"
PART = "content_part.added", "content_part.done"
ARGUMENTS = "function_call_arguments.delta", "function_call_arguments.done"


@pytest.mark.parametrize(
    ("profile", "parts", "expected"),
    [
        (OPENAI, (), []),
        (
            OPENAI,
            (Text(("a", "b")),),
            [ITEM[0], PART[0], *["output_text.delta"] * 2, "output_text.done", PART[1], ITEM[1]],
        ),
        (OPENAI, (CALL,), [ITEM[0], *[ARGUMENTS[0]] * 2, ARGUMENTS[1], ITEM[1]]),
        (OPENAI, (ToolCall("f"),), [ITEM[0], ARGUMENTS[1], ITEM[1]]),
        (
            OPENAI,
            (ToolCall("grep", ("x",)),),
            [ITEM[0], "custom_tool_call_input.delta", "custom_tool_call_input.done", ITEM[1]],
        ),
        (
            OPENAI,
            (Refusal(("no",)),),
            [ITEM[0], PART[0], "refusal.delta", "refusal.done", PART[1], ITEM[1]],
        ),
        (
            SOLROUTER,
            (Reasoning(("a",)), CALL),
            [
                ITEM[0],
                "reasoning_summary_part.added",
                "reasoning_summary_text.delta",
                "reasoning_summary_text.done",
                "reasoning_summary_part.done",
                ITEM[1],
                ITEM[0],
                *[ARGUMENTS[0]] * 2,
                ARGUMENTS[1],
                ITEM[1],
            ],
        ),
        (OPENAI, (Reasoning(),), [*ITEM]),
        (
            OPENROUTER,
            (Reasoning(("a",)), ToolCall("f", ("{}",))),
            [
                ITEM[0],
                PART[0],
                "reasoning_text.delta",
                ITEM[0],
                *ARGUMENTS,
                ITEM[1],
                "reasoning_text.done",
                PART[1],
                ITEM[1],
            ],
        ),
    ],
)
def test_streams_in_order(profile: Profile, parts: tuple[Part, ...], expected: list[str]) -> None:
    """Each part opens, goes out and closes between the three events that frame every stream."""
    wire = render(*parts, profile=profile)

    assert ["created", "in_progress", *expected, "completed"] == types(wire)


def test_parallel_calls_interleave() -> None:
    """Two calls whose fragments alternate are open at once, each under its own index and id."""
    wire = render(CALL, CALL, order=(0, 1, 1, 0))

    calls = [frame for frame in wire.frames if frame.label is Label.TOOL_CALL]
    assert [0, 0, 1, 1, 1, 1, 1, 0, 0, 0] == [frame.call for frame in calls]
    assert [frame.call for frame in calls] == [frame.event["output_index"] for frame in calls]
    first, second = events(wire)[-1]["response"]["output"]
    assert first["id"] != second["id"]
    assert first["call_id"] != second["call_id"]
    assert first["arguments"] == second["arguments"] == '{"location":"Berlin"}'


def test_calls_are_numbered_among_calls() -> None:
    """A frame's call number counts calls, its output index all items."""
    wire = render(Text(("Look:",)), CALL)

    calls = [frame for frame in wire.frames if frame.label is Label.TOOL_CALL]
    assert {(0, 1)} == {(frame.call, frame.event["output_index"]) for frame in calls}


def test_an_author_may_name_a_call() -> None:
    """A call's own id is its call_id, even an empty one, and never the item's."""
    made, named = events(render(CALL, replace(CALL, id="")))[-1]["response"]["output"]

    assert (IDS.make(OPENAI.call_id, 0), "") == (made["call_id"], named["call_id"])
    assert IDS.make(OPENAI.function_call_id, 1) == named["id"]


def test_labels_say_what_frames_mean() -> None:
    """The table of labels in the package's documentation holds."""
    wire = render(
        Reasoning(("a",)), Text(("b",)), CALL, profile=OPENROUTER, error=ErrorReply(502, "")
    )

    labels = list(dict.fromkeys(frame.label for frame in wire.frames))
    assert [
        Label.COMMENT,
        Label.START,
        Label.REASONING,
        Label.TEXT,
        Label.TOOL_CALL,
        Label.ERROR,
        Label.FINISH,
        Label.DONE,
    ] == labels
    deltas = [e["delta"] for e in events(wire) if e["type"].endswith(".delta")]
    assert ["a", "b", *CALL.fragments] == deltas


@pytest.mark.parametrize(
    ("profile", "first", "last"),
    [
        (OPENAI, b"event: response.created\ndata: {", b"}\n\n"),
        (OPENROUTER, b": OPENROUTER PROCESSING\n\ndata: {", b"}\n\ndata: [DONE]\n\n"),
        (SOLROUTER, b"event: response.created\ndata: {", b"}\n\n"),
    ],
    ids=PROFILES,
)
def test_frames_in_the_profiles_manner(profile: Profile, first: bytes, last: bytes) -> None:
    """Event names, the comment and the end marker are the profile's."""
    wire = render(CALL, profile=profile)

    assert (True, True) == (wire.body.startswith(first), wire.body.endswith(last))
    assert (b"content-type", b"text/event-stream; charset=utf-8") in wire.headers
    (done,) = [event for event in events(wire) if event["type"].endswith("arguments.done")]
    assert profile.name_in_arguments_done == ("name" in done)


def test_reasoning_can_be_opaque() -> None:
    """Encrypted reasoning is sent when it is written or asked for, the same in all events."""
    envelope = Envelope("m", stream=True)
    asked = replace(envelope, include=("reasoning.encrypted_content",))
    reply = Reply((Reasoning(("a",)), Reasoning(("b",), encrypted="gAAA")))

    def opaque(envelope: Envelope) -> list[set[Json]]:
        sent = events(RESPONSES.render(reply, envelope, OPENAI, IDS))
        items = [event["item"] for event in sent if "item" in event]
        items += sent[-1]["response"]["output"]
        ids = dict.fromkeys(item["id"] for item in items)
        return [{i.get("encrypted_content") for i in items if i["id"] == one} for one in ids]

    assert [{None}, {"gAAA"}] == opaque(envelope)
    (made,), written = opaque(asked)
    assert ("gAAAAAB", {"gAAA"}) == (made[:7], written)


def test_padding_can_be_declined() -> None:
    """OpenAI pads deltas and nothing else, unless the client declines."""
    reply = Reply((Text(("a", "", "b" * 16)), CALL))
    padded = RESPONSES.render(reply, Envelope("m", stream=True), OPENAI, IDS)
    plain = RESPONSES.render(reply, Envelope("m", stream=True, obfuscation=False), OPENAI, IDS)

    lengths = [len(e["obfuscation"]) for e in events(padded) if "obfuscation" in e]
    assert [15, 16, 16, 16, 11] == lengths
    assert types(padded) == types(plain)
    assert not any("obfuscation" in event for event in events(plain))


def test_a_kept_wire_takes_another_nonce() -> None:
    """Filling a wire's nonce gives the same bytes as rendering with that nonce."""
    envelope = read(OPENAI, stream=True, include=["reasoning.encrypted_content"]).envelope
    reply = Reply((Reasoning(("a",)), CALL))
    other = "0123456789"

    kept = RESPONSES.render(reply, envelope, OPENAI, IDS)
    fresh = RESPONSES.render(reply, envelope, OPENAI, replace(IDS, nonce=other))

    assert fresh.body == kept.fill(HOLE_MARK.encode(), other.encode()).body


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_counts_as_written_or_by_itself(profile: Profile) -> None:
    """Usage is the author's, and what the author leaves open is counted."""
    written = Usage(45, 25, 5, cached_tokens=3, cost=0.5)

    mine = render(CALL, profile=profile, stream=False, usage=written).frames[0].event["usage"]
    own = render(Reasoning(("a",)), CALL, profile=profile, stream=False).frames[0].event["usage"]

    assert (45, 25, 70) == (mine["input_tokens"], mine["output_tokens"], mine["total_tokens"])
    assert (3, 5) == (
        mine["input_tokens_details"]["cached_tokens"],
        mine["output_tokens_details"]["reasoning_tokens"],
    )
    assert own["total_tokens"] == own["input_tokens"] + own["output_tokens"]
    assert 1 == own["output_tokens_details"]["reasoning_tokens"]
    details = {
        "upstream_inference_cost",
        *(f"upstream_inference_{w}_cost" for w in ("input", "output")),
    }
    assert {"full": details, "plain": set(), "none": set()}[profile.cost] == set(
        mine.get("cost_details", {})
    )
    assert (None if profile.cost == "none" else 0.5) == mine.get("cost")


def test_names_the_model_and_the_request() -> None:
    """A reply may name another model; what the request set is repeated."""
    envelope = read(model="a", instructions="Be kind.", temperature=0.5, user="u").envelope
    response = RESPONSES.render(Reply((), model="b"), envelope, OPENAI, IDS).frames[0].event

    assert ("b", "Be kind.", 0.5, "u", True) == (
        response["model"],
        response["instructions"],
        response["temperature"],
        response["user"],
        response["store"],
    )


@pytest.mark.parametrize("stream", [True, False])
def test_sends_what_no_utf8_can_hold(*, stream: bool) -> None:
    """Half a surrogate pair goes out as its escape."""
    assert rb"\ud83d" in render(Text(("\ud83d",)), stream=stream).body


def test_sends_fragments_that_are_no_strings() -> None:
    """Arguments that are an object are sent as one, everywhere."""
    sent = events(render(ToolCall("f", ({"a": 1},))))

    (delta,) = [event["delta"] for event in sent if "delta" in event]
    (done,) = [event["arguments"] for event in sent if "arguments" in event]
    assert delta == done == sent[-1]["response"]["output"][0]["arguments"] == {"a": 1}
