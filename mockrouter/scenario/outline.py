"""What is asked of every scenario, whether or not it ever answers."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from mockrouter.patterns import Name
from mockrouter.scenario.matching import Match
from mockrouter.scenario.models import ScenarioModel

Fact: TypeAlias = tuple[str, str]
"""``model`` and its name, or ``tools`` and that of one: a request that is answered has it."""


class Outline(NamedTuple):
    """
    What lists and the router ask of a scenario, so that the others' models need not be there.

    Attributes:
        summary: For lists.

        tags: For filters.

        turns: How many.

        priority: Higher is asked first.

        always: Whether it answers whatever reaches it.

        drawn: Whether chance, or a count of requests, has a part in that.

        fact: None where nothing can be told beforehand.
    """

    summary: str
    tags: list[str]
    turns: int
    priority: int
    always: bool
    drawn: bool
    fact: Fact | None


def outline(model: ScenarioModel) -> Outline:
    """Read off a scenario what is asked of every one."""
    when = model.when
    return Outline(
        model.summary,
        model.tags,
        len(model.turns),
        model.priority,
        always=when is None,
        drawn=when is not None and when.drawn,
        fact=_fact(when),
    )


def _fact(when: Match | None) -> Fact | None:
    if when is None:
        return None
    if when.model and when.model.exact:
        return "model", when.model.text
    tools = when.tools if isinstance(when.tools, list) else [when.tools]
    exact = (t.text for t in tools if isinstance(t, Name) and t.exact and t.text != "none")
    return next((("tools", name) for name in exact), None)
