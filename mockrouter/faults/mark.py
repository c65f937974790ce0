"""The byte order mark, which is one only where nothing stands before it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from mockrouter.wire import Frame, Label, Wire

BOM: Final = b"\xef\xbb\xbf"


def marked(wire: Wire) -> Wire:
    """Put a mark before everything, unless there is one."""
    first, *rest = wire.frames or (Frame(b"", Label.COMMENT),)
    if first.data.startswith(BOM):
        return wire
    return replace(wire, frames=(replace(first, data=BOM + first.data), *rest))


def behind_mark(wire: Wire, change: Callable[[Wire], Wire]) -> Wire:
    """Change a wire; a mark that it has stays before all that is new."""
    if not wire.frames or not wire.frames[0].data.startswith(BOM):
        return change(wire)
    first, *rest = wire.frames
    first = replace(first, data=first.data.removeprefix(BOM))
    return marked(change(replace(wire, frames=(first, *rest))))
