"""Stall: the connection stays open and nothing comes, for a while or for ever."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Annotated, Final, Literal, Self

from pydantic import BeforeValidator, Field, StrictStr, model_validator

from mockrouter.errors import FaultError
from mockrouter.faults.base import ConnectionFault, announced
from mockrouter.faults.keep_alive import COMMENT, SHORTEST, comment, filled
from mockrouter.values import Json
from mockrouter.wire import Ending, Frame, Label, Wire

LONGEST: Final = 86_400.0
"""Seconds; who waits longer than a day means for ever."""

MOST: Final = 10_000
"""Comments in one stall that ends."""


def _seconds(value: Json) -> Json:
    if value == "forever":
        return value
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not 0 <= value <= LONGEST:
        raise ValueError(f"'seconds' is {value!r}; write 0 to {LONGEST:.0f}, or forever")
    return value


class Stall(ConnectionFault):
    """
    Send nothing more, with the connection open.

    In YAML: ``{fault: stall, label: tool_call, after: 2, seconds: 30}``. Without ``seconds`` it is
    for ever, and whatever should come after is not sent. With ``keep_alive: 15`` comments go on, so
    that a limit on silence does not strike either. Clients without a limit on silence hang,
    for 8.7 hours in amplifier#339: pi#8331, vscode#321432, opencode#16366. Before headers:
    weave-os/router#331.

    Source:
        Toxiproxy's timeout, which closes in the end: https://github.com/Shopify/toxiproxy#timeout
    """

    fault: Literal["stall"] = Field(default="stall", description="Send nothing for a while.")
    seconds: Annotated[
        Annotated[float, Field(ge=0, le=LONGEST)] | Literal["forever"], BeforeValidator(_seconds)
    ] = Field(default="forever", description="How long the silence lasts, in seconds; or forever.")
    keep_alive: float | None = Field(
        default=None,
        ge=SHORTEST,
        le=3600,
        description="Seconds after which a comment breaks the silence, again and again.",
    )
    comment: StrictStr = Field(default=COMMENT, description="What the comments say.")

    @model_validator(mode="after")
    def _comments_can_be_sent(self) -> Self:
        if self.keep_alive is None:
            return self
        if self.before_headers:
            raise ValueError("nothing can be sent before headers; leave out 'keep_alive'")
        if self.seconds != "forever" and self.seconds / self.keep_alive > MOST:
            raise ValueError(f"'keep_alive' sends too many comments; {MOST} at the most")
        return self

    @property
    def ends(self) -> bool:
        """Whether nothing comes after the silence."""
        return self.seconds == "forever"

    def apply(self, wire: Wire, rng: Random) -> Wire:
        """Delay the next frame, or leave it and all others out for ever."""
        if self.before_headers:
            if self.seconds != "forever":
                return replace(wire, delay=wire.delay + self.seconds)
            return replace(wire, frames=(), headers_sent=False, ending=Ending.STALL)
        before, after = self.split(wire, rng)
        pulse = self._pulse(wire, before)
        if self.seconds == "forever":
            # What keeps the client waiting would come to more than any length.
            cut = announced(wire) if after and not pulse else wire
            return replace(cut, frames=before, ending=Ending.STALL, pulse=pulse)
        # Silence between the last frame and the end is a comment of no bytes.
        late, *rest = after or (Frame(b"", Label.COMMENT),)
        late = replace(late, delay=late.delay + self.seconds)
        waits = filled([late], pulse.data, pulse.delay) if pulse else (late,)
        # The end of a body whose length is known is not waited for.
        stream = wire.stream or self.after == "all"
        return replace(wire, frames=(*before, *waits, *rest), stream=stream)

    def _pulse(self, wire: Wire, before: tuple[Frame, ...]) -> Frame | None:
        """
        Make what breaks the silence; a plain body can have blanks before it, and none inside.

        Raises:
            FaultError: The silence falls in the middle of an event, which a comment would tear.
        """
        if self.keep_alive is None or (before and not wire.stream):
            return None
        if wire.stream and not _between_events(b"".join(frame.data for frame in before)):
            raise FaultError(
                "stall has no place for comments, as an event is only half out; leave out "
                "'keep_alive', or let it strike between two events"
            )
        data = comment(self.comment) if wire.stream else b" "
        return Frame(data, Label.COMMENT, self.keep_alive)


def _between_events(body: bytes) -> bool:
    tail = body[-4:].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return not body or tail.endswith(b"\n\n")
