"""What a fault puts on the wire in its author's own words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Self

from pydantic import Field, model_validator

from mockrouter import sse
from mockrouter.faults.base import Fill, Loc
from mockrouter.faults.events import Templated, Writer
from mockrouter.values import Json, compact
from mockrouter.wire import Frame, Label

_KEYS = ("event", "events", "data")


class Content(Templated):
    """A fault that brings events of its own, or what stands in the place of one."""

    event: Json = Field(
        default=None, description="The event, any JSON value; texts may be templates."
    )
    events: tuple[Json, ...] = Field(default=(), description="Several, one after the other.")
    data: str = Field(
        default="", description="The event's data as it stands, JSON or not; may hold templates."
    )

    @model_validator(mode="after")
    def _one_content(self) -> Self:
        given = [key for key in _KEYS if key in self.model_fields_set]
        if not given:
            message = "nothing is written that could be sent; add 'event', 'events' or 'data'"
            raise ValueError(message)
        if len(given) > 1:
            message = f"'{given[0]}' and '{given[1]}' both say what is sent; keep one of them"
            raise ValueError(message)
        return self

    def values(self) -> Iterator[tuple[Loc, Json]]:
        """List what is sent."""
        if "events" in self.model_fields_set:
            yield from ((("events", number), event) for number, event in enumerate(self.events))
        else:
            key = "data" if "data" in self.model_fields_set else "event"
            yield (key,), getattr(self, key)

    def made(
        self, fill: Fill, names: Mapping[str, Json], write: Writer, *, stream: bool
    ) -> list[Frame]:
        """Make the frames."""
        filled = [fill(value, names) for _, value in self.values()]
        if "data" not in self.model_fields_set:
            return [Frame(write(event), Label.OTHER, event=event) for event in filled]
        texts = [text if isinstance(text, str) else compact(text) for text in filled]
        wrapped = sse.text if stream else sse.utf8
        return [Frame(wrapped(text), Label.OTHER) for text in texts]
