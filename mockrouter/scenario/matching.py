"""
Which requests a scenario answers: ``when``.

One function says both whether a request matches and why not: a request matches where
``differences`` finds none. Adding a condition is a field on ``Match``, a function here, and a line
in ``CONDITIONS``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from random import Random
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mockrouter.patterns import Name, Path, Range, Text, Value
from mockrouter.request import Request
from mockrouter.values import Json

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


@dataclass(frozen=True, slots=True)
class Difference:
    """
    One condition that does not hold.

    Attributes:
        condition: Its name, with the inner name where there is one: ``headers.x-team``.

        expected: What the scenario asks for, in its own words.

        actual: What the request has.
    """

    condition: str
    expected: str
    actual: str

    def __str__(self) -> str:
        """``model is 'gpt-4o', not 'claude-*'``."""
        return f"{self.condition} is {self.actual}, not {self.expected}"


Check = Callable[[Json, Request], Iterator[Difference]]


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


def turns_had(request: Request) -> int:
    """Count the model's turns in the conversation; a run of assistant messages is one turn."""
    roles = [message.role for message in request.messages]
    return sum(
        role == "assistant" and (index == 0 or roles[index - 1] != "assistant")
        for index, role in enumerate(roles)
    )


def _one(name: str, wanted: object, actual: object) -> Iterator[Difference]:
    if wanted != actual:
        yield Difference(name, _show(wanted), _show(actual))


def _dialect(wanted: Json, request: Request) -> Iterator[Difference]:
    return _one("dialect", wanted, request.dialect)


def _profile(wanted: Json, request: Request) -> Iterator[Difference]:
    return _one("profile", wanted, request.profile)


def _stream(wanted: Json, request: Request) -> Iterator[Difference]:
    asked = _flag(request, "stream")
    return _one("stream", wanted, "plain" if wanted == "plain" and asked is not True else asked)


def _parallel(wanted: Json, request: Request) -> Iterator[Difference]:
    return _one("parallel_tool_calls", wanted, _flag(request, "parallel_tool_calls"))


def _flag(request: Request, name: str) -> Json:
    value = request.body.get(name)
    return "absent" if value is None else value


def _model(wanted: Name, request: Request) -> Iterator[Difference]:
    if not wanted.holds(request.envelope.model):
        yield Difference("model", str(wanted), _show(request.envelope.model))


def _tools(wanted: Name | list[Name], request: Request) -> Iterator[Difference]:
    offered = [tool.name for tool in request.tools]
    shown = ", ".join(offered) or "none"
    for name in wanted if isinstance(wanted, list) else [wanted]:
        fits = not offered if name.text == "none" else any(map(name.holds, offered))
        if not fits:
            yield Difference("tools", str(name), shown)


def _tool_choice(wanted: str, request: Request) -> Iterator[Difference]:
    sent = request.body.get("tool_choice", request.body.get("function_call"))
    choice = request.tool_choice
    actual: str = "absent" if sent is None else choice.mode
    if choice.named and choice.allowed:
        actual = choice.allowed[0]
    return _one("tool_choice", wanted, actual)


def _response_format(wanted: Json, request: Request) -> Iterator[Difference]:
    return _one("response_format", wanted, request.response_format)


def _text(name: str, wanted: Text, actual: str | None) -> Iterator[Difference]:
    if not wanted.holds(actual):
        yield Difference(name, str(wanted), "absent" if actual is None else _show(actual))


def _system(wanted: Text, request: Request) -> Iterator[Difference]:
    texts = [m.text for m in request.messages if m.role in {"system", "developer"}]
    return _text("system", wanted, "\n".join(texts) if texts else None)


def _user(wanted: Text, request: Request) -> Iterator[Difference]:
    return _text("user", wanted, request.user or None)


def _result(wanted: Text, request: Request) -> Iterator[Difference]:
    texts = [message.text for message in request.results]
    return _text("result", wanted, "\n".join(texts) if texts else None)


def _turn(wanted: Range, request: Request) -> Iterator[Difference]:
    had = turns_had(request)
    if not wanted.holds(had):
        yield Difference("turn", str(wanted), str(had))


def _headers(wanted: dict[str, Text], request: Request) -> Iterator[Difference]:
    for name, text in wanted.items():
        value = request.headers.get(name.lower())
        if not text.holds(value):
            shown = "absent" if value is None else "another value"
            yield Difference(f"headers.{name}", str(text), shown)


def _body(wanted: dict[Path, Value], request: Request) -> Iterator[Difference]:
    for path, value in wanted.items():
        found = path.values_in(request.body)
        if not value.holds(found):
            shown = ", ".join(map(_show, found)) or "absent"
            yield Difference(f"body.{path}", str(value), shown)


def _body_bytes(wanted: Range, request: Request) -> Iterator[Difference]:
    size = int(request.headers.get("content-length", 0))
    if not wanted.holds(size):
        yield Difference("body_bytes", str(wanted), str(size))


def _chance(wanted: float, request: Request) -> Iterator[Difference]:
    drawn = Random(request.draw.seed).random()  # noqa: S311 - the same on each run
    if drawn >= wanted:
        yield Difference("chance", f"below {wanted:g}", f"{drawn:.3f}")


def _every(wanted: int, request: Request) -> Iterator[Difference]:
    number = request.draw.number + 1
    if number % wanted:
        yield Difference("every", f"a multiple of {wanted}", f"{number}")


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


def _show(value: object) -> str:
    text = repr(value) if isinstance(value, str) else str(value).lower()
    return text if len(text) <= 80 else f"{text[:77]}…"  # noqa: PLR2004 - a line in a terminal


CONDITIONS: dict[str, Check] = {
    "dialect": _dialect,
    "profile": _profile,
    "stream": _stream,
    "model": _model,
    "tools": _tools,
    "tool_choice": _tool_choice,
    "parallel_tool_calls": _parallel,
    "response_format": _response_format,
    "system": _system,
    "user": _user,
    "result": _result,
    "turn": _turn,
    "headers": _headers,
    "body": _body,
    "body_bytes": _body_bytes,
    "chance": _chance,
    "every": _every,
    "any_of": _any_of,
    "none_of": _none_of,
}
"""Every condition by its key in ``when``."""
