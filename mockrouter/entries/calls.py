"""
Tool calls and their results, and whether a call is one that its tool can take.

Calls are classed in OpenRouter's words, by JSON Schema draft 7. A tool whose schema is missing or
cannot be used counts every arguments as valid.

Source: https://openrouter.ai/docs/guides/routing/auto-exacto
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from mockrouter.generate.keywords import careful
from mockrouter.generate.place import spell
from mockrouter.request import Tool
from mockrouter.values import Json, JsonObject, compact

Verdict = Literal["valid", "InvalidJson", "UnknownName", "SchemaMismatch"]

_LONGEST = 200
"""Characters of jsonschema's words that a problem repeats."""


@dataclass(frozen=True, slots=True)
class ToolResult:
    """
    What a client sent back for a call.

    Attributes:
        name: Of the tool; empty where its call is not known.

        id: Of the call; empty where the client names none.

        content: The text.

        request: Number of the exchange that first brought it.
    """

    name: str
    id: str
    content: str
    request: int

    @property
    def value(self) -> Json:
        """The content's JSON value, or the text itself where it is no JSON."""
        return read_json(self.content)[0]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """
    A call of a tool.

    Attributes:
        name: Of the tool.

        arguments: Their JSON value, or the text where it is no JSON.

        text: Of the arguments, as it went out.

        id: By which results name the call; empty for none.

        verdict: ``valid``, or what is wrong with the call.

        problem: Why, in one sentence; empty where it is valid.

        results: What later requests of the same conversation sent back for it.
    """

    name: str
    arguments: Json
    text: str
    id: str = ""
    verdict: Verdict = "valid"
    problem: str = ""
    results: tuple[ToolResult, ...] = field(default=())


def tool_call(
    name: str,
    sent: Json,
    call_id: str,
    tools: Sequence[Tool],
    results: Sequence[ToolResult] = (),
) -> ToolCall:
    """
    Read a call.

    Args:
        name: Of the tool.

        sent: The arguments as they were sent: a text, or whatever stood in its place.

        call_id: Empty for none.

        tools: That the request offers.

        results: Sent back for it.
    """
    tool = next((tool for tool in tools if tool.name == name), None)
    if tool is not None and tool.custom and isinstance(sent, str):
        return ToolCall(name, sent, sent, call_id, results=tuple(results))
    text = sent if isinstance(sent, str) else compact(sent)
    value, wrong = read_json(text)
    verdict, problem = _verdict(name, sent, value, wrong, tool)
    return ToolCall(name, value, text, call_id, verdict, problem, tuple(results))


def read_json(text: str) -> tuple[Json, str]:
    """Read a text: its JSON value and nothing, or the text itself and what is wrong with it."""
    try:
        return json.loads(text, parse_constant=_refused), ""
    except json.JSONDecodeError as error:
        return text, f"{error.msg.removesuffix(' at')} at character {error.pos}"
    except (ValueError, RecursionError) as error:
        deep = isinstance(error, RecursionError)
        return text, "it is nested too deep to be read" if deep else str(error)


def _refused(name: str) -> Json:
    message = f"{name} is no JSON value"
    raise ValueError(message)


def _verdict(
    name: str, sent: Json, value: Json, wrong: str, tool: Tool | None
) -> tuple[Verdict, str]:
    if not isinstance(sent, str):
        return "InvalidJson", f"The arguments of '{name}' are {_kind(sent)} in place of a text."
    if wrong:
        return "InvalidJson", f"The arguments of '{name}' are no JSON: {wrong}."
    if tool is None:
        return "UnknownName", f"The request offers no tool '{name}'."
    mismatch = _mismatch(value, tool.parameters) if tool.parameters else ""
    if mismatch:
        return "SchemaMismatch", f"The arguments of '{name}' do not fit its schema: {mismatch}."
    return "valid", ""


def _kind(value: Json) -> str:
    kinds = {dict: "an object", list: "an array", bool: "a boolean", type(None): "null"}
    return kinds.get(type(value), "a number")


def _mismatch(value: Json, schema: JsonObject) -> str:
    """Say where a value breaks a schema, and how; empty where it does not or nobody can tell."""
    # Not at the top: importing it can take a second.
    import jsonschema  # noqa: PLC0415
    import referencing  # noqa: PLC0415

    kind = jsonschema.Draft7Validator
    try:
        kind.check_schema(schema)
        # An empty registry, as the default one fetches what it does not know.
        validator = careful(kind)(schema, registry=referencing.Registry())
        error = next(validator.iter_errors(value), None)
    except Exception:  # noqa: BLE001 - a $ref may lead to what is no schema, and break anything
        return ""
    if error is None:
        return ""
    words = error.message
    short = words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"
    return f"at {spell(tuple(error.absolute_path))}: {short}"
