"""What a malformation is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final, TypeAlias

from mockrouter.errors import MockRouterError
from mockrouter.values import Json, JsonObject

Malform: TypeAlias = Callable[[JsonObject, JsonObject | None, Random], Json]
"""From good arguments, the tool's JSON Schema (or None) and chance to what the model sends."""


INSTEAD: Final = "[]"
"""What arrives where a malformation finds nothing to break: an array, whatever the tool is."""


class NotApplicable(MockRouterError):
    """These arguments, or this schema, leave a malformation nothing to break."""


@dataclass(frozen=True, slots=True)
class Malformation:
    """
    One way in which the arguments of a tool call are wrong.

    Attributes:
        apply: Breaks good arguments. Gives the text that is sent as ``arguments``, or any other
            JSON value that is sent in its place. Raises ``NotApplicable``.

        evidence: Where it happened: repository#number. Empty for one that nobody reported.
    """

    apply: Malform
    evidence: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """What is wrong with the arguments, in one sentence."""
        return (self.apply.__doc__ or "").strip().splitlines()[0]
