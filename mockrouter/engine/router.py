"""
Which scenario answers, and with which turn.

First that applies: the name in the URL, the header, the model ``mock/NAME``; then ``when``, by
priority; then the built-in ``auto``, or with *strict* an error that says what was nearly right.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import TypeAlias

from mockrouter.errors import CannotAnswer
from mockrouter.request import Request
from mockrouter.scenario.conditions import Difference
from mockrouter.scenario.library import AUTO, Library
from mockrouter.scenario.matching import differences, explained
from mockrouter.scenario.models import Answer, Case, Turn
from mockrouter.scenario.outline import Fact
from mockrouter.scenario.scenario import Scenario

SCENARIO_HEADER = "x-mockrouter-scenario"
_MODEL_PREFIX = "mock/"
_NEAREST = 3
_LOOKED_AT = 25
"""More are explained only where nothing at all answers."""

Shown: TypeAlias = Callable[[], Request | None]
"""Makes the request that complaints may tell of; None for nothing of it."""


@dataclass(frozen=True, slots=True)
class Miss:
    """A scenario that does not answer, and why."""

    scenario: str
    differences: tuple[Difference, ...]

    def __str__(self) -> str:
        """``NAME: condition is this, not that; …``."""
        return f"{self.scenario}: {'; '.join(map(str, self.differences))}"


class Router:
    """
    A library, indexed so that a request looks at the few scenarios that can match it.

    Attributes:
        library: The scenarios.

        drawn: Whether chance has a part in which of them answers.

    A scenario stands in the index under the first exact model or tool that its ``when`` asks for;
    those that ask for neither are looked at by every request.
    """

    def __init__(self, library: Library, *, strict: bool = False) -> None:
        """Index *library*; *strict* refuses what no scenario answers."""
        self.library = library
        self._strict = strict
        self.drawn = any(scenario.outline.drawn for scenario in library.active)
        self._index: dict[Fact | None, list[tuple[int, Scenario]]] = defaultdict(list)
        for place, scenario in enumerate(library.active):
            self._index[scenario.outline.fact].append((place, scenario))

    def choose(self, request: Request, named: str | None, shown: Shown | None = None) -> Scenario:
        """
        Choose the scenario that answers.

        Args:
            request: What the client asks for.

            named: Name in the URL.

            shown: What errors tell of the request; by default all.

        Raises:
            CannotAnswer: No scenario has this name, or with *strict* none matches.
        """
        named = named or request.headers.get(SCENARIO_HEADER)
        model = request.envelope.model
        if named is None and model.startswith(_MODEL_PREFIX):
            named = model.removeprefix(_MODEL_PREFIX)
        if named is not None:
            return variant_of(self.library.find(named), request)
        for scenario in self.candidates(request):
            if not differences(scenario.model.when, _salted(request, scenario)):
                return scenario
        if self._strict:
            raise CannotAnswer("mockrouter_no_match", self._explain(request, shown))
        return self.library.find(AUTO)

    def check(self, named: str | None) -> None:
        """
        Refuse a name that no scenario has; None is no name.

        Raises:
            CannotAnswer: Names what is near.
        """
        if named is not None:
            self.library.find(named)

    def candidates(self, request: Request) -> Iterator[Scenario]:
        """List the scenarios that the index cannot rule out, in the order of asking."""
        facts: list[Fact | None] = [None, ("model", request.envelope.model)]
        facts += [("tools", name) for name in {tool.name for tool in request.tools}]
        found = chain.from_iterable(self._index[fact] for fact in facts if fact in self._index)
        return (scenario for _, scenario in sorted(found, key=lambda entry: entry[0]))

    def misses(
        self, request: Request, most: int | None = _LOOKED_AT, shown: Shown | None = None
    ) -> list[Miss]:
        """Say why the nearest of *most* scenarios do not answer; fewest differences first."""
        found = [
            Miss(
                scenario.name,
                tuple(explained(scenario.model.when, _salted(request, scenario), shown)),
            )
            for scenario in islice(self.library.active, most)
        ]
        missed = [miss for miss in found if miss.differences]
        return sorted(missed, key=lambda miss: len(miss.differences))[:_NEAREST]

    def _explain(self, request: Request, shown: Shown | None) -> str:
        if not self.library.active:
            return "no scenario is loaded; name files or folders: mockrouter serve (or run) PATH"
        nearest = "\n".join(f"  {miss}" for miss in self.misses(request, None, shown))
        return f"no scenario matches this request; the nearest:\n{nearest}"


def variant_of(scenario: Scenario, request: Request) -> Scenario:
    """
    Find the variant of a family that fits a request; what is no family is its own.

    Raises:
        CannotAnswer: None fits.
    """
    for variant in scenario.variants:
        if not differences(variant.asked, request):
            return variant
    if not scenario.variants:
        return scenario
    asked = f"{request.dialect}, {'stream' if request.envelope.stream else 'plain'}"
    reasons = dict.fromkeys(skipped.reason for skipped in scenario.skipped)
    message = (
        f"{scenario.where('matrix')}: no variant of '{scenario.name}' is for such a request "
        f"({asked}, {request.profile}){''.join(f'; {reason}' for reason in reasons)}"
    )
    raise CannotAnswer("mockrouter_not_applicable", message)


def _salted(request: Request, scenario: Scenario) -> Request:
    return request.salted(scenario.name) if scenario.outline.drawn else request


def turn_at(scenario: Scenario, number: int) -> tuple[int, Turn]:
    """
    Find the turn with this number, and its place in the file.

    Raises:
        CannotAnswer: The turns ran out.
    """
    turns = scenario.model.turns
    if number < len(turns):
        return number, turns[number]
    if scenario.model.then == "repeat":
        return len(turns) - 1, turns[-1]
    message = (
        f"{scenario.where('turns', len(turns) - 1)}: scenario '{scenario.name}' has {len(turns)} "
        f"turn{'s' if len(turns) > 1 else ''}, and this conversation asks for turn {number + 1}; "
        "add a turn, or write 'then: repeat'"
    )
    raise CannotAnswer("mockrouter_turns_exhausted", message)


def case_of(
    scenario: Scenario,
    place: int,
    cases: list[Case],
    request: Request,
    shown: Shown | None = None,
) -> int:
    """
    Find the first case that holds; *shown* is as for ``choose``.

    Raises:
        CannotAnswer: None does; says why.
    """
    reasons = []
    for number, case in enumerate(cases):
        drawn = case.when is not None and case.when.drawn
        found = explained(case.when, request.salted(f"{number}") if drawn else request, shown)
        if not found:
            return number
        reasons.append(f"  case {number + 1}: {'; '.join(map(str, found))}")
    message = (
        f"{scenario.where('turns', place, 'cases')}: no case holds; add one without 'when'\n"
        + "\n".join(reasons)
    )
    raise CannotAnswer("mockrouter_no_case", message)


def attempt_of(
    scenario: Scenario, place: int, attempts: list[Answer], number: int, *, restart: bool
) -> int:
    """
    Find the attempt that a further try gets.

    Args:
        scenario: For the error's place.

        place: Of the turn.

        attempts: The turn's attempts.

        number: How many tries came before.

        restart: Whether a conversation starts anew once its last attempt was served.

    Raises:
        CannotAnswer: The attempts ran out, and *restart* is off.
    """
    if number < len(attempts) or restart:
        return number % len(attempts)
    message = (
        f"{scenario.where('turns', place, 'attempts')}: turn {place + 1} of '{scenario.name}' has "
        f"{len(attempts)} attempts, and this is number {number + 1}; add one"
    )
    raise CannotAnswer("mockrouter_attempts_exhausted", message)
