"""The text as a whole: none at all, cut short, twice, wrapped, or with something behind it."""

from __future__ import annotations

from random import Random
from typing import Final

from mockrouter.cutting.places import offsets
from mockrouter.values import Json, JsonObject, compact

RUNAWAY: Final = 4096
"""Line breaks that a runaway model sends before its token limit ends it."""


def empty(arguments: JsonObject, schema: JsonObject | None, rng: Random) -> Json:
    """An empty text, as some models send for a tool without parameters."""
    return ""


def null(arguments: JsonObject, schema: JsonObject | None, rng: Random) -> Json:
    """JSON null where a text belongs."""
    return None


def as_object(arguments: JsonObject, schema: JsonObject | None, rng: Random) -> Json:
    """The JSON object itself where its text belongs."""
    return arguments


def truncated(arguments: JsonObject, schema: JsonObject | None, rng: Random) -> Json:
    """
    The text stops in the middle of a string.

    In that of a value where there is one, else of a key; ``{}`` loses its brace.
    """
    text = compact(arguments)
    ends = offsets(text, ["in_string"]) or offsets(text, ["in_key"]) or [len(text) - 1]
    return text[: rng.choice(ends)]


def missing_brace(arguments: JsonObject, schema: JsonObject | None, rng: Random) -> Json:
    """The text lacks its last closing brace."""
    return compact(arguments)[:-1]


def whitespace_runaway(arguments: JsonObject, schema: JsonObject | None, rng: Random) -> Json:
    """Line breaks without end where the last closing brace belongs."""
    return compact(arguments)[:-1] + "\n" * RUNAWAY


def whitespace_padded(arguments: JsonObject, schema: JsonObject | None, rng: Random) -> Json:
    """Line breaks without end behind the JSON text, which JSON allows."""
    return compact(arguments) + "\n" * RUNAWAY


def concatenated(arguments: JsonObject, schema: JsonObject | None, rng: Random) -> Json:
    """Two objects, glued together in one call."""
    return compact(arguments) * 2


def double_encoded(arguments: JsonObject, schema: JsonObject | None, rng: Random) -> Json:
    """A JSON string that holds the JSON text."""
    return compact(compact(arguments))


def markdown_fence(arguments: JsonObject, schema: JsonObject | None, rng: Random) -> Json:
    """The JSON text in a Markdown code block."""
    return f"```json\n{compact(arguments)}\n```"


def markdown_fence_inline(arguments: JsonObject, schema: JsonObject | None, rng: Random) -> Json:
    """The JSON text in a Markdown code block that is all in one line."""
    return f"```json{compact(arguments)}```"


def trailing_text(arguments: JsonObject, schema: JsonObject | None, rng: Random) -> Json:
    """The whole JSON text, and prose behind it."""
    return f"{compact(arguments)} I will now wait for the result."


def not_json(arguments: JsonObject, schema: JsonObject | None, rng: Random) -> Json:
    """Prose where JSON belongs."""
    return "I need to know more before I can call this tool."
