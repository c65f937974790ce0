"""Scenario files where they lie: which there are, and what tells whether one has changed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

SUFFIXES: Final = (".yaml", ".yml", ".json")
"""How the name of a scenario file ends."""

SUFFIXES_IN_FOLDERS: Final = (".yaml", ".yml")
"""The same in a folder, where a JSON file is mostly something else."""

_INSTALLED: Final = ("node_modules", "site-packages")


class Edition(NamedTuple):
    """
    What the file system says of a file: where that differs, the content may.

    Attributes:
        size: In bytes.

        modified: When its content was written, in Unix nanoseconds.

        changed: When anything of it was, its times included; on Windows, when it was made.

        inode: Which file it is.
    """

    size: int
    modified: int
    changed: int
    inode: int


class File(NamedTuple):
    """
    A scenario file.

    Attributes:
        path: As the user would name it.

        name: What its place calls the scenario.

        edition: None where that cannot be told.
    """

    path: str
    name: str
    edition: Edition | None


def listed(path: Path) -> list[File]:
    """
    List the scenario files at *path*, sorted.

    In a folder what is hidden is passed over, and so are virtual environments and packages.
    """
    if not path.is_dir():
        return [File(str(path), path.stem.lower().replace(" ", "-"), _edition(path))]
    return list(_below(str(path), below(path), ""))


def files(path: Path) -> list[tuple[Path, str]]:
    """List the same as paths, each with the name that its place gives it."""
    return [(Path(file.path), file.name) for file in listed(path)]


def is_empty(path: Path) -> bool:
    """Tell whether *path* is a folder without a scenario file."""
    return path.is_dir() and not any(True for _ in _below(str(path), "", ""))


def found_at(path: str) -> File:
    """Look at one file, which need be none of a folder that is loaded."""
    return File(path, "", _edition(Path(path)))


def below(folder: Path) -> str:
    """Write what the paths of files in a folder begin with."""
    return "" if folder == Path() else str(folder / "_")[:-1]


def _below(folder: str, start: str, name: str) -> Iterator[File]:
    """List a folder; *start* is what paths in it begin with, *name* what names do."""
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: os.path.normcase(entry.name))
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            if not _is_installed(entry):
                inner = f"{start}{entry.name}{os.sep}", f"{name}{entry.name.lower()}/"
                yield from _below(entry.path, *inner)
        elif entry.name.endswith(SUFFIXES_IN_FOLDERS) and _is_file(entry):
            stem = entry.name[: entry.name.rindex(".")].lower()
            yield File(f"{start}{entry.name}", f"{name}{stem}", _edition(entry))


def _is_installed(folder: os.DirEntry[str]) -> bool:
    """Tell whether what is in a folder is other people's."""
    return folder.name in _INSTALLED or Path(folder, "pyvenv.cfg").exists()


def _is_file(entry: os.DirEntry[str]) -> bool:
    # A link may lead anywhere, and round in a circle.
    return Path(entry).is_file() if entry.is_symlink() else entry.is_file()


def _edition(file: Path | os.DirEntry[str]) -> Edition | None:
    try:
        stat = file.stat()
    except (OSError, ValueError):
        return None
    return Edition(stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino)
