"""
What is wrong with a scenario's faults, seen without any client.

An answer that owes nothing to the request is made in every format, mode and manner. A fault that
finds nothing to do in any of them never will.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Final

from mockrouter.dialects import DIALECTS
from mockrouter.engine.compose import is_static
from mockrouter.engine.cue import Cue, Loc
from mockrouter.engine.namespaces import Namespace
from mockrouter.engine.settings import Settings
from mockrouter.engine.striking import is_templated
from mockrouter.errors import CannotAnswer, Mistake
from mockrouter.profiles import PROFILES, Profile
from mockrouter.request import Request
from mockrouter.scenario.library import Library
from mockrouter.scenario.models import Answer, ToolCallPart
from mockrouter.scenario.scenario import Scenario
from mockrouter.values import JsonObject

_TOOL: Final = {"type": "function", "name": "a", "parameters": {"type": "object"}}
_ASKED: Final[dict[str, JsonObject]] = {
    "chat": {"messages": [{"role": "user", "content": "Hi"}]},
    "responses": {"input": "Hi", "metadata": {"a": "b"}, "tools": [_TOOL]},
}


def idle_faults(library: Library, scenario: Scenario) -> list[Mistake]:
    """Find the faults of a scenario that strike nothing, whatever is asked."""
    space = Namespace("", library, Settings())
    return [
        scenario.source.mistake((*cue.loc, "faults", number), what, remedy)
        for answer, cue in _answers(scenario)
        if answer.faults and is_static(answer) and not is_templated(answer)
        for number, what, remedy in _idle(space, answer, cue)
    ]


def _answers(scenario: Scenario) -> Iterator[tuple[Answer, Cue]]:
    for turn, model in enumerate(scenario.model.turns):
        loc: Loc = ("turns", turn)
        key = "attempts" if model.attempts else "cases" if model.cases else None
        for place, answer in enumerate(model.answers):
            yield answer, Cue(scenario, (*loc, key, place) if key else loc, turn, 0, 0)


def _idle(space: Namespace, answer: Answer, cue: Cue) -> Iterator[tuple[int, str, str]]:
    """List the idle faults of an answer: place, what is wrong, and what there is."""
    sure = [fault.model_copy(update={"chance": 1.0}) for fault in answer.faults]
    certain = answer.model_copy(update={"faults": sure})
    reasons: dict[int, str] = {}
    useful: set[int] = set()
    for request, profile in _requests(answer):
        try:
            made = space.compile(certain, cue, request, profile, nonce="0" * 10)
        except CannotAnswer:
            return
        stream = made.wire.stream
        for number, fault in enumerate(sure):
            if number in made.idle:
                reasons.setdefault(number, made.idle[number])
            elif fault.concerns(request.dialect, stream=stream):
                useful.add(number)
    for number in sorted(reasons.keys() - useful):
        what, _, remedy = reasons[number].partition("; ")
        yield number, f"whatever is asked, {what}", remedy or "aim at something else"


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
