"""What of a cut finds nothing to cut in the texts that it is for."""

from __future__ import annotations

from collections.abc import Sequence

from mockrouter.cutting import At, Cut, Places, RandomSizes
from mockrouter.cutting.places import offsets


def unmet(cut: Cut, texts: Sequence[str]) -> str | None:
    """
    Say what a cut asks for that none of the texts has.

    Args:
        cut: Of any form; one by units or into pieces always finds something.

        texts: All that it cuts, one or more.

    Returns:
        ``what; remedy`` for the first offset, size or place, or None where each is met.
    """
    longest = max(map(len, texts), default=0)
    match cut.root:
        case At(at=at):
            return next((_outside(each, longest) for each in at if not _lies(each, longest)), None)
        case Places(places=()):
            return "'places' names none; name one, or leave the cut out"
        case Places(places=places):
            return next((_nowhere(each) for each in places if not _stands(each, texts)), None)
        case RandomSizes(random=(least, _)) if least >= longest > 1:
            return (
                f"each piece has {least} characters at least, and {_size(longest)}; "
                f"begin with {longest - 1} at the most"
            )
        case tuple() as listed:
            whole = sum(size for size in listed if isinstance(size, int))
            if whole > longest:
                return (
                    f"the sizes add up to {whole}, and {_size(longest)}; "
                    f"write sizes that come to {longest} at the most"
                )
    return None


def _lies(at: int, size: int) -> bool:
    return 0 < (at if at >= 0 else size + at) < size


def _stands(place: str, texts: Sequence[str]) -> bool:
    return any(offsets(text, [place]) for text in texts)


def _nowhere(place: str) -> str:
    return f"the text has no place '{place}'; name one that it has"


def _outside(at: int, size: int) -> str:
    remedy = f"write 1 to {size - 1}, or {1 - size} to -1" if size > 1 else "it cannot be cut"
    return f"'at' cuts at {at}, and {_size(size)}; {remedy}"


def _size(size: int) -> str:
    return f"the text has {size} character{'' if size == 1 else 's'}"
