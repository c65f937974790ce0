"""Failures that a client was to meet and did not, so that its test proves nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from mockrouter.entries import Entry
from mockrouter.errors import CannotAnswer
from mockrouter.scenario.library import Library
from mockrouter.scenario.tags import dialects, modes

_FORMATS: Mapping[str, str] = {"chat": "Chat Completions", "responses": "Responses"}
_MODES: Mapping[str, str] = {"stream": "streams", "plain": "plain replies"}


def unmet(entries: Sequence[Entry], library: Library) -> list[str]:
    """
    List the scenarios that answered and did not do what they are for, a sentence each.

    That is where no request was in a format and mode that the scenario's tags claim, or where every
    fault of an answer found nothing to do each time.
    """
    answered = [entry for entry in entries if entry.turn is not None]
    by_name = sorted(answered, key=lambda entry: entry.scenario)
    return [
        sentence
        for name, group in groupby(by_name, key=lambda entry: entry.scenario)
        for sentence in _of(name, list(group), library)
    ]


def _of(name: str, entries: list[Entry], library: Library) -> Iterator[str]:
    tags = _tags(name, library)
    for asked, made, words in (
        ([entry.dialect for entry in entries], dialects(tags), _FORMATS),
        (["stream" if entry.stream else "plain" for entry in entries], modes(tags), _MODES),
    ):
        if not {*asked} & {*made}:
            yield (
                f"'{name}' is made for {words[made[0]]}, and all that asked for it asked for "
                f"{words[asked[0]]}; ask otherwise, or choose others"
            )
            return
    places = sorted(entries, key=lambda entry: (entry.turn, entry.attempt))
    for (turn, _), group in groupby(places, key=lambda entry: (entry.turn, entry.attempt)):
        idle = [entry.idle for entry in group]
        if all(idle):
            yield f"no fault of turn {turn} of '{name}' found anything to do: {idle[0][0]}"


def _tags(name: str, library: Library) -> Sequence[str]:
    try:
        return library.find(name).model.tags
    except CannotAnswer:  # it was there when it answered
        return ()
