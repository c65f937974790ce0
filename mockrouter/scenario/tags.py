"""What tags say: how bad it is, which formats and modes are claimed; and choosing by them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from mockrouter import catalogue

SEVERITIES: Final = ("low", "medium", "high")
"""How bad it is for a client that is not made for it."""

DIALECTS: Final = ("chat", "responses")
MODES: Final = ("stream", "plain")

_SAID_FOR: Final = {"sound": "fault-free"}
"""Tags by other words for them."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    A choice among scenarios.

    Attributes:
        tags: All of them are needed.

        severities: One of them is needed, if there are any.

        dialects: All of them are needed.

        modes: For all of them it has to be made.
    """

    tags: Collection[str] = ()
    severities: Collection[str] = ()
    dialects: Collection[str] = ()
    modes: Collection[str] = ()

    def check(self, known: Iterable[str]) -> None:
        """
        Refuse words that nothing can fit.

        Args:
            known: The tags that there are.

        Raises:
            ValueError: Names what is near, or else what there is.
        """
        rows = (
            ("severity", self.severities, SEVERITIES),
            ("dialect", self.dialects, DIALECTS),
            ("mode", self.modes, MODES),
            ("tag", self.tags, sorted({*known})),
        )
        for noun, words, there in rows:
            for word in words:
                if word not in there:
                    near = _near(noun, word, there)
                    remedy = f"did you mean {near}?" if near else f"there is {', '.join(there)}"
                    raise ValueError(f"there is no {noun} '{word}'; {remedy}")

    def fits(self, tags: Iterable[str]) -> bool:
        """Tell whether a scenario with these tags is wanted."""
        has = {*tags}
        is_bad_enough = not self.severities or not has.isdisjoint(self.severities)
        is_claimed = has.issuperset((*self.tags, *self.dialects)) and {*modes(has)} >= {*self.modes}
        return is_bad_enough and is_claimed


def severity(tags: Iterable[str]) -> str:
    """Find how bad a scenario is; empty where its tags do not say."""
    return next(iter(_of(SEVERITIES, tags)), "")


def dialects(tags: Iterable[str]) -> tuple[str, ...]:
    """List the formats that a scenario is made for: those it names, else all."""
    return _of(DIALECTS, tags) or DIALECTS


def modes(tags: Iterable[str]) -> tuple[str, ...]:
    """List the modes that a scenario is made for: those it names, else all."""
    return _of(MODES, tags) or MODES


def others(tags: Iterable[str]) -> list[str]:
    """List the tags that say neither severity, nor format, nor mode."""
    return [tag for tag in tags if tag not in {*SEVERITIES, *DIALECTS, *MODES}]


def _near(noun: str, word: str, there: Collection[str]) -> str:
    """Say what was probably meant by a word that there is not; empty where nobody knows."""
    near = [_SAID_FOR[word]] if word in _SAID_FOR else get_close_matches(word, there, 1)
    if noun == "tag" and word in catalogue.FOLDERS:
        near.append(f"the folder {word}/*")
    return ", or ".join(near)


def _of(words: tuple[str, ...], tags: Iterable[str]) -> tuple[str, ...]:
    has = {*tags}
    return tuple(word for word in words if word in has)
