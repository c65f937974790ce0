"""Lines, bytes and writes."""

from __future__ import annotations

from functools import partial

import pytest

from catalogue import proofs_lines as lines
from catalogue import proofs_writes as writes
from catalogue.conftest import Prove
from catalogue.proving import Proof, cases
from loop import Manner

BUSY = b": OPENROUTER PROCESSING\n\n" * 3

PROOFS: dict[str, Proof] = {
    "wire/bare-cr": partial(lines.rewritten, lines.swap("\n", "\r")),
    "wire/broken-event": lines.one_bad_event,
    "wire/burst": writes.one_write,
    "wire/byte-order-mark": partial(lines.rewritten, lines.led_by(writes.BOM)),
    "wire/byte-order-mark-split": writes.inside_mark,
    "wire/comment-as-data": partial(lines.between, b"data: : keepalive\n\n", [": keepalive"]),
    "wire/comment-inside-event": partial(lines.rewritten, lines.before_each(b": keep-alive\n")),
    "wire/comments": partial(lines.rewritten, lines.before_each(BUSY)),
    "wire/comments-after-ids": partial(lines.rewritten, lines.with_ids),
    "wire/comments-while-waiting": lines.waiting,
    "wire/crlf": partial(lines.rewritten, lines.swap("\n", "\r\n")),
    "wire/crlf-split": writes.inside_line_ends,
    "wire/empty-data": partial(lines.between, b"data:\n\n", [""]),
    "wire/empty-data-line-first": partial(
        lines.rewritten, lines.swap(r"^data: \{", "data:\ndata: {")
    ),
    "wire/event-line-alone": partial(lines.between, b"event: ping\n\n", []),
    "wire/event-runs-into-next": lines.runs_into_next,
    "wire/indented-data": lines.indented,
    "wire/json-on-next-line": lines.no_data,
    "wire/line-over-1-mib": partial(lines.long_line, 1 << 20),
    "wire/line-over-64-kib": partial(lines.long_line, 1 << 16),
    "wire/many-data-lines": partial(lines.data_lines, 3),
    "wire/mixed-line-ends": lines.mixed_ends,
    "wire/no-blank-lines": lines.run_together,
    "wire/no-space": partial(lines.rewritten, lines.swap(r"^(data|event): ", r"\1:")),
    "wire/one-byte-writes": partial(writes.of_size, 1),
    "wire/split-characters": partial(writes.inside_characters, 2, 1),
    "wire/split-emoji": partial(writes.inside_characters, 4, 2),
    "wire/split-lines": partial(writes.of_size, 7),
    "wire/truncated-event": lines.last_event_cut,
    "wire/two-events-in-one": lines.two_in_one,
}


@pytest.mark.parametrize(("name", "manner"), cases(PROOFS), ids=str)
def test_it_is_on_the_wire(prove: Prove, name: str, manner: Manner) -> None:
    """Below the events all is as the scenario says."""
    prove(name, manner, PROOFS[name])
