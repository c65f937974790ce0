"""What shows that lines and bytes are as a scenario says; see ``proofs``."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeAlias

import pytest

from catalogue.proving import Case
from event_stream import data_of
from mockrouter.values import Json

Rewrite: TypeAlias = Callable[[bytes], bytes]
"""From the body that would have come to the one that should."""


def rewritten(change: Rewrite, case: Case) -> None:
    """Bytes are as *change* makes them in both turns, and who holds to the standard is content."""
    for clean, faulty in case.turns():
        assert change(clean.body) == faulty.body != clean.body
        assert _values(clean.body) == _values(faulty.body)
        assert (200, None) == (faulty.status, faulty.broken)


def _values(body: bytes) -> list[Json]:
    return [text if text == "[DONE]" else json.loads(text) for text in data_of(body)]


def _events(body: bytes) -> list[bytes]:
    *events, rest = body.split(b"\n\n")
    assert not rest
    return [event + b"\n\n" for event in events]


def swap(old: str, new: str) -> Rewrite:
    """Replace what a regular expression finds in lines."""
    return lambda body: re.sub(old.encode(), new.encode(), body, flags=re.MULTILINE)


def led_by(lead: bytes) -> Rewrite:
    """Put something in front of all."""
    return lambda body: lead + body


def before_each(lead: bytes) -> Rewrite:
    """Put something in front of each event."""
    return lambda body: b"".join(lead + event for event in _events(body))


def with_ids(body: bytes) -> bytes:
    """Number the events, and put a comment before all but the first."""
    numbered = enumerate(_events(body), 1)
    return b": ping\n\n".join(b"id: %d\n%b" % (number, event) for number, event in numbered)


def mixed_ends(case: Case) -> None:
    """Lines end in each of the three ways, blank ones in CRLF; else nothing is changed."""
    for clean, faulty in case.turns():
        assert clean.body == re.sub(rb"\r\n|\r|\n", b"\n", faulty.body)
        assert _values(clean.body) == _values(faulty.body)
        ends = re.findall(rb"[}\]](\r\n|\r|\n)(\r\n|\r|\n)", faulty.body)
        assert {(b"\n", b"\r\n"), (b"\r\n", b"\r\n"), (b"\r", b"\r\n")} == {*ends}


def between(raw: bytes, heard: Sequence[str], case: Case) -> None:
    """These bytes stand between events, several times, and are heard as this data; no more."""
    for clean, faulty in case.turns():
        times = faulty.body.count(raw)
        good, bad = (Counter(data_of(each.body)) for each in (clean, faulty))
        assert times > 3
        assert clean.body == faulty.body.replace(raw, b"")
        assert Counter(dict.fromkeys(heard, times)) == bad - good
        assert not good - bad
        assert not faulty.body.startswith(raw)
        assert not faulty.body.endswith(raw)


def waiting(case: Case) -> None:
    """A comment comes after each second of silence, and behind three of them the reply."""
    pulse = b": OPENROUTER PROCESSING\n\n"
    assert pulse * 3 + case.clean.body == case.faulty.body == case.timed.body
    assert [(1.0, pulse), (2.0, pulse), (3.0, pulse)] == [*case.timed.writes[:3]]
    assert {3.5} == {when for when, _ in case.timed.writes[3:]}


def data_lines(number: int, case: Case) -> None:
    """The JSON of each event is in so many lines of data, which mean the same."""
    for clean, faulty in case.turns():
        assert _values(clean.body) == _values(faulty.body)
        events = [event for event in _events(faulty.body) if b"[DONE]" not in event]
        assert {number} == {len(re.findall(rb"(?m)^data: .", event)) for event in events}


def indented(case: Case) -> None:
    """The JSON of each event is indented, a line of data for each of its lines."""
    for clean, faulty in case.turns():
        assert _values(clean.body) == _values(faulty.body)
        texts = [text for text in data_of(faulty.body) if text != "[DONE]"]
        assert [json.dumps(json.loads(t), indent=2, ensure_ascii=False) for t in texts] == texts


def no_data(case: Case) -> None:
    """The JSON is on lines of its own, so who holds to the standard finds no data at all."""
    assert swap("^data: ", "data:\n ")(case.clean.body) == case.faulty.body
    assert {""} == {*data_of(case.faulty.body)}


def run_together(case: Case) -> None:
    """The lines are the same, but no event ends."""
    assert case.clean.body.replace(b"\n\n", b"\n") == case.faulty.body
    assert [] == data_of(case.faulty.body)


def two_in_one(case: Case) -> None:
    """Some events have the JSON of two, a line for each; the lines are the same."""
    good, bad = (data_of(each.body) for each in (case.clean, case.faulty))
    pairs = [text for text in bad if "\n" in text]
    assert len(pairs) > 3
    assert good == [line for text in bad for line in text.split("\n")]
    for pair in pairs:
        with pytest.raises(ValueError, match="Extra data"):
            json.loads(pair)
    ends = (each.body.replace(b"\n\n", b"\n") for each in (case.clean, case.faulty))
    assert next(ends) == next(ends)


def one_bad_event(case: Case) -> None:
    """Exactly one event is no JSON, one of the call; others follow, and all are as they were."""
    good, bad = (data_of(each.body) for each in (case.clean, case.faulty))
    assert len(good) == len(bad)
    (at,) = [n for n, text in enumerate(bad) if text != good[n]]
    with pytest.raises(ValueError, match=r"."):
        json.loads(bad[at])
    assert "arguments" in good[at]
    assert at < len(bad) - 1


def runs_into_next(case: Case) -> None:
    """The last event of the call lacks its brace and its end; all else is as it was."""
    events = _events(case.clean.body)
    at = max(n for n, event in enumerate(events[:-1]) if b"arguments" in event)
    head, brace, _ = events[at].rpartition(b"}")
    expected = b"".join([*events[:at], head, *events[at + 1 :]])
    assert (b"}", expected) == (brace, case.faulty.body)
    wrong = [text for text in data_of(case.faulty.body) if text not in data_of(case.clean.body)]
    assert 1 == len(wrong)
    with pytest.raises(ValueError, match=r"."):
        json.loads(wrong[0])


def long_line(limit: int, case: Case) -> None:
    """One line is longer than that, of the event that ends the call; it means the same."""
    assert _values(case.clean.body) == _values(case.faulty.body)
    good, bad = (each.body.split(b"\n") for each in (case.clean, case.faulty))
    (at,) = [n for n, line in enumerate(bad) if line != good[n]]
    assert max(map(len, good)) < 1 << 16
    assert limit < len(bad[at])
    assert good[at] == re.sub(rb"(?<=^data: ) +", b"", bad[at])
    assert at == max(n for n, line in enumerate(good[:-5]) if b"arguments" in line)


def last_event_cut(case: Case) -> None:
    """The body lacks its last 40 bytes, and HTTP has nothing to say about it."""
    body = case.faulty.body
    assert case.clean.body[:-40] == body
    assert (200, None) == (case.faulty.status, case.faulty.broken)
    rest = body.rpartition(b"\n\n")[2].rpartition(b"data: ")[2] if case.manner.stream else body
    with pytest.raises(ValueError, match=r"."):
        json.loads(rest)
    if not case.manner.stream:
        assert str(len(body)) == case.faulty.headers["content-length"]
