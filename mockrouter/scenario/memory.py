"""
What scenario files said when they were read, for as long as they do not change.

A file is taken for unchanged where the file system says of it what it said before: its size, its
times, its inode. Where that differs, or is too young to be sure of, the bytes decide.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from hashlib import blake2b
from typing import Final, NamedTuple, TypeAlias

from mockrouter.errors import ScenarioError
from mockrouter.scenario.families import Bases, scenario_of
from mockrouter.scenario.folders import Edition, File, found_at
from mockrouter.scenario.later import Sketch, later
from mockrouter.scenario.reading.contents import contents
from mockrouter.scenario.reading.packing import unpacked
from mockrouter.scenario.reading.source import Source
from mockrouter.scenario.scenario import Scenario

Read: TypeAlias = Callable[[str], bytes]
"""Reads the file of a path, or raises ``ScenarioError``."""

_GRANULARITY: Final = 2_000_000_000
"""Nanoseconds within which two changes may bear the same time: FAT counts in two seconds."""


@dataclass(frozen=True, slots=True)
class Copy:
    """
    A file as it was read.

    Attributes:
        edition: Of which it is; None where the next one may look the same.

        digest: Of its bytes.

        own_name: What the file calls its scenario; None where it does not.

        said: The file, or that packed for who may never need it.
    """

    edition: Edition | None
    digest: str
    own_name: str | None
    said: Source | str


class Base(NamedTuple):
    """
    What a scenario is made from beside its own file.

    Attributes:
        name: By which it asks.

        path: Of the file that is found by it.

        digest: Of what the file said.
    """

    name: str
    path: str
    digest: str


class Known(NamedTuple):
    """
    A scenario that was made of sound files, for as long as these stay as they are.

    Attributes:
        scenario: It, or its sketch.

        digest: Of what its own file said.

        bases: What it is made from.
    """

    scenario: Scenario | Sketch
    digest: str
    bases: tuple[Base, ...]


class Memory:
    """
    Copies of files, and the scenarios that were made of them.

    Attributes:
        fresh: Whether anything was read since it was made, or filled from a cache.
    """

    def __init__(self, read: Read = contents, now: Callable[[], int] = time.time_ns) -> None:
        """
        Remember nothing yet.

        Args:
            read: Reads a file.

            now: Unix time in nanoseconds, by the clock that files get their times from.
        """
        self.fresh = False
        self._read = read
        self._now = now
        self._listed: set[str] = set()
        self._copies: dict[str, Copy] = {}
        self._known: dict[tuple[str, str], Known] = {}

    def copy(self, file: File) -> Copy:
        """
        Find the copy of a file, and read the file only if there is none, or it may have changed.

        Raises:
            ScenarioError: It cannot be read, with every mistake up to the first that hides others.
        """
        before = self._copies.get(file.path)
        found = self._found(file)
        self.fresh = self.fresh or found is not before
        return found

    def _found(self, file: File) -> Copy:
        known = self._copies.get(file.path)
        if known and file.edition and known.edition == file.edition:
            return known
        edition = file.edition if self._is_settled(file.edition) else None
        self._copies.pop(file.path, None)
        data = self._read(file.path)
        digest = blake2b(data, digest_size=16).hexdigest()
        if known and known.digest == digest:
            made = known if known.edition == edition else replace(known, edition=edition)
        else:
            made = _copied(data, file.path, edition, digest)
        self._copies[file.path] = made
        return made

    def scenario(self, file: File, bases: Bases) -> Scenario:
        """
        Find the scenario of a file, or make it where it, or a base of it, is not what it was.

        Args:
            file: There is a copy of it.

            bases: Finds what it is made from.

        Raises:
            ScenarioError: With every mistake in it.
        """
        key, digest = (file.path, file.name), self._copies[file.path].digest
        known = self._known.get(key)
        if known and known.digest == digest and self._holds(known, bases):
            scenario = known.scenario
            if isinstance(scenario, Scenario):
                return scenario
            pinned = {base.name: self._copies[base.path] for base in known.bases}
            make = partial(_made, self._copies[file.path], file, known.bases, pinned)
            paths = {base.name: base.path for base in known.bases}
            scenario = later(scenario, file.path, paths, make)
        else:
            self._known.pop(key, None)
            scenario = scenario_of(self.source(file.path), file.name, bases)
            self.fresh = True
        found = scenario.bases.items()
        made_from = tuple(Base(name, path, self._copies[path].digest) for name, path in found)
        self._known[key] = Known(scenario, digest, made_from)
        return scenario

    def source(self, path: str) -> Source:
        """
        Give what a file says.

        Raises:
            ScenarioError: It cannot be read.
        """
        copy = self._current(path)
        said = _said(copy, path)
        if said is not copy.said:
            self._copies[path] = replace(copy, said=said)
        return said

    def recall(self, file: File, copy: Copy, known: Known) -> None:
        """Take from elsewhere what is known of a file."""
        self._copies[file.path] = copy
        self._known[file.path, file.name] = known

    def kept(self, files: Iterable[File]) -> Iterator[tuple[File, Copy, Known]]:
        """List what can be recalled of *files*; what is wrong is not among it."""
        for file in files:
            known = self._known.get((file.path, file.name))
            if known and file.path in self._copies:
                yield file, self._copies[file.path], known

    def forget_all_but(self, files: Iterable[File]) -> None:
        """Forget files that are gone, and are no bases."""
        files = list(files)
        self._listed = {file.path for file in files}
        gone = self._known.keys() - {(file.path, file.name) for file in files}
        for key in gone:
            del self._known[key]
            self.fresh = True
        bases = {base.path for known in self._known.values() for base in known.bases}
        for path in self._copies.keys() - self._listed - bases:
            del self._copies[path]

    def _holds(self, known: Known, bases: Bases) -> bool:
        """Tell whether the names of bases still lead to the same files, and these say the same."""
        try:
            return all(
                bases.where(name) == path and self._current(path).digest == digest
                for name, path, digest in known.bases
            )
        except ScenarioError:
            return False

    def _current(self, path: str) -> Copy:
        """Find the copy of a file as it is at this load, whether or not it was listed."""
        if path not in self._listed:
            self._found(found_at(path))
            self._listed.add(path)
        return self._copies[path]

    def _is_settled(self, edition: Edition | None) -> bool:
        """Tell whether a file that changes from now on will look different."""
        if edition is None:
            return False
        return max(edition.modified, edition.changed) < self._now() - _GRANULARITY


def _made(copy: Copy, file: File, bases: Iterable[Base], pinned: Mapping[str, Copy]) -> Scenario:
    """Make a scenario of the copies that there were when it was loaded."""
    paths = {base.name: base.path for base in bases}
    copies = {base.path: pinned[base.name] for base in bases}
    found = Bases(files=paths, read=lambda path: _said(copies[path], path))
    return scenario_of(_said(copy, file.path), file.name, found)


def _said(copy: Copy, path: str) -> Source:
    return copy.said if isinstance(copy.said, Source) else unpacked(copy.said, path)


def _copied(data: bytes, path: str, edition: Edition | None, digest: str) -> Copy:
    # Who has copies of all files need not wait for the YAML parser.
    from mockrouter.scenario.reading.document import decoded  # noqa: PLC0415

    source = decoded(data, path)
    name = source.value.get("name") if isinstance(source.value, dict) else None
    return Copy(edition, digest, name if isinstance(name, str) else None, source)
