"""
From a file to the scenario that it says, or to the variants of one.

A scenario with a ``matrix`` is a family: its variants are scenarios of their own, named
``NAME@first-second``, and its own name stands for whichever of them fits a request.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from mockrouter import catalogue
from mockrouter.errors import Mistake, ScenarioError
from mockrouter.scenario.composition import Resolve, composed
from mockrouter.scenario.models import ScenarioModel
from mockrouter.scenario.outline import outline
from mockrouter.scenario.reading.mistakes import build
from mockrouter.scenario.reading.source import Source
from mockrouter.scenario.scenario import Scenario, Skipped

_SUFFIXES: Final = (".yaml", ".yml", ".json")


def scenario_of(source: Source, name: str, resolve: Resolve) -> Scenario:
    """
    Read a scenario.

    Args:
        source: The file.

        name: Where it has none of its own.

        resolve: Finds its base.

    Raises:
        ScenarioError: With every mistake in it.
    """
    made: list[Scenario] = []
    skipped: list[Skipped] = []
    mistakes: set[Mistake] = set()
    for variant in composed(source, resolve):
        end = f"@{variant.label}" if variant.label else ""
        if variant.reason:
            skipped.append(Skipped(end, variant.reason))
            continue
        try:
            model = build(variant.source, ScenarioModel)
        except ScenarioError as error:
            mistakes.update(error.mistakes)
            continue
        made.append(_scenario(f"{model.name or name}{end}", model, variant.source, source))
    if mistakes:
        raise ScenarioError(mistakes)
    first = made[0]
    own = first.model.name or name
    if first.name == own:
        return first
    gone = tuple(Skipped(f"{own}{end}", reason) for end, reason in skipped)
    return replace(first, name=own, variants=tuple(made), skipped=gone)


def _scenario(name: str, model: ScenarioModel, source: Source, file: Source) -> Scenario:
    content = model, source
    whole = source is file
    return Scenario(name, source.path, outline(model), lambda: content, whole=whole)


def members(scenarios: Iterable[Scenario]) -> list[Scenario]:
    """List scenarios, with the variants of each family in its place."""
    return [each for s in scenarios for each in (s.variants or (s,))]


@dataclass(frozen=True)
class Bases:
    """
    Finds bases: among those known, below the folder of a file, among those of the product.

    Attributes:
        path: Of the file that has a base, and cannot be its own; None for none.

        known: Files that are read already, by name.

        files: Files that are not, by name.
    """

    path: str | None = None
    known: Mapping[str, Source] = field(default_factory=dict)
    files: Mapping[str, Path] = field(default_factory=dict)

    def __call__(self, name: str, /) -> Source | None:
        """Find the file of a scenario; None where there is none."""
        from mockrouter.scenario.reading.document import read  # noqa: PLC0415 - as for files

        if name in self.known:
            return self.known[name]
        if name in self.files:
            return read(self.files[name])
        for folder in self._folders():
            for suffix in _SUFFIXES:
                file = folder / f"{name}{suffix}"
                if file.is_file() and file != self._own:
                    return read(file)
        return None

    def names(self) -> Iterator[str]:
        """List the names that may be meant: of folders of users' no more than two levels."""
        yield from (*self.known, *self.files)
        patterns = ("*", "*/*") if self.path else ()
        for pattern in patterns:
            yield from self._listed(self._folders()[0], pattern)
        yield from self._listed(catalogue.folder(), "**/*")

    @property
    def _own(self) -> Path | None:
        # Few files have a base, and to make a path takes as long as much else.
        return None if self.path is None else Path(self.path)

    def _folders(self) -> list[Path]:
        return [*([self._own.parent] if self._own else []), catalogue.folder()]

    def _listed(self, folder: Path, pattern: str) -> Iterator[str]:
        for file in sorted(folder.glob(pattern)):
            if file.suffix in _SUFFIXES and file != self._own:
                yield file.relative_to(folder).with_suffix("").as_posix()
