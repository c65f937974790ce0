"""Bytes: something stands in the body that no event holds, or in another event's place."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random
from typing import Final, Literal, Self, TypeAlias

from pydantic import Field, StrictInt, StrictStr, model_validator

from mockrouter.faults.limits import check_size
from mockrouter.faults.spots import AnySpot, SpotFault
from mockrouter.wire import Frame, Label, Wire

MOST: Final = 64_000_000
"""Bytes that one place can be filled with."""

_HOW: Final = ("text", "hex", "base64")
_WHERE: Final = ("before", "after", "replace", "at")

Edit: TypeAlias = tuple[int, int]
"""From where to where bytes are replaced."""


class Bytes(SpotFault):
    r"""
    Put bytes into the body, or in the place of others.

    In YAML: ``{fault: bytes, hex: ff, before: data, nth: 2}``, ``{fault: bytes, replace: data,
    nth: 3, text: '{"broken'}`` or ``{fault: bytes, after: data_prefix, text: " ", repeat: 70000}``,
    which makes a line longer than many readers' buffers. Bytes that are no UTF-8, and lines without
    end: openai-go#368, ragflow#15381, term-llm#298.
    """

    layer = "bytes"
    # What replaces half of an id would be filled in as if it had replaced none of it.
    needs_ids = True

    fault: Literal["bytes"] = Field(default="bytes", description="Put bytes into the body.")
    text: StrictStr | None = Field(default=None, description="They are this, in UTF-8.")
    hex: StrictStr | None = Field(default=None, description="They are these, in hexadecimal.")
    base64: StrictStr | None = Field(default=None, description="They are these, in base64.")
    repeat: StrictInt = Field(default=1, ge=1, le=MOST, description="How many times they come.")
    before: AnySpot | None = Field(default=None, description="Before what they are put.")
    after: AnySpot | None = Field(default=None, description="Behind what they are put.")
    replace: AnySpot | None = Field(
        default=None, description="What they stand in the place of; with no bytes it is left out."
    )
    at: StrictInt | None = Field(
        default=None,
        description=(
            "Behind how many bytes of the body they are put, or of each event that is aimed at; "
            "negative counts from the end."
        ),
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        given = [name for name in _HOW if getattr(self, name) is not None]
        where = [name for name in _WHERE if getattr(self, name) is not None]
        if len(where) != 1:
            raise ValueError(f"'bytes' wants one place; write one of {', '.join(_WHERE)}")
        if len(given) > 1 or (not given and self.replace is None):
            raise ValueError(f"'bytes' wants the bytes once; write one of {', '.join(_HOW)}")
        size = len(self._once) * self.repeat
        if size > MOST:
            raise ValueError(f"{size} bytes are too many; {MOST} at the most")
        return self

    @property
    def _once(self) -> bytes:
        try:
            if self.hex is not None:
                return bytes.fromhex(self.hex)
            if self.base64 is not None:
                return base64.b64decode(self.base64, validate=True)
        except (ValueError, binascii.Error) as error:
            name = "hex" if self.hex is not None else "base64"
            raise ValueError(f"'{name}' cannot be read: {error}; or write text") from None
        return (self.text or "").encode("utf-8", "surrogatepass")

    def apply(self, wire: Wire, rng: Random) -> Wire:
        """Change the frames that are selected, or the one that has the byte of the body."""
        frames = list(wire.frames) or [Frame(b"", Label.COMMENT)]
        content, found = self._once * self.repeat, False
        chosen: Sequence[int] = range(len(frames))
        if self.is_aimed:
            chosen = sorted(self.select(wire, rng))
        size = len(wire.body)
        for place, edits in self._edits(frames, chosen):
            data = frames[place].data
            size += len(content) * len(edits)
            check_size(self.fault, len(frames), size)
            for start, end in reversed(edits):
                found = True
                data = data[:start] + content + data[end:]
            frames[place] = replace(frames[place], data=data)
        if not found:
            raise self.nothing(wire)
        return replace(wire, frames=tuple(frames))

    def _edits(
        self, frames: Sequence[Frame], chosen: Sequence[int]
    ) -> Iterator[tuple[int, list[Edit]]]:
        """Find what is replaced in which frame, in order."""
        if self.at is not None and not self.is_aimed:
            yield from _at(frames, self.at)
            return
        for place in chosen:
            data = frames[place].data
            if self.at is not None:
                start = self.at if self.at >= 0 else len(data) + self.at
                yield place, [(start, start)] if 0 <= start <= len(data) else []
            elif self.replace is not None:
                yield place, list(self.found(data, self.replace))
            elif self.before is not None:
                yield place, [(start, start) for start, _ in self.found(data, self.before)]
            elif self.after is not None:
                yield place, [(end, end) for _, end in self.found(data, self.after)]


def _at(frames: Sequence[Frame], at: int) -> Iterator[tuple[int, list[Edit]]]:
    size = sum(len(frame.data) for frame in frames)
    left = at if at >= 0 else size + at
    for place, frame in enumerate(frames):
        if 0 <= left <= len(frame.data):
            yield place, [(left, left)]
            return
        left -= len(frame.data)
