"""A test in which the failure never happened proves nothing, and is told so."""

from __future__ import annotations

import pytest

from mockrouter.engine.engine import Engine
from mockrouter.entries import entries
from mockrouter.harness.unmet import unmet
from mockrouter.scenario.library import load
from scripts import ask, chat, engine

STREAM, PLAIN = chat(stream=True), chat()
PATH = "/v1/chat/completions"


def said(served: Engine) -> list[str]:
    """List what was not met."""
    return unmet(entries(served.journal), served.library)


@pytest.mark.parametrize(
    ("name", "body", "path", "expected"),
    [
        ("calls/fragment-twice", STREAM, PATH, ""),
        ("calls/fragment-twice", PLAIN, PATH, "made for streams, and all * for plain replies"),
        ("errors/empty-body", STREAM, PATH, "made for plain replies, and all * for streams"),
        (
            "responses/sequence-gaps",
            STREAM,
            PATH,
            "made for Responses, and all * for Chat Completions",
        ),
        ("errors/moderation", STREAM, PATH, ""),
        ("errors/moderation", PLAIN, PATH, ""),
        ("auto", PLAIN, PATH, ""),
    ],
)
def test_a_scenario_is_for_certain_requests(
    name: str, body: dict[str, object], path: str, expected: str
) -> None:
    """Its tags say for which; where no request is one of them, its failure was not met."""
    served = Engine(load())
    ask(served, body, path=f"/s/{name}{path}")

    before, _, behind = expected.partition(" * ")
    assert [name] * bool(expected) == [
        name for each in said(served) if each.startswith(f"'{name}' is {before}") and behind in each
    ]
    assert len(said(served)) == bool(expected)


def test_one_request_of_the_kind_is_enough() -> None:
    """A client that streams now and then has met what is for streams."""
    served = Engine(load())
    for body in (PLAIN, STREAM):
        ask(served, body, path=f"/s/calls/fragment-twice{PATH}")

    assert [] == said(served)


IDLE = "{fault: drop, label: tool_call}"


@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        (f"[{IDLE}]", 1),
        (f"[{IDLE}, {IDLE}]", 1),
        (f"[{IDLE}, {{fault: drop, label: text}}]", 0),
        ("[{fault: drop, label: tool_call, stream: false}]", 0),
        ("[]", 0),
    ],
)
def test_faults_that_find_nothing_are_told(faults: str, expected: int) -> None:
    """If each fault of an answer was idle each time; one that is for others was not expected."""
    served = engine(f"turns: [{{say: [{{text: Hi}}], faults: {faults}}}]\nthen: repeat")
    ask(served, STREAM)
    found = said(served)

    assert expected == len(found)
    begins = f"no fault of turn 1 of '{served.library.active[0].name}' found anything to do: drop"
    assert all(each.startswith(begins) for each in found)


def test_a_fault_that_struck_once_was_met() -> None:
    """Another request may have given it nothing to do."""
    script = "turns: [{say: auto, faults: [{fault: drop, label: tool_call}]}]\nthen: repeat"
    served = engine(script)
    for body in (chat(stream=True, tools=...), STREAM):
        ask(served, body)

    assert [] == said(served)
