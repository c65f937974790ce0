"""
From ``http`` and ``error`` in a scenario to what one request gets: status, headers, body.

Templates are filled here, and dates are counted from now.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime

from mockrouter.dialects import sse
from mockrouter.engine.cue import Cue, Loc
from mockrouter.engine.filling import Filling
from mockrouter.reply import ErrorReply
from mockrouter.request import Request
from mockrouter.scenario.error import Error
from mockrouter.scenario.headers import check_value
from mockrouter.scenario.http import Http, RetryAfter
from mockrouter.scenario.templates import Template
from mockrouter.values import Json
from mockrouter.verbatim import Head, Verbatim

_TYPES = {
    "text": "text/plain; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "base64": "application/octet-stream",
}
_LAST = 253_402_300_799
"""The last second that an HTTP date can name."""


def compose_error(error: Error, request: Request, cue: Cue) -> ErrorReply:
    """
    Make an error.

    Raises:
        CannotAnswer: A template failed; names the line.
    """
    filling, at = Filling(request, cue), ("error",)
    message = filling.fill(error.message, (*at, "message")) if error.message else ""
    metadata = filling.value(error.metadata, (*at, "metadata"))
    headers = [(name, _line(filling, name, v, at)) for name, v in error.headers.items()]
    if error.retry_after is not None:
        headers += _waits(error.retry_after, request)
    return ErrorReply(
        status=error.status,
        message=message,
        type=error.type,
        code=error.code,
        param=error.param,
        metadata=None if metadata is None else json.dumps(metadata),
        headers=tuple(headers),
        after=error.after,
    )


def compose_head(http: Http, request: Request, cue: Cue) -> Head:
    """
    Make a status and headers.

    Raises:
        CannotAnswer: A template failed; names the line.
    """
    filling = Filling(request, cue)
    return Head(http.status, tuple(_headers(http, filling)), http.bare)


def compose_verbatim(http: Http, request: Request, cue: Cue) -> Verbatim:
    """
    Make a whole response.

    Raises:
        CannotAnswer: A template failed; names the line.
    """
    filling = Filling(request, cue)
    kind = next(iter(http.given), "")
    if kind == "events":
        values = enumerate(http.events or ())
        events = tuple(filling.value(each, ("http", "events", n)) for n, each in values)
        return Verbatim(events=events)
    return Verbatim(body=_body(http, kind, filling), content_type=_TYPES.get(kind))


def _body(http: Http, kind: str, filling: Filling) -> bytes:
    match kind:
        case "text" | "html":
            template: Template = getattr(http, kind)
            return filling.fill(template, ("http", kind)).encode("utf-8", "backslashreplace")
        case "json":
            return sse.compact(filling.value(http.json_, ("http", "json")))
        case "base64":
            return base64.b64decode(http.base64 or "")
    return b""


def _headers(http: Http, filling: Filling) -> Iterator[tuple[str, str | None]]:
    if http.content_type is not None:
        yield "content-type", http.content_type
    for name, value in http.headers:
        yield name, None if value is None else _line(filling, name, value, ("http",))
    if http.retry_after is not None:
        yield from _waits(http.retry_after, filling.request)


def _line(filling: Filling, name: str, value: Template, at: Loc) -> str:
    """Fill in a header, which may not get more lines than one by it."""
    loc = (*at, "headers", name)
    text = filling.fill(value, loc)
    return filling.guard(loc, lambda: check_value(name, text)) if value.dynamic else text


def _waits(asked: RetryAfter, request: Request) -> Iterator[tuple[str, str]]:
    real = asked.date is not None and asked.clock == "real"
    now = request.arrived() if real else request.envelope.created
    return asked.headers(_date(now, asked.date))


def _date(now: float, seconds: Json) -> str:
    moment = min(max(now + (seconds or 0), 0), _LAST)
    return format_datetime(datetime.fromtimestamp(int(moment), UTC), usegmt=True)
