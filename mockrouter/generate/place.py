"""Where in a value something is made, what is known there, and the errors that say so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Protocol

from mockrouter.errors import MockRouterError
from mockrouter.values import Json

Path = tuple[str | int, ...]
"""Property names and array places, from the root down."""

_LONGEST_SPELLED = 12


class Unsatisfiable(MockRouterError):
    """
    No value was found for a JSON Schema: it contradicts itself, is none, or asks for too much.

    Attributes:
        path: Where in the value, such as ``$.items[0].price``; where the schema itself is wrong,
            the place in the schema, such as ``$.properties.price.type``.

        why: One clause with no full stop.
    """

    def __init__(self, path: Path | str, why: str) -> None:
        """Say where and why."""
        self.path = path if isinstance(path, str) else spell(path)
        self.why = why
        super().__init__(f"{self.path}: {why}")


class InvalidSchema(Unsatisfiable):
    """
    The schema itself is none, which the real APIs refuse as the client's mistake.

    Attributes:
        steps: Where in the schema, such as ``("properties", "price", "type")``.

        message: What is wrong there, in jsonschema's words, which are those of OpenAI too.

        function: The tool whose schema it is; None where it is not known.
    """

    def __init__(self, steps: Path, message: str, function: str | None = None) -> None:
        """Say where in the schema and why, and in which tool's."""
        self.steps = steps
        self.message = message
        self.function = function
        super().__init__(steps, f"the schema itself is wrong: {message}")


class OutOfSteps(Unsatisfiable):
    """The search for a value was given up; raised through every level that might try again."""


@dataclass(frozen=True, slots=True)
class Place:
    """
    A place in the value that is being made.

    Attributes:
        path: From the root.

        name: The nearest property's name; empty at the root.

        words: The user's words; empty where they are not to be used.

        lone: Whether it is the only property of its type that there must be.
    """

    path: Path = ()
    name: str = ""
    words: str = ""
    lone: bool = False


def spell(path: Path) -> str:
    """Write a path as ``$.items[0].price``; of a very long one, the start."""
    steps = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in path]
    return "$" + "".join(steps[:_LONGEST_SPELLED]) + ("…" if len(steps) > _LONGEST_SPELLED else "")


class Making(Protocol):
    """Makes the values inside a value."""

    def make(self, schema: Json, place: Place, start: int = 0) -> Json:
        """Make a value; *start* numbers the first attempt."""

    def said(self, schema: Json, place: Place) -> Iterator[Json]:
        """Yield the values that the user's words say for this place."""

    def rng(self, place: Place, attempt: int) -> Random:
        """Make the random source of a path and an attempt."""
