"""Lines, bytes, writes and endings."""

from __future__ import annotations

from functools import partial

import pytest

from catalogue import proofs, proofs_wire
from catalogue.conftest import Prove
from catalogue.proving import Proof, cases
from loop import Manner
from mockrouter.wire import Ending

PROOFS: dict[str, Proof] = {
    "wire/broken-event": proofs_wire.one_bad_event,
    "wire/burst": proofs_wire.one_write,
    "wire/byte-order-mark": partial(proofs_wire.with_bytes, b"\xef\xbb\xbf", b"\r"),
    "wire/comments": partial(proofs_wire.with_bytes, b": OPENROUTER PROCESSING\n\n" * 3, b"\r"),
    "wire/compressed": proofs_wire.compressed,
    "wire/crlf": partial(proofs_wire.with_bytes, b"}\r\n\r\n", b"}\n"),
    "wire/disconnect-before-headers": proofs.breaks_early,
    "wire/disconnect-mid-arguments": partial(proofs.breaks, Ending.DISCONNECT),
    "wire/drip": partial(proofs_wire.takes, 3),
    "wire/dropped-fragment": partial(proofs.wrong_arguments, proofs.lost),
    "wire/duplicated-fragment": partial(proofs.wrong_arguments, proofs.twice),
    "wire/encoding-lie": proofs_wire.said_to_be_compressed,
    "wire/half-close": partial(proofs.breaks, Ending.HALF_CLOSE),
    "wire/huge-line": proofs_wire.long_line,
    "wire/keep-open": proofs_wire.kept_open,
    "wire/last-chunk-missing": partial(
        proofs_wire.whole_but, Ending.DISCONNECT, proofs_wire.no_length
    ),
    "wire/length-too-long": partial(proofs_wire.whole_but, Ending.DISCONNECT, proofs_wire.longer),
    "wire/length-too-short": partial(proofs_wire.whole_but, None, proofs_wire.shorter),
    "wire/many-data-lines": partial(proofs_wire.with_bytes, b",\ndata: ", b"\r"),
    "wire/no-blank-lines": proofs_wire.run_together,
    "wire/no-space": partial(proofs_wire.with_bytes, b"data:{", b"data: "),
    "wire/reset": partial(proofs.breaks, Ending.RESET),
    "wire/split-characters": proofs_wire.torn_characters,
    "wire/split-lines": partial(proofs_wire.writes_of, 7),
    "wire/stall": partial(proofs.breaks, Ending.STALL),
    "wire/stall-with-comments": proofs_wire.kept_busy,
    "wire/truncated-event": proofs.ends_early,
    "wire/truncated-stream": proofs.ends_early,
}


@pytest.mark.parametrize(("name", "manner"), cases(PROOFS), ids=str)
def test_it_is_on_the_wire(prove: Prove, name: str, manner: Manner) -> None:
    """Below the events all is as the scenario says."""
    prove(name, manner, PROOFS[name])
