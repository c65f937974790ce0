"""
What a strict server asks of a request: ``expect``.

All conditions of ``when``, and rules on the history that the client sends back. Which requests keep
them is decided in ``mockrouter.engine.rules``.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import ConfigDict, Field, model_validator

from mockrouter.patterns import Range
from mockrouter.patterns.expressions import Regex
from mockrouter.scenario.matching import Match
from mockrouter.scenario.parts import Model
from mockrouter.values import Json

ReasoningField = Literal["reasoning_content", "reasoning", "reasoning_details"]


class ReasoningRule(Model):
    """What a client is to do with the reasoning that came with calls."""

    sent: Literal["present", "equal", "absent"] = Field(
        "present", description="Whether it is sent back: present, equal byte for byte, absent."
    )
    field: ReasoningField | None = Field(
        None, description="In this field of the message; else in any that reasoning came in."
    )

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: Json) -> Json:
        return {"sent": value} if isinstance(value, str) else value


class Expect(Match):
    """Rules on a request; all that are given must be kept."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    every_call_answered: Literal[True] | None = Field(
        None, description="Each call of the history has its result, before the model speaks again."
    )
    every_result_called: Literal[True] | None = Field(
        None, description="Each result answers a call of the history."
    )
    unique_ids: Literal[True] | None = Field(
        None, description="No two calls of the history have the same id."
    )
    no_empty_turn: Literal[True] | None = Field(
        None, description="No assistant message is without text and calls."
    )
    call_ids: Regex | None = Field(
        None, description="A regular expression that the ids of all calls match from end to end."
    )
    arguments: Literal["json", "object"] | None = Field(
        None, description="Arguments of past calls: a text of JSON, or of a JSON object."
    )
    content: Literal["text", "filled", "null", "absent", "present"] | None = Field(
        None, description="content beside tool_calls in Chat Completions."
    )
    reasoning: ReasoningRule | None = Field(
        None, description="Reasoning beside past calls: present, equal, absent; or a mapping."
    )
    max_tokens: Range | None = Field(
        None, description="The limit on the answer, where there is one, such as ..4096."
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set - {"otherwise"}:
            message = "'expect' has no rule; leave it out to take every request"
            raise ValueError(message)
        return self

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules on the history that are given, always in the same order."""
        own = [name for name in Expect.model_fields if name not in Match.model_fields]
        return tuple(name for name in own if getattr(self, name) is not None)
