"""
Serving what the files say now.

A broken edit is no reason to stop: its mistakes are told, and the last good version goes on
answering. A library is a value, so a new one takes over between two requests.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from mockrouter.engine.engine import Engine
from mockrouter.errors import ScenarioError
from mockrouter.scenario.folders import SUFFIXES
from mockrouter.scenario.library import Library, load
from mockrouter.scenario.memory import Memory
from mockrouter.scenario.scenario import Scenario

Tell = Callable[[str], None]
"""Takes one line for the user."""

_JOIN = 5.0


class Reloader:
    """
    Keeps an engine's library up with the files.

    ``with Reloader(…)`` watches from threads of its own; ``reload()`` looks once.
    """

    def __init__(
        self,
        engine: Engine,
        paths: Iterable[Path],
        builtin: Path,
        tell: Tell = print,
        memory: Memory | None = None,
    ) -> None:
        """
        Prepare; nothing is watched yet.

        Args:
            engine: Serves the library that was loaded from *paths*.

            paths: Files and folders, as they were given. What their scenarios are made of is
                watched too, wherever it lies.

            builtin: Folder of the scenarios that come with the product; it is not watched.

            tell: Says what happened, a line at a time.

            memory: Of the files as they were loaded.
        """
        self._engine = engine
        self._paths = tuple(paths)
        self._builtin = builtin
        self._tell = tell
        self._memory = memory or Memory()
        self._broken = False
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._followed: set[tuple[Path, bool]] = set()

    def reload(self) -> None:
        """Load the files, serve them from the next request on, and tell what changed."""
        with self._lock:
            try:
                library = load(self._paths, self._builtin, self._memory)
            except ScenarioError as error:
                self._broken = True
                for mistake in error.mistakes:
                    self._tell(str(mistake))
                self._tell("still serving the last good version")
                return
            news = changes(self._engine.library, library)
            if news:
                self._engine.use(library)
            if self._threads:
                self._follow()
            if news or self._broken:
                mended = "mended; " if self._broken else ""
                self._tell(f"{mended}{news or 'nothing changed since the last good version'}")
            self._broken = False

    def __enter__(self) -> Self:
        """Watch from now on."""
        self._follow()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop watching."""
        self._stop.set()
        for thread in tuple(self._threads):
            thread.join(_JOIN)

    def _follow(self) -> None:
        """Watch all that is not watched yet."""
        for places, recursive in watched(self._wanted()):
            fresh = frozenset(place for place in places if (place, recursive) not in self._followed)
            self._followed |= {(place, recursive) for place in fresh}
            if fresh:
                thread = threading.Thread(
                    target=self._watch,
                    args=(fresh, recursive),
                    name="mockrouter-reload",
                    daemon=True,
                )
                thread.start()
                self._threads.append(thread)

    def _wanted(self) -> list[Path]:
        """List what was given, and the files elsewhere that its scenarios are made of."""
        folders = [path.resolve() for path in (*self._paths, self._builtin) if path.is_dir()]
        own = sorted(bases(self._engine.library))
        outside = [file for file in own if not any(map(file.is_relative_to, folders))]
        return [*self._paths, *outside]

    def _watch(self, places: frozenset[Path], recursive: bool) -> None:  # noqa: FBT001
        from watchfiles import watch  # noqa: PLC0415 - a server without files does not need it

        def concerns(_: object, path: str) -> bool:
            changed = Path(path)
            if recursive:
                return changed.suffix in SUFFIXES
            # A file may have got another base in the meantime.
            return changed.resolve() in {wanted.resolve() for wanted in self._wanted()}

        for _ in watch(
            *places,
            watch_filter=concerns,
            stop_event=self._stop,
            recursive=recursive,
            raise_interrupt=False,
        ):
            self.reload()


def watched(paths: Iterable[Path]) -> list[tuple[frozenset[Path], bool]]:
    """
    Find the folders to watch, each group with whether to look at what is below.

    A file is watched through its folder: editors replace a file when they save it, and a watch on
    the file itself would go with the old one.
    """
    paths = tuple(paths)
    folders = frozenset(path for path in paths if path.is_dir())
    parents = frozenset(path.resolve().parent for path in paths if not path.is_dir())
    return [
        (places, recursive) for places, recursive in ((folders, True), (parents, False)) if places
    ]


def bases(library: Library) -> set[Path]:
    """Find the files that active scenarios are made from, beside their own."""
    found = {path for scenario in library.active for path in scenario.bases.values()}
    return {Path(path).resolve() for path in found}


def changes(old: Library, new: Library) -> str:
    """Say what is different, by name: ``changed a, b; new c; gone d``; empty for nothing."""
    before, after = ({s.name: s for s in library.active} for library in (old, new))
    both = [name for name in after if name in before]
    rows = {
        # Comments count: they move the places that messages name.
        "changed": [name for name in both if _differ(before[name], after[name])],
        "new": [name for name in after if name not in before],
        "gone": [name for name in before if name not in after],
    }
    said = "; ".join(f"{word} {', '.join(names)}" for word, names in rows.items() if names)
    reordered = [name for name in before if name in after] != both
    return said or ("the order changed" if reordered else "")


def _differ(old: Scenario, new: Scenario) -> bool:
    if old is new:
        return False
    if old.source != new.source:
        return True
    return any(
        old.where("turns", turn) != new.where("turns", turn) for turn in range(new.outline.turns)
    )
