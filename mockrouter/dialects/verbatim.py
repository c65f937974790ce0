"""Responses that no model made, and heads that are not what the provider sends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mockrouter.dialects import sse
from mockrouter.profiles import Profile
from mockrouter.values import Json
from mockrouter.verbatim import Head, Verbatim
from mockrouter.wire import Frame, Label, Wire

_DONE = "[DONE]"


def render_verbatim(said: Verbatim, profile: Profile) -> Wire:
    """
    Render a response of its author's own; its head is put on later, as with any other.

    Returns:
        A wire of one frame, of none where the body is empty, or of one for each event.
    """
    own = tuple((name.encode(), value.encode()) for name, value in profile.headers)
    if said.events is not None:
        frames = tuple(map(_event, said.events))
        return Wire(200, sse.stream_headers(profile), frames, stream=True)
    kind = said.content_type
    headers = own if kind is None else ((b"content-type", kind.encode()), *own)
    return Wire(200, headers, (Frame(said.body),) if said.body else ())


def with_head(wire: Wire, head: Head, profile: Profile) -> Wire:
    """Put another status, and headers in the place of those of the same names."""
    gone = {name for name, _ in head.headers}
    if head.bare:
        gone |= {name for name, _ in profile.headers} | {profile.request_id[0]}
    kept = (header for header in wire.headers if header[0].decode() not in gone)
    status = wire.status if head.status is None else head.status
    return replace(wire, status=status, headers=(*kept, *_sent(head)))


def _sent(head: Head) -> Iterator[tuple[bytes, bytes]]:
    for name, value in head.headers:
        if value is not None:
            yield name.encode(), value.encode("utf-8", "surrogatepass")


def _event(event: Json) -> Frame:
    """Write an event; a text is its data as it stands."""
    if isinstance(event, str):
        lines = "".join(f"data: {line}\n" for line in event.split("\n"))
        label = Label.DONE if event == _DONE else Label.BODY
        return Frame(f"{lines}\n".encode("utf-8", "backslashreplace"), label)
    failed = isinstance(event, dict) and bool(event.get("error"))
    return Frame(sse.data(event), Label.ERROR if failed else Label.BODY, event=event)
