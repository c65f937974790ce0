"""Connections that break, fall silent, or say something untrue about the body."""

from __future__ import annotations

from functools import partial

import pytest

from catalogue import proofs, proofs_wire
from catalogue.conftest import Prove
from catalogue.proving import Proof, cases
from loop import Manner
from mockrouter.wire import Ending

PROOFS: dict[str, Proof] = {
    "wire/compressed": proofs_wire.compressed,
    "wire/disconnect-before-headers": proofs.breaks_early,
    "wire/disconnect-mid-arguments": partial(proofs.breaks, Ending.DISCONNECT),
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
    "wire/stall": partial(proofs.breaks, Ending.STALL),
    "wire/stall-with-comments": proofs_wire.kept_busy,
}


@pytest.mark.parametrize(("name", "manner"), cases(PROOFS), ids=str)
def test_it_is_on_the_wire(prove: Prove, name: str, manner: Manner) -> None:
    """The bytes come, and end, as the scenario says."""
    prove(name, manner, PROOFS[name])
