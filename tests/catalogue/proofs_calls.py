"""What shows that calls are told apart as a scenario says, or cannot be; see ``proofs``."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from itertools import groupby

from catalogue.proving import NAMES, Case
from mockrouter.patterns import Path
from mockrouter.values import Json, JsonObject

Change = Callable[[list[JsonObject]], None]
"""What was done to the pieces of calls, in their place."""

_PIECES = Path("choices[*].delta.tool_calls[*]")
_CALLS = Path("choices[*].message.tool_calls[*]")
_DELTAS = Path("choices[*].delta")

ALL = slice(None)
FIRST = slice(0, 1)
REST = slice(1, None)


def changed(change: Change, case: Case) -> None:
    """The pieces of calls are as they were after *change*, and all else is as it was."""
    clean, faulty = _clean(case), case.events
    before = deepcopy(clean)
    change(_pieces(clean, case))
    assert before != clean
    assert clean == faulty
    assert (200, None) == (case.faulty.status, case.faulty.broken)


def one_piece(change: Change, case: Case) -> None:
    """Each call is one piece in an event of its own, changed so; all else is as it was."""
    clean, faulty = _clean(case), case.events
    calls = [_joined([*same]) for _, same in groupby(_pieces(clean, case), _index)]
    change(calls)
    assert calls == _pieces(faulty, case)
    assert len(calls) == len([event for event in faulty if _pieces([event], case)])
    assert _without_calls(clean) == _without_calls(faulty)


def in_front(change: Change, case: Case) -> None:
    """The first chunk comes twice, and the first of the two is changed so."""
    clean, faulty = _clean(case), case.events
    first = deepcopy(clean[0])
    change(_pieces([first], case))
    assert [first, *clean] == faulty
    assert first != clean[0]


def resent(case: Case) -> None:
    """The last chunk of the call is new, and has all the arguments that came before it."""
    clean, faulty = _pieces(_clean(case), case), _pieces(case.events, case)
    text = "".join(_fragments(clean))
    assert isinstance(json.loads(text), dict)
    assert len(clean) > len([""])
    assert [*clean, {"index": 0, "function": {"arguments": text}}] == faulty
    assert _without_calls(_clean(case)) == _without_calls(case.events)


def tail_lost(case: Case) -> None:
    """The call has one character, wherever it stands, and ends as a whole one does."""
    (call,) = case.heard.calls
    assert ("{", NAMES[0]) == (call.arguments, call.name)
    assert case.manner.hear(case.clean).end == case.heard.end
    assert (200, None) == (case.faulty.status, case.faulty.broken)
    if case.manner.dialect == "chat":
        pieces = _pieces(case.events, case)
        assert ["", "{"] == _fragments(pieces)
        assert pieces == _pieces(_clean(case), case)[: len(pieces)]
    else:
        kind = "response.function_call_arguments"
        found = {event["type"]: event for event in case.events}
        assert ["{"] == [e["delta"] for e in case.events if e["type"] == f"{kind}.delta"]
        assert "{" == found[f"{kind}.done"]["arguments"]
        assert "{" == found["response.output_item.done"]["item"]["arguments"]
        assert [*range(len(case.events))] == [event["sequence_number"] for event in case.events]
        assert ["{"] == [item["arguments"] for item in case.events[-1]["response"]["output"]]


def ids(expected: list[str], case: Case) -> None:
    """Whole calls of offered tools have these ids, wherever in the reply an id stands."""
    calls = case.heard.calls
    assert expected == [call.id for call in calls]
    assert len(expected) == len({call.arguments for call in calls})
    assert {*NAMES} == {call.name for call in calls}
    assert all(isinstance(json.loads(call.arguments), dict) for call in calls)
    inside = _ids(case)
    assert len(inside) >= len(expected)
    assert {*expected} == {*inside}


def id_again(case: Case) -> None:
    """Two turns, two calls, one id; then a text."""
    first, second, last = case.talk()
    assert ["call_0", "call_0"] == [call.id for each in (first, second) for call in each.calls]
    assert first.calls[0].arguments != second.calls[0].arguments
    assert ((), True) == (last.calls, bool(last.text))


def beside_text(value: Json, labels: Callable[[JsonObject], bool], case: Case) -> None:
    """In two turns ``tool_calls`` has this value in each delta that is meant, or in the message."""
    first, last = case.talk()
    assert [1, 0] == [len(first.calls), len(last.calls)]
    assert last.text
    if not case.manner.stream:
        assert value == last.answer.json["choices"][0]["message"]["tool_calls"]
        return
    for heard in (first, last):
        deltas = [delta for event in heard.answer.events for delta in _DELTAS.values_in(event)]
        meant = [delta for delta in deltas if not delta.get("tool_calls") and labels(delta)]
        assert len(meant) > len(["start", "finish"])
        assert [value] * len(meant) == [delta["tool_calls"] for delta in meant]
    padded(value, labels, case)


def padded(value: Json, labels: Callable[[JsonObject], bool], case: Case) -> None:
    """Nothing but this has been put into the deltas that are meant."""
    clean, faulty = _clean(case), case.events
    for event in clean:
        for delta in _DELTAS.values_in(event):
            if "tool_calls" not in delta and labels(delta):
                delta["tool_calls"] = value
    assert clean == faulty


def while_thinking(case: Case) -> None:
    """All text is reasoning, in pieces, each with an empty list of calls; then comes the call."""
    clean, faulty = _clean(case), case.events
    words = [delta for event in clean for delta in _DELTAS.values_in(event) if delta.get("content")]
    for delta in words:
        delta |= {"reasoning_content": delta.pop("content"), "tool_calls": []}
    assert len(words) > len(["first", "last"])
    assert clean == faulty
    assert [1, ""] == [len(case.heard.calls), case.heard.text]


def late(comments: list[float], case: Case) -> None:
    """Text, then half a minute in which only these comments come, then all of the call at once."""
    assert case.timed.body == case.faulty.body
    writes = [(when, data, data.startswith(b":")) for when, data in case.timed.writes]
    assert comments == [when for when, _, is_comment in writes if is_comment]
    events = [(when, data) for when, data, is_comment in writes if not is_comment]
    assert {0.0, 32.0} == {when for when, _ in events}
    assert case.heard.text
    (call,) = case.heard.calls
    wrote = [when for when, data in events if call.id.encode() in data or b"arguments" in data]
    assert {32.0} == {*wrote}
    if case.manner.dialect == "chat":
        assert 1 == len(wrote)
    fragments = [data for _, data in events if b'"arguments":"{' in data or b'"delta":"{' in data]
    assert json.dumps(call.arguments)[1:-1].encode() in fragments[0]
    assert len(events) - len(wrote) > len(["start", "text", "finish"])


def having(key: str, value: Json, chosen: slice = ALL) -> Change:
    """Make pieces have this value; a dot leads into the function."""

    def change(pieces: list[JsonObject]) -> None:
        for piece in pieces[chosen]:
            outer, name = _place(piece, key)
            outer[name] = value

    return change


def without(key: str, chosen: slice = ALL) -> Change:
    """Leave this out of pieces; a dot leads into the function."""

    def change(pieces: list[JsonObject]) -> None:
        for piece in pieces[chosen]:
            outer, name = _place(piece, key)
            outer.pop(name, None)

    return change


def all_of(*changes: Change) -> Change:
    """Make one change after the other."""

    def change(pieces: list[JsonObject]) -> None:
        for each in changes:
            each(pieces)

    return change


def _place(piece: JsonObject, key: str) -> tuple[JsonObject, str]:
    outer, _, name = key.rpartition(".")
    return (piece[outer] if outer else piece), name


def _ids(case: Case) -> list[Json]:
    paths = ("item.call_id", "response.output[*].call_id", "output[*].call_id")
    if case.manner.dialect == "chat":
        return [piece["id"] for piece in _pieces(case.events, case) if "id" in piece]
    return [
        found for event in case.events for path in paths for found in Path(path).values_in(event)
    ]


def _clean(case: Case) -> list[JsonObject]:
    if not case.manner.stream:
        return [case.clean.json]
    return case.clean.events


def _pieces(events: list[JsonObject], case: Case) -> list[JsonObject]:
    path = _PIECES if case.manner.stream else _CALLS
    return [piece for event in events for piece in path.values_in(event)]


def _fragments(pieces: list[JsonObject]) -> list[str]:
    return [piece["function"]["arguments"] for piece in pieces]


def _joined(pieces: list[JsonObject]) -> JsonObject:
    whole = deepcopy(pieces[0])
    whole["function"]["arguments"] = "".join(_fragments(pieces))
    return whole


def _index(piece: JsonObject) -> Json:
    return piece["index"]


def _without_calls(events: list[JsonObject]) -> list[JsonObject]:
    return [event for event in events if not _PIECES.values_in(event)]
