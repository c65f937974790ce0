"""Calls whose identity is in doubt."""

from __future__ import annotations

from functools import partial

import pytest

from catalogue import proofs, proofs_events
from catalogue.conftest import Prove
from catalogue.proving import Proof, cases
from loop import Manner

PROOFS: dict[str, Proof] = {
    "calls/duplicate-ids": proofs.one_id_for_two,
    "calls/index-all-zero": partial(proofs_events.indices, {0}),
    "calls/index-missing": partial(proofs_events.indices, set()),
}


@pytest.mark.parametrize(("name", "manner"), cases(PROOFS), ids=str)
def test_it_is_on_the_wire(prove: Prove, name: str, manner: Manner) -> None:
    """What tells the calls of a reply apart is as the scenario says."""
    prove(name, manner, PROOFS[name])
