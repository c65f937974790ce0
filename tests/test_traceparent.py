"""Traces: what a request's `traceparent` becomes in the journal."""

from __future__ import annotations

import json
import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asgi import Client
from mockrouter.cli.journal_entry import facts
from mockrouter.engine.traceparent import NO_PARENT, trace_parent
from mockrouter.entries import entries
from scripts import chat

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
GOOD = f"00-{TRACE}-{PARENT}-01"


@pytest.mark.parametrize(
    ("header", "is_read"),
    [
        (GOOD, True),
        (f" {GOOD}\t", True),
        (f"00-{TRACE}-{PARENT}-00", True),
        (f"cc-{TRACE}-{PARENT}-01", True),
        (f"cc-{TRACE}-{PARENT}-01-what-the-future-will-be-like", True),
        ("", False),
        (f"cc-{TRACE}-{PARENT}-01.what", False),
        (f"00-{TRACE}-{PARENT}-01-more", False),
        (f"00-{TRACE}-{PARENT}-01-", False),
        (f"ff-{TRACE}-{PARENT}-01", False),
        (f"00-{TRACE.upper()}-{PARENT}-01", False),
        (f"00-{'0' * 32}-{PARENT}-01", False),
        (f"00-{TRACE}-{'0' * 16}-01", False),
        (f"00-{TRACE[1:]}-{PARENT}-01", False),
        (f"00-{TRACE}-{PARENT}-1", False),
        (f"00-{TRACE}-{PARENT}", False),
        (f"{GOOD}\n", False),
    ],
)
def test_what_is_read(header: str, *, is_read: bool) -> None:
    """A header is read as the standard says; one that is malformed counts as none."""
    expected = (TRACE, PARENT) if is_read else NO_PARENT

    assert expected == trace_parent({"traceparent": header})


@given(st.text(string.printable) | st.from_regex(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-0[01]"))
def test_ids_are_well_formed(header: str) -> None:
    """Whatever is sent, there are two ids that no tracing system refuses, or none."""
    trace, parent = trace_parent({"traceparent": header})

    assert bool(trace) is bool(parent)
    assert not trace or re.fullmatch("[0-9a-f]{32}", trace)
    assert not parent or (re.fullmatch("[0-9a-f]{16}", parent) and set(parent) != {"0"})


def test_the_journal_has_the_trace() -> None:
    """An entry, the control API and the terminal say whose trace a request belongs to."""
    client = Client()
    client.post("/v1/chat/completions", chat(), traceparent=GOOD)
    client.post("/v1/chat/completions", chat(), traceparent="00-x")

    with_trace, without = entries(client.engine.journal)
    shown = [json.loads(client.ask("GET", f"/_mockrouter/requests/{n}").body) for n in (1, 2)]

    assert (TRACE, PARENT) == (with_trace.trace_id, with_trace.parent_id)
    assert ("", "") == (without.trace_id, without.parent_id)
    assert [(TRACE, PARENT), (None, None)] == [(e["trace_id"], e["parent_id"]) for e in shown]
    assert [("trace", f"{TRACE}, from span {PARENT}"), None] == [
        next((fact for fact in facts(entry) if fact[0] == "trace"), None) for entry in shown
    ]
