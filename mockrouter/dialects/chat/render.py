"""
A reply as Chat Completions sends it: one JSON body, or one chunk after the other.

The default sequences are those of recorded traffic, for each profile its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from mockrouter.dialects import sse
from mockrouter.dialects.chat.objects import Rendering, message, reasoning_details, usage
from mockrouter.dialects.errors import error_object, render_error
from mockrouter.ids import Ids
from mockrouter.profiles import Profile
from mockrouter.reply import Reasoning, Refusal, Reply, Step, Text, ToolCall
from mockrouter.request import Envelope
from mockrouter.values import JsonObject
from mockrouter.wire import Frame, Label, Wire


def render(reply: Reply, envelope: Envelope, profile: Profile, ids: Ids) -> Wire:
    """Render a reply in the mode that the client asked for."""
    if envelope.stream:
        return _stream(Rendering(reply, envelope, profile, ids))
    return _plain(Rendering(reply.until_error(), envelope, profile, ids))


def _plain(rendering: Rendering) -> Wire:
    reply, profile = rendering.reply, rendering.profile
    if reply.error and not profile.integer_codes:
        return render_error(reply.error, profile)
    choices = [_choice(rendering.of_choice(n), n) for n in range(rendering.choices)]
    body = rendering.envelope_of("chat.completion", choices, system=profile.system_fingerprint)
    body["usage"] = usage(rendering)
    frame = Frame(sse.compact(body), Label.BODY, event=body)
    return Wire(200, sse.json_headers(profile), (frame,))


def _choice(rendering: Rendering, index: int) -> JsonObject:
    choice: JsonObject = {"index": index, "message": message(rendering, index)}
    error = rendering.reply.error
    if error:
        choice["error"] = error_object(error, rendering.profile)
    return choice | rendering.finish("error" if error else rendering.finish_reason)


def _stream(rendering: Rendering) -> Wire:
    frames = [*_prelude(rendering), *_chunks(rendering)]
    if rendering.reply.error:
        frames += _failure(rendering)
    else:
        frames += [
            rendering.chunk(Label.FINISH, {}, n, finish=rendering.of_choice(n).finish_reason)
            for n in range(rendering.choices)
        ]
        frames += _usage(rendering)
        frames.append(Frame(sse.DONE, Label.DONE))
    return Wire(200, sse.stream_headers(rendering.profile), tuple(frames), stream=True)


def _prelude(rendering: Rendering) -> Iterator[Frame]:
    profile = rendering.profile
    if profile.keep_alive:
        yield Frame(sse.comment(profile.keep_alive), Label.COMMENT)
    if rendering.envelope.debug and profile.integer_codes:
        event = rendering.envelope_of("chat.completion.chunk", [])
        event["debug"] = {"echo_upstream_body": json.loads(rendering.envelope.debug)}
        yield Frame(sse.data(event), Label.START, event=event)
    if profile.chat_start == "every":
        return
    for index in range(rendering.choices):
        if not rendering.of_choice(index).merged_start:
            yield _start(rendering.of_choice(index), index)


def _start(rendering: Rendering, choice: int) -> Frame:
    first = next((p for p in rendering.reply.parts if not isinstance(p, Reasoning)), None)
    delta: JsonObject = {"role": "assistant", "content": None}
    if first is None or isinstance(first, Text):
        delta["content"] = ""
    if rendering.profile.message_extras and not isinstance(first, ToolCall):
        delta["refusal"] = None
    return rendering.chunk(Label.START, delta, choice)


def _chunks(rendering: Rendering) -> Iterator[Frame]:
    for step in rendering.reply.steps():
        for index in range(rendering.choices):
            if step.part.choice in {None, index}:
                yield from _step(rendering, step, index)


def _step(rendering: Rendering, step: Step, choice: int) -> Iterator[Frame]:
    part = step.part
    if isinstance(part, ToolCall):
        yield from _call(rendering, step, part, choice)
    elif isinstance(part, Reasoning):
        if rendering.profile.chat_reasoning:
            yield from _reasoning(rendering, step, part, choice)
    elif step.kind == "delta":
        name = "refusal" if isinstance(part, Refusal) else "content"
        yield rendering.chunk(Label.TEXT, {name: step.fragment}, choice)


def _call(rendering: Rendering, step: Step, part: ToolCall, choice: int) -> Iterator[Frame]:
    number = rendering.number(step.index, choice)
    if step.kind == "open":
        delta = rendering.call_delta(part, number, choice)
        if rendering.of_choice(choice).merged_start:
            start: JsonObject = {"role": "assistant", "content": None, **delta}
            delta = start | ({"refusal": None} if rendering.profile.message_extras else {})
        yield rendering.chunk(Label.TOOL_CALL, delta, choice, call=number)
    elif step.kind == "delta":
        delta = rendering.fragment_delta(part, number, step.fragment)
        yield rendering.chunk(Label.TOOL_CALL, delta, choice, call=number)


def _reasoning(rendering: Rendering, step: Step, part: Reasoning, choice: int) -> Iterator[Frame]:
    details: list[JsonObject] = []
    if step.kind == "delta" and not part.details:
        details = reasoning_details(
            rendering, step.index, Reasoning((step.fragment,), part.summary)
        )
        details[0]["format"] = part.format
    elif step.kind == "close":
        details = reasoning_details(rendering, step.index, part, closing=True)
    if step.kind == "delta" or details:
        delta = {
            "reasoning": step.fragment if step.kind == "delta" else None,
            "reasoning_details": details,
        }
        yield rendering.chunk(Label.REASONING, delta, choice)


def _failure(rendering: Rendering) -> Iterator[Frame]:
    """
    End the stream with an error, HTTP 200 notwithstanding.

    OpenRouter puts it at the top level of a chunk and still sends ``[DONE]``; OpenAI sends it
    alone.

    Source: https://openrouter.ai/docs/api/reference/errors-and-debugging (mid-stream errors)
    """
    error = rendering.reply.error
    assert error  # noqa: S101 - the caller asked
    body = error_object(error, rendering.profile)
    if not rendering.profile.integer_codes:
        event: JsonObject = {"error": body}
        yield Frame(sse.data(event), Label.ERROR, event=event)
        return
    choice = {"index": 0, "delta": {"content": "", "role": "assistant"}}
    choice |= rendering.finish(rendering.reply.finish_reason or "error")
    event = rendering.envelope_of("chat.completion.chunk", [choice])
    event = {"error": body} | event
    yield Frame(sse.data(event), Label.ERROR, event=event)
    yield Frame(sse.DONE, Label.DONE)


def _usage(rendering: Rendering) -> Iterator[Frame]:
    profile, envelope = rendering.profile, rendering.envelope
    if profile.stream_usage == "on_request" and not envelope.include_usage:
        return
    choices: list[JsonObject] = []
    if profile.usage_choices == "repeated":
        delta = {"content": "", "role": "assistant"}
        choices = [{"index": 0, "delta": delta} | rendering.finish(rendering.finish_reason)]
    event = rendering.envelope_of("chat.completion.chunk", choices, tier=True)
    event["usage"] = usage(rendering)
    event |= rendering.obfuscation(0, Label.USAGE)
    yield Frame(sse.data(event), Label.USAGE, event=event)
