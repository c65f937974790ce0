"""A conversation that happened, saved as a scenario that answers it in the same way again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from random import Random

from mockrouter.cutting import TOKENS
from mockrouter.engine.conversation import position
from mockrouter.engine.redaction import Redactor
from mockrouter.entries.authoring import authored, said_before
from mockrouter.entries.reading import Reading
from mockrouter.entries.yaml_text import yaml_text
from mockrouter.errors import ScenarioError
from mockrouter.reply import Part, Refusal, Reply, Text, ToolCall
from mockrouter.request import Message, Request
from mockrouter.scenario.library import load_text
from mockrouter.values import Json, JsonObject, compact

_SPREAD = ("turns", "attempts", "cases")
_WILD = "*?["


def scenario_text(path: Sequence[Reading]) -> str:
    """
    Save a conversation as YAML.

    Loaded and asked the same, it gives the same wire again: the same parts in the same fragments,
    the same errors, pace and faults. Ids and all that chance decides are those of its own name.
    Secrets in arguments are blanked, as they are wherever the journal is shown.

    Args:
        path: The exchanges that led to the last one, and itself. Same messages, asked again, become
            attempts. Requests that the provider itself refuses are left out, as it does so anyway.

    Raises:
        ValueError: There is nothing to save, or what was sent cannot be written as a scenario.
    """
    _check(path)
    answered = [reading for reading in path if reading.said is not None and reading.request]
    document: JsonObject = {"summary": f"Saved from request {path[-1].number}."}
    when = _when([reading.request for reading in answered if reading.request])
    document |= {"when": when} if when else {}
    document["turns"] = list(_turns(answered))
    text = yaml_text(document, _SPREAD)
    try:
        load_text(text)
    except ScenarioError as error:
        message = f"this conversation cannot be written as a scenario: {error.mistakes[0].what}"
        raise ValueError(message) from None
    return text


def _check(path: Sequence[Reading]) -> None:
    for reading in path:
        code = reading.exchange.error
        if code:
            message = (
                f"request {reading.number} was answered by the mock's own error {code}, "
                "which no scenario says; mend what it names, and save the answer that comes then"
            )
            raise ValueError(message)
        compiled = reading.exchange.compiled
        if compiled is not None and compiled.said is not None and compiled.answer is None:
            message = (
                f"request {reading.number} was answered by replica {reading.exchange.replica}, "
                "which alone can save it; ask that one"
            )
            raise ValueError(message)
    last = path[-1]
    if last.exchange.compiled is None or not last.exchange.dialect:
        message = f"request {last.number} has no answer of a model; there is nothing to save"
    elif last.said is None or last.request is None:
        message = (
            f"request {last.number} was refused as the provider itself refuses it; "
            "there is nothing to save"
        )
    else:
        return
    raise ValueError(message)


def _when(requests: Sequence[Request]) -> JsonObject:
    """Make conditions that hold for every request of the conversation."""
    when: JsonObject = {}
    offered = [[tool.name for tool in request.tools] for request in requests]
    common = [
        name
        for name in dict.fromkeys(offered[0])
        if all(name in names for names in offered) and name and not set(name) & set(_WILD)
    ]
    common = [name for name in common if name != "none"]
    if common:
        when["tools"] = common[0] if len(common) == 1 else common
    elif not any(offered):
        when["tools"] = "none"
    users = list(dict.fromkeys(request.user for request in requests))
    if len(users) == 1 and users[0]:
        when["user"] = {"equals": users[0]}
    elif all(users):
        when["any_of"] = [{"user": {"equals": user}} for user in users]
    return when


def _turns(answered: Sequence[Reading]) -> Iterator[Json]:
    places: dict[int, list[Reading]] = {}
    made: dict[str, int] = {}
    for reading in answered:
        place = _place(reading, made)
        places.setdefault(place, []).append(reading)
        ids = [made_id for call in reading.made for made_id in call.ids]
        made |= dict.fromkeys(filter(None, [*ids, reading.response_id]), place)
    for place in range(max(places) + 1):
        if place in places:
            yield _turn(place, places[place])
        else:
            later = min(number for number in places if number > place)
            yield {"say": _from_history(places[later][0].request, place)}


def _place(reading: Reading, made: dict[str, int]) -> int:
    """Find the turn, from 0, that a request asks for where the ids *made* stand in its history."""
    request = reading.request
    assert request is not None  # noqa: S101 - the caller left such readings out
    if request.previous in made:
        before = Message("assistant", ids=(request.previous,))
        request = replace(request, messages=(before, *request.messages), previous=None)
    return position(request, "", (), made)


def _turn(place: int, readings: Sequence[Reading]) -> JsonObject:
    groups = [
        list(group) for _, group in groupby(readings, lambda each: (each.previous, each.messages))
    ]
    if len(groups) == 1:
        answers = [_answer(reading) for reading in readings]
        return answers[0] if len(answers) == 1 else {"attempts": answers}
    users = [group[0].request.user for group in groups if group[0].request]
    if len(set(users)) < len(groups) or any(len(group) > 1 for group in groups):
        message = (
            f"turn {place + 1} was asked for with different histories, "
            "and no condition tells them apart; save an earlier request"
        )
        raise ValueError(message)
    cases = zip(users, groups, strict=True)
    return {
        "cases": [
            {"when": {"user": {"equals": user}}, **_answer(group[0])} for user, group in cases
        ]
    }


def _answer(reading: Reading) -> JsonObject:
    compiled = reading.exchange.compiled
    assert compiled is not None  # noqa: S101 - as in _place
    assert compiled.said is not None  # noqa: S101
    said = compiled.said
    if isinstance(said, Reply):
        redactor = reading.exchange.redactor
        said = replace(said, parts=tuple(_blanked(part, redactor) for part in said.parts))
    return authored(said, compiled.answer, compiled.head)


def _blanked(part: Part, redactor: Redactor) -> Part:
    if isinstance(part, Text | Refusal) and redactor.said(part.text) != part.text:
        return replace(part, fragments=TOKENS.cut(redactor.said(part.text), Random(0)))  # noqa: S311
    if not isinstance(part, ToolCall):
        return part
    given = part.arguments
    text = given if isinstance(given, str) else compact(given)
    shown = redactor.text(text)
    if shown == text:
        return part
    fragments = TOKENS.cut(shown, Random(0)) if isinstance(given, str) else (json.loads(shown),)  # noqa: S311
    return replace(part, fragments=fragments)


def _from_history(request: Request | None, place: int) -> list[JsonObject]:
    """Take a turn that the journal no longer holds from what the client says of it."""
    runs = [
        list(run)
        for is_model, run in groupby(
            request.messages if request else (), lambda message: message.role == "assistant"
        )
        if is_model
    ]
    run = runs[place] if place < len(runs) else []
    text = "\n".join(filter(None, (message.text for message in run)))
    return said_before(text, [(call.name, call.arguments) for m in run for call in m.calls])
