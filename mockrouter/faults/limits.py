"""How large faults may make a wire, so that no composition of them takes all memory or time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from mockrouter.errors import FaultError
from mockrouter.wire import Frame, Wire

MOST_FRAMES: Final = 100_000
"""Frames that a wire can have once a fault has struck."""

MOST_BYTES: Final = 128_000_000
"""Bytes that its body can have."""

TOO_LARGE: Final = "which is more than any wire can have"
"""Part of what is said of a fault that would make too large a wire."""


def check_size(fault: str, frames: int, size: int = 0) -> None:
    """
    Refuse to make a wire that is too large, at best before it is made.

    Args:
        fault: Its name.

        frames: How many there would be.

        size: Bytes that there would be.

    Raises:
        FaultError: Names the limit.
    """
    for count, most, noun in ((frames, MOST_FRAMES, "frames"), (size, MOST_BYTES, "bytes")):
        if count > most:
            raise FaultError(
                f"{fault} makes {count} {noun}, {TOO_LARGE} ({most}); let it strike fewer "
                "frames, or do less to each"
            )


@dataclass
class Room:
    """
    What is left of the limits for a fault that makes frames one by one.

    Attributes:
        fault: Its name.

        frames: How many there are by now.

        size: Their bytes.
    """

    fault: str
    frames: int
    size: int

    @classmethod
    def beside(cls, fault: str, wire: Wire) -> Self:
        """Start with what a wire has."""
        return cls(fault, len(wire.frames), _size(wire))

    def take(self, made: Sequence[Frame]) -> Sequence[Frame]:
        """
        Count frames that were made, and give them back.

        Raises:
            FaultError: As ``check_size``.
        """
        self.frames += len(made)
        self.grow(*made)
        return made

    def grow(self, *written: Frame) -> None:
        """
        Count the bytes of frames that were written anew, beside those that they had.

        Raises:
            FaultError: As ``check_size``.
        """
        self.size += sum(len(frame.data) for frame in written)
        check_size(self.fault, self.frames, self.size)


def check_grown(fault: str, before: Wire, after: Wire) -> None:
    """
    Refuse a wire that a fault has made too large.

    Raises:
        FaultError: As ``check_size``; never where there was as much before.
    """
    frames, size = len(after.frames), _size(after)
    if frames > len(before.frames) or size > _size(before):
        check_size(fault, frames, size)


def _size(wire: Wire) -> int:
    return sum(len(frame.data) for frame in wire.frames)
