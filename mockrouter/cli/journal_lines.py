"""An entry of the journal as a line, like that of the request log."""

from __future__ import annotations

from collections.abc import Iterator

from mockrouter.cli.log_line import beneath, log_line
from mockrouter.values import JsonObject, message_in

_WIDTH = 4


def entry_lines(entry: JsonObject) -> Iterator[str]:
    """Write an entry's line, its number in front, and what the mock says beneath it."""
    response = entry["response"]
    line = log_line(
        at=entry["time"],
        method=entry["method"],
        path=entry["path"],
        scenario=entry["scenario"],
        turn=entry["turn"],
        attempt=entry["attempt"],
        status=response["status"] if response and response["headers_sent"] else None,
        end=_end(entry),
    )
    yield f"{entry['number']:>{_WIDTH}}  {line}"
    for said in beneath(complaints(entry)):
        yield f"{' ' * _WIDTH}  {said}"


def complaints(entry: JsonObject) -> Iterator[str]:
    """What the mock says itself: why it refused, and what it could not do as written."""
    if entry["turn"] is None and entry["response"] is not None:
        body = "".join(frame["data"] for frame in entry["response"]["frames"])
        yield from message_in(body).splitlines()
    yield from entry["warnings"]


def _end(entry: JsonObject) -> str:
    """Say how long it took and how it ended, where that is not as HTTP says."""
    sent, response = entry["sent"], entry["response"]
    again = f", retry of {entry['follows']}" if entry["is_retry"] else ""
    if sent is None:
        return f"{'not answered yet' if response is None else 'going out'}{again}"
    took = f"{sent['seconds'] * 1000:.0f} ms"
    if sent["client_left"]:
        return f"{took}, client left{again}"
    ending = response["ending"] if response else "complete"
    if ending == "complete" and not sent["complete"]:
        ending = "cut off"
    return f"{took}{'' if ending == 'complete' else f', {ending}'}{again}"
