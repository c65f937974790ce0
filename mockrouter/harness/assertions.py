"""
What a test wants to know of a client, read off its requests.

Each function lists what is wrong, a sentence each; an empty list means that all is well.
"""

from __future__ import annotations

import difflib
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import dropwhile
from typing import Final

from mockrouter.entries import Entry, ToolCall
from mockrouter.harness.transcript import complaint
from mockrouter.values import Json, compact, parsed

ANYTHING: Final = ...
"""Stands for a value that does not matter."""

_EARLY = 0.01
"""Seconds by which a wait may seem too short, as two clocks never agree."""


def not_answered(entries: Sequence[Entry], name: str, arguments: Json, result: Json) -> list[str]:
    """Say why no call of *name* with these arguments got this result."""
    named = [(entry, call) for entry in entries for call in entry.calls if call.name == name]
    if not named:
        return [_never_called(entries, name)]
    fitting = [(entry, call) for entry, call in named if _same(arguments, call.arguments)]
    if not fitting:
        return [
            f"no call of '{name}' had these arguments:\n"
            f"{difference(_blanked(entry, arguments), parsed(_text(entry, call)))}"
            for entry, call in named
        ]
    found = [each for _, call in fitting for each in call.results]
    if any(_same(result, each.value) or result == each.content for each in found):
        return []
    if not found:
        return [
            f"no result was sent back for the call of '{name}' with {_text(entry, call)}"
            for entry, call in fitting
        ]
    return [
        f"request {each.request} answered '{name}' otherwise:\n{difference(result, each.value)}"
        for each in found
    ]


def answered(entries: Sequence[Entry], name: str) -> list[str]:
    """
    Find the results that were sent back for calls of *name*; there must be such a call.

    A client may have given the call another id; then its own history says what the result is of.
    """
    named = [(entry, call) for entry in entries for call in entry.calls if call.name == name]
    if not named:
        return [_never_called(entries, name)]
    known = {(each.request, each.id) for _, call in named for each in call.results}
    return [
        f"request {each.request} sent back a result for the call of '{name}' with "
        f"{_text(entry, call)}: {each.content}"
        for entry, call in named
        for each in call.results
    ] + [
        f"request {entry.number} sent back a result for a call of '{name}' under an id that no "
        f"answer had ('{each.id}'): {each.content}"
        for entry in entries
        if entry.follows is not None
        for each in entry.tool_results
        if each.name == name and each.request == entry.number
        if (each.request, each.id) not in known
    ]


def _never_called(entries: Sequence[Entry], name: str) -> str:
    made = ", ".join(dict.fromkeys(call.name for entry in entries for call in entry.calls))
    return f"no call of '{name}' was made; calls made: {made or 'none at all'}"


def _text(entry: Entry, call: ToolCall) -> str:
    """Write a call's arguments as people may see them."""
    return entry.redactor.text(call.text)


def _blanked(entry: Entry, value: Json) -> Json:
    try:
        return parsed(entry.redactor.text(compact(value)))
    except (TypeError, ValueError):
        return value


def _same(expected: Json, actual: Json) -> bool:
    """Compare as JSON does, where true is not 1; what is no JSON may compare itself."""
    if expected is ANYTHING:
        return True
    if isinstance(expected, dict) and isinstance(actual, dict):
        return expected.keys() == actual.keys() and all(
            _same(value, actual[name]) for name, value in expected.items()
        )
    if isinstance(expected, list | tuple) and isinstance(actual, list):
        return len(expected) == len(actual) and all(map(_same, expected, actual))
    if isinstance(expected, int | float) and isinstance(actual, int | float):
        return isinstance(expected, bool) == isinstance(actual, bool) and expected == actual
    return bool(expected == actual)


def ran_twice(entries: Sequence[Entry]) -> list[str]:
    """
    Find calls that seem to have been carried out more than once.

    Either two results came back for one call, or one for each of several attempts at the same turn.
    Without any call nothing can be said.
    """
    if not any(entry.calls for entry in entries):
        return ["no tool call was made" if entries else "nothing was asked"]
    wrong = []
    turns: dict[tuple[int, str, int | None, int], list[ToolCall]] = defaultdict(list)
    for entry in entries:
        for number, call in enumerate(entry.calls):
            turns[entry.conversation, entry.scenario, entry.turn, number].append(call)
            if len(call.results) > 1:
                requests = ", ".join(str(each.request) for each in call.results)
                wrong.append(
                    f"the call of '{call.name}' in answer {entry.number} got {len(call.results)} "
                    f"results, in requests {requests}"
                )
    for (*_, turn, _number), calls in turns.items():
        done = [call for call in calls if call.results]
        if len(done) > 1:
            wrong.append(
                f"turn {turn} was answered {len(calls)} times, and its call of '{done[0].name}' "
                f"was carried out {len(done)} times"
            )
    return wrong


def hurried(entries: Sequence[Entry]) -> list[str]:
    """Find requests that were tried again sooner than ``Retry-After`` said, or never."""
    by_number = {entry.number: entry for entry in entries}
    if all(entry.retry_after is None for entry in entries):
        return ["no answer said Retry-After" if entries else "nothing was asked"]
    wrong = []
    for entry in entries:
        if entry.retry_after is None:
            continue
        retries = [by_number[n] for n in entry.next if n in by_number and by_number[n].is_retry]
        if not retries:
            wrong.append(
                f"request {entry.number} was told to wait {entry.retry_after:g} s and was never "
                "tried again"
            )
        wrong += [
            f"request {each.number} tried {entry.number} again after {each.waited:.2f} s, not "
            f"{entry.retry_after:g} s"
            for each in retries
            if each.waited is not None and each.waited < entry.retry_after - _EARLY
        ]
    return wrong


def complaints(entries: Sequence[Entry]) -> list[str]:
    """List the requests to which the mock had no answer, and why."""
    return [f"request {e.number} had no answer: {complaint(e)}" for e in entries if e.error]


def difference(expected: Json, actual: Json) -> str:
    """Show two values line by line: ``-`` was expected, ``+`` was there."""
    lines = [_pretty(value).splitlines() for value in (expected, actual)]
    legend = "(- was expected, + was there)"
    return "\n".join(f"  {line}" for line in (legend, *_compared(*lines)))


def _compared(expected: list[str], actual: list[str]) -> Iterator[str]:
    return (line for line in difflib.ndiff(expected, actual) if not line.startswith("?"))


def _pretty(value: Json) -> str:
    try:
        return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True)
    except (TypeError, ValueError):
        return repr(value)


def lost_history(entries: Sequence[Entry], conversations: int = 1) -> list[str]:
    """
    Find what requests left out or changed of the conversation that they continue.

    A request that asks the same again, holds no messages or is refused is not looked at, nor what
    ``previous_response_id`` stands for.

    Args:
        entries: Of the requests.

        conversations: How many may begin; one more is a request that lost all that was said.
    """
    by_number = {entry.number: entry for entry in entries}
    judged = [e for e in entries if not e.is_retry and (e.history or e.previous)]
    return _begun(entries, [e for e in judged if e.follows not in by_number], conversations) + [
        f"request {entry.number} {what}"
        for entry in judged
        if entry.follows in by_number and not entry.previous
        for what in _lost(by_number[entry.follows], entry)
    ]


def _begun(entries: Sequence[Entry], first: Sequence[Entry], conversations: int) -> list[str]:
    # Where nothing was answered there is nothing to lose.
    said = {entry.conversation for entry in entries if entry.text or entry.calls}
    begun = list(dropwhile(lambda entry: entry.number not in said, first))
    if len(begun) <= conversations:
        return []
    numbers = ", ".join(str(entry.number) for entry in begun)
    return [
        f"request {entry.number} continues no earlier one (conversations begin in {numbers}); if it"
        f" is meant to begin a new one, write conversations={len(begun)}"
        for entry in begun[conversations:]
    ]


def _lost(before: Entry, entry: Entry) -> Iterator[str]:
    now = list(entry.history)
    for message in before.history:
        if message in now:
            del now[: now.index(message) + 1]
        else:
            yield f"lost or changed a message of {before.number} ({message.role}: {message.text})"
    said = "".join(message.text for message in now if message.role == "assistant")
    if before.text not in said:
        yield f"lost or changed the text of answer {before.number}: {before.text}"
    kept = list(entry.tool_calls)
    for call, ids in zip(before.calls, before.call_ids, strict=True):
        found = [each for each in kept if each.id in ids]
        # What came back was blanked when it was written down.
        text = before.redactor.text(call.text)
        # Some libraries write the arguments anew, with other spaces.
        same = [
            each for each in found if each.name == call.name and _same(parsed(text), each.arguments)
        ]
        if same:
            kept.remove(same[0])
        elif found:
            change = difference(f"{call.name} {text}", f"{found[-1].name} {found[-1].text}")
            yield f"changed the call of '{call.name}' ({call.id}):\n{change}"
        else:
            yield f"lost the call of '{call.name}' ({call.id})"
