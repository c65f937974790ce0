"""
Recorded Responses traffic, said again by us.

Each recording is read back into a reply, the reply rendered, and every field of every event
compared. Where we differ on purpose, a table says why.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from mockrouter.dialects.responses import RESPONSES
from mockrouter.ids import Ids
from mockrouter.profiles import OPENAI, OPENROUTER, Profile
from mockrouter.reply import ErrorReply, Part, Reasoning, Reply, Text, ToolCall, Usage
from mockrouter.request import Envelope
from mockrouter.values import Json, JsonObject
from mockrouter.wire import Label, Wire
from specs import recorded, recorded_text

ADDED = {
    "background": "newer than LM Studio's recording",
    "cache_write_tokens": "required by OpenAI's specification of 2026",
    "completed_at": "required by both specifications of 2026; the recordings are older",
    "frequency_penalty": "as completed_at",
    "logprobs": "required by OpenAI's specification; OpenRouter has it in deltas alone",
    "name": "both specifications require it in arguments.done, and OpenRouter's SDKs insist",
    "presence_penalty": "as completed_at",
    "text": "as completed_at",
    "top_logprobs": "as completed_at",
    "usage": "null at a stream's start, as OpenAI sends it",
}
"""Keys that we send and a recording lacks."""

LEFT_OUT = {
    "output_text": "OpenRouter sends it empty even where there is text, which misleads",
    "prompt_cache_retention": "null in all recordings, in no schema's required fields",
    "user": "null breaks OpenAI's own schema",
}
"""Keys that a recording has and we do not send."""

FILLED = {
    "reasoning": "Open Responses wants an object",
    "temperature": "Open Responses wants a number",
    "top_p": "Open Responses wants a number",
    "truncation": "Open Responses wants a word",
    "upstream_inference_cost": "a number serves clients that add up",
}
"""Keys that are null in a recording and not here."""

OTHERWISE = {
    "obfuscation": "random; its length has a test of its own",
    "service_tier": "OpenRouter says auto to the end; its time in a stream has a test of its own",
    "upstream_inference_input_cost": "another price list",
    "upstream_inference_output_cost": "another price list",
}
"""Keys whose values may differ."""

CALLS = "openai-responses-stream-reasoning-toolcalls.chunks.jsonl"
FAILURE = "openai-responses-stream-error.chunks.jsonl"
ROUTED = "openrouter-responses-stream.0.sse"
LM_STUDIO = "lmstudio-responses-stream-toolcall-no-delta.chunks.jsonl"
REFUSED = "openai-responses-error-reasoning-without-following-item.1"


def streams(name: str) -> list[list[JsonObject]]:
    """Cut a recording of several responses into one list of events for each."""
    found: list[list[JsonObject]] = []
    for event in recorded(name):
        if event["type"] == "response.created":
            found.append([])
        found[-1].append(event)
    return found


def parts_of(events: list[JsonObject]) -> Iterator[Part]:
    """Read the parts of a reply off its events."""
    for event in events:
        if event["type"] != "response.output_item.done":
            continue
        item, index = event["item"], event["output_index"]
        fragments = tuple(
            other["delta"]
            for other in events
            if other["type"].endswith(".delta") and other["output_index"] == index
        )
        if item["type"] == "message":
            yield Text(fragments)
        elif item["type"] == "reasoning":
            yield Reasoning(fragments, encrypted="?" if "encrypted_content" in item else None)
        else:
            yield ToolCall(item["name"], fragments or (item["arguments"],), item["call_id"])


def reply_of(events: list[JsonObject]) -> Reply:
    """Read a reply off its events, which need not close in the order in which they open."""
    opened = [e["output_index"] for e in events if e["type"] == "response.output_item.done"]
    parts = [part for _, part in sorted(zip(opened, parts_of(events), strict=True), key=_first)]
    usage, error = events[-1]["response"].get("usage"), events[-1]["response"]["error"]
    failure = next((e["error"] for e in events if e["type"] == "error"), None)
    return Reply(
        tuple(parts),
        usage=usage_of(usage) if usage else Usage(),
        error=ErrorReply(429, error["message"], failure["type"], error["code"])
        if failure
        else None,
    )


def usage_of(usage: JsonObject) -> Usage:
    """Read token counts off a Response object."""
    return Usage(
        prompt_tokens=usage["input_tokens"],
        completion_tokens=usage["output_tokens"],
        reasoning_tokens=usage["output_tokens_details"]["reasoning_tokens"],
        cached_tokens=usage["input_tokens_details"]["cached_tokens"],
        cost=usage.get("cost"),
    )


def render(events: list[JsonObject], profile: Profile) -> Wire:
    """Say a recorded stream again."""
    response = events[0]["response"]
    echoed = {name: value for name, value in response.items() if value is not None}
    for name in ("id", "object", "created_at", "status", "model", "output", "output_text"):
        echoed.pop(name, None)
    envelope = Envelope(
        model=response["model"],
        stream=True,
        created=response["created_at"],
        echo=json.dumps(echoed),
    )
    ids = Ids("recorded", created=response["created_at"])
    return RESPONSES.render(reply_of(events), envelope, profile, ids)


def events_of(wire: Wire) -> list[JsonObject]:
    """List the events of a stream."""
    return [frame.event for frame in wire.frames if frame.event is not None]


def anonymous(events: list[JsonObject]) -> list[JsonObject]:
    """Put each id's place in the output, and ``?`` for opaque text, in its stead."""

    def walk(value: Json, place: str = "response") -> Json:
        if isinstance(value, list):
            return [walk(inner, f"item {i}") for i, inner in enumerate(value)]
        if not isinstance(value, dict):
            return value
        here = f"item {value['output_index']}" if "output_index" in value else place
        fixed = {name: walk(inner, here) for name, inner in value.items()}
        names = fixed.keys() & {"id", "item_id"}
        return fixed | dict.fromkeys(names, here) | _opaque(fixed)

    return [walk(event) for event in events]


def _opaque(value: JsonObject) -> JsonObject:
    return {"encrypted_content": "?"} if "encrypted_content" in value else {}


def _first(pair: tuple[int, Part]) -> int:
    return pair[0]


def differences(theirs: Json, ours: Json, path: str = "$") -> Iterator[str]:
    """List where two values differ and no table says that they may."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        yield from (f"{path}.{name} is missing" for name in theirs.keys() - ours - LEFT_OUT.keys())
        yield from (f"{path}.{name} is new" for name in ours.keys() - theirs - ADDED.keys())
        for name in (theirs.keys() & ours) - OTHERWISE.keys():
            if theirs[name] is None and name in FILLED:
                continue
            yield from differences(theirs[name], ours[name], f"{path}.{name}")
    elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        for i, pair in enumerate(zip(theirs, ours, strict=True)):
            yield from differences(*pair, f"{path}[{i}]")
    elif theirs != ours:
        yield f"{path}: {theirs!r} became {ours!r}"


@pytest.mark.parametrize(
    ("name", "profile"), [(CALLS, OPENAI), (FAILURE, OPENAI), (ROUTED, OPENROUTER)]
)
def test_says_a_recorded_stream_again(name: str, profile: Profile) -> None:
    """What a provider sent for a reply, we send for it, event by event and field by field."""
    for stream in streams(name):
        ours = events_of(render(stream, profile))

        assert [event["type"] for event in stream] == [event["type"] for event in ours]
        assert [] == list(differences(anonymous(stream), anonymous(ours)))


def test_says_the_tier_when_openai_does() -> None:
    """The service tier is what was asked for until the response is complete."""
    for stream in streams(CALLS):
        ours = events_of(render(stream, OPENAI))

        assert [_tier(event) for event in stream] == [_tier(event) for event in ours]


def _tier(event: JsonObject) -> Json:
    return event.get("response", {}).get("service_tier")


def test_pads_as_long_as_openai() -> None:
    """The padding of a delta is as long as the recorded one."""
    for stream in streams(CALLS):
        ours = events_of(render(stream, OPENAI))

        assert [len(event.get("obfuscation", "")) for event in stream] == [
            len(event.get("obfuscation", "")) for event in ours
        ]


def test_frames_as_openrouter() -> None:
    """A comment, events without names, and ``[DONE]`` frame the stream as they were recorded."""
    theirs = recorded_text(ROUTED)
    ours = render(streams(ROUTED)[0], OPENROUTER).body.decode()

    assert [line[:8] for line in theirs.split("\n")] == [line[:8] for line in ours.split("\n")]


def test_lm_studio_is_a_dropped_delta_away() -> None:
    """A server that sends arguments whole is ours but for the deltas and when reasoning closes."""
    (stream,) = streams(LM_STUDIO)
    profile = replace(OPENROUTER, keep_alive=None, responses_done=False)
    wire = render(stream, profile)
    ours = [
        frame.event
        for frame in wire.frames
        if frame.label is not Label.TOOL_CALL or not frame.event["type"].endswith(".delta")
    ]

    assert [(event["type"], event.get("delta")) for event in _by_item(stream)] == [
        (event["type"], event.get("delta")) for event in _by_item(ours)
    ]
    assert (
        stream[-1]["response"]["output"][-1]["arguments"]
        == (ours[-1]["response"]["output"][-1]["arguments"])
    )


def _by_item(events: list[JsonObject]) -> list[JsonObject]:
    inner = events[2:-1]
    return [*events[:2], *sorted(inner, key=lambda event: event["output_index"]), events[-1]]


def test_refuses_as_recorded() -> None:
    """OpenAI's envelope around one of its own refusals is the recorded body."""
    answer = recorded(f"{REFUSED}.response.json")
    told = answer["body"]["error"]

    wire = RESPONSES.render_error(
        ErrorReply(answer["status"], told["message"], param=told["param"]), OPENAI
    )

    assert (answer["status"], answer["body"]) == (wire.status, json.loads(wire.body))


@pytest.mark.parametrize(
    ("name", "profile", "roles"),
    [
        (f"{REFUSED}.request.json", OPENAI, ["user", "assistant", "user"]),
        ("openrouter-responses-stream.0.request.json", OPENROUTER, ["user"]),
    ],
)
def test_reads_a_recorded_request(name: str, profile: Profile, roles: list[str]) -> None:
    """Requests that clients sent to the real APIs have the shape that we ask for."""
    request = RESPONSES.read(recorded(name), {}, profile, 0)

    assert roles == [message.role for message in request.messages]
