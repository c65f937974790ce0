"""Refusing requests: in a strict server's place, and where the mock itself has no answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from mockrouter.engine.cue import Loc
from mockrouter.engine.reasoning import given_by
from mockrouter.engine.rules import broken
from mockrouter.errors import BadRequest, CannotAnswer
from mockrouter.profiles import Profile
from mockrouter.reply import ErrorReply
from mockrouter.request import Request
from mockrouter.scenario.models import Answer, Expectation
from mockrouter.scenario.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Refused:
    """
    Why a request is refused, and with what.

    Attributes:
        rule: Which rule it breaks, and how.

        request: What the provider itself says.

        answer: The author's answer in its place; None for none.

        loc: Where that stands.
    """

    rule: str
    request: BadRequest
    answer: Answer | None
    loc: Loc


def refusal(
    scenario: Scenario, place: int, request: Request, profile: Profile, seed: int
) -> Refused | None:
    """
    Find the first rule that a request breaks: of the scenario, then of its turn.

    Args:
        scenario: That answers.

        place: Of the turn that is asked for.

        request: To be looked at.

        profile: The provider's manner.

        seed: The server's.
    """
    for expect, answer, loc in _expected(scenario, place):
        found = broken(expect, request, given_by(scenario, request, profile, seed))
        if found is not None:
            where = scenario.where(*loc)
            return Refused(f"{where}: {found.rule}", found.refusal, answer, loc)
    return None


def _expected(scenario: Scenario, place: int) -> Iterator[tuple[Expectation, Answer | None, Loc]]:
    """List the rules in their order, each with its answer and where that, or else it, stands."""
    model = scenario.model
    outer: Loc = ("turns", place)
    for strict, above in ((model, ()), (model.turns[place], outer)):
        for number, expect in enumerate(strict.expect or ()):
            at = (*above, "expect", number)
            if expect.otherwise is not None:
                yield expect, expect.otherwise, (*at, "otherwise")
            elif strict.otherwise is not None:
                yield expect, strict.otherwise, (*above, "otherwise")
            else:
                yield expect, None, at


def complaint(error: CannotAnswer) -> ErrorReply:
    """Say that the mock has no answer; no client tries again, unless that *passes*."""
    final = () if error.passes else (("x-should-retry", "false"),)
    return ErrorReply(
        error.status,
        error.message,
        type="mockrouter_error",
        code=error.code,
        metadata=json.dumps({"code": error.code}),
        headers=(*final, ("x-mockrouter-error", error.code)),
    )
