"""Connections that break, fall silent, or say something untrue about the body."""

from __future__ import annotations

from functools import partial

import pytest

from catalogue import proofs, proofs_wire
from catalogue.conftest import Prove
from catalogue.proving import Case, Proof, cases
from loop import Manner
from mockrouter.wire import Ending


def between_calls(case: Case) -> None:
    """The first call is whole, and nothing of the second has come when the connection closes."""
    proofs.breaks(Ending.DISCONNECT, case)
    first, second = case.manner.hear(case.clean).calls
    assert (first,) == case.heard.calls
    assert None is case.heard.end
    assert second.id.encode() in case.clean.body
    assert second.id.encode() not in case.faulty.body


def mid_text(case: Case) -> None:
    """Some of the text has come, and no call, when the connection closes."""
    proofs.breaks(Ending.DISCONNECT, case)
    assert b'"Let"' in case.faulty.body
    assert not case.heard.calls
    assert b"function_call" not in case.faulty.body.split(b"Let", 1)[1]
    assert b'"tool_calls"' not in case.faulty.body


def nothing(how: Ending, case: Case) -> None:
    """Not even a status comes."""
    assert (0, b"", how) == (case.faulty.status, case.faulty.raw, case.faulty.broken)


def only_the_first(case: Case) -> None:
    """One event comes, and then nothing, with the connection open."""
    proofs.breaks(Ending.STALL, case)
    assert 1 == len(case.events)


PROOFS: dict[str, Proof] = {
    "wire/compressed": proofs_wire.compressed,
    "wire/disconnect-before-headers": proofs.breaks_early,
    "wire/disconnect-between-calls": between_calls,
    "wire/disconnect-mid-arguments": partial(proofs.breaks, Ending.DISCONNECT),
    "wire/disconnect-mid-text": mid_text,
    "wire/drip": partial(proofs_wire.takes, 3),
    "wire/encoding-lie": proofs_wire.said_to_be_compressed,
    "wire/half-close": partial(proofs.breaks, Ending.HALF_CLOSE),
    "wire/keep-open": proofs_wire.kept_open,
    "wire/last-chunk-missing": partial(
        proofs_wire.whole_but, Ending.DISCONNECT, proofs_wire.no_length
    ),
    "wire/length-too-long": partial(proofs_wire.whole_but, Ending.DISCONNECT, proofs_wire.longer),
    "wire/length-too-short": partial(proofs_wire.whole_but, None, proofs_wire.shorter),
    "wire/reset": partial(proofs.breaks, Ending.RESET),
    "wire/reset-before-headers": partial(nothing, Ending.RESET),
    "wire/stall-after-start": only_the_first,
    "wire/stall-before-headers": partial(nothing, Ending.STALL),
    "wire/stall": partial(proofs.breaks, Ending.STALL),
    "wire/stall-with-comments": proofs_wire.kept_busy,
}


@pytest.mark.parametrize(("name", "manner"), cases(PROOFS), ids=str)
def test_it_is_on_the_wire(prove: Prove, name: str, manner: Manner) -> None:
    """The bytes come, and end, as the scenario says."""
    prove(name, manner, PROOFS[name])
