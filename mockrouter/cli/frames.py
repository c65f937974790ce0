"""Printing a wire: every byte that goes out, when, what it means, and how it ends."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import unified_diff
from typing import Final

from rich.cells import cell_len
from rich.console import Console
from rich.highlighter import JSONHighlighter
from rich.text import Text

from mockrouter.cli.brief import brief
from mockrouter.values import Json
from mockrouter.wire import Ending, Frame, Wire

ENDINGS: Final = {
    Ending.COMPLETE: "complete",
    Ending.DISCONNECT: "disconnect: the socket is closed with the body unfinished",
    Ending.RESET: "reset: the connection is reset, and what was not read yet is lost",
    Ending.STALL: "stall: nothing more is sent, and nothing is closed",
    Ending.HALF_CLOSE: "half_close: the server's side is closed with the body unfinished",
    Ending.KEEP_OPEN: "keep_open: complete, but the connection is never closed nor used again",
}

_MARGIN = 27
_DIFF = {"+": "green", "-": "red", "@": "cyan"}


@dataclass(frozen=True, slots=True)
class Row:
    """A frame as it is shown: *number* from 1, *delay* such as ``+0.20s``, *label*, *text*."""

    number: str
    delay: str
    label: str
    text: str


def show(
    wire: Wire, out: Console, *, full: bool = False, times: Sequence[float] | None = None
) -> None:
    """
    Print a wire: colored and wrapped in a terminal, else each line whole.

    Args:
        wire: To print.

        out: Where to.

        full: Whether a terminal, too, gets all that the events of a stream repeat.

        times: When each frame that went out did, in seconds from the start; they take the place of
            the delays. None for a wire that was not played.
    """
    out.print(status(wire), style="bold")
    for name, value in wire.headers:
        out.print(Text.assemble((f"{name.decode()}: ", "dim"), spelled(value)))
    out.print()
    body = laid_out(wire)
    if body is not None:
        _print(out, json_text(body))
    else:
        _print_rows(wire if full or not out.is_terminal else shortened(wire), out, times)
    out.print()
    out.print(Text.assemble(("ends: ", "dim"), ending(wire)))


def show_diff(old: Wire, new: Wire, names: tuple[str, str], out: Console) -> bool:
    """Print what differs, as a unified diff, each frame's JSON laid out; tell whether any does."""
    lines = list(unified_diff(list(plain(old)), list(plain(new)), *names, lineterm=""))
    for line in lines:
        style = "bold" if line.startswith(("---", "+++")) else _DIFF.get(line[:1], "")
        out.print(Text(line, style=style), soft_wrap=True)
    return bool(lines)


def status(wire: Wire) -> str:
    """Say the first line of the response, and when it comes."""
    if not wire.headers_sent:
        return "no response: the connection ends before the status line"
    after = f", after {wire.delay:g} s" if wire.delay else ""
    return f"HTTP {wire.status}{after}"


def ending(wire: Wire) -> str:
    """Say how the response ends, or that it never does."""
    if wire.pulse is None:
        return ENDINGS[wire.ending]
    again = f"{spelled(wire.pulse.data)} every {wire.pulse.delay:g} s"
    return f"{wire.ending}: nothing more is sent but {again}, and nothing is closed"


def rows(wire: Wire, times: Sequence[float] | None = None) -> Iterator[Row]:
    """Show the frames one by one, with what cannot be seen spelled out; *times* as in ``show``."""
    for number, frame in enumerate(wire.frames, 1):
        delay = f"+{frame.delay:.2f}s" if frame.delay else ""
        if times is not None:
            delay = f"{times[number - 1]:.3f}s" if number <= len(times) else "not sent"
        yield Row(str(number), delay, _label(frame), spelled(frame.data))


def plain(wire: Wire) -> Iterator[str]:
    """Write a wire as lines that are good to compare."""
    yield status(wire)
    for name, value in wire.headers:
        yield f"{name.decode()}: {spelled(value)}"
    for frame in wire.frames:
        yield ""
        yield f"{_label(frame)}{f' +{frame.delay:.2f}s' if frame.delay else ''}"
        for line in frame.data.splitlines():
            yield from _line(line)
    yield ""
    yield f"ends: {ending(wire)}"


def spelled(data: bytes) -> str:
    r"""
    Spell bytes as text that holds no control characters, with nothing left out.

    Line breaks become ``\n`` and ``\r``, bytes that are no UTF-8 ``\xff``.
    """
    text = data.decode("utf-8", "backslashreplace")
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def shortened(wire: Wire) -> Wire:
    """Leave out what the events of a stream repeat."""
    if not wire.stream:
        return wire
    return replace(wire, frames=tuple(replace(f, data=brief(f.data)) for f in wire.frames))


def laid_out(wire: Wire) -> Json:
    """Find the JSON of a plain body; None where the frames say more."""
    if wire.stream or len(wire.frames) != 1 or wire.ending is not Ending.COMPLETE:
        return None
    try:
        return json.loads(wire.body)
    except ValueError:
        return None


def json_text(value: Json) -> str:
    """Lay JSON out for reading."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def _label(frame: Frame) -> str:
    return frame.label if frame.call is None else f"{frame.label} {frame.call}"


def _line(line: bytes) -> Iterator[str]:
    head, text = (b"data: ", line[6:]) if line.startswith(b"data: ") else (b"", line)
    try:
        value = json.loads(text)
    except ValueError:
        yield spelled(line)
        return
    first, *rest = json_text(value).splitlines()
    yield f"{head.decode()}{first}"
    yield from rest


def _print_rows(wire: Wire, out: Console, times: Sequence[float] | None) -> None:
    """Print frames with what they hold in a column, whose lines are full to the last character."""
    width = max(20, out.width - _MARGIN) if out.is_terminal else sys.maxsize
    before = ""
    for row in rows(wire, times):
        # Frames of a stream are alike: what is new in one is what the eye is after.
        alike = _alike(before, row.text)
        text = Text.assemble((row.text[:alike], "dim"), highlighted(row.text)[alike:])
        first, *rest = _folded(text, width)
        out.print(
            Text.assemble(
                (f"{row.number:>3} ", "dim"),
                (f"{row.delay:>8}  ", "yellow"),
                (f"{row.label:<11}  ", "cyan"),
                first,
            ),
            soft_wrap=True,
        )
        for line in rest:
            out.print(Text.assemble(" " * _MARGIN, line), soft_wrap=True)
        before = row.text


def _folded(text: Text, width: int) -> Iterator[Text]:
    """Cut a text into lines of *width* cells; words do not matter in JSON."""
    cuts, used = [], 0
    for index, character in enumerate(text.plain):
        cells = cell_len(character)
        if used + cells > width:
            cuts.append(index)
            used = 0
        used += cells
    yield from text.divide(cuts)


def _alike(one: str, other: str) -> int:
    """Count the characters that two texts begin with in common."""
    pairs = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def highlighted(text: str) -> Text:
    """Color JSON, and gray what only marks a line's end."""
    made = Text(text)
    JSONHighlighter().highlight(made)
    made.highlight_regex(r"^(data|event|id|retry): ", "dim")
    made.highlight_regex(r"(\\n)+$", "dim")
    return made


def _print(out: Console, text: str) -> None:
    for line in text.splitlines():
        out.print(highlighted(line), soft_wrap=not out.is_terminal)
