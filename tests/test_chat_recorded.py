"""
Recorded Chat Completions traffic, said again by us.

Each recording is read back into a reply, the reply rendered, and every field of every chunk
compared. Where we differ on purpose, a table says why.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from mockrouter.dialects.chat import CHAT
from mockrouter.ids import Ids
from mockrouter.profiles import OPENAI, OPENROUTER, Profile
from mockrouter.reply import ErrorReply, Part, Reasoning, Reply, Text, ToolCall, Usage
from mockrouter.request import Envelope
from mockrouter.values import Json, JsonObject
from mockrouter.wire import Label
from specs import recorded, recorded_text

OTHERWISE = {
    "id": "made by us",
    "created": "our clock",
    "obfuscation": "random",
    "system_fingerprint": "the vendor's build",
    "provider": "ours is called mockrouter unless a scenario says otherwise",
    "cost": "another price list",
    "upstream_inference_cost": "another price list, and null in one recording",
    "upstream_inference_prompt_cost": "another price list",
    "upstream_inference_completions_cost": "another price list",
}
"""Keys whose values may differ."""

ADDED = {
    "logprobs": "the newest models leave it out; the specification requires it",
    "system_fingerprint": "required by OpenRouter's specification; older traffic lacks it",
    "service_tier": "newer than the recording",
    "cost": "the recording's usage is bare",
    "is_byok": "as cost",
    "cost_details": "as cost",
    "prompt_tokens_details": "as cost",
    "completion_tokens_details": "as cost",
}
"""Keys that we send and a recording lacks."""

LEFT_OUT = {
    "server_tool_use_details": "counts the vendor's own tools, which a mock does not run",
    "refusal": "null in OpenRouter's older plain replies, missing in newer ones",
    "logprobs": "OpenRouter's traffic of 2026 has none",
}
"""Keys that a recording has and we do not send."""

ABOUT_THE_CALL = ("index", "id", "type")


def unlike(ours: Json, theirs: Json, path: str = "$") -> Iterator[str]:
    """Say where two JSON values differ, the tables' exceptions apart."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in ours.keys() | theirs.keys():
            if key not in theirs:
                yield from [] if key in ADDED else [f"{path}.{key}: ours alone"]
            elif key not in ours:
                yield from [] if key in LEFT_OUT else [f"{path}.{key}: theirs alone"]
            elif key not in OTHERWISE:
                yield from unlike(ours[key], theirs[key], f"{path}.{key}")
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for index, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            yield from unlike(one, other, f"{path}[{index}]")
    elif ours != theirs:
        yield f"{path}: {ours!r} is not {theirs!r}"


def part_of(deltas: list[JsonObject]) -> Iterator[Part]:
    """Read the parts of a recorded stream back."""
    texts = tuple(d["content"] for d in deltas if d.get("content"))
    if texts:
        yield Text(texts)
    calls: dict[int, tuple[JsonObject, list[str]]] = {}
    for delta in deltas:
        for call in delta.get("tool_calls") or ():
            opened = calls.setdefault(call["index"], (call, []))
            if opened[0] is not call:
                opened[1].append(call["function"]["arguments"])
    for call, fragments in calls.values():
        yield ToolCall(call["function"]["name"], tuple(fragments), call["id"])


def said(events: list[JsonObject]) -> Reply:
    """Read a recorded stream back into the reply that it streams."""
    choices = [choice for event in events for choice in event["choices"]]
    usage = next(event["usage"] for event in reversed(events) if event.get("usage"))
    finish = next(choice for choice in choices if choice["finish_reason"])
    return Reply(
        parts=tuple(part_of([choice["delta"] for choice in choices])),
        finish_reason=finish["finish_reason"],
        native_finish_reason=finish.get("native_finish_reason"),
        usage=counts(usage),
    )


def counts(usage: JsonObject) -> Usage:
    """Take over the token counts."""
    return Usage(usage["prompt_tokens"], usage["completion_tokens"], **details(usage))


def details(usage: JsonObject) -> dict[str, int]:
    """Take over the finer counts, where there are any."""
    thought = usage.get("completion_tokens_details", {}).get("reasoning_tokens", 0)
    return {"reasoning_tokens": thought, "cached_tokens": 0}


@pytest.mark.parametrize(
    ("name", "profile"),
    [
        ("openai-chat-stream-toolcall.0.sse", OPENAI),
        ("openai-chat-stream-toolcall.1.sse", OPENAI),
        ("openai-chat-stream-parallel.0.sse", OPENAI),
        ("openrouter-chat-stream-2026.0.sse", OPENROUTER),
    ],
)
def test_a_recorded_stream_is_rebuilt(name: str, profile: Profile) -> None:
    """Chunk by chunk and field by field, our default sequence is the provider's own."""
    theirs = recorded(name)
    envelope = Envelope(theirs[0]["model"], stream=True, include_usage=True)

    wire = CHAT.render(said(theirs), envelope, profile, Ids("k"))
    ours = [frame.event for frame in wire.frames if frame.event is not None]

    assert len(theirs) == len(ours)
    assert not [line for pair in zip(ours, theirs, strict=True) for line in unlike(*pair)]


@pytest.mark.parametrize(
    "name", ["openai-chat-stream-toolcall.0.sse", "openrouter-chat-stream-2026.0.sse"]
)
def test_framing_is_the_recorded_one(name: str) -> None:
    """Line by line: `data:` lines, blank lines, the provider's comments and `[DONE]`."""
    text = recorded_text(name)
    profile = OPENROUTER if "openrouter" in name else OPENAI
    envelope = Envelope("m", stream=True, include_usage=True)
    wire = CHAT.render(said(recorded(name)), envelope, profile, Ids("k"))

    assert framing(text) == framing(wire.body.decode())


def framing(text: str) -> list[str]:
    """Reduce a stream to the kinds of its lines; a run of comments counts as one."""
    kinds = [line if line.startswith(":") else line[:5] for line in text.rstrip("\n").split("\n")]
    blocks = [kind for kind in kinds if kind]
    return [k for i, k in enumerate(blocks) if not (i and k == blocks[i - 1] and k[0] == ":")]


@pytest.mark.parametrize(
    ("name", "profile"),
    [
        ("openai-chat-tools.0", OPENAI),
        ("openai-chat-parallel-tools.0", OPENAI),
        ("openrouter-chat-toolcall.0", OPENROUTER),
    ],
)
def test_a_recorded_reply_is_rebuilt(name: str, profile: Profile) -> None:
    """Field by field, our default JSON body is the provider's own."""
    theirs = recorded(f"{name}.response.json")["body"]
    choice = theirs["choices"][0]
    calls = choice["message"]["tool_calls"]
    parts = tuple(
        ToolCall(call["function"]["name"], (call["function"]["arguments"],), call["id"])
        for call in calls
    )
    reply = Reply(parts, finish_reason=choice["finish_reason"], usage=counts(theirs["usage"]))

    wire = CHAT.render(reply, Envelope(theirs["model"]), profile, Ids("k"))

    assert not list(unlike(json.loads(wire.body), theirs))


def test_recorded_reasoning_is_rebuilt() -> None:
    """Reasoning chunks carry text and details, and the signature closes them."""
    theirs = recorded("openrouter-chat-stream-reasoning.0.sse")
    deltas = [choice["delta"] for event in theirs for choice in event["choices"]]
    thoughts = tuple(d["reasoning"] for d in deltas if d.get("reasoning"))
    details = [d["reasoning_details"][0] for d in deltas if d.get("reasoning_details")]
    signature = next(d["signature"] for d in reversed(details) if d.get("signature"))
    part = Reasoning(thoughts, signature=signature, format="anthropic-claude-v1")

    wire = CHAT.render(Reply((part,)), Envelope("m", stream=True), OPENROUTER, Ids("k"))
    ours = [
        frame.event["choices"][0]["delta"]
        for frame in wire.frames
        if frame.label is Label.REASONING
    ]

    texts = [delta for delta in deltas if delta.get("reasoning")]
    assert texts == ours[:-1]
    assert signature == ours[-1]["reasoning_details"][0]["signature"]
    assert ours[-1]["reasoning"] is None


def test_a_recorded_error_in_mid_stream_is_rebuilt() -> None:
    """The error stands at the top level of a chunk like all others, and `[DONE]` follows."""
    theirs = recorded("openrouter-chat-stream-error.0.sse")[-1]
    error = ErrorReply(theirs["error"]["code"], theirs["error"]["message"])
    reply = Reply((Text(("We",)),), error=error)

    wire = CHAT.render(reply, Envelope(theirs["model"], stream=True), OPENROUTER, Ids("k"))
    ours = wire.frames[-2].event

    assert theirs["error"] == ours["error"]
    assert set(theirs) - {"usage"} == set(ours)
    assert wire.frames[-1].label is Label.DONE
