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
from mockrouter.values import Json, parsed

ANYTHING: Final = ...
"""Stands for a value that does not matter."""

_EARLY = 0.01
"""Seconds by which a wait may seem too short, as two clocks never agree."""


def not_answered(calls: Sequence[ToolCall], name: str, arguments: Json, result: Json) -> list[str]:
    """Say why no call of *name* with these arguments got this result."""
    named = [call for call in calls if call.name == name]
    if not named:
        made = ", ".join(dict.fromkeys(call.name for call in calls)) or "none at all"
        return [f"no call of '{name}' was made; calls made: {made}"]
    fitting = [call for call in named if arguments in (ANYTHING, call.arguments)]
    if not fitting:
        return [
            f"no call of '{name}' had these arguments:\n{difference(arguments, call.arguments)}"
            for call in named
        ]
    found = [each for call in fitting for each in call.results]
    if any(result in (ANYTHING, each.value, each.content) for each in found):
        return []
    if not found:
        return [
            f"no result was sent back for the call of '{name}' with {call.text}" for call in fitting
        ]
    return [
        f"request {each.request} answered '{name}' otherwise:\n{difference(result, each.value)}"
        for each in found
    ]


def answered(calls: Sequence[ToolCall], name: str) -> list[str]:
    """Find the results that were sent back for calls of *name*."""
    return [
        f"request {each.request} sent back a result for the call of '{name}' with {call.text}: "
        f"{each.content}"
        for call in calls
        if call.name == name
        for each in call.results
    ]


def ran_twice(entries: Sequence[Entry]) -> list[str]:
    """
    Find calls that seem to have been carried out more than once.

    Either two results came back for one call, or one for each of several attempts at the same turn.
    """
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
    return "\n".join(f"  {line}" for line in _compared(*lines))


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
        same = [each for each in found if (each.name, each.arguments) == (call.name, parsed(text))]
        if same:
            kept.remove(same[0])
        elif found:
            change = difference(f"{call.name} {text}", f"{found[-1].name} {found[-1].text}")
            yield f"changed the call of '{call.name}' ({call.id}):\n{change}"
        else:
            yield f"lost the call of '{call.name}' ({call.id})"
