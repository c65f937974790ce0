"""Reset: the connection is torn down, and with it what the client has not read yet."""

from __future__ import annotations

from random import Random
from typing import Literal

from pydantic import Field

from mockrouter.faults.base import ConnectionFault
from mockrouter.wire import Ending, Wire


class Reset(ConnectionFault):
    """
    Reset the connection (RST).

    In YAML: ``{fault: reset, label: text, after: 3}``, or ``{fault: reset, before: headers}``.
    Clients see "connection reset by peer", and may lose what was already sent: CLIProxyAPI#4011,
    mecatl#208, sub2api#6900.

    Source:
        Toxiproxy's reset_peer, which strikes after a time and not after a meaning:
        https://github.com/Shopify/toxiproxy#reset_peer. WireMock's CONNECTION_RESET_BY_PEER:
        https://wiremock.org/docs/simulating-faults
    """

    fault: Literal["reset"] = Field(default="reset", description="Reset the connection.")

    def apply(self, wire: Wire, rng: Random) -> Wire:
        """Keep the frames that are out, and none of the others."""
        return self.ended(wire, rng, Ending.RESET)
