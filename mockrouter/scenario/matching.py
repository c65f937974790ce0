"""
Which requests a scenario answers: ``when``.

One function says both whether a request matches and why not: a request matches where
``differences`` finds none. Adding a condition is a field on ``Match``, and a function and a line of
``PLAIN`` in ``conditions``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mockrouter.patterns import Name, Path, Range, Text, Value
from mockrouter.request import Request
from mockrouter.scenario.conditions import PLAIN, Check, Difference

Flag = bool | Literal["absent"]


class Match(BaseModel):
    """Conditions on a request; all that are given must hold."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    dialect: Literal["chat", "responses"] | None = Field(
        None, description="The format: chat (Chat Completions) or responses."
    )
    profile: Literal["openai", "openrouter", "solrouter"] | None = Field(
        None, description="The provider's manner, which the base URL chooses."
    )
    stream: Flag | Literal["plain"] | None = Field(
        None, description="Whether a stream is asked for; absent: no key; plain: false or absent."
    )
    model: Name | None = Field(None, description="The model; * and ? are wildcards.")
    tools: Name | Annotated[list[Name], Field(min_length=1)] | None = Field(
        None,
        description="An offered tool; a list asks for all of them; none asks for no tools at all.",
    )
    tool_choice: str | None = Field(
        None,
        description="auto, none, required, absent, or the name of the function that is forced.",
    )
    parallel_tool_calls: Flag | None = Field(None, description="As sent; absent: not sent.")
    response_format: Literal["text", "json_object", "json_schema"] | None = Field(
        None, description="The kind of text that is asked for."
    )
    system: Text | None = Field(None, description="Text of system and developer messages.")
    user: Text | None = Field(None, description="Text of the last user message.")
    result: Text | None = Field(
        None, description="Text of the tool results that wait for an answer."
    )
    turn: Range | None = Field(
        None, description="How many turns the model has had so far, such as 0 or 1..3."
    )
    headers: dict[str, Text] | None = Field(None, description="Request headers by name.")
    body: dict[Path, Value] | None = Field(
        None, description="Values in the body by JSONPath, such as $.messages[-1].role."
    )
    body_bytes: Range | None = Field(None, description="Size of the body, such as 1000.. or ..500.")
    chance: float | None = Field(
        None, gt=0, le=1, description="In so many of all cases, such as 0.05; the same on each run."
    )
    every: int | None = Field(
        None, ge=1, description="Every so many-th request that comes here, such as 20."
    )
    any_of: Annotated[list[Match], Field(min_length=1)] | None = Field(
        None, description="One of these must hold."
    )
    none_of: Annotated[list[Match], Field(min_length=1)] | None = Field(
        None, description="None of these may hold."
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            message = "'when' has no condition; leave it out to answer every request"
            raise ValueError(message)
        return self

    @cached_property
    def given(self) -> tuple[str, ...]:
        """The conditions that are given, always in the same order."""
        return tuple(name for name in CONDITIONS if getattr(self, name) is not None)

    @cached_property
    def drawn(self) -> bool:
        """Whether chance, or a count of requests, has a part in it."""
        inner = (*(self.any_of or ()), *(self.none_of or ()))
        own = self.chance is not None or self.every is not None
        return own or any(match.drawn for match in inner)


def differences(match: Match | None, request: Request) -> list[Difference]:
    """Say which conditions do not hold, and with which value; nothing when the request matches."""
    if match is None:
        return []
    return [
        difference
        for name in match.given
        for difference in CONDITIONS[name](getattr(match, name), request)
    ]


def explained(
    match: Match | None, request: Request, shown: Callable[[], Request | None] | None
) -> list[Difference]:
    """
    Say which conditions do not hold, and tell of the request no more than *shown* has.

    Args:
        match: The conditions.

        request: By which they are judged.

        shown: Makes the request that may be told of, or None for nothing of it; by default all is.
    """
    found = differences(match, request)
    told = shown() if found and shown else request
    if told is request:
        return found
    safe = {} if told is None else {(d.condition, d.expected): d for d in differences(match, told)}
    hidden = [replace(each, actual="another value") for each in found]
    return [safe.get((each.condition, each.expected), each) for each in hidden]


def _any_of(wanted: list[Match], request: Request) -> Iterator[Difference]:
    branches = [differences(match, request) for match in wanted]
    if all(branches):
        for number, found in enumerate(branches):
            for difference in found:
                name = f"any_of[{number}].{difference.condition}"
                yield Difference(name, difference.expected, difference.actual)


def _none_of(wanted: list[Match], request: Request) -> Iterator[Difference]:
    for number, match in enumerate(wanted):
        if not differences(match, request):
            yield Difference(f"none_of[{number}]", "a request that differs", "one that matches")


CONDITIONS: dict[str, Check] = {**PLAIN, "any_of": _any_of, "none_of": _none_of}
"""Every condition by its key in ``when``."""
