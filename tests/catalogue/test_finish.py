"""How a reply says that it is done."""

from __future__ import annotations

from functools import partial

import pytest

from catalogue import proofs, proofs_events, proofs_wire
from catalogue.conftest import Prove
from catalogue.proving import Proof, cases
from loop import Manner

PROOFS: dict[str, Proof] = {
    "finish/calls-without-calls": partial(proofs.finish, 0, "tool_calls"),
    "finish/chunk-after-done": proofs_events.behind_done,
    "finish/done-early": proofs_wire.done_early,
    "finish/done-missing": proofs.lost,
    "finish/duplicated": proofs.twice,
    "finish/in-same-chunk-as-call": proofs_events.one_chunk,
    "finish/missing": proofs.lost,
    "finish/stop-with-calls": partial(proofs.finish, 1, "stop"),
}


@pytest.mark.parametrize(("name", "manner"), cases(PROOFS), ids=str)
def test_it_is_on_the_wire(prove: Prove, name: str, manner: Manner) -> None:
    """The end is as the scenario says."""
    prove(name, manner, PROOFS[name])
