"""Lines, bytes and writes."""

from __future__ import annotations

from functools import partial

import pytest

from catalogue import proofs, proofs_wire
from catalogue.conftest import Prove
from catalogue.proving import Proof, cases
from loop import Manner

PROOFS: dict[str, Proof] = {
    "wire/broken-event": proofs_wire.one_bad_event,
    "wire/burst": proofs_wire.one_write,
    "wire/byte-order-mark": partial(proofs_wire.with_bytes, b"\xef\xbb\xbf", b"\r"),
    "wire/comments": partial(proofs_wire.with_bytes, b": OPENROUTER PROCESSING\n\n" * 3, b"\r"),
    "wire/crlf": partial(proofs_wire.with_bytes, b"}\r\n\r\n", b"}\n"),
    "wire/huge-line": proofs_wire.long_line,
    "wire/many-data-lines": partial(proofs_wire.with_bytes, b",\ndata: ", b"\r"),
    "wire/no-blank-lines": proofs_wire.run_together,
    "wire/no-space": partial(proofs_wire.with_bytes, b"data:{", b"data: "),
    "wire/split-characters": proofs_wire.torn_characters,
    "wire/split-lines": partial(proofs_wire.writes_of, 7),
    "wire/truncated-event": proofs.ends_early,
    "wire/truncated-stream": proofs.ends_early,
}


@pytest.mark.parametrize(("name", "manner"), cases(PROOFS), ids=str)
def test_it_is_on_the_wire(prove: Prove, name: str, manner: Manner) -> None:
    """Below the events all is as the scenario says."""
    prove(name, manner, PROOFS[name])
