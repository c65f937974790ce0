"""
HTTP itself, as a scenario file says it: status, headers, a body that is no reply, waits to keep.

Whatever is written is what is sent: a status may be any number, a header may lie.
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, Field, model_validator

from mockrouter.scenario import templates
from mockrouter.scenario.headers import HeaderList, check_value
from mockrouter.scenario.parts import JsonValue, Model
from mockrouter.scenario.templates import Template
from mockrouter.values import Json
from mockrouter.wire import has_body


def _line(value: str) -> str:
    return check_value("retry-after", value)


_Words = Annotated[str, AfterValidator(_line)]


class RetryAfter(Model):
    """How long a client is asked to wait, in all the ways that servers have."""

    seconds: int | float | _Words | None = Field(
        default=None, description="Retry-After in seconds, as it stands: 1.5, '-100', 'soon'."
    )
    date: int | float | None = Field(
        default=None, description="Retry-After as an HTTP date, so many seconds from now."
    )
    ms: int | float | _Words | None = Field(
        default=None, description="retry-after-ms, as it stands, which OpenAI's SDKs read first."
    )
    clock: Literal["real", "server"] = Field(
        "real",
        description="Now for the date: the real time, or the server's clock, as in created.",
    )

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: Json) -> Json:
        match value:
            case bool():
                pass
            case float() if not math.isfinite(value):
                message = f"{value} is no number of seconds; write it as a text to send it so"
                raise ValueError(message)
            case int() | float():
                return {"seconds": math.ceil(value)}
            case str():
                return {"seconds": value}
            case dict() | BaseModel():
                return value
        message = "this is no wait; write seconds, a text, or a mapping such as {date: 30}"
        raise ValueError(message)

    @model_validator(mode="after")
    def _asks(self) -> RetryAfter:
        if self.seconds is None and self.date is None and self.ms is None:
            message = "nothing says how long; add 'seconds', 'date' or 'ms'"
            raise ValueError(message)
        return self

    @property
    def dynamic(self) -> bool:
        """Whether what is sent depends on the time."""
        return self.date is not None

    def headers(self, date: str) -> Iterator[tuple[str, str]]:
        """
        Write the headers.

        Args:
            date: As HTTP writes the one that is meant.
        """
        if self.seconds is not None:
            yield "retry-after", _number(self.seconds)
        if self.date is not None:
            yield "retry-after", date
        if self.ms is not None:
            yield "retry-after-ms", _number(self.ms)


def _number(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}" if value % 1 else str(int(value))


def _bytes(text: str) -> str:
    try:
        base64.b64decode(text, validate=True)
    except binascii.Error as error:
        message = f"this is no base64 ({error}); write text under 'text'"
        raise ValueError(message) from error
    return text


class Http(Model):
    """A response as HTTP; beside ``say`` or ``error``, what is different in its head."""

    bodies: ClassVar[tuple[str, ...]] = ("text", "html", "json", "base64", "events")
    """Keys of which one makes the body."""

    status: int | None = Field(
        default=None,
        ge=100,
        le=999,
        description="HTTP status; else 200, or that of what is beside.",
    )
    headers: HeaderList = Field(
        default=(),
        description="In place of those of the same names; null leaves one out, a list repeats it.",
    )
    content_type: str | None = Field(
        default=None, description="The Content-Type; else what the body is."
    )
    retry_after: RetryAfter | None = Field(
        default=None, description="Seconds; or a mapping with seconds, date, ms."
    )
    bare: bool = Field(
        default=False, description="Without the provider's own headers, as from a gateway."
    )
    text: Template | None = Field(default=None, description="The body, as plain text.")
    html: Template | None = Field(default=None, description="The body, as a page.")
    json_: JsonValue = Field(default=None, alias="json", description="The body, as JSON.")
    base64: Annotated[str, AfterValidator(_bytes)] | None = Field(
        default=None, description="The body, as bytes."
    )
    events: list[JsonValue] | None = Field(
        default=None,
        description="A stream of these: a text is data as it stands; [] sends none.",
    )

    @model_validator(mode="after")
    def _one_body(self) -> Http:
        if len(self.given) > 1:
            message = f"'{self.given[0]}' and '{self.given[1]}' are two bodies; keep one"
            raise ValueError(message)
        if self.given and self.status is not None and not has_body(self.status):
            message = f"a {self.status} has no body in HTTP; leave '{self.given[0]}' out"
            raise ValueError(message)
        if self.content_type is not None:
            check_value("content-type", self.content_type)
            if any(name == "content-type" for name, _ in self.headers):
                message = "'content_type' and the header 'content-type' say it twice; keep one"
                raise ValueError(message)
        return self

    @property
    def given(self) -> tuple[str, ...]:
        """Keys of the body that are written."""
        written = {name.rstrip("_") for name in self.model_fields_set}
        return tuple(name for name in self.bodies if name in written)

    @property
    def dynamic(self) -> bool:
        """Whether it owes anything to the request or to the time."""
        texts = (self.text, self.html, *(value for _, value in self.headers))
        return (
            any(text is not None and text.dynamic for text in texts)
            or templates.is_dynamic(self.json_)
            or templates.is_dynamic(self.events)
            or (self.retry_after is not None and self.retry_after.dynamic)
        )
