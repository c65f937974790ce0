"""
A reply as the Responses API sends it: one JSON body, or one event after the other.

The default sequences are those of recorded traffic, for each profile its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

from mockrouter.dialects import sse
from mockrouter.dialects.errors import error_object
from mockrouter.dialects.responses.answer import Rendering
from mockrouter.dialects.responses.kinds import FUNCTION_CALL, Kind, has_content, whole_of
from mockrouter.ids import Ids
from mockrouter.profiles import Profile
from mockrouter.reply import ErrorReply, Reply, Step, ToolCall
from mockrouter.request import Envelope
from mockrouter.values import Json, JsonObject
from mockrouter.wire import Frame, Label, Wire

_BLOCK = 16
"""OpenAI pads each delta to a multiple of so many characters, by at least one."""


@dataclass(frozen=True, slots=True)
class _Event:
    """An event that has no number yet."""

    type: str
    fields: JsonObject
    label: Label
    call: int | None = None


def render(reply: Reply, envelope: Envelope, profile: Profile, ids: Ids) -> Wire:
    """Render a reply in the mode that the client asked for."""
    answer = Rendering(reply, envelope, profile, ids)
    if envelope.stream:
        return Wire(200, sse.stream_headers(profile), tuple(_frames(answer)), stream=True)
    body = answer.ended()
    return Wire(200, sse.json_headers(profile), (Frame(sse.compact(body), event=body),))


def _frames(answer: Rendering) -> Iterator[Frame]:
    profile = answer.profile
    if profile.keep_alive:
        yield Frame(sse.comment(profile.keep_alive), Label.COMMENT)
    for number, made in enumerate(_events(answer)):
        event = {"type": made.type, "sequence_number": number, **made.fields}
        if "delta" in event and profile.obfuscation and answer.envelope.obfuscation:
            event["obfuscation"] = _padding(answer.ids, number, event["delta"])
        data = sse.named(made.type, event) if profile.event_lines else sse.data(event)
        yield Frame(data, made.label, call=made.call, event=event)
    if profile.responses_done:
        yield Frame(sse.DONE, Label.DONE)


def _padding(ids: Ids, number: int, delta: Json) -> str:
    """
    Make the padding that hides a delta's length.

    The nonce has no part in it, as kept wires have their nonce filled in later.
    """
    seed = f"{ids.key}|{ids.turn}|{ids.attempt}|{number}"
    digest = blake2b(seed.encode("utf-8", "surrogatepass"), digest_size=_BLOCK // 2).hexdigest()
    return digest[len(delta) % _BLOCK :] if isinstance(delta, str) else digest


def _events(answer: Rendering) -> Iterator[_Event]:
    for word in ("created", "in_progress"):
        yield _Event(f"response.{word}", {"response": answer.started()}, Label.START)
    for step in answer.steps():
        yield from _step(answer, step)
    if answer.error:
        yield _Event("error", _error(answer, answer.error), Label.ERROR)
    yield _Event(f"response.{answer.status}", {"response": answer.ended()}, Label.FINISH)


def _error(answer: Rendering, error: ErrorReply) -> JsonObject:
    """
    Make the ``error`` event's fields.

    OpenAI nests them, whatever its specification says; OpenRouter's SDKs know them flat alone.
    """
    body = error_object(error, answer.profile)
    if not answer.profile.integer_codes:
        return {"error": body}
    code = answer.error_code(error)
    return {"code": code, "message": body["message"], "param": error.param}


def _step(answer: Rendering, step: Step) -> Iterator[_Event]:
    kind = answer.kind(step.part)
    call = answer.call_numbers[step.index] if isinstance(step.part, ToolCall) else None
    for name, fields in _parts(answer, step, kind):
        yield _Event(name, fields, kind.label, call)


def _parts(answer: Rendering, step: Step, kind: Kind) -> Iterator[tuple[str, JsonObject]]:
    part, index = step.part, step.index
    at: JsonObject = {"item_id": answer.item_ids[index], "output_index": index, **kind.place()}
    if step.kind == "open":
        item = answer.item(part, index, "in_progress")
        yield "response.output_item.added", {"output_index": index, "item": item}
        if kind.part_events and has_content(part):
            yield f"{kind.part_events}.added", {**at, "part": kind.content("")}
    elif step.kind == "delta":
        yield f"{kind.events}.delta", {**at, "delta": step.fragment, **kind.extras()}
    else:
        if has_content(part):
            whole = whole_of(part)
            done = {**at, kind.whole: whole, **kind.extras()}
            if isinstance(part, ToolCall) and kind is FUNCTION_CALL:
                done |= {"name": part.name} if answer.profile.name_in_arguments_done else {}
            yield f"{kind.events}.done", done
            if kind.part_events:
                yield f"{kind.part_events}.done", {**at, "part": kind.content(str(whole))}
        item = answer.item(part, index, answer.closing_status(index))
        yield "response.output_item.done", {"output_index": index, "item": item}
