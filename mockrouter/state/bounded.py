"""Values by namespace and name, bounded by count, bytes and time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from mockrouter.state.bounds import Bound

T = TypeVar("T")


class _Held(NamedTuple, Generic[T]):
    value: T
    size: int
    time: float


class Bounded(Generic[T]):
    """Values; see ``Bound`` for which of them go."""

    def __init__(self, bound: Bound, now: Callable[[], float]) -> None:
        """Hold no more than *bound*, by a clock that is read as *now*."""
        self._bound = bound
        self._now = now
        self._bytes = 0
        self._held: OrderedDict[tuple[str, str], _Held[T]] = OrderedDict()
        self._names: dict[str, set[str]] = {}

    def find(self, space: str, name: str) -> T | None:
        """Find what is held under a name."""
        held = self._held.get((space, name))
        return held.value if held else None

    def put(self, space: str, name: str, value: T, size: int = 0) -> None:
        """Hold a value of so many bytes, as the newest; nothing goes before ``trim``."""
        self.drop(space, name)
        size += len(f"{space}{name}".encode("utf-8", "surrogatepass"))
        held = _Held(value, size, self._now())
        self._held[space, name] = held
        self._names.setdefault(space, set()).add(name)
        self._bytes += held.size

    def touch(self, space: str, name: str) -> None:
        """Make what is held under a name the newest."""
        if held := self._held.get((space, name)):
            self._held[space, name] = held._replace(time=self._now())
            self._held.move_to_end((space, name))

    def drop(self, space: str, name: str) -> None:
        """Let go of what is held under a name."""
        held = self._held.pop((space, name), None)
        if held is not None:
            self._bytes -= held.size
            self._names[space].discard(name)
            if not self._names[space]:
                del self._names[space]

    def empty(self, space: str) -> None:
        """Let go of all of a namespace."""
        for name in [*self._names.get(space, ())]:
            self.drop(space, name)

    def clear(self) -> None:
        """Let go of all."""
        self._held.clear()
        self._names.clear()
        self._bytes = 0

    def trim(self) -> list[str]:
        """Let go of what is beyond the bounds; the names of that."""
        gone = []
        before = self._now() - self._bound.seconds
        while self._held:
            (space, name), oldest = next(iter(self._held.items()))
            if oldest.time >= before and not self._is_full():
                break
            self.drop(space, name)
            gone.append(name)
        return gone

    def _is_full(self) -> bool:
        number, most = len(self._held), self._bound.bytes
        return number > self._bound.most or (most is not None and number > 1 and self._bytes > most)
