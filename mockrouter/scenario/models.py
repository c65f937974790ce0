"""
What a scenario file says: the nouns of the language, and nothing of how they are carried out.

The JSON Schema for editors is generated from these models, and so is every "did you mean".
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, Field, model_validator

from mockrouter.cutting import UNCHANGED, Stream
from mockrouter.scenario.checks import (
    check_after,
    check_aims,
    check_choices,
    check_cuts,
    check_order,
    mistake,
)
from mockrouter.scenario.client import Client
from mockrouter.scenario.composition import Composed
from mockrouter.scenario.error import Error, Usage
from mockrouter.scenario.expect import Expect
from mockrouter.scenario.fault_list import FaultList
from mockrouter.scenario.http import Http
from mockrouter.scenario.matching import Match
from mockrouter.scenario.pace import Pace
from mockrouter.scenario.parts import (
    JsonPart,
    Model,
    Part,
    ReasoningPart,
    RefusalPart,
    TextPart,
    ToolCallPart,
    which_part,
)
from mockrouter.values import Json

__all__ = [
    "Answer",
    "Case",
    "Client",
    "Error",
    "Expectation",
    "Http",
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


Ignorable = Literal["tool_choice", "parallel_tool_calls", "response_format"]


_LISTS = ("attempts", "cases")
"""Keys of a turn that hold several answers."""

_OF_A_REPLY = {
    "choices",
    "mode",
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
    http: Http | None = Field(
        None,
        description="A response of your own; beside say or error, another status or headers.",
    )
    mode: Literal["asked", "other", "stream", "plain"] = Field(
        "asked",
        description="A stream or a plain reply: as asked for, the other one, or always this.",
    )
    choices: int | None = Field(
        None, ge=1, le=128, description="How many choices a chat reply has; else as asked for."
    )
    finish_reason: str | None = Field(None, description="Else tool_calls or stop, as fits.")
    native_finish_reason: str | None = Field(None, description="The vendor's own word.")
    usage: Usage | None = Field(None, description="Exact token counts.")
    model: str | None = Field(None, description="The model named in the reply.")
    provider: str | None = Field(None, description="OpenRouter's provider.")
    stream: Stream | None = Field(None, description="How a stream is cut and ordered.")
    pace: Pace | None = Field(None, description="When things are sent.")
    faults: FaultList = Field([], description="What goes wrong on the wire, in this order.")
    ignores: list[Ignorable] = Field(
        [], description="Fields of the request that this reply may contradict."
    )

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: Json) -> Json:
        keys = value if isinstance(value, dict) else ()
        for name in _LISTS:
            if name in keys and name not in cls.model_fields:
                remedy = "write one list, or for each case a scenario with a 'when' of its own"
                raise mistake(f"'attempts' and 'cases' do not nest; {remedy}", name)
        return _answer(value)

    @model_validator(mode="after")
    def _answers(self) -> Answer:
        if type(self) is not Answer and self._elsewhere():
            return self
        self._check_http()
        if self.say is None and self.error is None and self.http is None:
            message = "nothing is sent back; add 'say', 'error' or 'http'"
            raise ValueError(message)
        if self.say is None:
            self._check_alone()
        if isinstance(self.say, list):
            check_cuts(self.say, self.stream or UNCHANGED)
            check_order(self.say, self.stream or UNCHANGED)
            if self.error and self.error.after is not None:
                check_after(self.say, self.stream or UNCHANGED, self.error.after)
            check_choices(self.say, self.choices)
        return self

    def _check_http(self) -> None:
        """Refuse two bodies, of which one could not be sent."""
        other = "say" if self.say is not None else "error"
        if self.http and self.http.given and (self.say is not None or self.error is not None):
            body = self.http.given[0]
            message = f"'{body}' stands in the place of '{other}'; keep one of them"
            raise mistake(message, "http", body)

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
        if not (self.http and self.http.events):
            check_aims(self.faults)

    def _elsewhere(self) -> bool:
        return False


class Case(Answer):
    """An answer with a condition."""

    when: Match | None = Field(None, description="Conditions; none holds always.")


class Expectation(Expect):
    """Rules on a request, and what is sent to one that breaks them."""

    otherwise: Answer | None = Field(
        None, description="The answer where they are broken; else the provider's own refusal."
    )


def _expectations(value: Json) -> Json:
    return [value] if isinstance(value, dict | BaseModel) else value


Expectations: TypeAlias = Annotated[list[Expectation], BeforeValidator(_expectations)]
"""A mapping of rules, or a list of them, each with an answer of its own."""


class Strict(Model):
    """What a server asks of the requests that it gets."""

    expect: Expectations | None = Field(
        None, description="Rules on the request; a list: each with its own otherwise."
    )
    otherwise: Answer | None = Field(
        None, description="The answer where they are broken; else the provider's own refusal."
    )

    @model_validator(mode="after")
    def _is_asked_for(self) -> Strict:
        if self.otherwise is not None and self.expect is None:
            message = "'otherwise' answers what breaks a rule, and there is none; add 'expect'"
            raise mistake(message, "otherwise")
        return self


class Turn(Strict, Answer):
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
        lists = [name for name in _LISTS if getattr(self, name) is not None]
        if not lists:
            return False
        shared = {*_LISTS, "expect", "otherwise"}
        own = sorted(self.model_fields_set - shared)
        if len(lists) > 1 or own:
            other = "cases" if len(lists) > 1 else own[0]
            sides = f"'{lists[0]}' and '{other}' stand side by side"
            inside = "they do not nest" if len(lists) > 1 else f"or move '{other}' in"
            message = f"{sides}; keep one, {inside}"
            raise ValueError(message)
        for index, case in enumerate((self.cases or [])[:-1]):
            if case.when is None:
                message = (
                    "without 'when' this case always holds, so those behind it are never sent; "
                    "add 'when', or move it to the end"
                )
                raise mistake(message, "cases", index)
        return True

    @property
    def answers(self) -> tuple[Answer, ...]:
        """All answers that this turn may give."""
        return tuple(self.attempts or self.cases or (self,))


class _File(Model):
    """The keys that most files have."""

    name: str | None = Field(
        None,
        pattern=r"^[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*$",
        description="Chosen by it in URLs, headers and tests; else the file's name.",
    )
    summary: str = Field("", description="One sentence for lists.")
    tags: list[str] = Field([], description="For filters in lists.")
    evidence: list[str] = Field([], description="Where it happened: repo#number.")
    when: Match | None = Field(None, description="Which requests it answers; else every one.")
    priority: int = Field(0, description="Higher is asked first.")
    turns: list[Turn] = Field(min_length=1, description="The model's turns, in order.")
    then: Literal["error", "repeat"] = Field(
        "error", description="After the last turn: a loud error, or the last turn again."
    )
    client: Client | None = Field(
        None, description="What a robust client does; nothing of it changes what is sent."
    )


class ScenarioModel(Strict, Composed, _File):
    """A scripted provider: when it answers, and what, turn by turn."""
