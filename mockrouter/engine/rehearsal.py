"""
What is wrong with a scenario's faults, seen without any client.

An answer that owes nothing to the request is made in every format, mode and manner. A fault that
finds nothing to do in any of them never will. One that owes something to it is made for samples of
what clients ask, and a fault that finds nothing to do in any of these most probably never will.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product
from typing import Final

from mockrouter.dialects import DIALECTS
from mockrouter.engine.compose import is_static
from mockrouter.engine.cue import Cue, Loc
from mockrouter.engine.namespaces import Namespace
from mockrouter.engine.samples import samples
from mockrouter.engine.settings import Settings
from mockrouter.engine.striking import TEMPLATE_FAILED, is_templated
from mockrouter.errors import BadRequest, CannotAnswer, Mistake
from mockrouter.faults import Fault
from mockrouter.faults.aim import Aim
from mockrouter.faults.base import PointFault
from mockrouter.profiles import PROFILES, Profile
from mockrouter.request import Request
from mockrouter.scenario.library import Library
from mockrouter.scenario.matching import differences
from mockrouter.scenario.models import Answer, Strict, ToolCallPart
from mockrouter.scenario.scenario import Scenario
from mockrouter.values import JsonObject

_TOOL: Final = {"type": "function", "name": "a", "parameters": {"type": "object"}}
_ASKED: Final[dict[str, JsonObject]] = {
    "chat": {"messages": [{"role": "user", "content": "Hi"}]},
    "responses": {"input": "Hi", "metadata": {"a": "b"}, "tools": [_TOOL]},
}


def idle_faults(library: Library, scenario: Scenario) -> list[Mistake]:
    """Find the faults of a scenario that strike nothing, whatever is asked."""
    return [
        scenario.source.mistake((*cue.loc, "faults", number), f"whatever is asked, {what}", remedy)
        for answer, cue in _answers(scenario)
        if answer.faults and _is_sure(answer)
        for number, what, remedy in _idle(library, answer, cue, _requests(answer))
    ]


def doubtful_faults(library: Library, scenario: Scenario) -> list[Mistake]:
    """
    Find the faults that most probably strike nothing, though nobody can be sure.

    They strike no sample of the requests that an answer owes something to, or none of the formats
    and modes that the scenario is for; by its name it may be asked in others.
    """
    return [
        scenario.source.mistake((*cue.loc, "faults", number), f"as far as tried, {what}", remedy)
        for answer, cue in _answers(scenario)
        if answer.faults and not (_is_sure(answer) and scenario.asked is None)
        for number, what, remedy in _idle(library, answer, cue, _tried(scenario, answer, cue))
    ]


def _tried(scenario: Scenario, answer: Answer, cue: Cue) -> Iterator[tuple[Request, Profile]]:
    """List the requests of the formats and modes that a scenario is for."""
    sure = _is_sure(answer)
    requests = _requests(answer) if sure else samples(scenario, later=cue.turn > 0)
    for request, profile in requests:
        if not differences(scenario.asked, replace(request, profile=profile.name)):
            yield request, profile


def _is_sure(answer: Answer) -> bool:
    """Tell whether the answer and its faults owe nothing to the request."""
    return is_static(answer) and not is_templated(answer)


def _answers(scenario: Scenario) -> Iterator[tuple[Answer, Cue]]:
    model = scenario.model
    for loc, answer in _refusals(model, ()):
        yield answer, Cue(scenario, loc, 0, 0, 0)
    for number, turn in enumerate(model.turns):
        loc = ("turns", number)
        key = "attempts" if turn.attempts else "cases" if turn.cases else None
        for place, answer in enumerate(turn.answers):
            yield answer, Cue(scenario, (*loc, key, place) if key else loc, number, 0, 0)
        for inner, answer in _refusals(turn, loc):
            yield answer, Cue(scenario, inner, number, 0, 0)


def _refusals(strict: Strict, loc: Loc) -> Iterator[tuple[Loc, Answer]]:
    """List the answers to what breaks a rule."""
    if strict.otherwise is not None:
        yield (*loc, "otherwise"), strict.otherwise
    for number, expect in enumerate(strict.expect or ()):
        if expect.otherwise is not None:
            yield (*loc, "expect", number, "otherwise"), expect.otherwise


def _idle(
    library: Library, answer: Answer, cue: Cue, requests: Iterable[tuple[Request, Profile]]
) -> Iterator[tuple[int, str, str]]:
    """List the idle faults of an answer: place, what is wrong, and what there is."""
    space = Namespace("", library, Settings())
    sure = [fault.model_copy(update={"chance": 1.0}) for fault in answer.faults]
    certain = answer.model_copy(update={"faults": sure})
    reasons: dict[int, str] = {}
    left = set(range(len(sure)))
    halved: set[int] = set()
    played = False
    for request, profile in requests:
        try:
            made = space.compile(certain, cue, request, profile, nonce="0" * 10)
        except (CannotAnswer, BadRequest):
            continue
        played = True
        for number in sorted(left):
            fault, stream = sure[number], made.wire.stream
            if number in made.idle and not made.idle[number].startswith(TEMPLATE_FAILED):
                reasons.setdefault(number, made.idle[number])
            elif not fault.concerns(request.dialect, stream=stream):
                continue
            elif stream or not _is_halved(fault):
                left.remove(number)
            else:
                halved.add(number)
        if not left:
            return
    for number in sorted(left) if played else ():
        if number in halved and number not in reasons:  # it is never asked of a stream
            continue
        what, _, remedy = reasons.get(number, _unasked(sure[number])).partition("; ")
        scope = "in every stream, " if number in halved else ""
        yield number, f"{scope}{what}", remedy or "aim at something else"


def _is_halved(fault: Fault) -> bool:
    """Tell whether a plain body is merely cut in half by what counts the events of a stream."""
    counts = isinstance(fault, PointFault) and fault.model_fields_set & {*Aim.model_fields, "after"}
    return bool(counts)


def _unasked(fault: Fault) -> str:
    """Say that a fault is for replies of a kind that the answer never is."""
    return (
        f"{fault.fault} is for another kind of reply than this answer; "
        "mend its 'dialect' or 'stream', or the answer's 'mode'"
    )


def _requests(answer: Answer) -> Iterator[tuple[Request, Profile]]:
    """Ask in every way that changes the shape of a reply; for a stream first."""
    parts = answer.say if isinstance(answer.say, list) else []
    called = tuple(part.tool_call.source for part in parts if isinstance(part, ToolCallPart))
    ways: list[JsonObject] = [
        {},
        {"include_usage": True, "choices": 2, "debug": "{}"},
        {"legacy_functions": True, "include": ("reasoning.encrypted_content",)},
        {"custom_tools": called},
    ]
    for stream, profile, (name, asked) in product((True, False), PROFILES.values(), _ASKED.items()):
        body = {"model": "gpt-4o", "stream": stream, **asked}
        request = DIALECTS[name].read(body, {}, profile, 0)
        for way in ways:
            yield replace(request, envelope=replace(request.envelope, **way)), profile
