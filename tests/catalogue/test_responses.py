"""Events of Responses."""

from __future__ import annotations

from functools import partial

import pytest

from catalogue import proofs_events
from catalogue.conftest import Prove
from catalogue.proving import Proof, cases
from loop import Manner

PROOFS: dict[str, Proof] = {
    "responses/error-chat-shaped": proofs_events.bare_error,
    "responses/unknown-event": partial(proofs_events.put_in, {"type": "keepalive"}),
}


@pytest.mark.parametrize(("name", "manner"), cases(PROOFS), ids=str)
def test_it_is_on_the_wire(prove: Prove, name: str, manner: Manner) -> None:
    """The events are as the scenario says."""
    prove(name, manner, PROOFS[name])
