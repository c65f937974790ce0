"""
The small values that conditions are written in: names, texts, ranges, paths.

Operators have WireMock's meaning: ``equals``, ``contains``, ``matches`` (a regular expression that
is searched for), ``absent``.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    model_validator,
)
from pydantic_core import CoreSchema

from mockrouter.patterns.expressions import Regex, searched
from mockrouter.patterns.paths import Path, same
from mockrouter.values import Json, JsonObject

__all__ = ["Name", "Path", "Range", "Text", "Value"]


class _Operators(BaseModel):
    """Exactly one way to compare."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    equals: str | None = Field(None, description="The whole text, letter by letter.")
    contains: str | None = Field(None, description="A part of the text; upper or lower case.")
    matches: Regex | None = Field(None, description="A regular expression, searched for.")
    absent: bool | None = Field(None, description="true: not there at all; false: there.")

    @model_validator(mode="after")
    def _one_operator(self) -> _Operators:
        if len(self.model_fields_set) != 1:
            message = (
                f"a condition takes one of equals, contains, matches, absent, "
                f"not {len(self.model_fields_set)}; keep one"
            )
            raise ValueError(message)
        return self

    @property
    def operator(self) -> str:
        """The one that is given."""
        return next(iter(self.model_fields_set))

    def holds(self, actual: str | None) -> bool:
        """Compare; *actual* is None where there is nothing."""
        if self.absent is not None:
            return (actual is None) is self.absent
        if actual is None:
            return False
        if self.equals is not None:
            return actual == self.equals
        if self.contains is not None:
            return self.contains.casefold() in actual.casefold()
        return searched(self.matches or "", actual)

    def __str__(self) -> str:
        """In the words of the file."""
        value = getattr(self, self.operator)
        return f"{self.operator} {value!r}" if isinstance(value, str) else f"absent: {value}"


class Text(_Operators):
    """A condition on a text; a plain string asks for a text that contains it."""

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: Json) -> Json:
        return {"contains": value} if isinstance(value, str) else value

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonObject:
        """Offer both forms to editors."""
        return {"anyOf": [{"type": "string"}, handler.resolve_ref_schema(handler(schema))]}


class Name(BaseModel):
    """A condition on a name, where * and ? are wildcards."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    text: str

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: Json) -> Json:
        if isinstance(value, str):
            return {"text": value}
        message = "a name is a text; write it in quotes, * and ? are wildcards"
        raise ValueError(message)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonObject:
        """Show a name as a string to editors."""
        return {"type": "string"}

    @property
    def exact(self) -> bool:
        """Whether only one name can match."""
        return not any(mark in self.text for mark in "*?[")

    def holds(self, actual: str) -> bool:
        """Compare, upper and lower case apart."""
        return actual == self.text if self.exact else fnmatchcase(actual, self.text)

    def __str__(self) -> str:
        """In the words of the file."""
        return repr(self.text)


class Range(BaseModel):
    """A whole number or a range of them: ``2``, ``1..3``, ``2..``, ``..5``; both ends included."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    low: int = 0
    high: int | None = None

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: Json) -> Json:
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return {"low": value, "high": value}
        found = re.fullmatch(r"(\d*)\.\.(\d*)", value) if isinstance(value, str) else None
        if not found or found[0] == "..":
            message = f"{value!r} is no range; write 2, 1..3, 2.. or ..5"
            raise ValueError(message)
        low, high = found.groups()
        if low and high and int(low) > int(high):
            message = f"{value!r} holds no number; write {high}..{low}"
            raise ValueError(message)
        return {"low": int(low or 0), "high": int(high) if high else None}

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonObject:
        """Offer both forms to editors."""
        text = {"type": "string", "pattern": r"^(\d+\.\.\d*|\.\.\d+)$"}
        return {"anyOf": [{"type": "integer", "minimum": 0}, text]}

    def holds(self, actual: int) -> bool:
        """Compare."""
        return self.low <= actual and (self.high is None or actual <= self.high)

    def __str__(self) -> str:
        """In the words of the file."""
        if self.low == self.high:
            return str(self.low)
        return f"{self.low or ''}..{'' if self.high is None else self.high}"


class Value(BaseModel):
    """A condition on a JSON value: the value itself, or an operator on its text."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", defer_build=True, arbitrary_types_allowed=True
    )

    operators: Text | None = None
    exactly: Json = None

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: Json) -> Json:
        words = {"equals", "contains", "matches", "absent"}
        if isinstance(value, dict) and set(value) <= words and value:
            return {"operators": value}
        return {"exactly": value}

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonObject:
        """Any value, or operators."""
        return {}

    def holds(self, found: list[Json]) -> bool:
        """Compare with what stands at a path; one of several is enough."""
        if self.operators is None:
            return any(same(value, self.exactly) for value in found)
        if self.operators.absent is not None:
            return self.operators.holds("" if found else None)
        return any(isinstance(v, str) and self.operators.holds(v) for v in found)

    def __str__(self) -> str:
        """In the words of the file."""
        return str(self.operators) if self.operators else repr(self.exactly)
