"""
Server-sent events, as the providers write them: one event, one line of JSON.

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

from mockrouter.values import Json
from mockrouter.values import compact as compact_text

DONE = b"data: [DONE]\n\n"
NAME = b"event: "
"""What an event with a name begins with."""


def utf8(text: str) -> bytes:
    """Encode a text; a lone surrogate, which no UTF-8 can hold, is written as its escape."""
    return text.encode("utf-8", "backslashreplace")


def compact(value: Json) -> bytes:
    """Render JSON as the providers do: no spaces, UTF-8."""
    return utf8(compact_text(value))


def data(event: Json) -> bytes:
    """Write an event that has data alone."""
    return b"data: " + compact(event) + b"\n\n"


def named(name: str, event: Json) -> bytes:
    """Write an event with its name in an ``event:`` line."""
    return NAME + utf8(name) + b"\n" + data(event)


def text(content: str) -> bytes:
    """Write an event whose data is a text as it stands, with a ``data:`` for each of its lines."""
    lines = content.split("\n")
    return b"".join(b"data: " + utf8(line) + b"\n" for line in lines) + b"\n"


def comment(content: str) -> bytes:
    """Write a comment, which clients must ignore."""
    return b": " + utf8(content) + b"\n\n"
