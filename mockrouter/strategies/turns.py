"""A reply cut into fragments, in some order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from hypothesis import strategies as st

from mockrouter import reply as said
from mockrouter.strategies.values import Reply, usual_finish

_MOST_CUTS = 4


def streamed(
    draw: st.DrawFn, reply: Reply, *, cuts: bool = True, interleaving: bool = True
) -> said.Reply:
    """
    Draw how a reply is streamed.

    Args:
        draw: Of the strategy at work.

        reply: A completed one.

        cuts: Whether texts come in pieces.

        interleaving: Whether fragments of calls come in any order.

    Returns:
        The same in fragments, for ``authored``.
    """
    parts: list[said.Part] = []
    if reply.text:
        parts.append(said.Text(_fragments(draw, reply.text, cuts=cuts)))
    for call in reply.calls:
        fragments = _fragments(draw, call.arguments, cuts=cuts)
        parts.append(said.ToolCall(call.name, fragments, call.id))
    return said.Reply(
        tuple(parts),
        order=_order(draw, parts) if interleaving and len(reply.calls) > 1 else (),
        finish_reason=_unusual(reply),
        usage=reply.usage or said.Usage(),
    )


def _unusual(reply: Reply) -> str | None:
    return None if reply.finish_reason == usual_finish(reply.calls) else reply.finish_reason


def _fragments(draw: st.DrawFn, text: str, *, cuts: bool) -> tuple[str, ...]:
    """Cut a text between characters; two cuts in one place leave an empty fragment."""
    size = len(text)
    places = draw(st.lists(st.integers(0, size), max_size=_MOST_CUTS)) if cuts else []
    if not places:
        return (text,) if text else ()
    return tuple(text[start:end] for start, end in pairwise([0, *sorted(places), size]))


def _order(draw: st.DrawFn, parts: Sequence[said.Part]) -> tuple[int, ...]:
    slots = [at for at, part in enumerate(parts) for _ in range(max(len(part.fragments), 1))]
    calls = [at for at in slots if isinstance(parts[at], said.ToolCall)]
    before = [at for at in slots if not isinstance(parts[at], said.ToolCall)]
    return (*before, *_begun_in_order(draw(st.permutations(calls))))


def _begun_in_order(order: Sequence[int]) -> Iterator[int]:
    """Let each call begin after those before it, which is how indices are given."""
    left, waiting = Counter(order), sorted(set(order))
    for at in order:
        while waiting and waiting[0] <= at:
            begun = waiting.pop(0)
            left[begun] -= 1
            yield begun
            if begun == at:
                break
        else:
            if left[at]:
                left[at] -= 1
                yield at
