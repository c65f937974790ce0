"""A scenario that is loaded: what its file says, and where the file says it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from typing import NamedTuple, TypeAlias

from mockrouter.scenario.matching import Match
from mockrouter.scenario.models import ScenarioModel, ToolCallPart
from mockrouter.scenario.outline import Outline
from mockrouter.scenario.reading.source import Source
from mockrouter.scenario.variants import CONDITIONS

Content: TypeAlias = tuple[ScenarioModel, Source]
"""What a file says, and the file for places in it."""


class Skipped(NamedTuple):
    """A variant that there is not, by its *name*, and the *reason*."""

    name: str
    reason: str


@dataclass(frozen=True, eq=False)
class Scenario:
    """
    A loaded scenario.

    Attributes:
        name: What it is chosen by.

        path: The file as the user named it.

        outline: What is asked of every scenario.

        content: Gives the rest; called when that is first asked for.

        bases: The files that it is made from beside its own, by the names that ask for them.

        variants: The scenarios that it stands for; the model is then that of the first.

        skipped: Variants that are not applicable.
    """

    name: str
    path: str
    outline: Outline
    content: Callable[[], Content] = field(repr=False)
    bases: Mapping[str, str] = field(default_factory=dict)
    variants: tuple[Scenario, ...] = ()
    skipped: tuple[Skipped, ...] = ()

    @cached_property
    def model(self) -> ScenarioModel:
        """What the file says."""
        return self._content[0]

    @cached_property
    def source(self) -> Source:
        """The file, for places in it."""
        return self._content[1]

    @cached_property
    def _content(self) -> Content:
        return self.content()

    def where(self, *loc: str | int) -> str:
        """Say where something stands: ``path:line``."""
        place = self.source.place(loc)
        return f"{place.path or self.source.path}:{place.line}"

    @cached_property
    def asked(self) -> Match | None:
        """The conditions of ``when`` by which a family's variants are told apart."""
        when = self.model.when
        given = {name: getattr(when, name) for name in CONDITIONS if when}
        told = {name: value for name, value in given.items() if value is not None}
        return Match(**told) if told else None

    @cached_property
    def version(self) -> str:
        """Tell one edition of a file from the next."""
        return blake2b(repr(self.source.value).encode(), digest_size=8).hexdigest()

    @cached_property
    def scripted_ids(self) -> dict[str, int]:
        """Call ids that the author wrote, with their turn; those of several turns say nothing."""
        found = {
            (part.id.source, number)
            for number, turn in enumerate(self.model.turns)
            for answer in turn.answers
            for part in (answer.say if isinstance(answer.say, list) else ())
            if isinstance(part, ToolCallPart) and part.id and not part.id.dynamic
        }
        turns = Counter(made for made, _ in found)
        return {made: number for made, number in found if turns[made] == 1}
