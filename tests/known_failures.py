"""Failures as rows: what a scenario says, and what is seen of it on the wire."""

from __future__ import annotations

import re
from dataclasses import dataclass
from textwrap import indent
from typing import Final

from mockrouter.engine.journal import Exchange
from mockrouter.patterns import Path
from mockrouter.values import Json, JsonObject, parsed
from mockrouter.wire import Label, Wire
from scripts import WEATHER, ask, chat, engine

ONE: Final = """
say:
  - {tool_call: a, arguments: '{"x":1}', id: call_a, cut: [3, 4]}
"""
TWO: Final = """
say:
  - {tool_call: a, arguments: '{"x":1}', id: call_a, cut: [3, 4]}
  - {tool_call: b, arguments: '{"y":2}', id: call_b, cut: [3, 4]}
ignores: [parallel_tool_calls]
"""
TEXT: Final = """
say: [{text: abcd, cut: [2, 2]}]
"""
CALLS: Final = "choices[0].delta.tool_calls"
CALL: Final = f"{CALLS}[0]"
FUNCTION: Final = f"{CALL}.function"
ARGUMENTS: Final = f"{FUNCTION}.arguments"
FINISH: Final = "choices[0].finish_reason"
DELTA: Final = "response.function_call_arguments.delta"


@dataclass(frozen=True)
class Row:
    """
    One failure.

    Attributes:
        name: In the catalogue.

        answer: YAML of what is said, and of what goes wrong with it.

        path: What is looked at in each event; ``labels`` and ``data`` are those of the frames.

        expected: What stands there, in the order of the events.

        dialect: The format.

        stream: The mode.
    """

    name: str
    answer: str
    path: str
    expected: list[Json]
    dialect: str = "chat"
    stream: bool = True

    def __str__(self) -> str:
        """Tell it from all others."""
        return f"{self.dialect}{'' if self.stream else '-plain'}-{self.name}"


def chatted(name: str, answer: str, path: str, expected: list[Json]) -> Row:
    """Expect this of a stream of chunks."""
    return Row(name, answer, path, expected)


def plain(name: str, answer: str, path: str, expected: list[Json]) -> Row:
    """Expect this of a plain chat reply."""
    return Row(name, answer, path, expected, stream=False)


def responded(name: str, answer: str, path: str, expected: list[Json]) -> Row:
    """Expect this of a stream of Responses."""
    return Row(name, answer, path, expected, dialect="responses")


def played(row: Row) -> tuple[Wire, Exchange]:
    """Ask for what a row says."""
    served = engine("turns:\n  -\n" + indent(row.answer, "    "))
    return ask(served, _body(row), path=_path(row))


def seen(wire: Wire, path: str) -> list[Json]:
    """
    Look at something in all events of a wire.

    ``labels`` are those of the frames, ``names`` those of the last events, and ``data`` is what is
    no JSON.
    """
    if path == "labels":
        return [str(frame.label) for frame in wire.frames]
    if path == "names":
        ends = [frame.data for frame in wire.frames if frame.label is Label.FINISH]
        return [end.split(b"\n")[0].decode().removeprefix("event: ") for end in ends]
    events = [parsed(re.split("(?:^|\n)data: ", f.data.decode())[-1].strip()) for f in wire.frames]
    if path == "data":
        return [event for event in events if isinstance(event, str)]
    return [value for event in events for value in Path(f"$.{path}").values_in(event)]


def _path(row: Row) -> str:
    return "/v1/chat/completions" if row.dialect == "chat" else "/v1/responses"


def _body(row: Row) -> JsonObject:
    if row.dialect == "chat":
        return chat(stream=row.stream)
    tools = [{"type": "function", **WEATHER["function"]}]
    return {"model": "gpt-4o", "input": "Hi", "tools": tools, "stream": row.stream}
