"""
An exchange as JSON, as ``/_mockrouter/requests`` shows it.

Whatever a client sent, any reader of JSON can read what is made here.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from mockrouter.engine.journal import Exchange
from mockrouter.engine.redaction import Redactor
from mockrouter.engine.traceparent import trace_parent
from mockrouter.entries.calls import ToolCall, ToolResult
from mockrouter.entries.conversations import Link
from mockrouter.entries.reading import Reading, is_deep
from mockrouter.entries.waits import retry_after
from mockrouter.values import Json, JsonObject, parsed
from mockrouter.wire import Sent, Wire

_DEEPEST = 100
"""Levels of a value that is shown as JSON; much deeper, and Python cannot write it."""
_LONGEST = 100_000
"""Bytes of a body that are shown as text."""


def show(
    reading: Reading, link: Link, calls: Sequence[ToolCall], waited: float | None
) -> JsonObject:
    """
    Show an exchange.

    Args:
        reading: The exchange.

        link: Where it stands.

        calls: That its reply made.

        waited: Seconds, as ``Conversations.waited`` gives them.
    """
    exchange, wire = reading.exchange, reading.wire
    shown = exchange.shown
    return {
        **_chosen(exchange),
        "request": _request(reading),
        "calls": [_call(call, exchange.redactor) for call in calls],
        "response": _wire(shown) if shown else None,
        "sent": _sent(exchange.sent) if exchange.sent else None,
        "conversation": link.conversation,
        "follows": link.follows,
        "is_retry": link.is_retry,
        "waited": None if waited is None else round(waited, 6),
        "retry_after": retry_after(wire.headers, exchange.time) if wire else None,
        "next": list(link.next),
    }


def _chosen(exchange: Exchange) -> JsonObject:
    names = ("number", "sequence", "time", "method", "path", "namespace", "profile", "dialect")
    shown: JsonObject = {name: getattr(exchange, name) for name in names}
    shown |= {name: getattr(exchange, name) for name in ("scenario", "turn", "attempt", "seed")}
    shown |= {"replica": exchange.replica or None}
    shown |= {"error": exchange.error or None, "broken": exchange.broken or None}
    trace = trace_parent(exchange.headers)
    shown |= {"trace_id": trace.trace_id or None, "parent_id": trace.parent_id or None}
    return shown | {"warnings": list(exchange.warnings), "misses": list(exchange.misses)}


def _request(reading: Reading) -> JsonObject:
    return {
        "headers": reading.exchange.headers,
        "model": reading.model,
        "stream": reading.stream,
        "tools": [tool.name for tool in reading.tools],
        "body": _body(reading),
    }


def _body(reading: Reading) -> Json:
    """Show a body as text where it is no JSON, or none that can be written again."""
    if reading.is_json and not is_deep(reading.body, _DEEPEST):
        return reading.body
    body = reading.exchange.body
    text = body[:_LONGEST].decode("utf-8", "replace")
    return text if len(body) <= _LONGEST else f"{text}… ({len(body)} bytes)"


def _call(call: ToolCall, redactor: Redactor) -> JsonObject:
    text = redactor.text(call.text)
    is_blanked = text != call.text
    arguments = parsed(text) if is_blanked else call.arguments
    # A problem quotes the value that it is about.
    problem = f"{call.problem.split(': ')[0]}." if is_blanked and call.problem else call.problem
    return {
        "name": call.name,
        "arguments": arguments if _can_be_written(arguments) else text,
        "text": text,
        "id": call.id,
        "verdict": call.verdict,
        "problem": problem or None,
        "results": [_result(result) for result in call.results],
    }


def _can_be_written(value: Json) -> bool:
    if is_deep(value, _DEEPEST):
        return False
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        return False
    return True


def _result(result: ToolResult) -> JsonObject:
    return {"id": result.id, "content": result.content, "request": result.request}


def _sent(sent: Sent) -> JsonObject:
    return {
        "frames": sent.frames,
        "bytes": sent.bytes,
        "seconds": round(sent.ended - sent.started, 6),
        "at": [round(when - sent.started, 6) for when in sent.times],
        "complete": sent.complete,
        "client_left": sent.client_left,
    }


def _wire(wire: Wire) -> JsonObject:
    return {
        "status": wire.status,
        "headers": [[name.decode(), value.decode("latin-1")] for name, value in wire.headers],
        "delay": wire.delay,
        "ending": wire.ending.value,
        "stream": wire.stream,
        "headers_sent": wire.headers_sent,
        "frames": [
            {
                "label": frame.label.value,
                "call": frame.call,
                "delay": frame.delay,
                "data": frame.data.decode("utf-8", "replace"),
            }
            for frame in wire.frames
        ],
    }
