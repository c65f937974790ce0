"""Content-Length: how long the body is said to be."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Annotated, Literal

from pydantic import Field, StrictInt

from mockrouter.faults.base import Fault
from mockrouter.wire import Wire


class ContentLength(Fault):
    """
    Announce a length, true or not, and close the connection where it was not.

    In YAML: ``{fault: content_length, length: too_long}``. A client that was told too much waits
    for the rest until the connection is closed, one that was told too little takes a part for the
    whole. A stream is then sent without chunks.

    Source:
        https://www.rfc-editor.org/rfc/rfc9112#section-6.3
    """

    layer = "connection"

    fault: Literal["content_length"] = Field(
        default="content_length", description="Say how long the body is."
    )
    length: (
        Literal["too_long", "too_short", "exact", "absent"] | Annotated[StrictInt, Field(ge=0)]
    ) = Field(
        default="too_long",
        description=(
            "Twice the body's length and one byte (too_long), half of it (too_short), just it "
            "(exact), a number of bytes; or no length, but chunks (absent)."
        ),
    )

    def apply(self, wire: Wire, rng: Random) -> Wire:
        """Change the header."""
        size = len(wire.body)
        lengths = {"too_long": 2 * size + 1, "too_short": size // 2, "exact": size}
        headers = tuple(header for header in wire.headers if header[0] != b"content-length")
        if self.length == "absent":
            return replace(wire, headers=headers, stream=True)
        length = self.length if isinstance(self.length, int) else lengths[self.length]
        return replace(wire, headers=(*headers, (b"content-length", b"%d" % length)))
