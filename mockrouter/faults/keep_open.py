"""Keep open: a whole response, on a connection that is never closed nor used again."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Literal

from pydantic import Field

from mockrouter.faults.base import Fault
from mockrouter.wire import Ending, Wire


class KeepOpen(Fault):
    """
    Leave the connection open behind a whole response, and answer nothing more on it.

    In YAML: ``{fault: keep_open}``. A client that waits for the connection to close, which it may
    have asked for, hangs; so does one that sends its next request on it, as after a load balancer
    forgot the connection. For a response whose end is missing write ``{fault: stall, after: all}``.
    """

    layer = "connection"

    fault: Literal["keep_open"] = Field(
        default="keep_open", description="Never close the connection, nor answer on it again."
    )

    @property
    def ends(self) -> bool:
        """Whether it says how the connection goes on once nothing more is sent."""
        return True

    def apply(self, wire: Wire, rng: Random) -> Wire:
        """Change the ending; one that was to come earlier is none any more."""
        return replace(wire, ending=Ending.KEEP_OPEN, headers_sent=True)
