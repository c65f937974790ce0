"""Whose turn it is to speak, and with which chance."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from mockrouter.ids import HOLE_MARK, Ids
from mockrouter.scenario.scenario import Scenario

Loc = tuple[str | int, ...]
"""A path in a scenario file."""


@dataclass(frozen=True, slots=True)
class Cue:
    """
    Which answer of which scenario, and with which chance.

    Attributes:
        scenario: The scenario.

        loc: The answer's path in its file, such as ``("turns", 0)``.

        turn: Number of the turn, from 0; may lie beyond the last where that repeats.

        attempt: Number of the attempt, from 0.

        seed: The server's seed.
    """

    scenario: Scenario
    loc: Loc
    turn: int
    attempt: int
    seed: int

    @property
    def key(self) -> str:
        """What signs the ids of the scenario."""
        return f"{self.seed}|{self.scenario.name}"

    def ids(self, created: int, nonce: str = HOLE_MARK) -> Ids:
        """Make the ids of one exchange; *created* in Unix seconds."""
        return Ids(self.key, self.turn, self.attempt, nonce, created)

    def rng(self, use: str) -> Random:
        """Make a source of chance for one use; it owes nothing to other requests."""
        return Random(f"{self.key}|{self.turn}|{self.attempt}|{use}")  # noqa: S311 - seeded by design
