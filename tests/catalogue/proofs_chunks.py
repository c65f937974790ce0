"""What shows that chunks have the shape that a scenario says, in its first turn and in its last."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from typing import TypeAlias

from catalogue.proving import Case
from event_stream import data_of
from mockrouter.profiles import OPENROUTER
from mockrouter.values import Json, JsonObject

Change: TypeAlias = Callable[[list[JsonObject]], None]
"""Changes the chunks that would have come into those that should."""

COUNTS: JsonObject = {"prompt_tokens": 67, "completion_tokens": 18, "total_tokens": 85}
NAMES = {"prompt_tokens": "input_tokens", "completion_tokens": "output_tokens"}


def _values(body: bytes) -> list[Json]:
    return [json.loads(text) for text in data_of(body) if text != "[DONE]"]


def _turns(case: Case) -> Iterator[tuple[list[Json], list[Json]]]:
    for clean, faulty in case.turns():
        yield _values(clean.body), _values(faulty.body)


def patched(change: Change, case: Case) -> None:
    """Each event is as *change* makes it, and none is more or less."""
    for clean, faulty in _turns(case):
        expected = deepcopy(clean)
        change(expected)
        assert expected != clean
        assert expected == faulty
    assert case.faulty.body.endswith(b"data: [DONE]\n\n")


def inserted(is_new: Callable[[Json], bool], fewest: tuple[int, int], case: Case) -> None:
    """Some events are new, at least so many in each turn, and all else is as it was."""
    for (clean, faulty), least in zip(_turns(case), fewest, strict=True):
        new = [event for event in faulty if is_new(event)]
        assert least <= len(new)
        assert [] == [event for event in clean if is_new(event)]
        assert clean == [event for event in faulty if not is_new(event)]
        assert not is_new(faulty[-1])


def prompt_filter(case: Case) -> None:
    """The first chunk has no choices but what a filter found; the others are as they were."""
    for clean, (first, *faulty) in _turns(case):
        assert [] == first["choices"]
        assert first["prompt_filter_results"]
        assert clean == faulty


def usage_chunk(case: Case) -> None:
    """Behind the finish one chunk has usage and no choices, asked for or not."""
    asked = case.ask(stream_options={"include_usage": True})
    clean = _values(case.clean.body)
    for answer in (case.faulty, asked):
        *faulty, last = _values(answer.body)
        assert [] == last["choices"]
        assert {"prompt_tokens", "completion_tokens", "total_tokens"} <= {*last["usage"]}
        assert [] == [event for event in faulty if event.get("usage")]
        assert len(clean) == len(faulty)
    assert clean == _values(case.faulty.body)[:-1]
    # Where the last chunk of usage has a choice as it is.
    other = replace(case, manner=replace(case.manner, profile=OPENROUTER))
    *events, last = _values(other.clean.body)
    assert last["usage"]
    assert last["choices"]
    assert [*events, {**last, "choices": []}] == _values(other.faulty.body)


def reply_without_choices(case: Case) -> None:
    """The choices are null, the status is that of a success, and nothing else is changed."""
    assert 200 == case.faulty.status
    assert {**case.clean.json, "choices": None} == case.faulty.json


def foreign_usage(case: Case) -> None:
    """The usage has the names of the other format, and no other."""
    if case.manner.stream:
        patched(_counts_in_the_finish, case)
        return
    expected = case.clean.json
    expected["usage"] = {NAMES.get(name, name): n for name, n in expected["usage"].items()}
    assert expected == case.faulty.json
    assert {"input_tokens", "output_tokens", "total_tokens"} <= {*case.faulty.json["usage"]}


def ids_vary(case: Case) -> None:
    """No two chunks have the same id; all else is as it was."""
    for clean, faulty in _turns(case):
        assert len(faulty) == len({event["id"] for event in faulty})
        assert [{**event, "id": ""} for event in clean] == [{**event, "id": ""} for event in faulty]


def late_role(case: Case) -> None:
    """The first chunk has a call and no role; the role comes with the finish."""
    expected, faulty = _values(case.clean.body), _values(case.faulty.body)
    no_role(expected)
    _delta(expected[-1])["role"] = "assistant"
    assert expected == faulty
    assert ["tool_calls"] == [key for key in _delta(faulty[0]) if _delta(faulty[0])[key]]


def null(event: Json) -> bool:
    """Tell a heartbeat."""
    return event is None


def null_choices(event: Json) -> bool:
    """Tell a chunk without choices."""
    return bool(event["object"] == "chat.completion.chunk" and event["choices"] is None)


def no_delta(event: Json) -> bool:
    """Tell a chunk whose choice has what a filter found, and no delta."""
    (choice,) = event["choices"]
    return "delta" not in choice and "content_filter_results" in choice


def progress(event: Json) -> bool:
    """Tell a chunk that says nothing but that there is progress."""
    return event.get("tool_call_generating") is True and not _delta(event)


def null_delta(chunks: list[JsonObject]) -> None:
    """Leave the last without a delta."""
    chunks[-1]["choices"][0]["delta"] = None


def later_roles(role: str | None, chunks: list[JsonObject]) -> None:
    """Give all but the first this role."""
    for chunk in chunks[1:]:
        _delta(chunk)["role"] = role


def no_role(chunks: list[JsonObject]) -> None:
    """Take the roles away."""
    for chunk in chunks:
        _delta(chunk).pop("role", None)


def growing_usage(chunks: list[JsonObject]) -> None:
    """Count a token for each."""
    for number, chunk in enumerate(chunks, 1):
        counts = {"completion_tokens": number, "total_tokens": 67 + number}
        chunk["usage"] = {"prompt_tokens": 67, **counts}


def late_usage(chunks: list[JsonObject]) -> None:
    """Count nothing but in the last."""
    for chunk in chunks:
        chunk["usage"] = dict.fromkeys(COUNTS, 0)
    chunks[-1]["usage"] = COUNTS


def usage_beside(chunks: list[JsonObject]) -> None:
    """Count where the last piece is, in front of the finish."""
    chunks[-2]["usage"] = COUNTS


def growing_message(chunks: list[JsonObject]) -> None:
    """Repeat the text so far beside each piece of it."""
    text = ""
    for chunk in chunks[1:]:
        if piece := _delta(chunk).get("content"):
            text += piece
            chunk["choices"][0]["message"] = {"role": "assistant", "content": text}


def _counts_in_the_finish(chunks: list[JsonObject]) -> None:
    chunks[-1]["usage"] = {NAMES.get(name, name): count for name, count in COUNTS.items()}


def _delta(chunk: JsonObject) -> JsonObject:
    delta: JsonObject = chunk["choices"][0]["delta"]
    return delta


def two_choices(case: Case) -> None:
    """Both have a whole call of their own, as their first; in a stream their pieces take turns."""
    choices = [choice for event in case.events for choice in event["choices"]]
    key = "delta" if case.manner.stream else "message"
    made: dict[int, tuple[set[str], str]] = {}
    for choice in choices:
        for call in choice[key].get("tool_calls", ()):
            ids, arguments = made.setdefault(choice["index"], (set(), ""))
            said = arguments + call["function"]["arguments"]
            made[choice["index"]] = ids | ({call["id"]} if "id" in call else set()), said
            assert 0 == call.get("index", 0)

    assert [0, 1] == [*made]
    (first, one), (second, two) = made.values()
    assert (1, 1, set()) == (len(first), len(second), first & second)
    assert [True] * 2 == ["restaurant" in json.loads(said) for said in (one, two)]
    assert ["tool_calls"] * 2 == [each["finish_reason"] for each in choices if _is_last(each)]
    if case.manner.stream:
        assert [0, 0, 1, 1, 0, 1, 0, 1] == [choice["index"] for choice in choices][:8]


def _is_last(choice: JsonObject) -> bool:
    return choice["finish_reason"] is not None
