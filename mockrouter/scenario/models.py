"""
What a scenario file says: the nouns of the language, and nothing of how they are carried out.

The JSON Schema for editors is generated from these models, and so is every "did you mean".
"""

from __future__ import annotations

from random import Random
from typing import Annotated, Literal

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from mockrouter.cutting import UNCHANGED, Stream
from mockrouter.faults import AnyFault
from mockrouter.faults.base import Aimed
from mockrouter.scenario.headers import HeaderMap
from mockrouter.scenario.matching import Match
from mockrouter.scenario.pace import Pace
from mockrouter.scenario.parts import (
    JsonPart,
    JsonValue,
    Model,
    Part,
    ReasoningPart,
    RefusalPart,
    TextPart,
    ToolCallPart,
    which_part,
)
from mockrouter.scenario.templates import Template
from mockrouter.values import Json
from mockrouter.wire import Label

__all__ = [
    "Answer",
    "Case",
    "Error",
    "JsonPart",
    "Part",
    "ReasoningPart",
    "RefusalPart",
    "ScenarioModel",
    "TextPart",
    "ToolCallPart",
    "Turn",
    "Usage",
]


def _mistake(message: str, *at: str | int) -> PydanticCustomError:
    """Make a mistake ("what; remedy") that stands at a part of what is validated."""
    return PydanticCustomError("scenario", "{message}", {"message": message, "at": list(at)})


def _error(value: Json) -> Json:
    """Let a plain status stand for the mapping that has it."""
    match value:
        case dict() | BaseModel():
            return value
        case int() if not isinstance(value, bool):
            return {"status": value}
    message = "this is no error; write a status such as 429, or a mapping"
    raise ValueError(message)


def _answer(value: Json) -> Json:
    """Let a text, the list of a reply's parts, or a status stand for the mapping that has it."""
    match value:
        case dict() if "say" not in value and (part := which_part(value)):
            message = f"'{part}' stands in a part of a reply; put that in a list: [{{{part}: …}}]"
            raise ValueError(message)
        case dict() | BaseModel():
            return value
        case str():
            return {"say": [{"text": value}]}
        case list():
            return {"say": value}
        case int() if not isinstance(value, bool):
            return {"error": value}
    message = "this is no answer; write a text, a list of parts, a status such as 429, or a mapping"
    raise ValueError(message)


class Usage(Model):
    """Exact token counts; what is left out is counted."""

    prompt_tokens: int | None = Field(None, ge=0, description="Tokens of the prompt.")
    completion_tokens: int | None = Field(None, ge=0, description="Tokens of the reply.")
    reasoning_tokens: int | None = Field(None, ge=0, description="Those spent on reasoning.")
    cached_tokens: int = Field(0, ge=0, description="Tokens of the prompt that came from a cache.")
    cost: float | None = Field(None, ge=0, description="In US dollars.")


class Error(Model):
    """An HTTP error; beside ``say``, one in the middle of the stream."""

    status: int = Field(ge=400, le=599, description="HTTP status, and OpenRouter's integer code.")
    message: Template | None = Field(
        None, description="What the provider says; else its usual words for this status."
    )
    type: str | None = Field(None, description="OpenAI's type, such as invalid_request_error.")
    code: str | None = Field(None, description="OpenAI's code, such as rate_limit_exceeded.")
    param: str | None = Field(None, description="OpenAI's param.")
    metadata: dict[str, JsonValue] | None = Field(None, description="OpenRouter's metadata.")
    retry_after: float | None = Field(
        None, ge=0, description="Seconds; sent as Retry-After, in whole seconds."
    )
    headers: HeaderMap = Field(default_factory=dict, description="Sent with the error.")
    after: int | None = Field(
        None, ge=0, description="Beside say: how many fragments go out first; else all of them."
    )

    @model_validator(mode="after")
    def _one_wait(self) -> Error:
        if self.retry_after is not None and "retry-after" in self.headers:
            message = "'retry_after' and the header 'retry-after' say it twice; keep one"
            raise ValueError(message)
        return self

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: Json) -> Json:
        return _error(value)


def _aims_at_reply(fault: Aimed) -> str | None:
    """Find the setting by which a fault means an event of a stream."""
    if fault.label not in {None, Label.BODY}:
        return "label"
    return None if fault.call is None else "call"


Ignorable = Literal["tool_choice", "parallel_tool_calls", "response_format"]


_OF_A_REPLY = {
    "finish_reason",
    "native_finish_reason",
    "usage",
    "model",
    "provider",
    "stream",
    "ignores",
}


class Answer(Model):
    """What is sent back: a reply, an error, or a reply that an error cuts short."""

    say: Literal["auto"] | list[Part] | None = Field(
        None, description="The reply's parts in order; auto answers as with no scenario at all."
    )
    error: Error | None = Field(
        None, description="A status or a mapping: in place of a reply, or amid its stream."
    )
    finish_reason: str | None = Field(None, description="Else tool_calls or stop, as fits.")
    native_finish_reason: str | None = Field(None, description="The vendor's own word.")
    usage: Usage | None = Field(None, description="Exact token counts.")
    model: str | None = Field(None, description="The model named in the reply.")
    provider: str | None = Field(None, description="OpenRouter's provider.")
    stream: Stream | None = Field(None, description="How a stream is cut and ordered.")
    pace: Pace | None = Field(None, description="When things are sent.")
    faults: list[AnyFault] = Field(
        default_factory=list, description="What goes wrong on the wire, in this order."
    )
    ignores: list[Ignorable] = Field(
        default_factory=list, description="Fields of the request that this reply may contradict."
    )

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: Json) -> Json:
        return _answer(value)

    @model_validator(mode="after")
    def _answers(self) -> Answer:
        if type(self) is not Answer and self._elsewhere():
            return self
        if self.say is None and self.error is None:
            message = "nothing is sent back; add 'say' or 'error'"
            raise ValueError(message)
        if self.say is None:
            self._check_alone()
        if isinstance(self.say, list):
            self._check_cuts(self.say)
        return self

    def _check_alone(self) -> None:
        """Refuse what speaks of a reply beside an error that stands in its place."""
        if self.error and self.error.after is not None:
            message = "'after' counts fragments of a reply, and there is none; add 'say'"
            raise ValueError(message)
        idle = sorted(self.model_fields_set & _OF_A_REPLY)
        if idle:
            message = (
                f"'{idle[0]}' speaks of a reply, and there is none; add 'say', or leave it out"
            )
            raise ValueError(message)
        for index, fault in enumerate(self.faults):
            if isinstance(fault, Aimed) and (key := _aims_at_reply(fault)):
                message = (
                    f"'{key}' aims at an event of a reply, and there is none; "
                    "add 'say', or leave it out"
                )
                raise _mistake(message, "faults", index, key)

    def _check_cuts(self, say: list[Part]) -> None:
        """Refuse pieces that do not join to a text that is known before any request."""
        stream = self.stream or UNCHANGED
        for index, part in enumerate(say):
            cut = part.cut or getattr(stream, part.cut_by)
            if part.known is None or isinstance(cut.root, str):
                continue
            try:
                cut.cut(part.known, Random(0))  # noqa: S311 - whether it can be cut, not where
            except ValueError as error:
                at = ("say", index, "cut") if part.cut else ("stream", part.cut_by)
                raise _mistake(str(error), *at) from None

    def _elsewhere(self) -> bool:
        return False


class Case(Answer):
    """An answer with a condition."""

    when: Match | None = Field(None, description="Conditions; none holds always.")


class Turn(Answer):
    """
    One turn of the model: an answer, a list of attempts, or a choice of cases.

    With ``attempts``, the same request is answered by the first, then when it is tried again by the
    second, and so on. With ``cases``, the first whose ``when`` holds answers.
    """

    attempts: Annotated[list[Answer], Field(min_length=1)] | None = Field(
        None, description="Answers to the same request, sent again: the first try, the second, …"
    )
    cases: Annotated[list[Case], Field(min_length=1)] | None = Field(
        None, description="Answers with conditions; the first that holds is sent."
    )

    def _elsewhere(self) -> bool:
        lists = [name for name in ("attempts", "cases") if getattr(self, name) is not None]
        if not lists:
            return False
        own = sorted(self.model_fields_set - {"attempts", "cases"})
        if len(lists) > 1 or own:
            other = "cases" if len(lists) > 1 else own[0]
            sides = f"'{lists[0]}' and '{other}' stand side by side"
            message = f"{sides}; keep one, or move '{other}' in"
            raise ValueError(message)
        for index, case in enumerate((self.cases or [])[:-1]):
            if case.when is None:
                message = (
                    "without 'when' this case always holds, so those behind it are never sent; "
                    "add 'when', or move it to the end"
                )
                raise _mistake(message, "cases", index)
        return True

    @property
    def answers(self) -> tuple[Answer, ...]:
        """All answers that this turn may give."""
        return tuple(self.attempts or self.cases or (self,))


class ScenarioModel(Model):
    """A scripted provider: when it answers, and what, turn by turn."""

    name: str | None = Field(
        None,
        pattern=r"^[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*$",
        description="Chosen by it in URLs, headers and tests; else the file's name.",
    )
    summary: str = Field("", description="One sentence for lists.")
    tags: list[str] = Field(default_factory=list, description="For filters in lists.")
    evidence: list[str] = Field(default_factory=list, description="Where it happened: repo#number.")
    when: Match | None = Field(None, description="Which requests it answers; else every one.")
    priority: int = Field(0, description="Higher is asked first.")
    turns: list[Turn] = Field(min_length=1, description="The model's turns, in order.")
    then: Literal["error", "repeat"] = Field(
        "error", description="After the last turn: a loud error, or the last turn again."
    )
