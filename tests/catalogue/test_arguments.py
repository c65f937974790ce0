"""Arguments of calls that are broken."""

from __future__ import annotations

import pytest

from catalogue import proofs
from catalogue.conftest import Prove
from catalogue.proving import Proof, cases
from loop import Manner

PROOFS: dict[str, Proof] = {
    "arguments/corrected": proofs.no_json,
    "arguments/empty": proofs.no_json,
    "arguments/markdown-fence": proofs.no_json,
    "arguments/schema-mismatch": proofs.mismatch,
    "arguments/trailing-comma": proofs.no_json,
    "arguments/truncated": proofs.no_json,
    "arguments/truncated-by-length": proofs.cut_off,
}


@pytest.mark.parametrize(("name", "manner"), cases(PROOFS), ids=str)
def test_it_is_on_the_wire(prove: Prove, name: str, manner: Manner) -> None:
    """The arguments are broken in the way that the scenario says."""
    prove(name, manner, PROOFS[name])
