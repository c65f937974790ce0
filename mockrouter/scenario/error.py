"""Errors and token counts, as a scenario file says them."""

from __future__ import annotations

from pydantic import BaseModel, Field, model_validator

from mockrouter.scenario import templates
from mockrouter.scenario.headers import HeaderMap
from mockrouter.scenario.http import RetryAfter
from mockrouter.scenario.parts import JsonValue, Model
from mockrouter.scenario.templates import Template
from mockrouter.values import Json


def _error(value: Json) -> Json:
    """Let a plain status stand for the mapping that has it."""
    match value:
        case dict() | BaseModel():
            return value
        case int() if not isinstance(value, bool):
            return {"status": value}
    message = "this is no error; write a status such as 429, or a mapping"
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
    retry_after: RetryAfter | None = Field(
        None, description="Seconds; or a mapping with seconds, date, ms."
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

    @property
    def dynamic(self) -> bool:
        """Whether it owes anything to the request or to the time."""
        texts = (self.message, *self.headers.values())
        return (
            any(text is not None and text.dynamic for text in texts)
            or templates.is_dynamic(self.metadata)
            or (self.retry_after is not None and self.retry_after.dynamic)
        )
