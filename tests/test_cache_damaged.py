"""A cache that cannot be used or written is none, and nothing is said of it."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from folders import fresh, kept, of_three, remembering, says, start, write
from mockrouter.scenario.cache import Cache, keep, recall
from mockrouter.scenario.library import load


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a folder of scenarios."""
    return of_three(tmp_path)


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    """Keep what small folders say, too."""
    return Cache(tmp_path / "cache", fewest=1)


DAMAGES: Final[dict[str, Callable[[bytes], bytes]]] = {
    "empty": lambda _: b"",
    "blank": lambda _: b"\n",
    "foreign": lambda _: b"\xff\x00 no cache\n\n",
    "deep": lambda _: b"[" * 200_000 + b"\n",
    "other JSON": lambda _: b"null\n[]",
    "an end short": lambda data: data[:-1],
    "half": lambda data: data[: len(data) // 2],
    "its beginning": lambda data: data[:20],
    "its head": lambda data: data.partition(b"\n")[0],
    "too long": lambda data: data + b"\n",
    "another text": lambda data: data.replace(b"three", b"seven"),
    "another folder's": lambda data: data.replace(b"scenarios", b"elsewhere"),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_cache_is_none(
    folder: Path, cache: Cache, damage: Callable[[bytes], bytes]
) -> None:
    """Nothing is said of it, and it is written anew."""
    start(folder, cache)
    whole = kept(cache).read_bytes()
    kept(cache).write_bytes(damage(whole))

    library, counter = start(folder, cache)

    assert fresh(folder) == says(library)
    assert 3 == len(counter.read)
    assert whole == kept(cache).read_bytes()


def test_another_version_reads_anew(folder: Path, cache: Cache) -> None:
    """What one version takes for right, another may not."""
    start(folder, cache)

    _, counter = start(folder, cache._replace(version="0.0.1"))

    assert 3 == len(counter.read)


def test_a_folder_that_cannot_be_written_is_no_error(folder: Path, tmp_path: Path) -> None:
    """All is read each time, that is all."""
    (tmp_path / "file").write_text("in the way")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        start(folder, Cache(place, fewest=1))
        library, _ = start(folder, Cache(place, fewest=1))

        assert fresh(folder) == says(library)


def test_nothing_half_written_is_left(folder: Path, cache: Cache) -> None:
    """A file takes the place of another when it is whole; two servers at once do no harm."""
    memories = [remembering()[0] for _ in range(2)]
    for memory in memories:
        recall(memory, [folder], cache)
        load([folder], memory=memory)
    for memory in memories:
        keep(memory, [folder], cache)

    assert json.loads(kept(cache).read_bytes().partition(b"\n")[0])
    assert [] == start(folder, cache)[1].read


def test_a_disk_that_is_full_is_no_error(
    folder: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was kept before stays, and nothing else does."""

    def full(_file: Path, _data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    start(folder, cache)
    before = kept(cache).read_bytes()
    write(folder, a="changed")
    monkeypatch.setattr(Path, "write_bytes", full)
    start(folder, cache)

    assert before == kept(cache).read_bytes()
