"""
What shows that events of Responses are as a scenario says; see ``proofs``.

Most of these are edits: what they make of the events that should have come is what has to come,
and nothing else may differ.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from fnmatch import fnmatchcase
from typing import TypeAlias

from asgi import Answer
from catalogue.proving import Case
from event_stream import parsed
from mockrouter.values import Json, JsonObject

Events: TypeAlias = list[Json]
Edit: TypeAlias = Callable[[Events], Events]

ARGUMENTS = "response.function_call_arguments.*"
DONE = "[DONE]"


def edited(edit: Edit, case: Case) -> None:
    """The events are those that should have come, changed in this way alone."""
    clean, faulty = events_of(case.clean), events_of(case.faulty)
    assert clean != faulty
    assert edit(deepcopy(clean)) == faulty
    assert (200, None) == (case.faulty.status, case.faulty.broken)


def events_of(answer: Answer) -> Events:
    """
    Read the events of an answer, of which a plain reply has one.

    The line in front of an event says its type, where it has one.
    """
    if answer.body.startswith(b"{"):
        return [answer.json]
    messages = parsed(answer.body)
    events = [each.data if each.data == DONE else json.loads(each.data) for each in messages]
    for message, event in zip(messages, events, strict=True):
        assert message.type == (event if isinstance(event, dict) else {}).get("type", "message")
    return events


def numbered(events: Events) -> Events:
    """Number the events anew."""
    return [event | {"sequence_number": number} for number, event in enumerate(events)]


def is_of(event: JsonObject, *types: str) -> bool:
    """Tell whether an event is of one of these types, which may have wildcards."""
    return any(fnmatchcase(event["type"], each) for each in types)


def is_call(event: JsonObject) -> bool:
    """Tell whether an event belongs to a call."""
    return is_of(event, ARGUMENTS) or event.get("item", {}).get("type") == "function_call"


def responses(events: Events) -> Iterator[JsonObject]:
    """List the response objects."""
    yield from (event.get("response", event) for event in events if "sequence_number" not in event)
    yield from (event["response"] for event in events if "response" in event)


def items(events: Events) -> Iterator[JsonObject]:
    """List the items, in events of their own and in outputs."""
    yield from (event["item"] for event in events if "item" in event)
    for response in responses(events):
        yield from response["output"]


def without(events: Events, *types: str) -> Events:
    """Leave out the events of these types, and number the others."""
    return numbered([event for event in events if not is_of(event, *types)])


def from_call_ids(events: Events) -> Events:
    """Events of arguments name the call in place of the item; there are two calls."""
    opened = [event["item"] for event in events if is_of(event, "*.added")]
    call_ids = {item["id"]: item["call_id"] for item in opened}
    assert 2 == len({*call_ids.values()})
    for event in events:
        if is_of(event, ARGUMENTS):
            event["call_id"] = call_ids[event.pop("item_id")]
    return events


def from_less(fields: Sequence[str], calls: int, events: Events) -> Events:
    """Events of arguments lack these fields; there are so many calls."""
    assert calls == sum(is_of(event, "response.output_item.added") for event in events)
    for event in events:
        for field in fields if is_of(event, ARGUMENTS) else ():
            del event[field]
    return events


def opened_late(events: Events) -> Events:
    """The call is opened behind its last fragment."""
    (opening,) = (e for e in events if is_call(e) and is_of(e, "*.added"))
    rest = [event for event in events if event is not opening]
    at = next(n for n, event in enumerate(rest) if is_of(event, "*_arguments.done"))
    assert is_of(rest[at - 1], "*_arguments.delta")
    return numbered([*rest[:at], opening, *rest[at:]])


def renamed_items(events: Events) -> Events:
    """The call has another id from the event on that closes it."""
    closed = [event for event in events if not is_of(event, "*.added", "*in_progress", "*created")]
    for item in items(closed):
        item["id"] += "_2"
    return events


def less_items(field: str, events: Events) -> Events:
    """No item has this field."""
    for item in items(events):
        del item[field]
    return events


def placed(where: Callable[[JsonObject], int], events: Events) -> Events:
    """Items have another place in the output."""
    assert {0, 1} == {event["output_index"] for event in events if "output_index" in event}
    for event in events:
        if "output_index" in event:
            event["output_index"] = where(event)
    return events


def closed_late(events: Events) -> Events:
    """Two calls send fragments in turn, and are closed behind all of them."""
    closing = [event for event in events if is_call(event) and is_of(event, "*.done")]
    *others, last = [event for event in events if event not in closing]
    turns = [event["output_index"] for event in others if is_of(event, "*.delta")]
    assert [0, 1, 0, 1, 0, 1] == turns[:6]
    return numbered([*others, *closing, last])


def never_closed(events: Events) -> Events:
    """The call has no end, and its arguments lack theirs, but for the last event."""
    *deltas, lost = [event for event in events if is_of(event, "*_arguments.delta")]
    (call,) = events[-1]["response"]["output"]
    assert call["arguments"] == "".join(event["delta"] for event in (*deltas, lost))
    assert isinstance(json.loads(call["arguments"]), dict)
    return numbered(
        [e for e in events if e is not lost and not (is_call(e) and is_of(e, "*.done"))]
    )


def at_end(change: Callable[[JsonObject], object], events: Events) -> Events:
    """The last event is another."""
    assert is_of(events[-1], "response.completed")
    assert 2 == len(events[-1]["response"]["output"])
    change(events[-1])
    return events


def ended(ending: Events, events: Events) -> Events:
    """Something comes in place of the last event."""
    assert is_of(events[-1], "response.completed")
    return [*events[:-1], *ending]


def not_nested(events: Events) -> Events:
    """What should stand in the response stands in the event."""
    return [
        {**event["response"], "type": event["type"], "sequence_number": event["sequence_number"]}
        if "response" in event
        else event
        for event in events
    ]


def bare_error(events: Events) -> Events:
    """Behind the opening of the call comes an error without a type, and nothing more."""
    at = next(n for n, event in enumerate(events) if is_call(event))
    return [*events[: at + 1], {"error": {"message": "Provider returned error", "code": 502}}]


def less_response(fields: Sequence[str], at_start: str, events: Events) -> Events:
    """Response objects lack fields, and in a stream's first two events one more."""
    found = list(responses(events))
    for response in found:
        for field in fields:
            del response[field]
    for response in found[:2] if len(found) > 1 else ():
        del response[at_start]
    return events


def sequence(numbers: Callable[[int], int | None], events: Events) -> Events:
    """Events have other numbers, or where it says None no number."""
    for event in events:
        number = numbers(event.pop("sequence_number"))
        if number is not None:
            event["sequence_number"] = number
    return events
