"""Cutting frames into other writes, with nothing lost: bytes, meanings, and waits."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise

from mockrouter.wire import Frame


def recut(frames: Sequence[Frame], offsets: Iterable[int], pause: float = 0.0) -> list[Frame]:
    """
    Write the bytes of *frames* in other pieces.

    A piece means what the first frame that begins in it means, and waits as long as all that begin
    in it do; one in which none begins is a ``part`` of what came before.

    Args:
        frames: To be cut anew.

        offsets: Where pieces end, in bytes from the start of the first frame; what is no place
            inside is passed over.

        pause: Seconds that a piece waits in addition, where it begins inside of a frame.
    """
    starts = list(accumulate((len(frame.data) for frame in frames), initial=0))
    size = starts.pop()
    body = b"".join(frame.data for frame in frames)
    ends = sorted({at for at in offsets if 0 < at < size})
    boundaries = set(starts)
    pieces = []
    for start, end in pairwise([0, *ends, size]) if size else ():
        first, last = bisect_left(starts, start), bisect_left(starts, end)
        wait = 0.0 if start in boundaries else pause
        pieces.append(_piece(frames, first, last, body[start:end], wait))
    # Frames of no bytes behind the last byte are silence before the end.
    return pieces + list(frames[bisect_left(starts, size) :])


def _piece(frames: Sequence[Frame], first: int, last: int, data: bytes, wait: float) -> Frame:
    if first == last:
        whole = frames[first - 1]
        return replace(whole, data=data, delay=wait, event=None, part=True)
    delay = wait + sum(frame.delay for frame in frames[first:last])
    # A frame of no bytes means nothing.
    meant = next((frame for frame in frames[first:last] if frame.data), frames[first])
    return replace(meant, data=data, delay=delay)


def grid(size: int, every: int) -> range:
    """Offsets that divide *size* bytes into pieces of *every*."""
    return range(every, size, every)


def runs(places: Iterable[int]) -> Iterator[range]:
    """Put numbers, ascending, that follow each other together."""
    start = end = -1
    for place in places:
        if place != end:
            if end > start >= 0:
                yield range(start, end)
            start = place
        end = place + 1
    if end > start >= 0:
        yield range(start, end)
