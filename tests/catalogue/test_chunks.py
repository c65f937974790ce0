"""Chunks of Chat Completions in shapes of their own."""

from __future__ import annotations

from functools import partial

import pytest

from catalogue import proofs_events
from catalogue.conftest import Prove
from catalogue.proving import Proof, cases
from loop import Manner

PROOFS: dict[str, Proof] = {
    "chunks/event-null": partial(proofs_events.put_in, None),
}


@pytest.mark.parametrize(("name", "manner"), cases(PROOFS), ids=str)
def test_it_is_on_the_wire(prove: Prove, name: str, manner: Manner) -> None:
    """The chunks have the shape that the scenario says."""
    prove(name, manner, PROOFS[name])
