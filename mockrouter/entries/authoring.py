"""
What was sent, in the words of the scenario language: the way back from a reply to ``say``.

Nothing is generated, filled in or drawn again: texts, arguments and cuts stand as they went out.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import asdict, replace
from random import Random

from mockrouter.cutting import TOKENS, Cut, interleaving
from mockrouter.entries.reading import is_deep
from mockrouter.entries.responses import headed, literal, verbatim
from mockrouter.reply import ErrorReply, Part, Reasoning, Refusal, Reply, Text, ToolCall, Usage
from mockrouter.scenario.models import Answer
from mockrouter.values import Json, JsonObject, compact
from mockrouter.verbatim import Head, Said, Verbatim

_DEEPEST = 20
_LONGEST_KEY = 100
_LARGEST = 10**300


def authored(said: Said, answer: Answer | None, head: Head | None = None) -> JsonObject:
    """
    Write an answer that sends what was said.

    Args:
        said: What the answer was made from.

        head: Put on it.

        answer: Its author's; gives pace and faults. None for none.

    Raises:
        ValueError: The language has no words for it.
    """
    if isinstance(said, Reply):
        made = _reply(said)
    else:
        made = {"http": verbatim(said)} if isinstance(said, Verbatim) else {"error": _error(said)}
    if head is not None:
        made["http"] = made.get("http", {}) | headed(head)
    if answer is None:
        return made
    if answer.mode != "asked":
        made["mode"] = answer.mode
    if answer.pace:
        made["pace"] = answer.pace.model_dump(exclude_defaults=True)
    if answer.faults:
        made["faults"] = [
            {"fault": fault.fault} | fault.model_dump(mode="json", exclude_unset=True)
            for fault in answer.faults
        ]
    if answer.ignores and "say" in made:
        made["ignores"] = list(answer.ignores)
    return made


def _reply(reply: Reply) -> JsonObject:
    made: JsonObject = {"say": [part(each) for each in reply.parts]}
    if reply.error:
        made["error"] = _error(reply.error)
    for name in ("finish_reason", "native_finish_reason", "model", "provider"):
        if getattr(reply, name) is not None:
            made[name] = getattr(reply, name)
    if reply.choices is not None:
        made["choices"] = reply.choices
    usage = {name: n for name, n in asdict(reply.usage).items() if n != getattr(Usage(), name)}
    if usage:
        made["usage"] = usage
    order = _order(reply)
    return made | ({"stream": {"order": order}} if order else {})


def _order(reply: Reply) -> Json:
    """Say whose fragments come next; None for one part after the other."""
    order, parts = reply.order, reply.parts
    if not order or order == interleaving.by_number(parts, ()):
        return None
    if order == interleaving.taking_turns(parts):
        return "interleaved"
    calls = [at for at, each in enumerate(parts) if isinstance(each, ToolCall)]
    return [calls.index(at) for at in order if at in calls]


def part(said: Part) -> JsonObject:
    """
    Write one part of a reply.

    Raises:
        ValueError: The language has no words for it.
    """
    if said.choice is not None:
        return part(replace(said, choice=None)) | {"choice": said.choice}
    if isinstance(said, ToolCall):
        return _call(said)
    if isinstance(said, Reasoning):
        made = _reasoning(said)
    else:
        made = {"refusal" if isinstance(said, Refusal) else "text": literal(said.text)}
    return made | _cut(said.text, said.fragments)


def _reasoning(said: Reasoning) -> JsonObject:
    made: JsonObject = {"reasoning": literal(said.text)}
    if said.summary:
        made["summary"] = True
    if said.signature is not None:
        made["signature"] = said.signature
    if said.encrypted is not None:
        made["encrypted"] = said.encrypted
    if said.format != "unknown":
        made["format"] = said.format
    if said.details is not None:
        made["reasoning_details"] = literal(json.loads(said.details))
    return made


def _call(call: ToolCall) -> JsonObject:
    if call.name == "any":
        message = "a tool named 'any' cannot be saved, as the word means the first tool; rename it"
        raise ValueError(message)
    arguments = call.arguments
    made: JsonObject = {"tool_call": literal(call.name)}
    if isinstance(arguments, str):
        made["arguments"] = _arguments(arguments)
        made |= _cut(arguments, call.fragments)
    elif arguments is None:
        made |= {"arguments": {}, "malformed": "json_null"}
    elif isinstance(arguments, dict) and _is_plain(arguments):
        made |= {"arguments": literal(arguments), "malformed": "object"}
    else:
        message = f"the arguments of '{call.name}' are no text, and no scenario can say them"
        raise ValueError(message)
    return made | ({"id": literal(call.id)} if call.id is not None else {})


def _arguments(text: str) -> Json:
    """Write arguments as a mapping where it comes out as the same text, else as the text."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict) and _is_plain(value) and compact(value) == text:
        return literal(value)
    return "{{ 'generated' }}" if text == "generated" else literal(text)


def _is_plain(value: Json) -> bool:
    """Tell whether YAML carries a value as it is, without limits of depth and length in the way."""
    return not is_deep(value, _DEEPEST) and _is_small(value)


def _is_small(value: Json) -> bool:
    if isinstance(value, dict):
        return all(len(key) <= _LONGEST_KEY for key in value) and all(
            map(_is_small, value.values())
        )
    if isinstance(value, list):
        return all(map(_is_small, value))
    if isinstance(value, int):
        return abs(value) < _LARGEST
    return not isinstance(value, float) or math.isfinite(value)


def _cut(text: str, fragments: Sequence[Json]) -> JsonObject:
    """Say how a text was cut, in the shortest words there are; nothing for the usual way."""
    sent, rng = tuple(fragments), Random(0)  # noqa: S311 - none of these draws from it
    if TOKENS.cut(text, rng) == sent:
        return {}
    size = len(sent[0]) if sent else 0
    ways = ["whole", "1 word", *([f"{size} char{'s' if size > 1 else ''}"] if size else [])]
    for way in ways:
        if Cut(way).cut(text, rng) == sent:
            return {"cut": way}
    return {"cut": list(sent)}


def _error(error: ErrorReply) -> Json:
    made: JsonObject = {"status": error.status}
    if error.message:
        made["message"] = literal(error.message)
    for name in ("type", "code", "param"):
        if getattr(error, name) is not None:
            made[name] = getattr(error, name)
    if error.metadata is not None:
        made["metadata"] = literal(json.loads(error.metadata))
    headers = dict(error.headers)
    # What the language itself puts in the last place is written as its own key.
    if list(headers)[-1:] == ["retry-after"] and re.fullmatch("[0-9]{1,6}", headers["retry-after"]):
        made["retry_after"] = int(headers.pop("retry-after"))
    if headers:
        made["headers"] = literal(headers)
    if error.after is not None:
        made["after"] = error.after
    return error.status if made.keys() == {"status"} else made


def said_before(text: str, calls: Sequence[tuple[str, Json]]) -> list[JsonObject]:
    """
    Write a turn of which only a client's history is left.

    Args:
        text: Of the answer; empty for none.

        calls: Name and arguments of each.
    """
    parts: list[Part] = [Text(TOKENS.cut(text, Random(0)))] if text else []  # noqa: S311
    for name, arguments in calls:
        given = arguments if isinstance(arguments, str) else compact(arguments)
        parts.append(ToolCall(name, TOKENS.cut(given, Random(0))))  # noqa: S311
    return [part(each) for each in parts]
