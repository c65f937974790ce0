"""Stall: the connection stays open and nothing comes, for a while or for ever."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field

from mockrouter.faults.base import ConnectionFault, announced
from mockrouter.values import Json
from mockrouter.wire import Ending, Frame, Label, Wire

LONGEST: Final = 86_400.0
"""Seconds; who waits longer than a day means for ever."""


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
    for ever, and whatever should come after is not sent. Clients without a limit on silence hang,
    for 8.7 hours in amplifier#339: pi#8331, vscode#321432, opencode#16366. Before headers:
    weave-os/router#331.

    Source:
        Toxiproxy's timeout, which closes in the end: https://github.com/Shopify/toxiproxy#timeout
    """

    fault: Literal["stall"] = Field(default="stall", description="Send nothing for a while.")
    seconds: Annotated[
        Annotated[float, Field(ge=0, le=LONGEST)] | Literal["forever"], BeforeValidator(_seconds)
    ] = Field(default="forever", description="How long the silence lasts, in seconds; or forever.")

    def apply(self, wire: Wire, rng: Random) -> Wire:
        """Delay the next frame, or leave it and all others out for ever."""
        if self.before_headers:
            if self.seconds != "forever":
                return replace(wire, delay=wire.delay + self.seconds)
            return replace(wire, frames=(), headers_sent=False, ending=Ending.STALL)
        before, after = self.split(wire, rng)
        if self.seconds == "forever":
            return replace(announced(wire), frames=before, ending=Ending.STALL)
        # Silence between the last frame and the end is a comment of no bytes.
        late, *rest = after or (Frame(b"", Label.COMMENT),)
        late = replace(late, delay=late.delay + self.seconds)
        return replace(wire, frames=(*before, late, *rest))
