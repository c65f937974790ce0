"""How the providers write server-sent events, and with which headers."""

from __future__ import annotations

from mockrouter.profiles import Profile
from mockrouter.sse import DONE, comment, compact, data, named
from mockrouter.wire import Headers

__all__ = ["DONE", "comment", "compact", "data", "json_headers", "named", "stream_headers"]


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
