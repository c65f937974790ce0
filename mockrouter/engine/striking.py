"""Which faults strike one exchange, and what they do to its wire."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Final, TypeAlias

from mockrouter.engine.cue import Cue
from mockrouter.errors import FaultError
from mockrouter.faults.base import Fault, Fill
from mockrouter.faults.limits import check_grown
from mockrouter.request import Request
from mockrouter.scenario import templates
from mockrouter.scenario.models import Answer
from mockrouter.scenario.names import names
from mockrouter.scenario.templates import Template, TemplateFailed
from mockrouter.values import Json
from mockrouter.wire import Wire

TEMPLATE_FAILED: Final = "the template failed"
"""How it begins what is said of a fault that failed, and did not merely find nothing."""

Spared: TypeAlias = frozenset[int]
"""Places, in an answer's list, of the faults that do not strike."""


def spared(answer: Answer, cue: Cue, request: Request) -> Spared:
    """
    Draw which faults chance keeps from striking.

    The same request has the same luck on every run; tried again, it has another.
    """
    risky = [(n, fault.chance) for n, fault in enumerate(answer.faults) if fault.chance < 1]
    asked = json.dumps(request.body) if risky else ""
    return frozenset(n for n, chance in risky if cue.rng(f"{asked}|chance{n}").random() >= chance)


def is_templated(answer: Answer) -> bool:
    """Tell whether any fault speaks of the request or of events in templates."""
    return any(map(templated, answer.faults))


def templated(fault: Fault) -> bool:
    """Tell whether a fault speaks of the request or of events in templates."""
    return any(templates.is_dynamic(value) for _, value in fault.values())


def filler(request: Request, cue: Cue) -> Fill:
    """Fill in what faults say, with the names of the turn beside those of the event."""
    read = cache(Template)

    @cache
    def shared() -> Mapping[str, Json]:
        return names(
            request,
            turn=cue.turn + 1,
            attempt=cue.attempt + 1,
            # Its own, so that an id made up here is none of those in the reply.
            rng=cue.rng("fault names"),
            params=cue.scenario.model.with_,
        )

    def fill(value: Json, own: Mapping[str, Json]) -> Json:
        if not templates.is_dynamic(value):
            return value
        try:
            return templates.fill(value, {**shared(), **own}, read)
        except TemplateFailed as error:
            message = f"{TEMPLATE_FAILED}: {error}; mend it, or guard it with {{% if %}}"
            raise FaultError(message) from error

    return fill


def struck(  # noqa: PLR0913, PLR0917 - each is one of the nouns
    wire: Wire, answer: Answer, cue: Cue, dialect: str, lucky: Spared, fill: Fill
) -> tuple[Wire, dict[int, str]]:
    """
    Let an answer's faults strike, in their order.

    Args:
        wire: The answer as it would be.

        answer: Whose faults.

        cue: Where they stand, and which chance.

        dialect: Name of the format.

        lucky: From ``spared``.

        fill: From ``filler``.

    Returns:
        What is left; and for each fault that found nothing to do, by its place in the list, a
        sentence. One that would make too large a wire does nothing either.
    """
    idle: dict[int, str] = {}
    # Of the reply: a fault that sends it otherwise does not change for which others it is meant.
    stream, ended = wire.stream, False
    for number, fault in enumerate(answer.faults):
        if number in lucky or not fault.concerns(dialect, stream=stream):
            continue
        if fault.ends and ended:  # by one that chance let strike: an ending is one or another
            continue
        try:
            made = fault.strike(wire, cue.rng(f"fault{number}"), fill)
            check_grown(fault.fault, wire, made)
        except FaultError as error:
            idle[number] = str(error)
        else:
            wire = made
            ended = ended or fault.ends
    return wire, idle
