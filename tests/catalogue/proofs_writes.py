"""
What shows where writes end: a stream's are the chunks off the socket.

A plain body shows none of its own there, so its writes are those of the app in process.
"""

from __future__ import annotations

import re
from itertools import accumulate

import pytest

from asgi import Answer
from catalogue.proving import Case

BOM = b"\xef\xbb\xbf"


def ends(answer: Answer) -> set[int]:
    """Say behind which bytes of the body a write ends."""
    return {*accumulate(len(data) for _, data in answer.writes)}


def _read(case: Case) -> list[tuple[Answer, Answer]]:
    """List what would have come and what came, which are the same bytes."""
    if not case.manner.stream:
        assert case.timed.body == case.faulty.body
        return [(case.clean, case.timed)]
    return [*case.turns()]


def inside_characters(size: int, byte: int, case: Case) -> None:
    """A write ends behind that byte of each character of at least that size, as well as before."""
    for clean, faulty in _read(case):
        assert clean.body == faulty.body
        inside = {
            match.start() + byte
            for match in re.finditer(rb"[\xc0-\xff][\x80-\xbf]+", clean.body)
            if len(match[0]) >= size
        }
        assert inside
        assert ends(clean) | inside == ends(faulty)
        for _, data in clean.writes:
            data.decode()
        with pytest.raises(UnicodeDecodeError):
            [data.decode() for _, data in faulty.writes]


def inside_line_ends(case: Case) -> None:
    """Lines end in CRLF, and a write behind each CR and each event, nowhere else."""
    for clean, faulty in case.turns():
        assert clean.body.replace(b"\n", b"\r\n") == faulty.body
        torn = {match.end() for match in re.finditer(b"\r", faulty.body)}
        events = {match.end() for match in re.finditer(b"\r\n\r\n", faulty.body)}
        assert torn | events == ends(faulty)


def inside_mark(case: Case) -> None:
    """A byte order mark comes first, and the first write has one byte of it."""
    for clean, faulty in case.turns():
        assert BOM + clean.body == faulty.body
        assert [BOM[:1], BOM[1:]] == [faulty.writes[0][1], faulty.writes[1][1][:2]]
        assert {1, *(end + len(BOM) for end in ends(clean))} == ends(faulty)


def of_size(size: int, case: Case) -> None:
    """All writes have so many bytes, the last perhaps fewer; the bytes are the same."""
    for clean, faulty in _read(case):
        assert clean.body == faulty.body
        assert {*range(size, len(clean.body), size), len(clean.body)} == ends(faulty)


def one_write(case: Case) -> None:
    """All comes in one write, when the last should have come."""
    for clean, faulty in case.turns():
        assert [clean.body] == [data for _, data in faulty.writes]
        assert len(clean.writes) > 3
    ((when, body),) = case.timed.writes
    assert case.faulty.body == body
    assert case.clean.writes[-1][0] == pytest.approx(when)
    assert when > 1
