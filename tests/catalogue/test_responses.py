"""Events of Responses."""

from __future__ import annotations

from functools import partial

import pytest

from catalogue import proofs_responses as edits
from catalogue import proofs_responses_ends as ends
from catalogue.conftest import Prove
from catalogue.proofs_responses import DONE, Edit, edited
from catalogue.proving import Proof, cases
from loop import Manner

LESS = ("background", "created_at", "error", "incomplete_details", "status")
OPENING = ("response.in_progress", "*.added")
PARTS = ("*.delta", "*_part.done", "*_arguments.done")
NEW = {"keepalive", "vendor.rate_limits"}

EDITS: dict[str, Edit] = {
    "delta-call-id": edits.from_call_ids,
    "delta-no-item-id": partial(edits.from_less, ["item_id"], 2),
    "delta-no-place": partial(edits.from_less, ["item_id", "output_index"], 1),
    "delta-before-item": edits.opened_late,
    "item-id-changes": edits.renamed_items,
    "item-no-id": partial(edits.less_items, "id"),
    "item-status-missing": partial(edits.less_items, "status"),
    "item-never-done": edits.never_closed,
    "output-index-collision": partial(edits.placed, lambda _: 0),
    "output-index-gaps": partial(edits.placed, lambda event: event["output_index"] * 2 + 1),
    "parallel-items-open": edits.closed_late,
    "arguments-only-in-done": lambda events: edits.without(events, "*_arguments.delta"),
    "arguments-only-in-item": lambda events: edits.without(events, "*_arguments.*"),
    "completed-output-empty": partial(
        edits.at_end, lambda event: event["response"].update(output=[])
    ),
    "completed-output-absent": partial(
        edits.at_end, lambda event: [event["response"].pop(each) for each in ("output", "usage")]
    ),
    "completed-renamed": partial(edits.at_end, lambda event: event.update(type="response.done")),
    "completed-missing": partial(edits.ended, []),
    "done-for-completed": partial(edits.ended, [DONE]),
    "done-after-completed": lambda events: [*events, DONE],
    "not-nested": edits.not_nested,
    "fields-missing": partial(edits.less_response, LESS, "output"),
    "error-chat-shaped": edits.bare_error,
    "sequence-absent": partial(edits.sequence, lambda _: None),
    "sequence-first-absent": partial(edits.sequence, lambda number: number or None),
    "sequence-all-zero": partial(edits.sequence, lambda _: 0),
    "sequence-gaps": partial(edits.sequence, lambda n: n if n < 5 else n * 7),
    "skeleton": lambda events: edits.without(events, *OPENING, *PARTS),
}
"""What each makes of the events that should have come."""

OTHERS: dict[str, Proof] = {
    "answered-by-call-id": ends.wants_call_ids,
    "call-as-text": ends.markup,
    "completed-empty": ends.nothing,
    "failed-for-good": ends.out_of_quota,
    "failed-mid-call": partial(ends.fails_in_call, "The model is overheated."),
    "failed-without-error": partial(ends.fails_in_call, None),
    "incomplete-mid-call": ends.unfinished_call,
    "overload-as-event": ends.overloaded,
    "repeated-call-id-refused": ends.wants_unique_ids,
    "server-tool-other-call-id": ends.unrelated_result,
    "truncation-says-completed": ends.used_up,
    "unknown-event": partial(ends.unknown, NEW),
}

_EDITED: dict[str, Proof] = {name: partial(edited, edit) for name, edit in EDITS.items()}
PROOFS: dict[str, Proof] = {f"responses/{n}": proof for n, proof in (_EDITED | OTHERS).items()}


@pytest.mark.parametrize(("name", "manner"), cases(PROOFS), ids=str)
def test_it_is_on_the_wire(prove: Prove, name: str, manner: Manner) -> None:
    """The events are as the scenario says."""
    prove(name, manner, PROOFS[name])
