"""
How a wire becomes HTTP, before anybody sends it: a pure function.

Which writes there are, what length is announced, and whether a server that holds to HTTP will let
it all through.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus

from mockrouter.ids import HOLE
from mockrouter.wire import Ending, Frame, Headers, Wire, has_body

_LAST_CHUNK = b"0\r\n\r\n"
_WHOLE = (Ending.COMPLETE, Ending.KEEP_OPEN)
_STATUSES = range(200, 600)
_PHRASED = frozenset(map(int, HTTPStatus))


@dataclass(frozen=True, slots=True)
class Framed:
    """
    How a wire becomes events.

    Attributes:
        wire: What is framed.

        headers: With the length of a plain body; without the hollow ones.

        hollow: Headers with the hole for the nonce, sent after the others.

        frames: The writes.

        finishes: Whether the response ends as HTTP says.

        closing: Number, from 1, of the write that also ends the response; 0 for none.

        lawful: Whether a server sends this; else it must be written past it.

        chunked: Whether a server sends the body in chunks, each of the writes in one.

        whole: Whether the response is one write that waits for nothing.

        last: What ends the body and is written past the server, which is not to know of the end.
    """

    wire: Wire
    headers: Headers
    hollow: Headers
    frames: Sequence[Frame]
    finishes: bool
    closing: int
    lawful: bool
    chunked: bool
    whole: bool
    last: bytes = b""


def framed(wire: Wire, *, head: bool = False) -> Framed:
    """
    Frame a wire.

    A stream's frames are its writes. A plain body is one write with its length counted, unless it
    has a ``content-length`` of its own, or frames that are writes of their own, as they wait for
    their delay or are to be apart. A body that is to end early is announced with no length, hence
    sent in chunks, of which the last will be missing.

    Args:
        wire: The response.

        head: Whether the request was a HEAD, whose answer has the headers alone.
    """
    bodiless = head or not has_body(wire.status)
    announced = next((value for name, value in wire.headers if name == b"content-length"), None)
    finishes, lawful = wire.ending is Ending.COMPLETE, wire.status in _STATUSES
    headers = wire.headers
    if announced is None:
        if wire.ending in _WHOLE and not wire.stream and has_body(wire.status):
            headers = (*headers, (b"content-length", b"%d" % len(wire.body)))
    elif not bodiless:
        missing = int(announced) - len(wire.body) if announced.isdigit() else -1
        finishes, lawful = finishes and missing == 0, lawful and missing >= 0
        # What keeps a stalled connection busy comes to more than any length, sooner or later.
        lawful = lawful and wire.pulse is None
    apart = wire.stream or wire.apart
    frames: Sequence[Frame] = wire.frames if apart else _joined(wire.frames)
    if bodiless:
        frames = ()
    finishes = finishes and lawful
    closing = len(frames) if finishes and not wire.stream else 0
    chunked = wire.stream and announced is None and lawful and not bodiless
    last = _LAST_CHUNK if wire.ending is Ending.KEEP_OPEN and chunked else b""
    waits = wire.delay or not wire.headers_sent or any(frame.delay for frame in frames)
    whole = closing == 1 and not waits
    hollow = tuple(header for header in headers if HOLE in header[1])
    headers = tuple(header for header in headers if HOLE not in header[1])
    return Framed(wire, headers, hollow, frames, finishes, closing, lawful, chunked, whole, last)


def head(status: int, headers: Headers) -> bytes:
    """Write what comes before the body, whatever it says."""
    phrase = HTTPStatus(status).phrase if status in _PHRASED else ""
    lines = [b"HTTP/1.1 %d %s" % (status, phrase.encode()), *map(b": ".join, headers)]
    return b"\r\n".join([*lines, b"", b""])


def _joined(frames: Sequence[Frame]) -> Sequence[Frame]:
    """Put every frame that does not wait into the write before it."""
    if len(frames) < 2:  # noqa: PLR2004
        return frames
    groups: list[list[Frame]] = []
    for frame in frames:
        if frame.delay or not groups:
            groups.append([])
        groups[-1].append(frame)
    return [replace(group[0], data=b"".join(f.data for f in group)) for group in groups]
