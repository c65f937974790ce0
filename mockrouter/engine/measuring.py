"""How long a reply may be, so that none keeps all others waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from mockrouter.engine.cue import Loc
from mockrouter.errors import CannotAnswer
from mockrouter.reply import Part, Reasoning, ToolCall
from mockrouter.values import Json, compact

MOST_FRAGMENTS: Final = 50_000
"""Fragments of all parts together that a stream can have, in all choices."""

MOST_CHARACTERS: Final = 32_000_000
"""Characters that all parts can have together, in all choices."""


def measured(
    parts: Iterator[Part], copies: int, *, stream: bool, where: Callable[[Loc], str]
) -> Iterator[Part]:
    """
    Go through the parts of a reply as they are made, as long as they are not too many.

    Args:
        parts: In order.

        copies: How many choices have those that stand in all of them.

        stream: Whether each fragment becomes an event.

        where: Says where a part of the answer stands.

    Raises:
        CannotAnswer: The reply is too long; names the line, the limit and the remedy.
    """
    characters = fragments = 0
    for part in parts:
        times = copies if part.choice is None else 1
        characters += times * _characters(part)
        fragments += times * len(part.fragments)
        if characters > MOST_CHARACTERS:
            raise _too_long(
                f"{where(('say',))}: the reply has more than {MOST_CHARACTERS} characters; write "
                "less, or repeat it fewer times"
            )
        if stream and fragments > MOST_FRAGMENTS:
            raise _too_long(
                f"{where(('say',))}: the stream has more than {MOST_FRAGMENTS} fragments; write "
                f"less, or cut it into longer ones, with 'stream: {{{_key(part)}: 1000 chars}}'"
            )
        yield part


def _too_long(message: str) -> CannotAnswer:
    return CannotAnswer("mockrouter_too_long", message, status=500)


def _characters(part: Part) -> int:
    details = len(part.details or "") if isinstance(part, Reasoning) else 0
    return details + sum(map(_length, part.fragments))


def _length(fragment: Json) -> int:
    return len(fragment if isinstance(fragment, str) else compact(fragment))


def _key(part: Part) -> str:
    """Name the setting that cuts a part."""
    if isinstance(part, ToolCall):
        return "arguments"
    return "reasoning" if isinstance(part, Reasoning) else "text"
