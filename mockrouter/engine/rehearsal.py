"""
What is wrong with a scenario's faults, seen without any client.

An answer that owes nothing to the request is made in every format, mode and manner. A fault that
finds nothing to do in any of them never will. One that owes something to it is made for samples of
what clients ask, and a fault that finds nothing to do in any of these most probably never will.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Final

from mockrouter.dialects import DIALECTS
from mockrouter.engine.compose import is_static
from mockrouter.engine.cue import Cue, Loc
from mockrouter.engine.namespaces import Namespace
from mockrouter.engine.samples import samples
from mockrouter.engine.settings import Settings
from mockrouter.engine.striking import TEMPLATE_FAILED, is_templated, templated
from mockrouter.engine.watching import Watched, unsent
from mockrouter.errors import BadRequest, CannotAnswer, Mistake
from mockrouter.faults import Fault
from mockrouter.faults.aim import Aim
from mockrouter.faults.base import PointFault
from mockrouter.faults.stall import Stall
from mockrouter.profiles import PROFILES, Profile
from mockrouter.request import Request
from mockrouter.scenario.library import Library
from mockrouter.scenario.matching import differences
from mockrouter.scenario.models import Answer, Strict, ToolCallPart
from mockrouter.scenario.scenario import Scenario
from mockrouter.values import JsonObject

_WHATEVER: Final = "whatever is asked"
_TRIED: Final = "as far as tried"
_PARTS: Final = {"arguments": "calls", "reasoning": "reasoning", "text": "text"}
_TOOL: Final = {"type": "function", "name": "a", "parameters": {"type": "object"}}
_ASKED: Final[dict[str, JsonObject]] = {
    "chat": {"messages": [{"role": "user", "content": "Hi"}]},
    "responses": {"input": "Hi", "metadata": {"a": "b"}, "tools": [_TOOL]},
}


@dataclass(frozen=True, slots=True)
class _Found:
    """
    A fault that does nothing.

    Attributes:
        number: Its place among those of the answer.

        what: Is wrong.

        remedy: What to do.

        certain: Whether it found nothing to do; else what it did made no difference.
    """

    number: int
    what: str
    remedy: str
    certain: bool = True


def idle_faults(library: Library, scenario: Scenario) -> list[Mistake]:
    """Find the faults of a scenario that strike nothing, whatever is asked."""
    return [
        scenario.source.mistake(
            (*cue.loc, "faults", each.number), f"{_WHATEVER}, {each.what}", each.remedy
        )
        for answer, cue in _answers(scenario)
        if answer.faults and is_static(answer)
        for each in _certain(library, answer, cue)
    ]


def doubtful_faults(library: Library, scenario: Scenario) -> list[Mistake]:
    """
    Find the faults that most probably strike nothing, though nobody can be sure, or to no effect.

    They strike no sample of the requests that an answer owes something to, or none of the formats
    and modes that the scenario is for; by its name it may be asked in others. Or they leave each
    sample as it was.
    """
    return [
        scenario.source.mistake(
            (*cue.loc, "faults", each.number), f"{scope}, {each.what}", each.remedy
        )
        for answer, cue in _answers(scenario)
        if answer.faults
        for scope in [_WHATEVER if _is_sure(answer) and scenario.asked is None else _TRIED]
        for each in _idle(library, answer, cue, _tried(scenario, answer, cue))
    ]


def idle_cuts(scenarios: Iterable[Scenario]) -> list[Mistake]:
    """Find what ``stream`` says of parts that no answer has for which it is written there."""
    used: dict[Mistake, bool] = {}
    for scenario in scenarios:
        for answer, cue in _answers(scenario):
            keys = answer.stream.model_fields_set & _PARTS.keys() if answer.stream else set()
            parts = answer.say if isinstance(answer.say, list) else None
            for key in sorted(keys):
                what = f"'{key}' cuts {_PARTS[key]}, and the reply has none"
                loc = (*cue.loc, "stream", key)
                found = scenario.source.mistake(loc, what, "leave it out, or add one to 'say'")
                meets = parts is None or any(part.cut_by == key for part in parts)
                used[found] = used.get(found, False) or meets
    return [found for found, meets in used.items() if not meets]


def _certain(library: Library, answer: Answer, cue: Cue) -> Iterator[_Found]:
    """List what is wrong whatever is asked: nothing before these faults owes to the request."""
    dynamic = (n for n, fault in enumerate(answer.faults) if templated(fault))
    faults = answer.faults[: next(dynamic, None)]
    plain = answer.model_copy(update={"faults": faults})
    if faults:
        yield from (each for each in _idle(library, plain, cue, _requests(answer)) if each.certain)
    for number, fault in enumerate(answer.faults):
        if isinstance(fault, Stall) and fault.seconds != "forever":
            every = fault.keep_alive or 0
            if every >= fault.seconds > 0:
                comes = f"its first comment, after {every:g} s"
                what = f"a silence of {fault.seconds:g} s ends before {comes}"
                yield _Found(number, what, "shorten 'keep_alive', or leave it out")
    for number, ending in unsent(answer.faults):
        what = f"nothing of what {answer.faults[number].fault} does is ever sent"
        yield _Found(number, what, f"leave it out, or '{ending}' before the headers")


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
) -> Iterator[_Found]:
    """List the faults of an answer that do nothing in any of these replies."""
    space = Namespace("", library, Settings())
    faults = [Watched(fault) for fault in answer.faults]
    certain = answer.model_copy(update={"faults": faults})
    played = False
    for request, profile in requests:
        try:
            made = space.compile(certain, cue, request, profile, nonce="0" * 10)
        except (CannotAnswer, BadRequest):
            continue
        played = True
        for number, watched in enumerate(faults):
            if not watched.settled:
                reason = made.idle.get(number, "")
                _judge(watched, reason, request.dialect, stream=made.wire.stream)
        if all(watched.settled for watched in faults):
            return
    for number, watched in enumerate(faults):
        if played and not watched.settled:
            yield from _found(number, watched)


def _judge(watched: Watched, reason: str, dialect: str, *, stream: bool) -> None:
    """Note what became of a fault in one reply; *reason* is why it did nothing."""
    if reason and not reason.startswith(TEMPLATE_FAILED):
        watched.reason = watched.reason or reason
    elif not watched.fault.concerns(dialect, stream=stream) or (watched.vain and not reason):
        return
    elif stream or not _is_halved(watched.fault):
        watched.settled = True
    else:
        watched.halved = True


def _found(number: int, watched: Watched) -> Iterator[_Found]:
    """Say what is wrong with a fault that did nothing in any reply."""
    if watched.vain:
        what = f"{watched.fault.fault} changes nothing"
        yield _Found(number, what, "leave it out, or let it do something else", certain=False)
        return
    if watched.halved and not watched.reason:  # it is never asked of a stream
        return
    what, _, remedy = (watched.reason or _unasked(watched.fault)).partition("; ")
    scope = "in every stream, " if watched.halved else ""
    yield _Found(number, f"{scope}{what}", remedy or "aim at something else")


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
