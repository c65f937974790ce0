"""What can be known to be wrong with an answer before any request, told with its place."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from pydantic_core import PydanticCustomError

from mockrouter.cutting import Cut, RandomSizes, Stream
from mockrouter.cutting.interleaving import no_call
from mockrouter.cutting.unmet import unmet
from mockrouter.faults.base import Aimed, Fault, Loc
from mockrouter.scenario.parts import Part, ToolCallPart
from mockrouter.wire import Label


def mistake(message: str, *at: str | int) -> PydanticCustomError:
    """Make a mistake ("what; remedy") that stands at a part of what is validated."""
    return PydanticCustomError("scenario", "{message}", {"message": message, "at": list(at)})


def check_cuts(say: list[Part], stream: Stream) -> None:
    """Refuse pieces that do not join, and cuts outside, of a text known before any request."""
    for at, (cut, texts) in _cuts(say, stream).items():
        known = [text for text in texts if text is not None]
        try:
            for text in known:
                cut.cut(text, Random(0))  # noqa: S311 - whether it can be cut, not where
        except ValueError as error:
            raise mistake(str(error), *at) from None
        wrong = unmet(cut, known) if len(known) == len(texts) else None
        if wrong:
            raise mistake(wrong, *at)


def _cuts(say: list[Part], stream: Stream) -> dict[Loc, tuple[Cut, list[str | None]]]:
    """List the cuts that are written, by their places, with the texts that each one cuts."""
    found: dict[Loc, tuple[Cut, list[str | None]]] = {}
    for index, part in enumerate(say):
        cut = part.cut or getattr(stream, part.cut_by)
        at: Loc = ("say", index, "cut") if part.cut else ("stream", part.cut_by)
        if not isinstance(cut.root, str):
            found.setdefault(at, (cut, []))[1].append(part.known)
    return found


def check_after(say: list[Part], stream: Stream, after: int) -> None:
    """Refuse an error that comes after more fragments than there are, where that is known."""
    count = 0
    for part in say:
        cut = part.cut or getattr(stream, part.cut_by)
        if part.known is None or isinstance(cut.root, RandomSizes):
            return
        times = part.repeat if isinstance(part, ToolCallPart) else 1
        count += times * len(cut.cut(part.known, Random(0)))  # noqa: S311 - draws nothing
    if after > count:
        raise mistake(too_late(after, count), "error", "after")


def too_late(after: int, count: int) -> str:
    """Say that a reply of *count* fragments is over before an error that comes *after* more."""
    return (
        f"'after' is {after}, and the reply has {count} fragment{'' if count == 1 else 's'}; "
        f"write {count} at the most, or leave it out"
    )


def check_order(say: list[Part], stream: Stream) -> None:
    """Refuse an order that names a call that there is not, or has none to change."""
    calls = sum(part.repeat for part in say if isinstance(part, ToolCallPart))
    if stream.order == "interleaved" and calls <= 1:
        message = (
            f"'interleaved' lets calls take turns, and this reply has {calls}; "
            "add another, or leave it out"
        )
        raise mistake(message, "stream", "order")
    named = stream.order if isinstance(stream.order, tuple) else ()
    for place, number in enumerate(named):
        if number >= calls:
            raise mistake(no_call(number, calls), "stream", "order", place)


def check_choices(say: list[Part], choices: int | None) -> None:
    """Refuse a part that stands in a choice that there is not."""
    for index, part in enumerate(say):
        if choices is not None and part.choice is not None and part.choice >= choices:
            message = f"there is no choice {part.choice}, as they count from 0; mend 'choices'"
            raise mistake(message, "say", index, "choice")


def check_aims(faults: Sequence[Fault]) -> None:
    """Refuse a fault that means an event of a reply where there is none."""
    for index, fault in enumerate(faults):
        if isinstance(fault, Aimed) and (key := _aims_at_reply(fault)):
            message = (
                f"'{key}' aims at an event of a reply, and there is none; "
                "add 'say', or leave it out"
            )
            raise mistake(message, "faults", index, key)


def _aims_at_reply(fault: Aimed) -> str | None:
    """Find the setting by which a fault means an event of a stream."""
    if fault.label not in {None, Label.BODY}:
        return "label"
    return None if fault.call is None else "call"
