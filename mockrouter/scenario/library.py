"""
All scenarios that a server knows: those that answer by ``when``, and those chosen by name.

A library is a value. A reload makes a new one, or keeps the old one where a file is wrong.
"""

from __future__ import annotations

import json
from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import cast

from mockrouter import catalogue
from mockrouter.errors import CannotAnswer, Mistake, ScenarioError
from mockrouter.scenario.composition import Resolve
from mockrouter.scenario.families import Bases, members, scenario_of
from mockrouter.scenario.folders import File, files, listed
from mockrouter.scenario.garbage import uncollected
from mockrouter.scenario.memory import Copy, Memory
from mockrouter.scenario.reading.source import of_value
from mockrouter.scenario.scenario import Scenario
from mockrouter.scenario.spelling import near
from mockrouter.values import Json

AUTO = "auto"
"""Name of the built-in scenario that answers whatever no other one does."""


@dataclass(frozen=True)
class Library:
    """
    Scenarios, ready to be chosen from.

    Attributes:
        active: Those that answer requests by their ``when``; highest priority first, then in the
            order given.

        named: All, by name. Those that come with the product are read when they are asked for.
    """

    active: tuple[Scenario, ...]
    named: Mapping[str, Scenario]

    def find(self, name: str) -> Scenario:
        """
        Find a scenario by its name.

        Raises:
            CannotAnswer: There is none; names what is near.
        """
        if name in self.named:
            return self.named[name]
        whole, mark, _ = name.partition("@")
        for skipped in self.named[whole].skipped if mark and whole in self.named else ():
            if skipped.name == name:
                message = f"'{name}' is not applicable: {skipped.reason}"
                raise CannotAnswer("mockrouter_not_applicable", message)
        listing = "GET /_mockrouter/scenarios"
        raise CannotAnswer("mockrouter_unknown_scenario", unknown(name, self.named, listing))


class Folder(Mapping[str, Scenario]):
    """
    The scenarios of a folder by the names that their places give them.

    Each is read when it is first asked for: a server knows hundreds and plays a few. Asking for one
    raises ``ScenarioError`` where its file is wrong.
    """

    def __init__(self, path: Path) -> None:
        """Look at nothing yet."""
        self._path = path
        self._read: dict[str, Scenario] = {}

    @cached_property
    def _files(self) -> dict[str, Path]:
        return {name: file for file, name in files(self._path)}

    def __getitem__(self, name: str) -> Scenario:
        """Read a scenario, unless that is done; ``NAME@…`` is a variant of one."""
        whole, mark, _ = name.partition("@")
        if mark:
            found = [each for each in self[whole].variants if each.name == name]
            if not found:
                raise KeyError(name)
            return found[0]
        if name not in self._read:
            scenario = load_file(self._files[name], name, Bases(files=self._files))
            # Threads that ask at once get the same one.
            self._read.setdefault(name, scenario)
        return self._read[name]

    def __contains__(self, name: object) -> bool:
        """Tell whether there is such a file, without reading it, or such a variant."""
        if isinstance(name, str) and "@" in name and name.partition("@")[0] in self._files:
            return any(each.name == name for each in self[name.partition("@")[0]].variants)
        return name in self._files

    def __iter__(self) -> Iterator[str]:
        """List the names."""
        return iter(self._files)

    def __len__(self) -> int:
        """Count the files."""
        return len(self._files)


def unknown(name: str, names: Iterable[str], listing: str) -> str:
    """Say that no scenario has this name, and which are near, or else what shows all *names*."""
    found = near(name, names)
    remedy = f"did you mean {' or '.join(found)}?" if found else f"`{listing}` shows all names"
    return f"no scenario is named '{name}'; {remedy}"


def load(
    paths: Iterable[Path | str] = (), builtin: Path | None = None, memory: Memory | None = None
) -> Library:
    """
    Load files and folders, and the built-in scenarios beside them.

    Args:
        paths: The user's; they answer by ``when``, in the order given.

        builtin: Folder of scenarios that answer by name alone, each read when it is first asked
            for; None takes those that come with the product.

        memory: Of the files as they were loaded before; those that changed are read again.

    Raises:
        ScenarioError: With every mistake in every file of the user's.
    """
    mistakes: list[Mistake] = []
    with uncollected():
        active = _unique(_load(map(Path, paths), mistakes, memory or Memory()), mistakes)
    if mistakes:
        raise ScenarioError(mistakes)
    return with_active(Library((), Folder(builtin or catalogue.folder())), active)


def load_text(text: str, *, name: str = "inline", path: str = "<inline>") -> Scenario:
    """
    Load one scenario from YAML text.

    Raises:
        ScenarioError: With every mistake in it.
    """
    from mockrouter.scenario.reading.document import parse  # noqa: PLC0415 - as for files

    return scenario_of(parse(text, path), name, Bases())


def load_value(
    value: Json, *, name: str = "inline", path: str = "<inline>", line: int = 1
) -> Scenario:
    """
    Load one scenario from a Python value, in the words of a file.

    Args:
        value: Mappings, lists, texts, numbers; whatever ``json.dumps`` takes.

        name: Where the value has none.

        path: Where the value was written, for messages.

        line: In *path*.

    Raises:
        ScenarioError: With every mistake in it.
    """
    try:
        plain = json.loads(json.dumps(value))
    except (TypeError, ValueError) as error:
        remedy = "write mappings, lists, texts, numbers, True, False or None"
        raise ScenarioError(
            [Mistake(path, line, 1, f"this is no JSON ({error})", remedy)]
        ) from None
    return scenario_of(of_value(plain, path, line), name, Bases())


def load_file(path: Path, name: str, resolve: Resolve | None = None) -> Scenario:
    """
    Load one file.

    Args:
        path: Of the file.

        name: Where it has none of its own.

        resolve: Finds its base; else that is a file beside it, or comes with the product.

    Raises:
        ScenarioError: With every mistake in it.
    """
    # Who scripts in Python never reads a file, and need not wait for the YAML parser.
    from mockrouter.scenario.reading.document import read  # noqa: PLC0415

    return scenario_of(read(path), name, resolve or Bases(str(path)))


def with_active(library: Library, scenarios: Iterable[Scenario]) -> Library:
    """
    Make a library in which *scenarios* answer, beside all names of *library*.

    Costs the same for any number of names: tests make one each.
    """
    families = tuple(scenarios)
    active = members(families)
    named = library.named
    if not isinstance(named, ChainMap):
        # It asks for what can be changed, and is only read.
        named = ChainMap(cast("MutableMapping[str, Scenario]", named))
    return Library(_by_priority(active), named.new_child({s.name: s for s in (*families, *active)}))


def _load(paths: Iterable[Path], mistakes: list[Mistake], memory: Memory) -> Iterator[Scenario]:
    found: dict[File, Copy] = {}
    for file in chain.from_iterable(map(listed, paths)):
        try:
            found[file] = memory.copy(file)
        except ScenarioError as error:
            mistakes.extend(error.mistakes)
    memory.forget_all_but(found)
    known = {copy.own_name or file.name: file.path for file, copy in found.items()}
    for file in found:
        try:
            yield memory.scenario(file, Bases(file.path, known, memory.source))
        except ScenarioError as error:
            mistakes.extend(error.mistakes)


def _unique(scenarios: Iterable[Scenario], mistakes: list[Mistake]) -> list[Scenario]:
    first: dict[str, Scenario] = {}
    for scenario in scenarios:
        other = first.setdefault(scenario.name, scenario)
        if other is not scenario and not _is_one_file(other.path, scenario.path):
            what = f"the name '{scenario.name}' is taken by {other.where('name')}"
            remedy = "give one of them another 'name'"
            mistakes.append(scenario.source.mistake(("name",), what, remedy))
    return list(first.values())


def _is_one_file(path: str, other: str) -> bool:
    """Tell whether two paths lead to the same file."""
    try:
        return Path(path).samefile(other)
    except (OSError, ValueError):
        return False


def _by_priority(scenarios: Iterable[Scenario]) -> tuple[Scenario, ...]:
    return tuple(sorted(scenarios, key=lambda scenario: -scenario.outline.priority))
