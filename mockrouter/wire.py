"""
The type in the middle: a whole HTTP response as a value.

Dialects make a ``Wire``, every fault turns a ``Wire`` into a ``Wire``, the transport plays a
``Wire``. A JSON body is a wire of one frame. Nothing here knows of clocks or sockets, so a wire can
be printed, compared and kept.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, replace
from enum import StrEnum

from mockrouter.values import Json

Headers = tuple[tuple[bytes, bytes], ...]
"""Names in lower case, in the order in which they are sent; a name may come twice."""


class Label(StrEnum):
    """What a frame means, in words that hold in every dialect, so that faults can aim at it."""

    START = "start"
    TEXT = "text"
    REASONING = "reasoning"
    TOOL_CALL = "tool_call"
    FINISH = "finish"
    USAGE = "usage"
    DONE = "done"
    COMMENT = "comment"
    ERROR = "error"
    BODY = "body"
    OTHER = "other"


class Ending(StrEnum):
    """
    How the connection goes on after the last frame.

    ``COMPLETE``: the response ends as HTTP says. ``DISCONNECT``: the socket is closed (FIN) with
    the body unfinished. ``RESET``: the socket is reset (RST), which also discards what the client
    has not read yet. ``STALL``: nothing more is sent and nothing is closed. ``HALF_CLOSE``: the
    server ends its side (FIN) with the body unfinished, and still listens. ``KEEP_OPEN``: the
    response ends as HTTP says, and the connection stays open, whatever the client asks next.
    """

    COMPLETE = "complete"
    DISCONNECT = "disconnect"
    RESET = "reset"
    STALL = "stall"
    HALF_CLOSE = "half_close"
    KEEP_OPEN = "keep_open"


def has_body(status: int) -> bool:
    """
    Tell whether answers of a status have a body in HTTP.

    Source: https://www.rfc-editor.org/rfc/rfc9110#section-6.4.1
    """
    return status not in {204, 304} and not 100 <= status < 200  # noqa: PLR2004 - as HTTP has them


@dataclass(frozen=True, slots=True)
class Frame:
    """
    One write.

    Attributes:
        data: The bytes.

        label: What they mean.

        delay: Seconds to wait before they are sent, counted from the frame before.

        call: Number of the tool call they belong to, counted from 0 in the order of the reply.

        event: The JSON value that *data* was rendered from, for faults that change events; None
            where there is none.

        part: Whether it only goes on with what the frame before it began, and counts as none.
    """

    data: bytes
    label: Label = Label.BODY
    delay: float = 0.0
    call: int | None = None
    event: Json = None
    part: bool = False


@dataclass(frozen=True, slots=True)
class Wire:
    """
    A response: status, headers, frames, ending.

    Attributes:
        status: HTTP status.

        headers: Without ``content-length``: the transport counts what it sends of a plain body.

        frames: In the order in which they are sent.

        ending: What happens after the last frame.

        delay: Seconds to wait before the status line.

        stream: Whether frames are sent one by one with chunked coding; else as one body with its
            length.

        headers_sent: False when the connection ends before even the status line is out.

        apart: Whether each frame of a plain body is a write of its own, and none is handed over in
            one go with the next.

        pulse: Sent again and again while the wire stalls, each time after its delay; None for
            silence.
    """

    status: int
    headers: Headers
    frames: tuple[Frame, ...]
    ending: Ending = Ending.COMPLETE
    delay: float = 0.0
    stream: bool = False
    headers_sent: bool = True
    apart: bool = False
    pulse: Frame | None = None

    @property
    def body(self) -> bytes:
        """All bytes of the body, in order."""
        return b"".join(frame.data for frame in self.frames)

    def fill(self, hole: bytes, value: bytes) -> Wire:
        """Put *value* in the place of *hole* in every frame and header, which keeps all else."""
        return replace(
            self,
            headers=tuple((name, text.replace(hole, value)) for name, text in self.headers),
            frames=tuple(
                replace(f, data=f.data.replace(hole, value)) if hole in f.data else f
                for f in self.frames
            ),
        )


@dataclass(frozen=True, slots=True)
class Sent:
    """
    What became of a wire. All times are the ticker's, in seconds.

    Attributes:
        frames: How many writes of the body went out; a plain body is one.

        bytes: Their sizes added up, without HTTP's own framing.

        started: When playing began, before any delay.

        ended: When the last byte was handed over, or the connection was gone.

        complete: Whether the response ended as HTTP says.

        client_left: Whether the other side went away before the end. Where it did not, and nothing
            else cut a response that is not complete, its namespace or the server ended.

        times: When each write went out.
    """

    frames: int
    bytes: int
    started: float
    ended: float
    complete: bool
    client_left: bool
    times: array[float]
