"""
A reply as Chat Completions sends it: one JSON body, or one chunk after the other.

The default sequences are those of recorded traffic, for each profile its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from mockrouter.dialects import sse
from mockrouter.dialects.chat.objects import Shape, message, reasoning_details, usage
from mockrouter.dialects.errors import error_object, render_error
from mockrouter.ids import Ids
from mockrouter.profiles import Profile
from mockrouter.reply import Reasoning, Refusal, Reply, Step, Text, ToolCall
from mockrouter.request import Envelope
from mockrouter.values import JsonObject
from mockrouter.wire import Frame, Label, Wire


def render(reply: Reply, envelope: Envelope, profile: Profile, ids: Ids) -> Wire:
    """Render a reply in the mode that the client asked for."""
    shape = Shape(reply, envelope, profile, ids)
    return _stream(shape) if envelope.stream else _plain(shape)


def _plain(shape: Shape) -> Wire:
    reply, profile, envelope = shape.reply, shape.profile, shape.envelope
    if reply.error and not profile.integer_codes:
        return render_error(reply.error, profile)
    choices = [_choice(shape, index) for index in range(envelope.choices)]
    body = shape.envelope_of("chat.completion", choices, system=profile.system_fingerprint)
    body["usage"] = usage(shape)
    frame = Frame(sse.compact(body), Label.BODY, event=body)
    return Wire(200, sse.json_headers(profile), (frame,))


def _choice(shape: Shape, index: int) -> JsonObject:
    choice: JsonObject = {"index": index, "message": message(shape, index)}
    error = shape.reply.error
    if error:
        choice["error"] = error_object(error, shape.profile)
    return choice | shape.finish("error" if error else shape.finish_reason)


def _stream(shape: Shape) -> Wire:
    frames = [*_prelude(shape), *_chunks(shape)]
    if shape.reply.error:
        frames += _failure(shape)
    else:
        frames += [
            shape.chunk(Label.FINISH, {}, index, finish=shape.finish_reason)
            for index in range(shape.envelope.choices)
        ]
        frames += _usage(shape)
        frames.append(Frame(sse.DONE, Label.DONE))
    return Wire(200, sse.stream_headers(shape.profile), tuple(frames), stream=True)


def _prelude(shape: Shape) -> Iterator[Frame]:
    profile, reply = shape.profile, shape.reply
    if profile.keep_alive:
        yield Frame(sse.comment(profile.keep_alive), Label.COMMENT)
    if shape.envelope.debug and profile.integer_codes:
        event = shape.envelope_of("chat.completion.chunk", [])
        event["debug"] = {"echo_upstream_body": json.loads(shape.envelope.debug)}
        yield Frame(sse.data(event), Label.START, event=event)
    if profile.chat_start == "every" or shape.merged_start:
        return
    first = next((p for p in reply.parts if not isinstance(p, Reasoning)), None)
    delta: JsonObject = {"role": "assistant", "content": None}
    if first is None or isinstance(first, Text):
        delta["content"] = ""
    if profile.message_extras and not isinstance(first, ToolCall):
        delta["refusal"] = None
    for index in range(shape.envelope.choices):
        yield shape.chunk(Label.START, delta, index)


def _chunks(shape: Shape) -> Iterator[Frame]:
    for step in shape.reply.steps():
        for index in range(shape.envelope.choices):
            yield from _step(shape, step, index)


def _step(shape: Shape, step: Step, choice: int) -> Iterator[Frame]:
    part = step.part
    if isinstance(part, ToolCall):
        yield from _call(shape, step, part, choice)
    elif isinstance(part, Reasoning):
        if shape.profile.chat_reasoning:
            yield from _reasoning(shape, step, part, choice)
    elif step.kind == "delta":
        name = "refusal" if isinstance(part, Refusal) else "content"
        yield shape.chunk(Label.TEXT, {name: step.fragment}, choice)


def _call(shape: Shape, step: Step, part: ToolCall, choice: int) -> Iterator[Frame]:
    number = shape.number(step.index)
    if step.kind == "open":
        delta = shape.call_delta(part, number, choice)
        if shape.merged_start:
            start: JsonObject = {"role": "assistant", "content": None, **delta}
            delta = start | ({"refusal": None} if shape.profile.message_extras else {})
        yield shape.chunk(Label.TOOL_CALL, delta, choice, call=number)
    elif step.kind == "delta":
        delta = shape.fragment_delta(part, number, step.fragment)
        yield shape.chunk(Label.TOOL_CALL, delta, choice, call=number)


def _reasoning(shape: Shape, step: Step, part: Reasoning, choice: int) -> Iterator[Frame]:
    details: list[JsonObject] = []
    if step.kind == "delta" and not part.details:
        details = reasoning_details(shape, step.index, Reasoning((step.fragment,), part.summary))
        details[0]["format"] = part.format
    elif step.kind == "close":
        details = reasoning_details(shape, step.index, part, closing=True)
    if step.kind == "delta" or details:
        delta = {
            "reasoning": step.fragment if step.kind == "delta" else None,
            "reasoning_details": details,
        }
        yield shape.chunk(Label.REASONING, delta, choice)


def _failure(shape: Shape) -> Iterator[Frame]:
    """
    End the stream with an error, HTTP 200 notwithstanding.

    OpenRouter puts it at the top level of a chunk and still sends ``[DONE]``; OpenAI sends it
    alone.

    Source: https://openrouter.ai/docs/api/reference/errors-and-debugging (mid-stream errors)
    """
    error = shape.reply.error
    assert error  # noqa: S101 - the caller asked
    body = error_object(error, shape.profile)
    if not shape.profile.integer_codes:
        event: JsonObject = {"error": body}
        yield Frame(sse.data(event), Label.ERROR, event=event)
        return
    choice = {"index": 0, "delta": {"content": "", "role": "assistant"}}
    choice |= shape.finish(shape.reply.finish_reason or "error")
    event = shape.envelope_of("chat.completion.chunk", [choice])
    event = {"error": body} | event
    yield Frame(sse.data(event), Label.ERROR, event=event)
    yield Frame(sse.DONE, Label.DONE)


def _usage(shape: Shape) -> Iterator[Frame]:
    profile, envelope = shape.profile, shape.envelope
    if profile.stream_usage == "on_request" and not envelope.include_usage:
        return
    choices: list[JsonObject] = []
    if profile.usage_choices == "repeated":
        delta = {"content": "", "role": "assistant"}
        choices = [{"index": 0, "delta": delta} | shape.finish(shape.finish_reason)]
    event = shape.envelope_of("chat.completion.chunk", choices, tier=True)
    event["usage"] = usage(shape)
    event |= shape.obfuscation(0, Label.USAGE)
    yield Frame(sse.data(event), Label.USAGE, event=event)
