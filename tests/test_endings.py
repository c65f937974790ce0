"""An answer has one ending; several are written only where one alone can strike."""

from __future__ import annotations

import pytest

from mockrouter.errors import ScenarioError
from mockrouter.scenario.library import load_text
from mockrouter.wire import Ending
from scripts import ask, chat, engine

SAY = "turns:\n- say: [{text: One two three four.}]\n  faults:\n"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("disconnect", "reset, after: 2"),
        ("half_close, after: 1", "keep_open"),
        ("stall", "disconnect, chance: 0.5"),
        ("reset, before: headers", "reset, before: headers"),
        ("disconnect, dialect: chat", "stall, stream: true"),
        ("keep_open, stream: false", "half_close"),
    ],
)
def test_a_second_ending_is_a_mistake(first: str, second: str) -> None:
    """It stands behind one that always comes first, for some of the same replies."""
    with pytest.raises(ScenarioError) as caught:
        load_text(f"{SAY}  - {{fault: {first}}}\n  - {{fault: {second}}}\n")

    (mistake,) = caught.value.mistakes
    assert 5 == mistake.line
    assert "is a second ending" in mistake.what
    assert mistake.remedy.startswith("keep one of them")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("disconnect, chance: 0.5", "reset"),
        ("disconnect, stream: true", "reset, stream: false"),
        ("disconnect, dialect: chat, stream: true", "reset, dialect: responses"),
        ("stall, seconds: 5", "reset"),
        ("truncate, bytes: 20", "disconnect, after: all"),
        ("content_length", "disconnect"),
    ],
)
def test_endings_of_different_replies_are_none(first: str, second: str) -> None:
    """Formats, modes and chance keep them apart; silence that ends and a cut are no endings."""
    load_text(f"{SAY}  - {{fault: {first}}}\n  - {{fault: {second}}}\n")


def test_chance_chooses_one_ending() -> None:
    """Where chance lets the first one strike, the second one does not, whenever it would."""
    served = engine(f"{SAY}  - {{fault: reset, after: 3, chance: 0.5}}\n  - {{fault: keep_open}}\n")

    endings = {
        (wire.ending, exchange.warnings)
        for seed in range(20)
        for wire, exchange in [ask(served, chat(stream=True, seed=seed))]
    }

    assert {(Ending.RESET, ()), (Ending.KEEP_OPEN, ())} == endings


def test_a_fault_is_for_replies_as_they_are_asked_for() -> None:
    """That a plain reply comes in chunks makes it no stream to the faults behind."""
    served = engine(
        f"{SAY}  - {{fault: content_length, length: absent}}\n"
        "  - {fault: reset, before: headers, stream: true}\n"
    )

    wire, _ = ask(served, chat())

    assert Ending.COMPLETE == wire.ending
