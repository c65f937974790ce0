"""Truncate: the body ends early, and HTTP says that all is well."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Literal, Self

from pydantic import Field, StrictInt, model_validator

from mockrouter.faults.aim import Aim
from mockrouter.faults.base import Point, PointFault, split_bytes
from mockrouter.wire import Ending, Wire


class Truncate(PointFault):
    """
    End the body early, in the way in which HTTP ends it.

    In YAML: ``{fault: truncate, label: tool_call, after: 2}`` or ``{fault: truncate, bytes: -20}``.
    A gateway that swallows its upstream's failure does this: command-code#785, term-llm#448,
    litellm#40404.

    Source:
        Toxiproxy's limit_data, which counts bytes alone:
        https://github.com/Shopify/toxiproxy#limit_data
    """

    layer = "bytes"

    fault: Literal["truncate"] = Field(default="truncate", description="End the body early.")
    bytes: StrictInt | None = Field(
        default=None,
        description="How many bytes of the body are sent; negative leaves out as many at its end.",
    )

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        also = sorted(self.model_fields_set & {*Aim.model_fields, "after"})
        if self.bytes is not None and also:
            raise ValueError(f"'bytes' and '{also[0]}' name two places; keep one of them")
        return self

    def apply(self, wire: Wire, rng: Random) -> Wire:
        """Keep what comes before the cut; a plain body's length is that of what is sent."""
        before, after = self._cut(wire, rng)
        if not any(frame.data for frame in after):
            raise self.nothing(wire)
        headers = tuple(header for header in wire.headers if header[0] != b"content-length")
        return replace(wire, frames=before, headers=headers, ending=Ending.COMPLETE)

    def _cut(self, wire: Wire, rng: Random) -> Point:
        if self.bytes is None:
            return self.split(wire, rng)
        size = self.bytes if self.bytes >= 0 else len(wire.body) + self.bytes
        if size < 0:
            raise self.nothing(wire)
        return split_bytes(wire, size)
