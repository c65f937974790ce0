"""
The words of a scenario as Python types, so that editors complete what ``script`` takes.

Each type lists the keys of the model of the same name in ``mockrouter.scenario``; a test compares
them. What the values may be, ``docs/scenarios.md`` says, and ``script`` checks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias, TypedDict

Cut: TypeAlias = str | int | Sequence[str] | Mapping[str, Any]

Malformed: TypeAlias = Literal[
    "empty",
    "json_null",
    "object",
    "truncated",
    "missing_brace",
    "whitespace_runaway",
    "whitespace_padded",
    "concatenated",
    "double_encoded",
    "markdown_fence",
    "markdown_fence_inline",
    "trailing_text",
    "not_json",
    "raw_control_chars",
    "invalid_escape",
    "backslash_n_outside_string",
    "python_literal",
    "trailing_comma",
    "unquoted_keys",
    "duplicate_keys",
    "nested_stringified",
    "scalars_as_strings",
    "string_as_number",
    "double_escaped_newlines",
    "unknown_property",
    "missing_required",
    "explicit_null",
    "wrong_type",
    "enum_violation",
]
"""How arguments are broken."""


class TextPart(TypedDict, total=False):
    """Text of the answer."""

    text: str
    cut: Cut
    choice: int


class RefusalPart(TypedDict, total=False):
    """The model refuses."""

    refusal: str
    cut: Cut
    choice: int


class JsonPart(TypedDict, total=False):
    """Text of the answer that is JSON."""

    json: Any
    cut: Cut
    choice: int


class ReasoningPart(TypedDict, total=False):
    """What the model thinks."""

    reasoning: str
    summary: bool
    signature: str
    encrypted: str
    format: str
    reasoning_details: Sequence[Any]
    cut: Cut
    choice: int


class ToolCallPart(TypedDict, total=False):
    """A tool call; ``any`` takes the first tool that the client offers."""

    tool_call: str
    arguments: Mapping[str, Any] | str
    malformed: Malformed
    id: str
    repeat: int
    cut: Cut
    choice: int


Part: TypeAlias = TextPart | RefusalPart | JsonPart | ReasoningPart | ToolCallPart
"""One part of a reply."""


RetryAfter: TypeAlias = float | str | Mapping[str, Any]
"""Seconds, as they stand; or a mapping with seconds, date, ms."""


class Usage(TypedDict, total=False):
    """Exact token counts."""

    prompt_tokens: int
    completion_tokens: int
    reasoning_tokens: int
    cached_tokens: int
    cost: float


class Error(TypedDict, total=False):
    """An HTTP error; beside ``say``, one in the middle of the stream."""

    status: int
    message: str
    type: str
    code: str
    param: str
    metadata: Mapping[str, Any]
    retry_after: RetryAfter
    headers: Mapping[str, Any]
    after: int


class Http(TypedDict, total=False):
    """A response as HTTP; beside ``say`` or ``error``, what is different in its head."""

    status: int
    headers: Mapping[str, Any] | Sequence[Any]
    content_type: str
    retry_after: RetryAfter
    bare: bool
    text: str
    html: str
    json: Any
    base64: str
    events: Sequence[Any]


class Answer(TypedDict, total=False):
    """What is sent back: a reply, an error, or a reply that an error cuts short."""

    say: Literal["auto"] | Sequence[Part]
    error: Error | int
    http: Http
    mode: Literal["asked", "other", "stream", "plain"]
    choices: int
    finish_reason: str
    native_finish_reason: str
    usage: Usage
    model: str
    provider: str
    stream: Mapping[str, Any]
    pace: Mapping[str, Any]
    faults: Sequence[Mapping[str, Any]]
    ignores: Sequence[Literal["tool_choice", "parallel_tool_calls", "response_format"]]


Answered: TypeAlias = Answer | str | int | Sequence[Part]
"""An answer, or in short: its text, its status, its parts."""


class Case(Answer, total=False):
    """An answer with a condition."""

    when: Mapping[str, Any]


class Turn(Answer, total=False):
    """One turn of the model: an answer, a list of attempts, or a choice of cases."""

    expect: Mapping[str, Any] | Sequence[Mapping[str, Any]]
    otherwise: Answered
    attempts: Sequence[Answered]
    cases: Sequence[Case]


Spoken: TypeAlias = Turn | str | int | Sequence[Part]
"""A turn, or in short: its text, its status, its parts."""
