"""Conversations that are saved and held again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from mockrouter.engine.engine import Engine
from mockrouter.engine.settings import Settings
from mockrouter.entries import Entry, entries
from mockrouter.scenario.library import load, load_text, with_active
from mockrouter.values import JsonObject
from mockrouter.wire import Wire
from scripts import USER, WEATHER, ask, engine

BUILTIN = load()
ANY = {"type": "function", "function": {"name": "any"}}
PATHS = ["/v1/chat/completions", "/v1/responses", "/api/v1/chat/completions", "/api/v1/responses"]
_ID = re.compile(
    rb"(call_|chatcmpl-|resp_|msg_tmp_|msg_|fc_tmp_|fc_|ctc_|rs_tmp_|rs_|gen-\d+-|req_)[0-9A-Za-z]+"
)
_OWN = (b"x-mockrouter-scenario",)


def serving(text: str) -> Engine:
    """Serve what was saved."""
    scenario = load_text(text, name="saved")
    return Engine(with_active(BUILTIN, [scenario]), Settings(strict=True))


def blanked(wire: Wire) -> Wire:
    """Blank all ids, and leave out the name of the scenario."""
    headers = ((name, _ID.sub(rb"\1", text)) for name, text in wire.headers if name not in _OWN)
    frames = (replace(frame, data=_ID.sub(rb"\1", frame.data)) for frame in wire.frames)
    return replace(wire, headers=tuple(headers), frames=tuple(frames))


def said(entry: Entry) -> list[JsonObject]:
    """Make what a client sends back of a reply, with a result for each call."""
    if entry.dialect == "responses":
        made: list[JsonObject] = []
        if entry.text:
            made.append({"role": "assistant", "content": entry.text})
        for call in entry.calls:
            row = {"call_id": call.id, "name": call.name, "arguments": call.text}
            made.append({"type": "function_call", **row})
        results = [{"type": "function_call_output", "call_id": c.id} for c in entry.calls]
        return made + [result | {"output": '{"temp": 18}'} for result in results]
    calls = [
        {"id": c.id, "type": "function", "function": {"name": c.name, "arguments": c.text}}
        for c in entry.calls
    ]
    message: JsonObject = {"role": "assistant", "content": entry.text}
    message |= {"tool_calls": calls} if calls else {}
    results = [
        {"role": "tool", "tool_call_id": c.id, "content": '{"temp": 18}'} for c in entry.calls
    ]
    return [message, *results]


def converse(
    served: Engine, tries: Sequence[int], path: str, *, stream: bool, users: Sequence[str] = ()
) -> list[Wire]:
    """
    Hold a conversation with a client.

    Args:
        served: Answers.

        tries: How often each turn is asked for.

        path: Of the format and the manner.

        stream: Whether to ask for streams.

        users: What the user says after each turn that calls nothing; else the last turn is the end.
    """
    flat = path.endswith("responses")
    tool = {"type": "function", **WEATHER["function"]} if flat else WEATHER
    key, messages, wires = "input" if flat else "messages", [USER], []
    more = iter(users)
    options = {"include_obfuscation": False} | ({} if flat else {"include_usage": True})
    for count in tries:
        body = {"model": "m", key: messages, "tools": [tool], "stream": stream}
        body |= {"stream_options": options} if stream else {}
        wires += [ask(served, body, path=path)[0] for _ in range(count)]
        last = entries(served.journal)[-1]
        following = [] if last.calls else [{"role": "user", "content": next(more, "And now?")}]
        messages = [*messages, *said(last), *following]
    return wires


def check(
    text: str, tries: Sequence[int], path: str, *, stream: bool, users: Sequence[str] = ()
) -> str:
    """Converse, save, load, converse again: all wires are the same but for ids."""
    first = engine(text)
    expected = converse(first, tries, path, stream=stream, users=users)
    assert not any(exchange.error for exchange in first.journal), expected[-1].body
    saved = entries(first.journal)[-1].to_scenario()

    again = converse(serving(saved), tries, path, stream=stream, users=users)

    assert list(map(blanked, expected)) == list(map(blanked, again)), saved
    return saved
