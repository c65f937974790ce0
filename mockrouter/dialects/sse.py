"""
Server-sent events, as the providers write them: one event, one line of JSON.

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

from mockrouter.profiles import Profile
from mockrouter.values import Json
from mockrouter.values import compact as compact_text
from mockrouter.wire import Headers

DONE = b"data: [DONE]\n\n"


def compact(value: Json) -> bytes:
    """
    Render JSON as the providers do: no spaces, UTF-8.

    A lone surrogate, which no UTF-8 can hold, is written as its escape.
    """
    return compact_text(value).encode("utf-8", "backslashreplace")


def data(event: Json) -> bytes:
    """Write an event that has data alone."""
    return b"data: " + compact(event) + b"\n\n"


def named(name: str, event: Json) -> bytes:
    """Write an event with its name in an ``event:`` line."""
    return b"event: " + name.encode() + b"\n" + data(event)


def comment(text: str) -> bytes:
    """Write a comment, which clients must ignore."""
    return b": " + text.encode() + b"\n\n"


def stream_headers(profile: Profile) -> Headers:
    """Headers of a stream."""
    return (
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-cache"),
        *_own(profile),
    )


def json_headers(profile: Profile) -> Headers:
    """Headers of a JSON body."""
    return ((b"content-type", b"application/json"), *_own(profile))


def _own(profile: Profile) -> Headers:
    return tuple((name.encode(), value.encode()) for name, value in profile.headers)
