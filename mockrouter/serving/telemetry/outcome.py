"""What became of an exchange, in the few words that figures and spans are sorted by."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from itertools import accumulate
from typing import Final, Literal, TypeAlias

from mockrouter.engine.exchange import Exchange
from mockrouter.scenario.library import AUTO

Outcome: TypeAlias = Literal["matched", "auto", "missed", "refused", "left"]

OUTCOMES: Final[tuple[Outcome, ...]] = ("matched", "auto", "missed", "refused", "left")

End: TypeAlias = Literal["complete", "cut", "client_left"]

_BEYOND = 600


def outcome(exchange: Exchange) -> Outcome:
    """
    Say who answered an exchange.

    Returns:
        ``matched`` for a scenario, ``auto`` for the one that is built in, ``missed`` for the mock's
        own errors, as where no scenario answers, ``refused`` where the request is wrong for its
        format or breaks a rule of ``expect``, ``left`` for a client that was gone before its
        request was read.
    """
    if exchange.compiled is None:
        return "left"
    if exchange.error:
        return "missed"
    if exchange.broken or exchange.compiled.said is None:
        return "refused"
    return "auto" if exchange.scenario == AUTO else "matched"


def status(exchange: Exchange) -> int | None:
    """Find the status that was sent; None where the connection ended before there was one."""
    wire = exchange.compiled.wire if exchange.compiled else None
    return wire.status if wire and wire.headers_sent else None


def status_class(exchange: Exchange) -> str:
    """``2xx``, ``4xx``, …; ``none`` where no status was sent."""
    found = status(exchange)
    known = found is not None and HTTPStatus.CONTINUE <= found < _BEYOND
    return f"{found // 100}xx" if found is not None and known else "none"


def end(exchange: Exchange) -> End:
    """
    Say how an exchange ended.

    Returns:
        ``complete`` as HTTP says, ``client_left`` where the client went away before, ``cut`` where
        the mock ended it otherwise, be it as the scenario says.
    """
    sent = exchange.sent
    if sent is not None and sent.client_left:
        return "client_left"
    return "complete" if sent is not None and sent.complete else "cut"


def lateness(exchange: Exchange, scale: float) -> Sequence[float]:
    """
    List how late each paced write went out, in seconds; a write without a delay of its own is none.

    Args:
        exchange: That is over.

        scale: What its waits were multiplied by.
    """
    sent, compiled = exchange.sent, exchange.compiled
    if sent is None or compiled is None:
        return []
    frames = compiled.framed.frames
    waits = [frame.delay * scale for frame in frames[: len(sent.times)]]
    start = sent.started + compiled.wire.delay * scale
    due = accumulate(waits, initial=start)
    next(due)
    rows = zip(waits, due, sent.times, strict=False)
    return [max(0.0, when - moment) for wait, moment, when in rows if wait]
