"""Disconnect: the server closes the connection before the response is whole."""

from __future__ import annotations

from random import Random
from typing import Literal

from pydantic import Field

from mockrouter.faults.base import ConnectionFault
from mockrouter.wire import Ending, Wire


class Disconnect(ConnectionFault):
    """
    Close the connection (FIN) with the response unfinished.

    In YAML: ``{fault: disconnect, label: tool_call, after: 2}``. A stream lacks its last chunk, a
    plain body some of the length that its headers announce. With ``after: all`` nothing is missing
    but the last chunk, which a plain body then has as well. A crashed worker and a proxy's timeout
    look like this: flocks#515, deer-flow#1923, konveyor/kai#622.
    """

    fault: Literal["disconnect"] = Field(default="disconnect", description="Close the connection.")

    def apply(self, wire: Wire, rng: Random) -> Wire:
        """Keep the frames that are out, and none of the others."""
        return self.ended(wire, rng, Ending.DISCONNECT)
