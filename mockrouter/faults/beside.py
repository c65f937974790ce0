"""Where something goes: beside frames that are selected, or at one of the two ends."""

from __future__ import annotations

from random import Random
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from mockrouter.faults.aim import Group, Selection
from mockrouter.faults.base import Fault
from mockrouter.wire import Wire


class Beside(Fault):
    """
    A fault that puts something in a place.

    Attributes:
        ends_key: The key that names one of the two ends.
    """

    ends_key: ClassVar[str]

    before: Selection | None = Field(
        default=None, description="In front of these events, found as by any fault."
    )
    after: Selection | None = Field(default=None, description="Behind these events.")

    @property
    def end(self) -> Literal["start", "end"] | None:
        """Which end is named, if any."""
        end: Literal["start", "end"] | None = getattr(self, self.ends_key)
        return end

    def neighbors(self, wire: Wire, rng: Random) -> list[Group]:
        """
        Find the frames beside which it goes.

        Raises:
            FaultError: There are none.
        """
        side = "before" if self.before else "after"
        selection = self.before or self.after or Selection()
        groups = selection.groups(wire, rng)
        if not groups:
            raise self.nothing(wire, f"{side} {{{selection.words()}}}", selection.numbers(wire))
        return groups

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        keys = ("before", "after", self.ends_key)
        given = [key for key in keys if getattr(self, key) is not None]
        if not given:
            message = f"no place is named; add 'before', 'after' or '{self.ends_key}'"
            raise ValueError(message)
        if len(given) > 1:
            message = f"'{given[0]}' and '{given[1]}' name two places; keep one of them"
            raise ValueError(message)
        return self
