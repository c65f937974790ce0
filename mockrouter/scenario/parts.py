"""The parts of a reply, as a scenario file says them: text, refusal, JSON, reasoning, tool call."""

from __future__ import annotations

import difflib
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

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

from mockrouter.cutting import Cut
from mockrouter.malformations import MALFORMATIONS
from mockrouter.scenario import templates
from mockrouter.scenario.templates import Template
from mockrouter.values import Json, compact

JsonValue = Annotated[Any, AfterValidator(templates.check)]
"""Any JSON value; templates in its strings are compiled at load."""


StreamKey: TypeAlias = Literal["text", "reasoning", "arguments"]


class Model(BaseModel):
    """A mapping of the file: unknown keys are mistakes, and nothing changes after load."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        arbitrary_types_allowed=True,
        strict=True,
        # A start-up does not wait for each model to be compiled: only the scenario's is, with all
        # of them inside, when the first scenario is read.
        defer_build=True,
    )


Choice = Annotated[
    int | None,
    Field(ge=0, le=127, description="In this choice of a chat reply alone, from 0."),
]


class _Cuttable(Model):
    """
    A part that a stream cuts.

    Attributes:
        cut_by: The key of ``stream`` that says how, where the part does not say it itself.
    """

    cut_by: ClassVar[StreamKey] = "text"

    @property
    def known(self) -> str | None:
        """What is cut; None where only a request shows it."""
        raise NotImplementedError


def _known(template: Template) -> str | None:
    return None if template.dynamic else template.source


class TextPart(_Cuttable):
    """Text of the answer."""

    text: Template = Field(description="What the model says; may hold {{ templates }}.")
    cut: Cut | None = Field(None, description="How a stream cuts this text.")
    choice: Choice = None

    @property
    def known(self) -> str | None:
        """Its text."""
        return _known(self.text)


class RefusalPart(_Cuttable):
    """The model refuses."""

    refusal: Template = Field(description="What the model says in refusal.")
    cut: Cut | None = Field(None, description="How a stream cuts this text.")
    choice: Choice = None

    @property
    def known(self) -> str | None:
        """Its text."""
        return _known(self.refusal)


class JsonPart(_Cuttable):
    """Text of the answer that is JSON."""

    json_: JsonValue = Field(
        alias="json",
        description="The value; generated makes one that is valid under the request's schema.",
    )
    cut: Cut | None = Field(None, description="How a stream cuts this text.")
    choice: Choice = None

    @property
    def known(self) -> str | None:
        """Its text."""
        made_later = self.json_ == "generated" or templates.is_dynamic(self.json_)
        return None if made_later else compact(self.json_)


class ReasoningPart(_Cuttable):
    """What the model thinks."""

    cut_by = "reasoning"

    reasoning: Template = Field(description="The text; empty where only an opaque form is sent.")
    summary: bool = Field(default=False, description="The text is a summary of hidden reasoning.")
    signature: str | None = Field(None, description="The vendor's signature over the text.")
    encrypted: str | None = Field(None, description="The vendor's opaque form.")
    format: str = Field("unknown", description="OpenRouter's format, e.g. anthropic-claude-v1.")
    reasoning_details: list[JsonValue] | None = Field(
        None, description="Sent as reasoning_details, in place of what is above."
    )
    cut: Cut | None = Field(None, description="How a stream cuts this text.")
    choice: Choice = None

    @property
    def known(self) -> str | None:
        """Its text."""
        return _known(self.reasoning)


def _malformation(name: str) -> str:
    if name not in MALFORMATIONS:
        near = difflib.get_close_matches(name, MALFORMATIONS, 1)
        remedy = f"did you mean '{near[0]}'?" if near else f"one of {', '.join(MALFORMATIONS)}"
        message = f"'{name}' is no malformation; {remedy}"
        raise ValueError(message)
    return name


class ToolCallPart(_Cuttable):
    """A tool call."""

    cut_by = "arguments"

    tool_call: Template = Field(
        description="A name, offered or not; any takes the first tool that the client offers."
    )
    arguments: Annotated[str | dict[str, Any], AfterValidator(templates.check)] = Field(
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
    repeat: int = Field(1, ge=1, le=1000, description="So many calls like this, one by one.")
    cut: Cut | None = Field(None, description="How a stream cuts these arguments.")
    choice: Choice = None

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

    @property
    def known(self) -> str | None:
        """The text of the arguments."""
        is_made = self.arguments == "generated" or self.malformed is not None
        if is_made or templates.is_dynamic(self.arguments):
            return None
        return self.arguments if isinstance(self.arguments, str) else compact(self.arguments)


_PARTS = ("text", "refusal", "json", "reasoning", "tool_call")


def which_part(value: Json) -> str | None:
    """Tell by which of its keys a value is a part of a reply; None if it has none of them."""
    keys = type(value).model_fields if isinstance(value, BaseModel) else value
    return next((name for name in _PARTS if name in keys or f"{name}_" in keys), None)


def _is_part(value: Json) -> Json:
    if isinstance(value, BaseModel) or (isinstance(value, dict) and which_part(value)):
        return value
    remedy = f"a part has one of the keys {', '.join(_PARTS)}"
    if isinstance(value, str):
        remedy += "; for text, write {text: …}"
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
    Discriminator(which_part),
    BeforeValidator(_is_part),
]
