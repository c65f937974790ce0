"""
Named spots in the bytes of a write, at which something may be put in or cut.

They are what readers of streams go wrong at: the bytes of one character, a line and its end, the
name of a field. The bytes are read leniently, so that whatever a scenario made of them has its
spots too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictInt, StrictStr

from mockrouter.faults.aim import Selection
from mockrouter.faults.base import FrameFault
from mockrouter.ids import HOLE
from mockrouter.values import Json

Span: TypeAlias = tuple[int, int]
"""Where something begins and ends, in bytes."""


class Spot(StrEnum):
    """What can be aimed at in the bytes of an event; what each one means stands in ``SPOTS``."""

    EVENT = "event"
    LINE = "line"
    LINE_END = "line_end"
    CRLF = "crlf"
    DATA_PREFIX = "data_prefix"
    DATA = "data"
    CHARACTER = "character"
    EMOJI = "emoji"
    ESCAPE = "escape"


class Find(BaseModel):
    """Bytes to look for. In YAML: ``{find: Tokyo}``."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    find: StrictStr = Field(min_length=1, description="A text that stands there, in UTF-8.")


_ONE_BYTE: Final = frozenset({Spot.CHARACTER, Spot.EMOJI, Spot.ESCAPE, Spot.CRLF, Spot.LINE_END})


def _within(pattern: bytes, group: int = 0) -> Callable[[bytes], list[Span]]:
    compiled = re.compile(pattern, re.MULTILINE | re.DOTALL)
    return lambda data: [match.span(group) for match in compiled.finditer(data)]


SPOTS: Final[dict[Spot, Callable[[bytes], list[Span]]]] = {
    Spot.EVENT: lambda data: [(0, len(data))] if data else [],  # all of it
    Spot.LINE: _within(rb"[^\r\n]+"),  # each line that is not blank, without its end
    Spot.LINE_END: _within(rb"\r\n|\r|\n"),  # each end of a line
    Spot.CRLF: _within(rb"\r\n"),  # each end of a line that has two bytes
    Spot.DATA_PREFIX: _within(rb"(?:(?<=[\r\n])|\A)data: ?"),  # each ``data:``, with its space
    Spot.DATA: _within(rb"(?:(?<=[\r\n])|\A)data: ?([^\r\n]+)", 1),  # what stands behind it
    Spot.CHARACTER: _within(
        rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
    ),  # each character of more bytes than one
    Spot.EMOJI: _within(rb"[\xf0-\xf4][\x80-\xbf]{3}"),  # each character of four bytes
    Spot.ESCAPE: _within(rb"\\(?:u[0-9a-fA-F]{4}|[^\r\n])"),  # each backslash and what it escapes
}
"""How each spot is found."""

AnySpot: TypeAlias = Spot | Find


def spans(data: bytes, spot: AnySpot) -> list[Span]:
    """Find every occurrence of a spot, in order; an id that is still to be filled in is plain."""
    plain = data.replace(HOLE, b"0" * len(HOLE))
    if isinstance(spot, Spot):
        return SPOTS[spot](plain)
    return _within(re.escape(spot.find.encode("utf-8", "surrogatepass")))(plain)


def inside(span: Span, spot: AnySpot, byte: int | None) -> int | None:
    """
    Find the offset that divides a span.

    Args:
        span: What is to be divided.

        spot: What it is: a character is divided behind its first byte, a longer thing in half.

        byte: How many bytes come before instead; if negative, how many come behind.

    Returns:
        None where both sides cannot have a byte.
    """
    start, end = span
    if byte is None:
        byte = 1 if spot in _ONE_BYTE else (end - start) // 2
    at = start + byte if byte > 0 else end + byte
    return at if start < at < end else None


def _occurrence(value: Json) -> Json:
    if value in ("all", "last") or (isinstance(value, int) and not isinstance(value, bool)):
        if value == 0:
            raise ValueError("there is no occurrence 0; count from 1, or backwards from -1")
        return value
    raise ValueError(f"'occurrence' is {value!r}; write a number, all, or last")


class SpotFault(FrameFault):
    """A fault that looks into the bytes of the frames that it selects."""

    occurrence: Annotated[StrictInt | Literal["all", "last"], BeforeValidator(_occurrence)] = Field(
        default="all",
        description="Which of them in each event: 1 is the first and -1 the last; or all, last.",
    )

    @property
    def is_aimed(self) -> bool:
        """Whether it says which frames it means; else it means the body as a whole."""
        return is_aimed(self)

    def found(self, data: bytes, spot: AnySpot) -> Sequence[Span]:
        """Find those occurrences of a spot that are meant."""
        there = spans(data, spot)
        if self.occurrence == "all":
            return there
        if self.occurrence == "last":
            return there[-1:]
        at = self.occurrence - 1 if self.occurrence > 0 else len(there) + self.occurrence
        return there[at : at + 1] if at >= 0 else ()


def is_aimed(fault: FrameFault) -> bool:
    """Whether a fault says which frames it means; else all of them count, comments too."""
    return bool(fault.model_fields_set & Selection.model_fields.keys())
