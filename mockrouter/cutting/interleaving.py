"""
Whose fragment goes out next: orders for ``Reply.order``.

Tool calls change places among themselves alone. Text and reasoning stay where they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from mockrouter.reply import Part, ToolCall


def taking_turns(parts: Sequence[Part]) -> tuple[int, ...]:
    """
    Let calls that stand side by side take turns, fragment by fragment.

    Returns:
        Places in *parts*, one for each fragment; a part without fragments has one as well.
    """
    order: list[int] = []
    for is_calls, run in groupby(_slots(parts), lambda at: isinstance(parts[at], ToolCall)):
        slots = list(run)
        order.extend(_round_robin(slots) if is_calls else slots)
    return tuple(order)


def by_number(parts: Sequence[Part], numbers: Sequence[int]) -> tuple[int, ...]:
    """
    Let *numbers* say which call sends each next fragment.

    Args:
        parts: The reply's parts.

        numbers: Numbers of calls, from 0. A call that has no fragment left is passed over, and
            calls that are not named often enough send their rest at the end.

    Returns:
        As ``taking_turns``.

    Raises:
        ValueError: There is no such call.
    """
    calls = [at for at, part in enumerate(parts) if isinstance(part, ToolCall)]
    left = Counter(at for at in _slots(parts) if isinstance(parts[at], ToolCall))
    wanted = []
    for number in numbers:
        if not 0 <= number < len(calls):
            raise ValueError(no_call(number, len(calls)))
        if left[calls[number]]:
            left[calls[number]] -= 1
            wanted.append(calls[number])
    turns = iter(wanted + sorted(left.elements()))
    return tuple(next(turns) if isinstance(parts[at], ToolCall) else at for at in _slots(parts))


def no_call(number: int, count: int) -> str:
    """Say that a reply of *count* calls has none of this number."""
    return f"'order' names call {number}, but this reply has {count}; count from 0"


def _slots(parts: Sequence[Part]) -> list[int]:
    # A part without fragments still opens and closes in its turn.
    return [at for at, part in enumerate(parts) for _ in range(max(len(part.fragments), 1))]


def _round_robin(run: list[int]) -> list[int]:
    seen: Counter[int] = Counter()
    turns = []
    for at in run:
        turns.append((seen[at], at))
        seen[at] += 1
    return [at for _, at in sorted(turns)]
