"""What the model does with its turns."""

from __future__ import annotations

from functools import partial

import pytest

from catalogue import proofs_turns as turns
from catalogue.conftest import Prove
from catalogue.proving import Proof, cases
from loop import Manner

THOUGHT = "The user wants to know that, so I should look it up."
CALL_IN_THOUGHT = 'I need that. <tool_call>{"name": "%s", "arguments": {}}</tool_call>'

PROOFS: dict[str, Proof] = {
    "loops/endless": partial(turns.endless, turns.is_object),
    "turns/announced-only": turns.announces,
    "turns/announced-only-unfinished": turns.announces_unfinished,
    "turns/call-amid-reasoning": turns.amid_reasoning,
    "turns/call-as-json-text": partial(turns.as_text, turns.from_json),
    "turns/call-as-text-after-prose": partial(turns.as_text, turns.from_prose),
    "turns/call-as-xml-text": partial(
        turns.tags_torn, partial(turns.as_text, turns.from_xml(closed=True))
    ),
    "turns/call-as-xml-text-unclosed": partial(
        turns.tags_torn, partial(turns.as_text, turns.from_xml(closed=False))
    ),
    "turns/call-content-absent": partial(turns.content_beside_call, []),
    "turns/call-content-empty": partial(turns.content_beside_call, [""]),
    "turns/call-in-reasoning": partial(turns.only_thinks, CALL_IN_THOUGHT, "stop"),
    "turns/empty-after-result": turns.silent_after_result,
    "turns/endless-broken-call": partial(turns.endless, turns.is_broken),
    "turns/endless-empty-call": partial(turns.endless, turns.is_empty),
    "turns/only-reasoning": partial(turns.only_thinks, THOUGHT, "stop"),
    "turns/only-reasoning-as-calls": partial(turns.only_thinks, THOUGHT, "tool_calls"),
    "turns/parallel-calls-forbidden": turns.two_though_one_is_allowed,
    "turns/tool-choice-none-ignored": turns.called_though_forbidden,
    "turns/tool-choice-required-ignored": turns.talks_though_told_to_call,
    "turns/tool-name-control-tokens": partial(turns.renamed, "book_table<|channel|>commentary"),
    "turns/tool-name-namespace": partial(turns.renamed, "functions"),
    "turns/tool-name-other-case": partial(turns.renamed, "BookTable"),
    "turns/unknown-tool": partial(turns.unknown_tool, is_identifier=True),
    "turns/unknown-tool-odd-name": partial(turns.unknown_tool, is_identifier=False),
}


@pytest.mark.parametrize(("name", "manner"), cases(PROOFS), ids=str)
def test_it_is_on_the_wire(prove: Prove, name: str, manner: Manner) -> None:
    """The turns are as the scenario says."""
    prove(name, manner, PROOFS[name])
