"""
What a robust client does with a scenario: ``client``.

It is a claim about the other side, so nothing of it changes what is sent.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    model_validator,
)
from pydantic_core import CoreSchema

from mockrouter.patterns import Range, Text
from mockrouter.scenario.expect import Expect
from mockrouter.scenario.parts import Model
from mockrouter.values import Json, JsonObject, compact

_SECONDS = re.compile(r"(\d+(?:\.\d+)?)?\.\.(\d+(?:\.\d+)?)?")


class Seconds(BaseModel):
    """A range of seconds: ``0.5..3``, ``2..``, ``..60``; a number alone means at least so many."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    low: float = 0.0
    high: float | None = None

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: Json) -> Json:
        if isinstance(value, int | float) and not isinstance(value, bool):
            if math.isfinite(value) and value >= 0:
                return {"low": value}
        elif isinstance(value, str) and (found := _SECONDS.fullmatch(value)) and value != "..":
            low, high = float(found[1] or 0), None if found[2] is None else float(found[2])
            if high is None or low <= high:
                return {"low": low, "high": high}
            message = f"{value!r} holds no number; write {found[2]}..{found[1]}"
            raise ValueError(message)
        message = f"{value!r} is no range of seconds; write 2, 0.5..3, 2.. or ..60"
        raise ValueError(message)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonObject:
        """Offer both forms to editors."""
        text = {"type": "string", "pattern": rf"^{_SECONDS.pattern}$"}
        return {"anyOf": [{"type": "number", "minimum": 0}, text]}

    def holds(self, actual: float) -> bool:
        """Compare."""
        return self.low <= actual and (self.high is None or actual <= self.high)

    def __str__(self) -> str:
        """In the words of the file."""
        return f"{self.low:g}.." if self.high is None else f"{self.low:g}..{self.high:g}"


def _runs(value: Json) -> Json:
    return value if isinstance(value, dict) else {"any": value}


class Client(Model):
    """What a robust client does; read off the journal and the end of its process."""

    runs: Annotated[dict[str, Range], BeforeValidator(_runs)] | None = Field(
        None,
        description="How often it runs each tool, by name; any: all tools; or one range for all.",
    )
    requests: Range | None = Field(None, description="How many requests it sends, such as 1..3.")
    within: float | None = Field(
        None, gt=0, le=86400, allow_inf_nan=False, description="Seconds until it is done."
    )
    waits: Seconds | list[Seconds] | None = Field(
        None,
        description="Seconds before it asks again; a list: before each further request in turn.",
    )
    arguments: dict[str, dict[str, Any] | list[dict[str, Any]]] | None = Field(
        None, description="What each tool is run with, by name; a list where it runs more often."
    )
    error: bool | Text | None = Field(
        None, description="Whether it reports an error in the end; or what is in its words."
    )
    text: Text | None = Field(None, description="What it shows in the end.")
    history: Literal["valid"] | Expect | None = Field(
        None, description="Rules that each of its requests keeps; valid: those of all servers."
    )

    @model_validator(mode="after")
    def _says_something(self) -> Client:
        if not self.model_fields_set:
            message = "'client' says nothing; add what a robust client does, such as 'requests: 1'"
            raise ValueError(message)
        return self

    def sentences(self) -> Iterator[str]:
        """Say what it does, one clause for each key."""
        yield from self._running()
        if self.requests is not None:
            is_one = (self.requests.low, self.requests.high) == (1, 1)
            yield f"sends {'one request' if is_one else f'{_amount(self.requests)} requests'}"
        if self.within is not None:
            yield f"is done within {self.within:g} s"
        if self.waits is not None:
            waits = self.waits if isinstance(self.waits, list) else [self.waits]
            yield f"waits {', then '.join(map(_amount, waits))} s before it asks again"
        if self.error is not None:
            said = "" if isinstance(self.error, bool) else f" that {self.error}"
            yield f"reports {'no error' if self.error is False else 'an error'}{said}"
        if self.text is not None:
            yield f"shows a text that {self.text}"
        if isinstance(self.history, str):
            yield "keeps a valid history"
        elif self.history is not None:
            yield f"keeps a history in which {' and '.join(self.history.sentences())}"

    def _running(self) -> Iterator[str]:
        for name, times in (self.runs or {}).items():
            what = "tools" if name == "any" else name
            if times.high == 0:
                yield "runs no tool" if name == "any" else f"never runs {name}"
            elif times.high == 1:
                yield f"runs {what} {'once' if times.low else 'at most once'}"
            else:
                yield f"runs {what} {_amount(times)} times"
        for name, given in (self.arguments or {}).items():
            yield f"runs {name} with {compact(given)}"


def _amount(span: Range | Seconds) -> str:
    if span.low == span.high:
        return f"{span.low:g}"
    if span.high is None:
        return f"at least {span.low:g}"
    return f"{span.low:g} to {span.high:g}" if span.low else f"at most {span.high:g}"


VALID: JsonObject = {
    "every_call_answered": True,
    "every_result_called": True,
    "no_empty_turn": True,
    "arguments": "json",
}
"""The rules that ``history: valid`` stands for."""
