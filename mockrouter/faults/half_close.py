"""Half-close: the server says no more, and listens on."""

from __future__ import annotations

from random import Random
from typing import Literal

from pydantic import Field

from mockrouter.faults.base import ConnectionFault
from mockrouter.wire import Ending, Wire


class HalfClose(ConnectionFault):
    """
    End the server's side of the connection alone (FIN), with the response unfinished.

    In YAML: ``{fault: half_close, label: tool_call, after: 2}``. The client reads an end, and may
    still send. It is as ``disconnect`` but for what becomes of the connection: a client that does
    not close its own side, or puts it back into its pool, holds it for ever.
    """

    fault: Literal["half_close"] = Field(
        default="half_close", description="Close the server's side of the connection."
    )

    def apply(self, wire: Wire, rng: Random) -> Wire:
        """Keep the frames that are out, and none of the others."""
        return self.ended(wire, rng, Ending.HALF_CLOSE)
