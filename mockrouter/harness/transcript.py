"""What went over the wire, in the order of the questions that a failing test raises."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from http import HTTPStatus

from mockrouter.engine.targets import namespace_of
from mockrouter.entries import Entry
from mockrouter.printing import printable
from mockrouter.values import Json, compact, message_in
from mockrouter.wire import Ending

_WIDTH = 160
"""Characters of a text that are shown."""


def transcript(entries: Iterable[Entry]) -> str:
    """Describe each request: what was asked anew, what was answered, and how it ended."""
    return "\n".join(printable(line) for entry in entries for line in _lines(entry))


def complaint(entry: Entry) -> str:
    """Read an error's own words, or what else its body says."""
    body = entry.shown.body if entry.shown else b""
    return message_in(body) or _short(body.decode("utf-8", "replace"))


def _lines(entry: Entry) -> Iterator[str]:
    yield f"{entry.number:>3}  {'  '.join(_head(entry))}"
    yield from (f"       > {line}" for line in _asked(entry))
    yield from (f"       < {line}" for line in _answered(entry))
    for each in (*entry.warnings, *entry.misses):
        yield from (f"       ! {line}" for line in each.splitlines())


def _head(entry: Entry) -> Iterator[str]:
    yield f"{entry.method} {namespace_of(entry.path)[1]}"
    if entry.scenario:
        turn = f" turn {entry.turn}" if entry.turn else ""
        attempt = f" attempt {entry.attempt}" if entry.attempt and entry.attempt > 1 else ""
        yield f"{entry.scenario}{turn}{attempt}"
    yield "no status" if entry.status is None else str(entry.status)
    if entry.stream:
        yield "stream"
    if entry.is_retry:
        yield f"tries {entry.follows} again after {entry.waited or 0:.2f} s"
    if entry.retry_after is not None:
        yield f"Retry-After: {entry.retry_after:g} s"
    yield from _ending(entry)


def _ending(entry: Entry) -> Iterator[str]:
    wire, sent = entry.wire, entry.sent
    if wire is None:
        return
    if sent is None:
        yield "still open"
    elif sent.client_left and wire.ending is Ending.STALL and sent.frames == len(wire.frames):
        yield f"{wire.ending} after {sent.frames} writes, until the client left"
    elif sent.client_left:
        yield f"the client left after {sent.frames} of {len(wire.frames)} writes"
    elif wire.ending is not Ending.COMPLETE:
        yield f"{wire.ending} after {sent.frames} writes"
    elif not sent.complete:
        yield f"cut off after {sent.frames} of {len(wire.frames)} writes, as the server ended"


def _asked(entry: Entry) -> Iterator[str]:
    """What is new in a request: the results, else the last message."""
    results = entry.tool_results
    if results:
        for result in results:
            name = result.name or result.id or "an unknown call"
            yield f"result of {name}: {_short(result.content)}"
        return
    if entry.messages:
        last = entry.messages[-1]
        role = last.get("role", last.get("type", "?")) if isinstance(last, dict) else "?"
        content = last.get("content") if isinstance(last, dict) else last
        yield f"{role}: {_short(content)}"
    elif entry.body is not None:
        yield _short(entry.body)


def _answered(entry: Entry) -> Iterator[str]:
    if entry.error:
        yield from complaint(entry).splitlines()
        return
    if entry.text:
        yield f"text: {_short(entry.redactor.said(entry.text))}"
    for call in entry.calls:
        text = entry.redactor.text(call.text)
        # A problem quotes the value that it is about.
        problem = f": {call.problem}" if text == call.text else ""
        verdict = "" if call.verdict == "valid" else f"  ({call.verdict}{problem})"
        yield f"calls {call.name} {_short(text)}{verdict}"
        for result in call.results:
            yield f"    answered in {result.request}: {_short(result.content)}"
        if not call.results:
            yield "    not answered"
    if entry.status is not None and entry.status >= HTTPStatus.BAD_REQUEST:
        yield f"error: {_short(complaint(entry))}"


def _short(value: Json) -> str:
    text = value if isinstance(value, str) else compact(value)
    text = " ".join(text.split())
    return text if len(text) <= _WIDTH else f"{text[:_WIDTH]}… ({len(text)} characters)"
