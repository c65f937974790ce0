"""What the model does with its turns."""

from __future__ import annotations

import pytest

from catalogue import proofs
from catalogue.conftest import Prove
from catalogue.proving import NAMES, Case, Proof, cases
from loop import Manner


def endless(case: Case) -> None:
    """However many rounds a client allows, the model calls again, each time with a new id."""
    heard = list(case.talk(most=12))

    assert [1] * 12 == [len(each.calls) for each in heard]
    assert 12 == len({call.id for each in heard for call in each.calls})


def silent_after_result(case: Case) -> None:
    """After a good call, the model ends its turn well and has said nothing."""
    call, silence = case.talk()

    assert NAMES == [each.name for each in call.calls]
    assert ("", ()) == (silence.text, silence.calls)
    assert {"chat": "stop", "responses": "completed"}[case.manner.dialect] == silence.end


PROOFS: dict[str, Proof] = {
    "loops/endless": endless,
    "turns/call-as-json-text": proofs.as_text,
    "turns/empty-after-result": silent_after_result,
    "turns/unknown-tool": proofs.unknown_tool,
}


@pytest.mark.parametrize(("name", "manner"), cases(PROOFS), ids=str)
def test_it_is_on_the_wire(prove: Prove, name: str, manner: Manner) -> None:
    """The turns are as the scenario says."""
    prove(name, manner, PROOFS[name])
