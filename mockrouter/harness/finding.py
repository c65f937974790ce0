"""
Finding a scenario by what a test calls it.

Beside the test, then in the folders that the suite names, then in the catalogue.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from mockrouter.errors import MockRouterError
from mockrouter.scenario.folders import SUFFIXES, files
from mockrouter.scenario.library import load_file
from mockrouter.scenario.scenario import Scenario

_OWN = "scenarios"
"""Folder beside a test, for its scenarios."""


class ScenarioNotFound(MockRouterError, LookupError):
    """No file and no scenario has the name that was asked for."""


class Finder:
    """
    Finds scenarios, and reads each file once for as long as it does not change.

    Attributes:
        paths: Folders (or files) of the suite, asked in this order.

        catalogue: The scenarios that come with the product, by name.
    """

    def __init__(self, catalogue: Mapping[str, Scenario], paths: Iterable[Path | str] = ()) -> None:
        """Look into *paths*, then into *catalogue*."""
        self.paths = tuple(Path(path).absolute() for path in paths)
        self.catalogue = catalogue
        self._read: dict[tuple[Path, str], tuple[tuple[int, int], Scenario]] = {}

    def over(self, paths: Iterable[Path | str]) -> Finder:
        """Make one that looks into other folders, and shares what has been read."""
        other = Finder(self.catalogue, paths)
        other._read = self._read
        return other

    def find(self, asked: str | Path, beside: Path | None = None) -> list[Scenario]:
        """
        Find what is called so: one scenario, or all of a folder.

        Args:
            asked: A name such as ``errors/rate-limit``, or the path of a file or a folder. Behind
                ``@`` stands which variant of it is meant.

            beside: The folder that is asked first.

        Raises:
            ScenarioNotFound: Names what is near, or which variants there are.

            ScenarioError: A file is wrong, with every mistake in it.
        """
        own = [beside / _OWN, *self.paths] if beside else self.paths
        folders = [*([beside] if beside else []), *own, Path.cwd()]
        name = str(asked)
        whole, mark, label = name.rpartition("@")
        found = self._found(asked, own, folders)
        if found is None and mark:
            families = self._found(whole, own, folders) or []
            found = [_variant(family, label) for family in families[:1]] or None
        if found is None:
            raise ScenarioNotFound(self._unknown(whole or name, beside, own, folders))
        return found

    def _found(
        self, asked: str | Path, own: Iterable[Path], folders: Iterable[Path]
    ) -> list[Scenario] | None:
        """Find what is called just so; None where nothing is."""
        for folder in folders:
            place = _place(folder, asked)
            if place is not None:
                return [self.read(file, name) for file, name in files(place)]
        name = str(asked)
        found = next((each for each in self._suite(own) if each.name == name), None)
        if found is None and name in self.catalogue:
            found = self.catalogue[name]
        return None if found is None else [found]

    def all(self) -> list[Scenario]:
        """List all scenarios of the suite's folders, then those that come with the product."""
        return [*self._suite(self.paths), *self.catalogue.values()]

    def read(self, file: Path, name: str) -> Scenario:
        """Read a file, unless it is the same as the last time."""
        stat = file.stat()
        edition = stat.st_mtime_ns, stat.st_size
        known = self._read.get((file, name))
        if known is None or known[0] != edition:
            known = self._read[file, name] = edition, load_file(shown(file), name)
        return known[1]

    def _suite(self, folders: Iterable[Path]) -> Iterator[Scenario]:
        for folder in filter(Path.exists, folders):
            yield from (self.read(file, name) for file, name in files(folder))

    def _unknown(
        self, name: str, beside: Path | None, own: Iterable[Path], folders: Iterable[Path]
    ) -> str:
        names = [found for folder in filter(Path.exists, own) for _, found in files(folder)]
        names += [each.stem for each in beside.glob("*.y*ml")] if beside else []
        names += self.catalogue
        wanted = name.removesuffix(Path(name).suffix) if name.endswith(SUFFIXES) else name
        near = difflib.get_close_matches(wanted, names, 3)
        near += [other for other in names if other.endswith(f"/{wanted}") and other not in near]
        places = [*([beside] if beside else []), *self.paths]
        shown_places = (str(shown(place)) for place in places)
        looked = ", ".join(
            [*("this folder" if p == "." else p for p in shown_places), "the catalogue"]
        )
        if any((folder / name).is_dir() for folder in folders):
            remedy = f"it is a folder; write '{name}/' for all in it"
        elif near:
            remedy = f"did you mean {' or '.join(near)}?"
        else:
            remedy = "`mockrouter list` shows all names"
        return f"no scenario is named '{name}' in {looked}; {remedy}"


def shown(path: Path) -> Path:
    """Name a file as the user would: from the working directory, if it lies below that."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _variant(family: Scenario, label: str) -> Scenario:
    name = f"{family.name}@{label}"
    found = next((each for each in family.variants if each.name == name), None)
    if found is not None:
        return found
    skipped = next((each for each in family.skipped if each.name == name), None)
    if skipped is not None:
        message = f"'{name}' is not applicable: {skipped.reason}"
    elif family.variants:
        there = ", ".join(each.name.rpartition("@")[2] for each in family.variants)
        message = f"'{family.name}' has no variant '{label}'; it has {there}"
    else:
        message = f"'{family.name}' has no variants; write its name alone, or give it a 'matrix'"
    raise ScenarioNotFound(message)


def _place(folder: Path, asked: str | Path) -> Path | None:
    """Find a file or folder of this name, with or without what its name ends in."""
    place = folder / asked
    if isinstance(asked, Path) or place.suffix in SUFFIXES:
        return place if place.exists() else None
    if not place.name:  # all of a disk
        return None
    candidates = (place.with_name(place.name + suffix) for suffix in SUFFIXES[:2])
    found = next((each for each in candidates if each.is_file()), None)
    is_path = str(asked).endswith(("/", "\\"))
    return found or (place if is_path and place.is_dir() else None)
