"""
What a scenario file says: the nouns of the language, and nothing of how they are carried out.

The JSON Schema for editors is generated from these models, and so is every "did you mean".
"""

from __future__ import annotations

import difflib
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)

from mockrouter.cutting import Cut, Stream
from mockrouter.faults import AnyFault
from mockrouter.malformations import MALFORMATIONS
from mockrouter.scenario import templates
from mockrouter.scenario.headers import HeaderMap
from mockrouter.scenario.matching import Match
from mockrouter.scenario.pace import Pace
from mockrouter.scenario.templates import Template
from mockrouter.values import Json

JsonValue = Annotated[Any, AfterValidator(templates.check)]
"""Any JSON value; templates in its strings are compiled at load."""


class Model(BaseModel):
    """A mapping of the file: unknown keys are mistakes, and nothing changes after load."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class TextPart(Model):
    """Text of the answer."""

    text: Template = Field(description="What the model says; may hold {{ templates }}.")
    cut: Cut | None = Field(None, description="How a stream cuts this text.")


class RefusalPart(Model):
    """The model refuses."""

    refusal: Template = Field(description="What the model says in refusal.")
    cut: Cut | None = Field(None, description="How a stream cuts this text.")


class JsonPart(Model):
    """Text of the answer that is JSON."""

    json_: JsonValue = Field(
        alias="json",
        description="The value; generated makes one that is valid under the request's schema.",
    )
    cut: Cut | None = Field(None, description="How a stream cuts this text.")


class ReasoningPart(Model):
    """What the model thinks."""

    reasoning: Template = Field(description="The text; empty where only an opaque form is sent.")
    summary: bool = Field(default=False, description="The text is a summary of hidden reasoning.")
    signature: str | None = Field(None, description="The vendor's signature over the text.")
    encrypted: str | None = Field(None, description="The vendor's opaque form.")
    format: str = Field("unknown", description="OpenRouter's format, e.g. anthropic-claude-v1.")
    reasoning_details: list[JsonValue] | None = Field(
        None, description="Sent as reasoning_details as it stands, in place of what is above."
    )
    cut: Cut | None = Field(None, description="How a stream cuts this text.")


def _malformation(name: str) -> str:
    if name not in MALFORMATIONS:
        near = difflib.get_close_matches(name, MALFORMATIONS, 1)
        remedy = f"did you mean '{near[0]}'?" if near else f"one of {', '.join(MALFORMATIONS)}"
        message = f"'{name}' is no malformation; {remedy}"
        raise ValueError(message)
    return name


class ToolCallPart(Model):
    """A tool call."""

    tool_call: Template = Field(
        description="A name, offered or not; any takes the first tool that the client offers."
    )
    arguments: JsonValue = Field(
        "generated",
        description=(
            "generated from the tool's JSON Schema; a mapping; or a text that is sent as it stands."
        ),
    )
    malformed: (
        Annotated[
            str,
            AfterValidator(_malformation),
            Field(json_schema_extra={"enum": list(MALFORMATIONS)}),
        ]
        | None
    ) = Field(None, description="How the arguments are broken.")
    id: Template | None = Field(
        None, description="The call's id; else one in the provider's shape."
    )
    cut: Cut | None = Field(None, description="How a stream cuts these arguments.")

    @model_validator(mode="after")
    def _can_be_malformed(self) -> ToolCallPart:
        is_mapping = self.arguments == "generated" or isinstance(self.arguments, dict)
        if self.malformed and not is_mapping:
            message = (
                "only a mapping can be malformed, and anything else is sent as it stands; "
                "write 'arguments' as a mapping, or leave 'malformed' out"
            )
            raise ValueError(message)
        return self


_PARTS = ("text", "refusal", "json", "reasoning", "tool_call")


def _which_part(value: Json) -> str | None:
    keys = type(value).model_fields if isinstance(value, BaseModel) else value
    return next((name for name in _PARTS if name in keys or f"{name}_" in keys), None)


def _is_part(value: Json) -> Json:
    if isinstance(value, BaseModel) or (isinstance(value, dict) and _which_part(value)):
        return value
    remedy = f"a part has one of the keys {', '.join(_PARTS)}"
    if isinstance(value, dict) and value:
        key = next(iter(value))
        near = difflib.get_close_matches(str(key), _PARTS, 1)
        remedy = f"did you mean '{near[0]}' for '{key}'?" if near else remedy
    message = f"this is no part of a reply; {remedy}"
    raise ValueError(message)


Part = Annotated[
    Annotated[TextPart, Tag("text")]
    | Annotated[RefusalPart, Tag("refusal")]
    | Annotated[JsonPart, Tag("json")]
    | Annotated[ReasoningPart, Tag("reasoning")]
    | Annotated[ToolCallPart, Tag("tool_call")],
    Discriminator(_which_part),
    BeforeValidator(_is_part),
]


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
        is_status = isinstance(value, int) and not isinstance(value, bool)
        return {"status": value} if is_status else value


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

    @model_validator(mode="after")
    def _answers(self) -> Answer:
        if type(self) is not Answer and self._elsewhere():
            return self
        if self.say is None and self.error is None:
            message = "nothing is sent back; add 'say' or 'error'"
            raise ValueError(message)
        if self.say is None:
            self._check_alone()
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
