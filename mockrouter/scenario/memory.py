"""
What scenario files said when they were read, for as long as they do not change.

A file is taken for unchanged where the file system says of it what it said before: its size, its
times, its inode. Where that differs, or is too young to be sure of, the bytes decide.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Final, TypeAlias

from mockrouter.scenario.folders import Edition, File
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


class Memory:
    """
    Copies of files, and the scenarios of those that are whole by themselves.

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
        self._copies: dict[str, Copy] = {}
        self._scenarios: dict[tuple[str, str], Scenario] = {}
        self._sound: set[str] = set()

    def copy(self, file: File) -> Copy:
        """
        Find the copy of a file, and read the file only if there is none, or it may have changed.

        Raises:
            ScenarioError: It cannot be read, with every mistake up to the first that hides others.
        """
        known = self._copies.get(file.path)
        if known and file.edition and known.edition == file.edition:
            return known
        edition = file.edition if self._is_settled(file.edition) else None
        self._copies.pop(file.path, None)
        data = self._read(file.path)
        digest = blake2b(data, digest_size=16).hexdigest()
        if known and known.digest == digest:
            made = replace(known, edition=edition)
        else:
            self._sound.discard(file.path)
            self._scenarios.pop((file.path, file.name), None)
            made = _copied(data, file.path, edition, digest)
        self._copies[file.path] = made
        self.fresh = self.fresh or made != known
        return made

    def scenario(self, file: File, make: Callable[[], Scenario]) -> Scenario:
        """
        Find the scenario of a file, or make it; what depends on other files is made each time.

        Raises:
            ScenarioError: As *make* does.
        """
        found = self._scenarios.get((file.path, file.name))
        if found is None:
            found = make()
            self._sound.add(file.path)
            if found.whole:
                self._scenarios[file.path, file.name] = found
        return found

    def source(self, path: str) -> Source:
        """Give what a file says that there is a copy of."""
        copy = self._copies[path]
        if isinstance(copy.said, Source):
            return copy.said
        said = unpacked(copy.said, path)
        self._copies[path] = replace(copy, said=said)
        return said

    def recall(self, file: File, copy: Copy, scenario: Scenario | None) -> None:
        """Take a copy from elsewhere, and the scenario where it is whole."""
        self._copies[file.path] = copy
        self._sound.add(file.path)
        if scenario is not None:
            self._scenarios[file.path, file.name] = scenario

    def kept(self, files: Iterable[File]) -> Iterator[tuple[File, Copy, Scenario | None]]:
        """List what can be recalled of *files*: copies in which nothing is wrong."""
        for file in files:
            if file.path in self._sound:
                yield (
                    file,
                    self._copies[file.path],
                    self._scenarios.get((file.path, file.name)),
                )

    def forget_all_but(self, files: Iterable[File]) -> None:
        """Forget files that are gone."""
        gone = self._copies.keys() - {file.path for file in files}
        for path in gone:
            del self._copies[path]
        if gone:
            self.fresh = True
            self._sound -= gone
            kept = {key: one for key, one in self._scenarios.items() if key[0] not in gone}
            self._scenarios = kept

    def _is_settled(self, edition: Edition | None) -> bool:
        """Tell whether a file that changes from now on will look different."""
        if edition is None:
            return False
        return max(edition.modified, edition.changed) < self._now() - _GRANULARITY


class Sources(Mapping[str, Source]):
    """Files by the names of their scenarios, unpacked when they are asked for."""

    def __init__(self, memory: Memory, paths: Mapping[str, str]) -> None:
        """Give the path of the file of each name."""
        self._memory = memory
        self._paths = paths

    def __getitem__(self, name: str) -> Source:
        """Find a file."""
        return self._memory.source(self._paths[name])

    def __iter__(self) -> Iterator[str]:
        """List the names."""
        return iter(self._paths)

    def __len__(self) -> int:
        """Count the names."""
        return len(self._paths)


def _copied(data: bytes, path: str, edition: Edition | None, digest: str) -> Copy:
    # Who has copies of all files need not wait for the YAML parser.
    from mockrouter.scenario.reading.document import decoded  # noqa: PLC0415

    source = decoded(data, path)
    name = source.value.get("name") if isinstance(source.value, dict) else None
    return Copy(edition, digest, name if isinstance(name, str) else None, source)
