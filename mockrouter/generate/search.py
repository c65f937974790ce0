"""
Searching with regular expressions that somebody else wrote, in bounded time.

``re`` tries one way through a text after the other, and some expressions have more ways than there
is time. Those are walked through instead: from all the places where a part may start to all those
where it may end, each place once.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import import_module
from typing import Any

from mockrouter.generate.place import Path, Unsatisfiable

_MOST = 10**7
_ROUNDS = 40
_STEPS = 1_000_000


@lru_cache(maxsize=256)
def read(pattern: str) -> Any:  # noqa: ANN401  (re's own tree has no types)
    """
    Read an expression as the tree that ``re`` makes of it.

    Raises:
        re.error: It cannot be read.
    """
    # Private, but the only reader of exactly this syntax, and the same for decades.
    return import_module("re._parser").parse(pattern)


def is_quick(pattern: str, length: int = 10, *, most: int = _MOST) -> bool:
    """
    Say whether ``re`` has few ways through a text, whether or not it finds something.

    Args:
        pattern: An expression that can be read. Not quick are repetitions inside of repetitions,
            such as ``(a+)+``, and alternatives, such as ``(a|ab)*``.

        length: Characters of the text. Few tell whether the ways multiply with each of them.

        most: How many ways are few.
    """
    tree = read(pattern)
    is_anchored = str(tree[0][1]) == "AT_BEGINNING" if len(tree) else False
    return _ways(tree, length) * (1 if is_anchored else length + 1) <= most


def found(pattern: str, text: str, path: Path = (), *, most: int = _MOST) -> bool:
    """
    Say whether an expression is found in a text, as ``re.search`` would after enough time.

    Args:
        pattern: An expression that can be read.

        text: What it is searched for in.

        path: Where the text would stand.

        most: Ways through the text up to which ``re`` itself is asked.

    Raises:
        Unsatisfiable: There is no time to find out.
    """
    if is_quick(pattern, len(text), most=most):
        return re.search(pattern, text) is not None
    tree = read(pattern)
    walk = _Walk(pattern, text, path)
    return bool(walk.ends(tree, set(range(len(text) + 1)), tree.state.flags))


def _ways(items: Any, length: int) -> int:  # noqa: ANN401
    ways = 1
    for code, argument in items:
        match str(code):
            case "BRANCH":
                ways *= sum(_ways(branch, length) for branch in argument[1])
            case "SUBPATTERN":
                ways *= _ways(argument[3], length)
            case "ASSERT" | "ASSERT_NOT":
                ways *= _ways(argument[1], length)
            case "ATOMIC_GROUP":
                ways *= _ways(argument, length)
            case "GROUPREF_EXISTS":
                ways *= sum(_ways(branch or (), length) for branch in argument[1:])
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                ways *= _ways_repeated(argument, length)
        # All that is too many is the same, so that the numbers stay small.
        ways = min(ways, _MOST + 1)
    return ways


def _ways_repeated(argument: Any, length: int) -> int:  # noqa: ANN401
    least, most, items = int(argument[0]), int(argument[1]), argument[2]
    inner: int = _ways(items, length)
    if least > _ROUNDS and items.getwidth()[1] == 0:
        # They lead nowhere, and yet ``re`` goes all the rounds.
        return _MOST + 1
    lengths = max(1, min(most, length) - least + 1)
    ways: int = lengths * inner ** min(most, _ROUNDS)
    return ways


class _Walk:
    """One search through one text."""

    def __init__(self, pattern: str, text: str, path: Path) -> None:
        self._refused = Unsatisfiable(path, f"there is no time to search for {pattern[:200]!r}")
        self._text = text
        self._left = _STEPS
        self._compiled: dict[tuple[int, int], re.Pattern[str]] = {}

    def ends(self, items: Any, starts: set[int], flags: int) -> set[int]:  # noqa: ANN401
        """Find all places where *items*, one after the other, may end."""
        for item in items:
            self._left -= 1 + len(starts)
            if self._left < 0:
                raise self._refused
            starts = self._after(item, starts, flags) if starts else starts
        return starts

    def _after(self, item: Any, starts: set[int], flags: int) -> set[int]:  # noqa: ANN401
        code, argument = str(item[0]), item[1]
        match code:
            case "BRANCH":
                return set().union(*(self.ends(part, starts, flags) for part in argument[1]))
            case "SUBPATTERN":
                _, added, dropped, inner = argument
                return self.ends(inner, starts, (flags | added) & ~dropped)
            case "MAX_REPEAT" | "MIN_REPEAT":
                return self._repeated(argument, starts, flags)
            case "ASSERT" | "ASSERT_NOT":
                direction, inner = argument
                back = inner.getwidth()[0] if direction < 0 else 0
                wanted = code == "ASSERT"
                return {s for s in starts if self._holds(inner, s - back, flags) is wanted}
            case "LITERAL" | "NOT_LITERAL" | "IN" | "ANY" | "AT":
                single = self._single(item, flags)
                matches = (single.match(self._text, start) for start in starts)
                return {match.end() for match in matches if match}
        # What a group caught, and what gives nothing back, depend on the way and not the place.
        raise self._refused

    def _holds(self, items: Any, start: int, flags: int) -> bool:  # noqa: ANN401
        return start >= 0 and bool(self.ends(items, {start}, flags))

    def _repeated(self, argument: Any, starts: set[int], flags: int) -> set[int]:  # noqa: ANN401
        least, most, items = argument
        for _ in range(least):
            before, starts = starts, self.ends(items, starts, flags)
            if starts == before:
                break
        reached, fresh, rounds = set(starts), starts, least
        while fresh and rounds < int(most):
            fresh = self.ends(items, fresh, flags) - reached
            reached |= fresh
            rounds += 1
        return reached

    def _single(self, item: Any, flags: int) -> re.Pattern[str]:  # noqa: ANN401
        key = (id(item), flags)
        if key not in self._compiled:
            parser = import_module("re._parser")
            state = parser.State()
            state.flags = flags
            tree = parser.SubPattern(state, [item])
            self._compiled[key] = import_module("re._compiler").compile(tree)
        return self._compiled[key]
