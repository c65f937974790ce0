"""Streams and plain bodies, and faults written as in YAML that strike them."""

from __future__ import annotations

from random import Random

from pydantic import TypeAdapter

from mockrouter.faults import AnyFault, Fault
from mockrouter.sse import DONE, comment, compact, data, named
from mockrouter.values import Json, JsonObject
from mockrouter.wire import Frame, Label, Wire

ADAPTER: TypeAdapter[Fault] = TypeAdapter(AnyFault)

HEADERS = ((b"content-type", b"text/event-stream"),)
SAYING = {"type": "say", "text": 'Zürich "18°" 🌤\n'}


def event(value: Json, label: Label = Label.TEXT, delay: float = 0.0) -> Frame:
    """Make the frame of an event."""
    return Frame(data(value), label, delay, event=value)


def stream(*frames: Frame) -> Wire:
    """Make the wire of a stream."""
    return Wire(200, HEADERS, frames, stream=True)


STREAM = stream(
    Frame(comment("GO"), Label.COMMENT),
    event({"type": "start"}, Label.START),
    Frame(named("say", SAYING), Label.TEXT, 0.5, event=SAYING),
    event({"id": "x", "n": [1, 2]}, Label.TOOL_CALL),
    event({"finish": "stop"}, Label.FINISH),
    Frame(DONE, Label.DONE),
)
SAID_DATA = named("say", SAYING | {"text": str(SAYING["text"]).replace("🌤", "*")})
PLAIN = Wire(200, ((b"content-type", b"application/json"),), (Frame('{"a":"°"}'.encode()),))


def call(number: int, *fragments: str) -> list[Frame]:
    """Make the events of a tool call: one that opens it, and one for each fragment."""
    opener = {"c": [{"index": number, "id": f"call_{number}", "arguments": ""}], "end": None}
    pieces = [{"c": [{"index": number, "arguments": each}], "end": None} for each in fragments]
    return [
        Frame(data(each), Label.TOOL_CALL, 0.25, call=number, event=each)
        for each in (opener, *pieces)
    ]


CHUNKS = stream(
    Frame(comment("GO"), Label.COMMENT),
    event({"role": "assistant"}, Label.START),
    *call(0, "{", "}"),
    *call(1, "[", "]"),
    event({"c": [], "end": "stop"}, Label.FINISH),
    Frame(DONE, Label.DONE),
)


def typed(kind: str, number: int, label: Label) -> Frame:
    """Make an event with its type in front."""
    value = {"type": kind, "n": number}
    return Frame(named(kind, value), label, event=value)


NAMED = stream(
    typed("r.created", 0, Label.START),
    typed("r.item.added", 1, Label.TEXT),
    typed("r.item.done", 2, Label.TEXT),
    typed("r.completed", 3, Label.FINISH),
)
BODY: JsonObject = {"choices": [{"message": {"content": "°", "n": 1.50}}], "usage": None}
REPLY = Wire(200, (), (Frame(compact(BODY), event=BODY),))


def fault(**written: Json) -> Fault:
    """Make a fault of its settings in YAML."""
    return ADAPTER.validate_python(written)


def struck(wire: Wire = STREAM, /, **written: Json) -> Wire:
    """Let a fault happen."""
    return fault(**written).apply(wire, Random(0))


def datas(wire: Wire) -> list[bytes]:
    """List what is written."""
    return [frame.data for frame in wire.frames]


def seconds(wire: Wire) -> float:
    """Add up all waits."""
    return sum(frame.delay for frame in wire.frames)
