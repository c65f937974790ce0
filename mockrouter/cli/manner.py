"""In which format, provider's manner and mode a scenario is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mockrouter.cli.stand_in import Asking
from mockrouter.scenario.evidence import address
from mockrouter.scenario.matching import Match
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

    def agrees(self, other: Manner) -> bool:
        """Tell whether a request can be made in both."""
        return self.over(other) == other.over(self)

    def options(self) -> Iterator[str]:
        """Write it as options of the command."""
        if self.dialect:
            yield f"--dialect {self.dialect}"
        if self.profile:
            yield f"--profile {self.profile}"
        if self.stream is not None:
            yield _flag("stream" if self.stream else "plain")


def fitting(scenario: Scenario, given: Manner) -> Manner:
    """
    Complete what the user gave by what the scenario is made for.

    That is what its ``when`` asks for, or that of the first variant that fits, or else that of the
    first; then what its tags claim.
    """
    asked = _asked(scenario)
    told = next((each for each in asked if given.agrees(each)), asked[0])
    tags = scenario.model.tags
    claimed = Manner(dialects(tags)[0], "openai", modes(tags)[0] == "stream")
    return given.over(told).over(claimed)


def excluded(scenario: Scenario, given: Manner) -> str:
    """
    Say which of the user's options the scenario's ``when`` excludes; empty where it does none.

    A family says itself that it has no variant for such a request.
    """
    if scenario.variants:
        return ""
    (asked,) = _asked(scenario)
    each = (Manner(given.dialect), Manner(profile=given.profile), Manner(stream=given.stream))
    wrong = [option for one in each if not one.agrees(asked) for option in one.options()]
    if not wrong:
        return ""
    return f"its 'when' excludes {' and '.join(wrong)}; only who chooses it by name gets this"


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
    others = [Manner(each) for each in formats if each != asking.dialect and formats[1:]]
    others += [Manner(stream=each == "stream") for each in ways if each != mode and ways[1:]]
    possible = [other for other in others if any(map(other.agrees, _asked(scenario)))]
    more = [*_more(scenario, asking), *(word for other in possible for word in other.options())]
    if more:
        yield f"more: {', '.join(more)}"


def _asked(scenario: Scenario) -> list[Manner]:
    """List what ``when`` asks for: that of each variant, where there are any."""
    return [_told(each.asked) for each in scenario.variants or (scenario,)]


def _told(when: Match | None) -> Manner:
    if when is None:
        return Manner()
    stream = None if when.stream is None else when.stream is True
    return Manner(when.dialect, when.profile, stream)


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
