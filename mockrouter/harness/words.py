"""
The words of a scenario as Python types, so that editors complete what ``script`` takes.

Each type lists the keys of the model of the same name in ``mockrouter.scenario``; a test compares
them. What the values may be, ``docs/scenarios.md`` says, and ``script`` checks.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias, TypedDict

Cut: TypeAlias = str | int | list[str] | dict[str, Any]


class TextPart(TypedDict, total=False):
    """Text of the answer."""

    text: str
    cut: Cut


class RefusalPart(TypedDict, total=False):
    """The model refuses."""

    refusal: str
    cut: Cut


class JsonPart(TypedDict, total=False):
    """Text of the answer that is JSON."""

    json: Any
    cut: Cut


class ReasoningPart(TypedDict, total=False):
    """What the model thinks."""

    reasoning: str
    summary: bool
    signature: str
    encrypted: str
    format: str
    reasoning_details: list[Any]
    cut: Cut


class ToolCallPart(TypedDict, total=False):
    """A tool call; ``any`` takes the first tool that the client offers."""

    tool_call: str
    arguments: dict[str, Any] | str
    malformed: str
    id: str
    cut: Cut


Part: TypeAlias = TextPart | RefusalPart | JsonPart | ReasoningPart | ToolCallPart
"""One part of a reply."""


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
    metadata: dict[str, Any]
    retry_after: float
    headers: dict[str, Any]
    after: int


class Answer(TypedDict, total=False):
    """What is sent back: a reply, an error, or a reply that an error cuts short."""

    say: Literal["auto"] | list[Part]
    error: Error | int
    finish_reason: str
    native_finish_reason: str
    usage: Usage
    model: str
    provider: str
    stream: dict[str, Any]
    pace: dict[str, Any]
    faults: list[dict[str, Any]]
    ignores: list[Literal["tool_choice", "parallel_tool_calls", "response_format"]]


Answered: TypeAlias = Answer | str | int | list[Part]
"""An answer, or in short: its text, its status, its parts."""


class Case(Answer, total=False):
    """An answer with a condition."""

    when: dict[str, Any]


class Turn(Answer, total=False):
    """One turn of the model: an answer, a list of attempts, or a choice of cases."""

    attempts: list[Answered]
    cases: list[Case]


Spoken: TypeAlias = Turn | str | int | list[Part]
"""A turn, or in short: its text, its status, its parts."""
