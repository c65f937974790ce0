"""
Memories of large folders, kept between runs: who starts again reads only the files that changed.

For each folder there is one file of JSON: one line with what every scenario is asked, and one for
each file with what it says. Where that is not whole, or another version wrote it, or it cannot be
read or written, all is as if there were none.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Final, NamedTuple

import pydantic

from mockrouter import __version__
from mockrouter.scenario.folders import Edition, File, below, listed
from mockrouter.scenario.garbage import uncollected
from mockrouter.scenario.later import sketch, sketch_again
from mockrouter.scenario.memory import Base, Copy, Known, Memory
from mockrouter.scenario.reading.packing import packed
from mockrouter.scenario.reading.source import Source
from mockrouter.scenario.scenario import Scenario
from mockrouter.values import Json

_FORMAT: Final = 2
_SUFFIX: Final = ".scenarios"
_USELESS: Final = ValueError, LookupError, TypeError, RecursionError
"""What is raised by that which no cache has written."""
_SCHEMA: Final = Path(__file__).parents[1] / "scenario.schema.json"


class Cache(NamedTuple):
    """
    Where memories are kept.

    Attributes:
        folder: Of the files; made when it is needed.

        fewest: A folder of fewer scenario files leaves nothing behind: it is read as fast.

        version: Of the product.
    """

    folder: Path
    fewest: int = 200
    version: str = __version__


def recall(memory: Memory, paths: Iterable[Path], cache: Cache) -> None:
    """Fill a memory of nothing with what is kept of those *paths* that are folders."""
    for path in filter(Path.is_dir, paths):
        start = below(path)
        with uncollected(), suppress(OSError, *_USELESS):
            for row, line in _rows(_place(path, cache).read_bytes(), _head(path, cache)):
                memory.recall(*_recalled(row, line, start))


def keep(memory: Memory, paths: Iterable[Path], cache: Cache) -> None:
    """Keep what a memory has of each large folder among *paths*, if any of it was read just now."""
    if not memory.fresh:
        return
    for path in filter(Path.is_dir, paths):
        with suppress(OSError):
            _keep(memory, path, cache)


def _place(path: Path, cache: Cache) -> Path:
    return cache.folder / f"{_digest(os.fsencode(path.resolve()))}{_SUFFIX}"


def _head(path: Path, cache: Cache) -> list[Json]:
    """Say of what all below it holds; where this differs, it is of no use."""
    made_by = [_FORMAT, cache.version, pydantic.VERSION, *sys.version_info[:2]]
    return [*made_by, _digest(_SCHEMA.read_bytes()), os.fspath(path.resolve())]


def _rows(data: bytes, head: list[Json]) -> Iterable[tuple[Json, str]]:
    """Take a file apart; none where it is of no use, or not whole."""
    first, _, body = data.partition(b"\n")
    if json.loads(first) != [_digest(body), *head]:
        return ()
    rows, *lines = body.decode("ascii").split("\n")
    return zip(json.loads(rows), lines, strict=True)


def _recalled(row: Json, line: str, start: str) -> tuple[File, Copy, Known]:
    end, name, edition, digest, own_name, drawn, bases = row
    file = File(f"{start}{end}", name, None)
    copy = Copy(edition and Edition(*edition), digest, own_name, line)
    made_from = tuple(
        Base(asked, f"{start}{path}" if is_below else path, said)
        for asked, path, is_below, said in bases
    )
    return file, copy, Known(sketch_again(drawn), digest, made_from)


def _body(memory: Memory, files: list[File], start: str) -> bytes:
    paths = {file.path for file in files}
    rows, lines = [], []
    for file, copy, (scenario, _, bases) in memory.kept(files):
        try:
            line = packed(copy.said) if isinstance(copy.said, Source) else copy.said
        except (ValueError, RecursionError):
            continue
        drawn = sketch(scenario) if isinstance(scenario, Scenario) else scenario
        made_from = [
            (name, path.removeprefix(start) if path in paths else path, path in paths, digest)
            for name, path, digest in bases
        ]
        end = file.path.removeprefix(start)
        about = [end, file.name, copy.edition, copy.digest, copy.own_name]
        rows.append([*about, drawn, made_from])
        lines.append(line)
    return "\n".join([json.dumps(rows, separators=(",", ":")), *lines]).encode("ascii")


def _keep(memory: Memory, path: Path, cache: Cache) -> None:
    files = listed(path)
    if len(files) < cache.fewest:
        return
    with uncollected():
        body = _body(memory, files, below(path))
    first = json.dumps([_digest(body), *_head(path, cache)]).encode("ascii")
    place = _place(path, cache)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Who reads it meanwhile has a whole file, the old one or the new one.
    fresh = place.with_name(f"{place.name}.{os.getpid()}")
    try:
        fresh.write_bytes(first + b"\n" + body)
        fresh.replace(place)
    except OSError:
        fresh.unlink(missing_ok=True)
    _sweep(cache)


def _sweep(cache: Cache) -> None:
    """Remove what is kept of folders that are gone, as those of tests soon are."""
    for file in cache.folder.glob(f"*{_SUFFIX}"):
        with suppress(*_USELESS):
            with file.open("rb") as lines:
                folder = Path(json.loads(lines.readline())[-1])
            if file == _place(folder, cache) and not folder.is_dir():
                file.unlink(missing_ok=True)


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=16).hexdigest()
