"""
From a file to the scenario that it says, or to the variants of one.

A scenario with a ``matrix`` is a family: its variants are scenarios of their own, named
``NAME@first-second``, and its own name stands for whichever of them fits a request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from mockrouter import catalogue
from mockrouter.errors import Mistake, ScenarioError
from mockrouter.scenario.composition import Resolve, composed
from mockrouter.scenario.models import ScenarioModel
from mockrouter.scenario.outline import outline
from mockrouter.scenario.reading.building import build
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
    noted = _Noted(resolve)
    for variant in composed(source, noted):
        end = f"@{variant.label}" if variant.label else ""
        if variant.reason:
            skipped.append(Skipped(end, variant.reason))
            continue
        try:
            model = build(variant.source, ScenarioModel)
        except ScenarioError as error:
            mistakes.update(error.mistakes)
            continue
        made.append(_scenario(f"{model.name or name}{end}", model, variant.source, noted.found))
    if mistakes:
        raise ScenarioError(mistakes)
    first = made[0]
    own = first.model.name or name
    if first.name == own:
        return first
    gone = tuple(Skipped(f"{own}{end}", reason) for end, reason in skipped)
    return replace(first, name=own, variants=tuple(made), skipped=gone)


def _scenario(
    name: str, model: ScenarioModel, source: Source, bases: Mapping[str, str]
) -> Scenario:
    content = model, source
    return Scenario(name, source.path, outline(model), lambda: content, bases)


class _Noted:
    """
    Finds bases, and notes which were found.

    Attributes:
        found: Their files, by the names that were asked for.
    """

    def __init__(self, resolve: Resolve) -> None:
        """Find as *resolve* does."""
        self.found: dict[str, str] = {}
        self._resolve = resolve

    def __call__(self, name: str, /) -> Source | None:
        """Find a base."""
        source = self._resolve(name)
        if source is not None:
            self.found[name] = source.path
        return source

    def names(self) -> Iterable[str]:
        """List the names that it finds."""
        return self._resolve.names()


def members(scenarios: Iterable[Scenario]) -> list[Scenario]:
    """List scenarios, with the variants of each family in its place."""
    return [each for s in scenarios for each in (s.variants or (s,))]


def _read(path: str) -> Source:
    from mockrouter.scenario.reading.document import read  # noqa: PLC0415 - as for files

    return read(Path(path))


@dataclass(frozen=True)
class Bases:
    """
    Finds bases: among files that are known, below the folder of a file, among those of the product.

    Attributes:
        path: Of the file that has a base, and cannot be its own; None for none.

        files: Those that are known, by name.

        read: Reads the file of a path.
    """

    path: str | None = None
    files: Mapping[str, Path | str] = field(default_factory=dict)
    read: Callable[[str], Source] = _read

    def __call__(self, name: str, /) -> Source | None:
        """Read the file of a scenario; None where there is none."""
        path = self.where(name)
        return None if path is None else self.read(path)

    def where(self, name: str) -> str | None:
        """Find the file of a scenario; None where there is none."""
        if name in self.files:
            return str(self.files[name])
        for folder in self._folders():
            for suffix in _SUFFIXES:
                file = folder / f"{name}{suffix}"
                if file.is_file() and file != self._own:
                    return str(file)
        return None

    def names(self) -> Iterator[str]:
        """List the names that may be meant: of folders of users' no more than two levels."""
        yield from self.files
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
