"""Chunks of Chat Completions in shapes of their own."""

from __future__ import annotations

from functools import partial

import pytest

from catalogue import proofs_chunks as shown
from catalogue.conftest import Prove
from catalogue.proving import Proof, cases
from loop import Manner

PROOFS: dict[str, Proof] = {
    "chunks/call-before-role": shown.late_role,
    "chunks/choices-null": partial(shown.inserted, shown.null_choices, (3, 3)),
    "chunks/choices-null-reply": shown.reply_without_choices,
    "chunks/delta-absent": partial(shown.inserted, shown.no_delta, (3, 3)),
    "chunks/delta-null": partial(shown.patched, shown.null_delta),
    "chunks/empty-choices-first": shown.prompt_filter,
    "chunks/event-null": partial(shown.inserted, shown.null, (8, 3)),
    "chunks/message-beside-delta": partial(shown.patched, shown.growing_message),
    "chunks/new-id-each-chunk": shown.ids_vary,
    "chunks/progress-events": partial(shown.inserted, shown.progress, (3, 0)),
    "chunks/role-absent": partial(shown.patched, shown.no_role),
    "chunks/role-empty": partial(shown.patched, partial(shown.later_roles, "")),
    "chunks/role-null": partial(shown.patched, partial(shown.later_roles, None)),
    "chunks/two-choices": shown.two_choices,
    "chunks/usage-beside-delta": partial(shown.patched, shown.usage_beside),
    "chunks/usage-foreign-names": shown.foreign_usage,
    "chunks/usage-in-every-chunk": partial(shown.patched, shown.growing_usage),
    "chunks/usage-with-empty-choices": shown.usage_chunk,
    "chunks/usage-zero-at-first": partial(shown.patched, shown.late_usage),
}


@pytest.mark.parametrize(("name", "manner"), cases(PROOFS), ids=str)
def test_it_is_on_the_wire(prove: Prove, name: str, manner: Manner) -> None:
    """The chunks have the shape that the scenario says."""
    prove(name, manner, PROOFS[name])
