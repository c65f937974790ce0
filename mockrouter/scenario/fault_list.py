"""The faults of an answer, and what can be wrong with a list of them before there is a request."""

from __future__ import annotations

from typing import Annotated, Final, TypeAlias, get_args

from pydantic import AfterValidator

from mockrouter.faults import AnyFault, Fault, Layer
from mockrouter.faults.events import Templated
from mockrouter.scenario import templates
from mockrouter.scenario.checks import mistake

_ORDER: Final = {layer: place for place, layer in enumerate(get_args(Layer))}
_WORDS: Final[dict[Layer, str]] = {
    "event": "events",
    "sse": "the lines of events",
    "bytes": "bytes",
    "writes": "writes",
    "connection": "the connection",
}


def _in_order(faults: list[Fault]) -> list[Fault]:
    """Refuse a fault behind one that has already taken apart what it works on."""
    for number, fault in enumerate(faults):
        before = faults[:number]
        later = next((f for f in before if _ORDER[f.layer] > _ORDER[fault.layer]), None)
        if later:
            message = (
                f"'{fault.fault}' works on {_WORDS[fault.layer]} and stands behind "
                f"'{later.fault}', which works on {_WORDS[later.layer]}; "
                "move it in front of that"
            )
            raise mistake(message, number)
    return faults


def _one_ending(faults: list[Fault]) -> list[Fault]:
    """Refuse an ending behind one that always comes first, so that it never does."""
    endings = [(number, fault) for number, fault in enumerate(faults) if fault.ends]
    for place, (number, fault) in enumerate(endings):
        first = next((f for _, f in endings[:place] if f.chance == 1 and _meet(f, fault)), None)
        if first:
            message = (
                f"'{fault.fault}' is a second ending, behind '{first.fault}', which always comes "
                "first; keep one of them, or say with 'dialect', 'stream' or a 'chance' of the "
                "first which replies each one ends"
            )
            raise mistake(message, number)
    return faults


def _meet(one: Fault, other: Fault) -> bool:
    """Tell whether two faults may be for the same reply."""
    return all(
        None in both or both[0] == both[1]
        for both in ((one.dialect, other.dialect), (one.stream, other.stream))
    )


def _readable(faults: list[Fault]) -> list[Fault]:
    """Read the templates of all faults, to find their mistakes at load."""
    for number, fault in enumerate(faults):
        own = fault.names if isinstance(fault, Templated) else ()
        for loc, value in fault.values():
            try:
                templates.check(value, own)
            except ValueError as error:
                raise mistake(str(error), number, *loc) from None
    return faults


FaultList: TypeAlias = Annotated[
    list[AnyFault],
    AfterValidator(_in_order),
    AfterValidator(_one_ending),
    AfterValidator(_readable),
]
"""Faults in the order in which they strike."""
