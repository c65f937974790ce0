"""A fault that no request ever meets is a mistake, found before there is one."""

from __future__ import annotations

import pytest

from mockrouter.engine.rehearsal import idle_faults
from mockrouter.scenario.library import load, load_text
from scripts import library


def mistakes(answer: str) -> list[str]:
    """List the idle faults of an answer, as ``line: what``."""
    served = library(f"turns:\n- {answer}")
    found = idle_faults(served, served.active[0])
    return [f"{mistake.line}: {mistake.what}; {mistake.remedy}" for mistake in found]


@pytest.mark.parametrize(
    ("faults", "message"),
    [
        ("{fault: drop, label: tool_call}",
         "2: whatever is asked, drop with label tool_call selects no frame; this wire has 1 start"),
        ("{fault: drop, label: text, nth: 99}", "drop with label text, nth 99 selects no frame"),
        ("{fault: drop, call: 0, chance: 0.01}", "drop with call 0 selects no frame"),
        ("{fault: drop, type: response.*, dialect: chat}", "with type response.* selects no frame"),
        ('{fault: patch, set: {"choices[0].dleta.content": a}}',
         "in the first, choices[0] has index, delta, logprobs, finish_reason"),
        ("{fault: truncate, bytes: 99999}", "truncate with bytes 99999 selects no frame"),
        ("{fault: writes, at: [3, 99999]}", "whatever is asked, writes cuts nothing at 99999; the"),
        ("{fault: writes, label: text, at: 9999}", "cuts nothing at 9999; the longest of"),
        ("{fault: bytes, text: a, at: 99999}", "bytes with text a, at 99999 selects no frame"),
        ("{fault: disconnect, label: text, after: 9, stream: true}",
         "disconnect with label text, after 9 selects no frame"),
    ],
)  # fmt: skip
def test_says_which_fault_strikes_nothing(faults: str, message: str) -> None:
    """It is said once, at its line, with what a stream would have had."""
    (found,) = mistakes(f"{{say: [{{text: Hi there.}}], faults: [{faults}]}}")

    assert message in found


@pytest.mark.parametrize(
    "answer",
    [
        "{say: [{text: Hi}], faults: [{fault: drop, label: usage}]}",
        "{say: [{text: Hi}], faults: [{fault: drop, type: response.completed}]}",
        '{say: [{text: Hi}], faults: [{fault: patch, set: {"choices[1].message.content": a}}]}',
        '{say: [{text: Hi}], faults: [{fault: patch, set: {"choices[0].message.content": a}}]}',
        """
  say: [{tool_call: a, arguments: x}]
  faults: [{fault: patch, set: {"choices[0].delta.tool_calls[0].custom.input": 1}}]""",
        "{say: [{tool_call: any}], faults: [{fault: drop, label: tool_call, nth: 99}]}",
        '{say: [{text: "{{ user }}"}], faults: [{fault: drop, label: text, nth: 99}]}',
        '{say: [{text: Hi}], faults: [{fault: patch, set: {"a.b": "{{ user }}"}}]}',
        "{error: 500, faults: [{fault: patch, set: {error.message: a}}]}",
    ],
)
def test_what_some_request_meets_is_no_mistake(answer: str) -> None:
    """One format, mode, provider or kind of client is enough; what owes to it is not judged."""
    assert [] == mistakes(answer)


def test_every_answer_of_a_turn_is_played() -> None:
    """Attempts and cases have their own places."""
    scenario = load_text("""
turns:
  - attempts:
      - say: [{text: a}]
      - say: [{text: a}]
        faults: [{fault: drop, label: error}]
  - cases:
      - say: [{text: a}]
        faults:
          - {fault: drop, label: text}
          - {fault: drop, label: text}
""")

    assert [6, 11] == [mistake.line for mistake in idle_faults(load(), scenario)]
