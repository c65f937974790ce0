"""How a reply says that it is done."""

from __future__ import annotations

from functools import partial

import pytest

from catalogue import proofs, proofs_events
from catalogue import proofs_finish as ends
from catalogue.conftest import Prove
from catalogue.proving import Proof, cases
from loop import Manner
from mockrouter.wire import Ending

PROOFS: dict[str, Proof] = {
    "finish/calls-in-empty-list": partial(ends.no_calls, [[]], ""),
    "finish/calls-then-stop": partial(ends.finished_twice, "stop", usage=False),
    "finish/calls-without-calls": partial(ends.no_calls, [], "I will look that up."),
    "finish/chunk-after-done": proofs_events.behind_done,
    "finish/content-filter-mid-call": ends.filtered_mid_call,
    "finish/cut-off-but-done": partial(ends.cut_off, done=True),
    "finish/cut-off-mid-call": partial(ends.cut_off, done=False),
    "finish/done-missing": partial(ends.done_missing, None),
    "finish/done-missing-kept-open": partial(ends.done_missing, Ending.STALL),
    "finish/duplicated": proofs.twice,
    "finish/duplicated-with-usage": partial(ends.finished_twice, "tool_calls", usage=True),
    "finish/empty-text": ends.empty_reasons,
    "finish/end-turn": partial(ends.called_and, "end_turn"),
    "finish/in-same-chunk-as-call": proofs_events.one_chunk,
    "finish/in-same-chunk-as-last-fragment": ends.in_last_fragment,
    "finish/malformed-call": ends.malformed_call,
    "finish/max-tokens": partial(ends.alias, "max_tokens", 1),
    "finish/missing": partial(ends.never_finished, done=True),
    "finish/network-error": ends.breaks_off,
    "finish/null": partial(ends.never_finished, done=False),
    "finish/sensitive": partial(ends.alias, "sensitive", 0),
    "finish/stop-with-calls": partial(ends.called_and, "stop"),
    "finish/usage-after-done": ends.usage_behind_done,
}


@pytest.mark.parametrize(("name", "manner"), cases(PROOFS), ids=str)
def test_it_is_on_the_wire(prove: Prove, name: str, manner: Manner) -> None:
    """The end is as the scenario says."""
    prove(name, manner, PROOFS[name])
