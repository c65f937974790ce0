"""What shows that endings, lengths and encodings are as a scenario says; see ``proofs``."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from itertools import pairwise

import pytest

from catalogue.proving import Case
from event_stream import data_of
from mockrouter.values import Json
from mockrouter.wire import Ending


def same(case: Case) -> None:
    """Whoever holds to the standard reads what would have come without the fault."""
    if case.manner.stream:
        assert _values(case.clean.body) == _values(case.faulty.body)
    else:
        assert case.clean.body == case.faulty.body
    assert case.faulty.broken in {None, Ending.KEEP_OPEN}


def kept_open(case: Case) -> None:
    """As ``same``, and then the connection stays open, though we asked to have it closed."""
    same(case)
    assert Ending.KEEP_OPEN is case.faulty.broken


def _values(body: bytes) -> list[Json]:
    return [text if text == "[DONE]" else json.loads(text) for text in data_of(body)]


def takes(seconds: float, case: Case) -> None:
    """As ``same``, so many seconds later, with no long wait."""
    same(case)
    assert case.timed.body == case.faulty.body
    times = [0.0, *(when for when, _ in case.timed.writes)]
    assert pytest.approx(seconds) == times[-1]
    assert max(b - a for a, b in pairwise(times)) < seconds / 2


def compressed(case: Case) -> None:
    """What would have come is there, compressed, and the headers say so."""
    assert "gzip" == case.faulty.headers["content-encoding"]
    assert case.clean.body == gzip.decompress(case.faulty.body)


def said_to_be_compressed(case: Case) -> None:
    """The headers say so, and nothing is compressed."""
    assert "gzip" == case.faulty.headers["content-encoding"]
    assert case.clean.body == case.faulty.body


def whole_but(how: Ending | None, proof: Callable[[Case], bool], case: Case) -> None:
    """All bytes come, the end is another, and something besides."""
    assert case.clean.body == case.faulty.body
    assert how is case.faulty.broken
    assert proof(case)


def no_length(case: Case) -> bool:
    """The body has no length."""
    return "content-length" not in case.faulty.headers


def longer(case: Case) -> bool:
    """The length is more than comes."""
    return int(case.faulty.headers["content-length"]) > len(case.faulty.body)


def shorter(case: Case) -> bool:
    """The length is less than comes."""
    return int(case.faulty.headers["content-length"]) < len(case.faulty.body)


def kept_busy(case: Case) -> None:
    """What comes is the beginning, and then a comment each five seconds until the client leaves."""
    pulse = b": keep-alive\n\n"
    assert {Ending.STALL} == {case.faulty.broken, case.timed.broken}
    pulses = [when for when, data in case.timed.writes if data == pulse]
    for answer in (case.timed, case.faulty):
        assert pulse * 3 in answer.body
        rest = b"".join(data for _, data in answer.writes if data != pulse)
        assert case.clean.body.startswith(rest)
    assert [5.0, 10.0, 15.0] == pulses[:3]
    assert 3600 / 5 - 2 < len(pulses)
