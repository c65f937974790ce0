"""
What a strict server asks of a request: ``expect``.

All conditions of ``when``, and rules on the history that the client sends back. Which requests keep
them is decided in ``mockrouter.engine.rules``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from mockrouter.patterns import Range, Text, Value
from mockrouter.patterns.expressions import Regex
from mockrouter.scenario.matching import Match
from mockrouter.scenario.parts import Model
from mockrouter.values import Json, compact

_WORDS: Final[dict[str, dict[Json, str]]] = {
    "every_call_answered": {True: "every call has its result"},
    "every_result_called": {True: "every result answers a call"},
    "unique_ids": {True: "no two calls have the same id"},
    "no_empty_turn": {True: "no assistant message is without text and calls"},
    "arguments": {"json": "all arguments are JSON", "object": "all arguments are JSON objects"},
    "content": {
        "text": "content beside calls is a text",
        "filled": "content beside calls is a text that is not empty",
        "null": "content beside calls is null",
        "absent": "content beside calls is left out",
        "present": "content beside calls is not left out",
    },
    "reasoning": {
        "present": "reasoning that came with calls is sent back",
        "equal": "reasoning that came with calls is sent back byte for byte",
        "absent": "reasoning that came with calls is not sent back",
    },
}
"""What the rules say, by their keys and what these hold."""

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

    def sentences(self) -> Iterator[str]:
        """Say what holds of a request that keeps the rules, one clause for each."""
        yield from _conditions(self)
        for name in self.rules:
            value = getattr(self, name)
            if name == "call_ids":
                yield f"the ids of all calls match '{value}'"
            elif name == "max_tokens":
                yield f"the limit on the answer is {value}"
            else:
                yield _WORDS[name][value.sent if isinstance(value, ReasoningRule) else value]


def _conditions(match: Match, never: str = "") -> Iterator[str]:
    """Say conditions as clauses; *never* is a word in front of what is said of each."""
    for name in match.given:
        value = getattr(match, name)
        if name == "none_of":
            for each in value:
                inner = list(_conditions(each))
                several = f"it is never so that {' and '.join(inner)}"
                yield from [several] if inner[1:] else _conditions(each, "never ")
        elif name == "any_of":
            yield " or ".join(" and ".join(_conditions(each)) for each in value)
        else:
            pairs = value.items() if isinstance(value, dict) else [(name, value)]
            yield from (f"{key} {_said(wanted, never)}" for key, wanted in pairs)


def _said(value: object, never: str) -> str:
    if isinstance(value, Value) and not value.operators:
        return f"is {never}{compact(value.exactly)}"
    operators = value.operators if isinstance(value, Value) else value
    if isinstance(operators, Text) and operators.absent is not None:
        return f"is {never}{'absent' if operators.absent else 'there'}"
    return f"{never}{operators}" if isinstance(operators, Text) else f"is {never}{operators}"
