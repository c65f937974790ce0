"""In which format, provider's manner and mode a scenario is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mockrouter.cli.stand_in import Asking
from mockrouter.scenario.evidence import address
from mockrouter.scenario.scenario import Scenario
from mockrouter.scenario.tags import dialects, modes


@dataclass(frozen=True, slots=True)
class Manner:
    """How a request is made; None for what nobody asked for, or does not matter."""

    dialect: str | None = None
    profile: str | None = None
    stream: bool | None = None

    def over(self, other: Manner) -> Manner:
        """Take from *other* what is not asked for here."""
        stream = other.stream if self.stream is None else self.stream
        return Manner(self.dialect or other.dialect, self.profile or other.profile, stream)


def fitting(scenario: Scenario, given: Manner) -> Manner:
    """
    Complete what the user gave by what the scenario is made for.

    That is what its ``when`` asks for, or that of the first variant that fits, then what its tags
    claim.
    """
    asked = [_asked(each) for each in scenario.variants or (scenario,)]
    told = next((each for each in asked if given.over(each) == each.over(given)), Manner())
    tags = scenario.model.tags
    claimed = Manner(dialects(tags)[0], "openai", modes(tags)[0] == "stream")
    return given.over(told).over(claimed)


def facts(scenario: Scenario, asking: Asking) -> Iterator[str]:
    """Say what there is to know beside what is sent, and what else there is to show."""
    model = scenario.model
    client = list(model.client.sentences()) if model.client else []
    if client:
        *most, last = client
        yield f"a robust client {', '.join(most)}{' and ' * bool(most)}{last}"
    if model.evidence:
        yield f"met in {', '.join(address(each) or each for each in model.evidence)}"
    if scenario.variants:
        yield f"variants: {', '.join(variant.name for variant in scenario.variants)}"
    for skipped in scenario.skipped:
        yield f"not applicable: {skipped.name}: {skipped.reason}"
    formats, ways = dialects(model.tags), modes(model.tags)
    if asking.dialect not in formats:
        yield f"made for {formats[0]} alone: --dialect {formats[0]}"
    mode = "plain" if asking.stream is False else "stream"
    if mode not in ways:
        yield f"made for {ways[0]} replies alone: {_flag(ways[0])}"
    more = list(_more(scenario, asking))
    more += [f"--dialect {each}" for each in formats if each != asking.dialect and formats[1:]]
    more += [_flag(each) for each in ways if each != mode and ways[1:]]
    if more:
        yield f"more: {', '.join(more)}"


def _asked(scenario: Scenario) -> Manner:
    told = scenario.asked
    if told is None:
        return Manner()
    stream = None if told.stream is None else told.stream is True
    return Manner(told.dialect, told.profile, stream)


def _flag(mode: str) -> str:
    return "--stream" if mode == "stream" else "--no-stream"


def _more(scenario: Scenario, asking: Asking) -> Iterator[str]:
    turns = scenario.model.turns
    for number in range(1, len(turns[min(asking.turn, len(turns)) - 1].attempts or ()) + 1):
        if number != asking.attempt:
            yield f"--attempt {number}"
    for number in range(1, len(turns) + 1):
        if number != asking.turn:
            yield f"--turn {number}"
