"""
Of a union's branches, hear the one that the author meant.

pydantic reports what is wrong under every branch. The author wrote one thing, so only the branch
that fits its shape best is worth a sentence; where none fits, one sentence names all the shapes.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from mockrouter.scenario.reading.schema import Step, distinct
from mockrouter.values import Json, JsonObject

SHAPE: Final = "shape"
"""Kind of an error that stands for a union none of whose branches has the value's shape."""

UNRECOGNIZED: Final = "unrecognized"
"""Kind of an error that stands for a union none of whose branches knows a key of the mapping."""

_ALIKE: Final = 0.7
"""How much of two words has to be the same; less leads astray more often than it helps."""


@dataclass(frozen=True, slots=True)
class Found:
    """
    One pydantic error, with what the model knows at its place.

    Attributes:
        kind: pydantic's ``type``, or ``SHAPE`` or ``UNRECOGNIZED``.

        steps: Its ``loc``.

        input: The value that is wrong.

        message: pydantic's ``msg``; the author's words only in errors that validators raise.

        context: pydantic's ``ctx``.

        keys: Keys that are known beside this one.

        siblings: The mapping that holds the unknown or missing key, as written.

        words: Values that are allowed, where they are few.

        wanted: Shapes that fit, in words.
    """

    kind: str
    steps: tuple[Step, ...]
    input: Json
    message: str = ""
    context: JsonObject = field(default_factory=dict)
    keys: tuple[str, ...] = ()
    siblings: JsonObject = field(default_factory=dict)
    words: tuple[Json, ...] | None = None
    wanted: tuple[str, ...] = ()

    @property
    def loc(self) -> tuple[str | int, ...]:
        """Keys and indices alone."""
        return tuple(step.element for step in self.steps if step.real)

    @property
    def near(self) -> str | None:
        """The known key or word that was probably meant."""
        if self.kind == "extra_forbidden":
            free = [key for key in self.keys if key not in self.siblings]
            return nearest(self.loc[-1], free)
        return nearest(self.input, self.words or ())


def nearest(word: Json, known: Iterable[Json]) -> str | None:
    """Find the known word that *word* is a slip of the pen from."""
    if not isinstance(word, str):
        return None
    by_lower = {item.lower(): item for item in known if isinstance(item, str)}
    # A missing space ("a:1" in a flow mapping) is a slip too.
    plain = word.lower().split(":")[0]
    # Letters in another order make a short word very unlike.
    near = difflib.get_close_matches(plain, by_lower, 1, _ALIKE) or [
        each for each in by_lower if sorted(each) == sorted(plain)
    ]
    return by_lower[near[0]] if near else None


def fitting(found: Sequence[Found], depth: int = 0) -> list[Found]:
    """
    Keep the errors worth a sentence.

    Args:
        found: Errors whose first *depth* steps are the same.

        depth: See above.
    """
    heard = [one for one in found if len(one.steps) == depth]
    deeper = [one for one in found if len(one.steps) > depth]
    groups: dict[str | int, list[Found]] = {}
    for one in deeper:
        groups.setdefault(one.steps[depth].element, []).append(one)
    branches = [fitting(group, depth + 1) for group in groups.values()]
    if len(branches) > 1 and all(one.steps[depth].branch for one in deeper):
        return heard + _best(branches, depth + 1)
    return heard + [one for branch in branches for one in branch]


def _best(branches: list[list[Found]], depth: int) -> list[Found]:
    fits = [branch for branch in branches if not any(_misfits(one, depth) for one in branch)]
    if not fits:
        return [_none_fits(branches, depth)]
    if len(fits) > 1 and all(_knows_no_key(branch, depth) for branch in fits):
        missing = [one for branch in fits for one in branch if _is_own(one, "missing", depth)]
        keys = tuple(dict.fromkeys(str(one.loc[-1]) for one in missing))
        first = fits[0][0]
        return [replace(first, kind=UNRECOGNIZED, steps=first.steps[:depth], keys=keys)]
    return min(fits, key=lambda branch: sum(map(_cost, branch)))


def _none_fits(branches: list[list[Found]], depth: int) -> Found:
    misfits = [one for branch in branches for one in branch if _misfits(one, depth)]
    wanted = distinct(shape for one in misfits for shape in one.wanted)
    first = misfits[0]
    return replace(first, kind=SHAPE, steps=first.steps[:depth], wanted=wanted, words=None)


def _misfits(one: Found, depth: int) -> bool:
    """Whether this says that the union's value itself has another shape than the branch."""
    if any(step.real for step in one.steps[depth:]):
        return False
    if one.kind in ("literal_error", "enum"):
        return one.near is None
    return one.kind in (SHAPE, "none_required", "is_instance_of") or one.kind.endswith(
        ("_type", "_parsing")
    )


def _knows_no_key(branch: list[Found], depth: int) -> bool:
    unknown = [one for one in branch if _is_own(one, "extra_forbidden", depth) and not one.near]
    missing = [one for one in branch if _is_own(one, "missing", depth)]
    return bool(missing) and {one.loc[-1] for one in unknown} == set(missing[0].siblings)


def _is_own(one: Found, kind: str, depth: int) -> bool:
    """Whether this is about a key of the union's value itself."""
    return one.kind == kind and sum(step.real for step in one.steps[depth:]) == 1


def _cost(one: Found) -> int:
    """How much this error speaks against its branch being the one that was meant."""
    match one.kind:
        case "extra_forbidden":
            return 2 if one.near else 4
        case "literal_error" | "enum":
            return 1 if one.near else 6
        case _:
            return 2
