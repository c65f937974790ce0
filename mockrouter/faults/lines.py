"""An event of a stream as its lines, and the ways in which servers write them."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import cycle, pairwise, zip_longest
from typing import Final, Literal, TypeAlias

from mockrouter.cutting.places import offsets, tokens

LineEnd: TypeAlias = Literal["lf", "crlf", "cr", "mixed"]
Shape: TypeAlias = Literal["indented", "empty_first"]

LF: Final = b"\n"
_ENDS: Final = {"lf": b"\n", "crlf": b"\r\n", "cr": b"\r"}
_INDENT: Final = "  "
_DEEPEST: Final = 50
"""How far lines are indented; with no end to it, deep JSON would take a square of its depth."""
_LINE: Final = re.compile(rb"([^\r\n]*)(\r\n|\n|\r|\Z)")

Line: TypeAlias = tuple[bytes, bytes]
"""What a line says, and its end; empty where there is none."""


def lines(data: bytes) -> list[Line]:
    """Read bytes as lines; joined, they are the bytes."""
    found = [(match[1], match[2]) for match in _LINE.finditer(data)]
    return found[:-1] if found[-1] == (b"", b"") else found


def joined(given: Iterable[Line]) -> bytes:
    """Write lines."""
    return b"".join(text + end for text, end in given)


def field(text: bytes) -> bytes:
    """Name the field of a line; empty for a comment and for a blank line."""
    return text.partition(b":")[0]


def value(text: bytes) -> bytes:
    """Read what a line says of its field."""
    return text.partition(b":")[2].removeprefix(b" ")


def tight(text: bytes) -> bytes:
    """Leave out the space behind a field's colon, but where the value would lose one of its own."""
    name, colon, rest = text.partition(b":")
    return name + colon + rest[1:] if name and rest[:1] == b" " and rest[1:2] != b" " else text


def without(name: bytes, given: Iterable[Line]) -> list[Line]:
    """Leave out the lines of a field."""
    return [line for line in given if field(line[0]) != name]


def led_by(name: bytes, text: bytes, given: Sequence[Line]) -> list[Line]:
    """Put a field's line first, in the place of those that there are."""
    end = given[0][1] if given and given[0][1] else LF
    return [(name + b": " + text, end), *without(name, given)]


def spread(given: Sequence[Line], shape: int | Shape) -> list[Line]:
    """Write an event's JSON in several data lines; one without JSON stays as it is."""
    places = [place for place, line in enumerate(given) if field(line[0]) == b"data"]
    text = LF.join(value(given[place][0]) for place in places)
    parts = list(_parts(text, shape))
    if not parts:
        return list(given)
    end = given[places[0]][1] or LF
    spreaded = [(b"data: " + part, end) if part else (b"data:", end) for part in parts]
    rest = [line for place, line in enumerate(given) if place not in places]
    before = len([place for place in range(places[0]) if place not in places])
    return [*rest[:before], *spreaded, *rest[before:]]


def _parts(data: bytes, shape: int | Shape) -> Iterable[bytes]:
    try:
        text = data.decode()
    except ValueError:
        return []
    if not _is_json(text):
        return []
    if shape == "empty_first":
        return [b"", data]
    if shape == "indented":
        return map(str.encode, _indented(text))
    # Between tokens a line break is white space; inside of a string it would be none.
    cuts = offsets(text, ["between_tokens"])
    near = set(cuts)
    if shape <= len(cuts):
        near = {_nearest(cuts, len(text) * number // shape) for number in range(1, shape)}
    parts = [text[start:end] for start, end in pairwise([0, *sorted(near), len(text)])]
    return map(str.encode, parts)


def _is_json(text: str) -> bool:
    try:
        # Whatever the numbers: one may have more digits than Python reads.
        json.loads(text, parse_int=str)
    except RecursionError:
        # What is too deep to be read is judged by what was read, and its lines are as good.
        return True
    except ValueError:
        return False
    return True


def _indented(text: str) -> Iterator[str]:
    """
    Break JSON text into lines, each indented by its depth; all but white space stays as it is.

    Read and written anew, numbers would change, and keys that come twice come once.
    """
    given = [token for token in tokens(text) if token.kind != "space"]
    line, depth = "", 0
    for token, follower in zip_longest(given, given[1:]):
        line += ": " if token.kind == "colon" else token.text
        if token.kind == "open" and follower and follower.kind != "close":
            depth += 1
        elif follower and follower.kind == "close" and token.kind != "open":
            depth -= 1
        elif token.kind != "comma":
            continue
        yield line
        line = _INDENT * min(depth, _DEEPEST)
    yield line


def _nearest(ascending: Sequence[int], at: int) -> int:
    place = bisect_left(ascending, at)
    return min(ascending[max(0, place - 1) : place + 1], key=lambda each: abs(each - at))


def ender(way: LineEnd) -> Callable[[Line], Line]:
    """
    Make what gives lines another end, one after the other.

    Mixed are lines that end in LF, CRLF and CR in turn; blank lines then end in CRLF, as a lone LF
    would make one end with the CR before it. What has no end gets none.
    """
    ends = cycle(_ENDS.values())

    def ended(line: Line) -> Line:
        text, end = line
        if not end:
            return line
        if way != "mixed":
            return text, _ENDS[way]
        return (text, next(ends)) if text else (text, _ENDS["crlf"])

    return ended


def parted(given: Sequence[Line], blanks: int) -> list[Line]:
    """Put so many blank lines behind an event."""
    kept = list(given)
    end = kept[-1][1] if kept and kept[-1][1] else LF
    while kept and not kept[-1][0]:
        kept.pop()
    return [*kept, *[(b"", end)] * blanks]
