"""The journal's entries: a page of them, all of them line by line, or one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from mockrouter.dialects.sse import compact
from mockrouter.engine.journal import Journal
from mockrouter.entries import Entry
from mockrouter.serving.answers import JsonAnswer
from mockrouter.serving.control.queries import (
    NAMESPACE,
    Query,
    check_names,
    is_number,
    read_query,
    short,
)
from mockrouter.serving.control.reading import Snapshot, Snapshots
from mockrouter.values import JsonObject

LINES: Final = "application/x-ndjson"

_PAGE, _LARGEST_PAGE = 100, 1_000
_CHUNK = 20
_NAMED = 3
_NOT_WRITABLE = 422


async def requests_page(request: Request, journal: Journal, snapshots: Snapshots) -> Response:
    """
    Answer with a page of entries and its neighbours, or with a line of JSON for each entry.

    Raises:
        HTTPException: 400, with a remedy.
    """
    params = request.query_params
    query = read_query(params, ("before", "limit", "format"))
    kind = _kind(request)
    snapshot = await snapshots.of(query.namespace)
    if kind == "jsonl":
        chosen = await snapshot.work(lambda: query.page(query.chosen(snapshot.entries)))
        return StreamingResponse(_lines(snapshot, chosen), media_type=LINES)
    if query.limit is not None and query.limit > _LARGEST_PAGE:
        detail = f"'limit' is {query.limit}; write {_LARGEST_PAGE} at most, or format=jsonl for all"
        raise HTTPException(400, detail)
    limited = query if query.limit is not None else replace(query, limit=_PAGE)
    page = await snapshot.work(_page, snapshot.entries, limited, request.url.path)
    body = page | _bounds(journal, query.namespace)
    return Response(await snapshot.work(compact, body), media_type="application/json")


async def one_request(request: Request, journal: Journal, snapshots: Snapshots) -> Response:
    """
    Answer with one entry: as JSON, or as text that asks the same or answers it again.

    Raises:
        HTTPException: 404, or 400 with a remedy; 422 where it cannot be written as a scenario.
    """
    params, asked = request.query_params, request.path_params["number"]
    check_names(params, ("format", NAMESPACE))
    kind = params.get("format", "json")
    if kind not in ("json", "curl", "scenario"):
        detail = f"'format' is {short(kind)!r}; write one of json, curl, scenario."
        raise HTTPException(400, detail)
    exchange, namespace = None, params.get(NAMESPACE)
    if is_number(asked):
        exchange = journal.find(int(asked), namespace or "")
    if exchange is not None and namespace not in (None, exchange.namespace):
        exchange = None
    snapshot = await snapshots.of(exchange.namespace) if exchange else Snapshot([], few=True)
    found = (entry for entry in snapshot.entries if exchange and entry.number == exchange.number)
    entry = next(found, None)
    if entry is None:
        raise HTTPException(404, _missing(journal, asked, namespace))
    if kind == "json":
        return JsonAnswer(await snapshot.work(entry.to_json))
    try:
        text = await snapshot.work(_text, entry, kind, str(request.base_url).rstrip("/"))
    except ValueError as error:
        raise HTTPException(_NOT_WRITABLE, str(error)) from None
    return PlainTextResponse(text.encode("utf-8", "backslashreplace"))


def _kind(request: Request) -> str:
    kind = request.query_params.get("format")
    if kind is None:
        accepted = request.headers.get("accept", "").lower().split(",")
        return "jsonl" if LINES in (each.split(";")[0].strip() for each in accepted) else "json"
    if kind not in ("json", "jsonl"):
        raise HTTPException(400, f"'format' is {short(kind)!r}; write json or jsonl.")
    return kind


def _missing(journal: Journal, asked: str, namespace: str | None) -> str:
    """Say that a request is not held, and which are; in what other namespace it is, as well."""
    everything = list(journal)
    is_apart = journal.apart or namespace is not None
    chosen = [each for each in everything if not is_apart or each.namespace == (namespace or "")]
    numbers = [each.number for each in chosen]
    whose = f" of namespace '{short(namespace)}'" if namespace else ""
    others = [
        each.namespace
        for each in everything
        if str(each.number) == asked and each.namespace != (namespace or "")
    ]
    known = others[:_NAMED] + ["…"] * (len(others) > _NAMED)
    where = ", ".join(f"'{name}'" if name else "the server's own" for name in known)
    remedy = f"; say which namespace, of {where}" if others else ""
    return f"The journal holds no request {short(asked)}{whose}; it holds {_run(numbers)}{remedy}."


def _run(numbers: list[int]) -> str:
    """Say in few words which numbers these are, in ascending order."""
    if len(numbers) < 2:  # noqa: PLR2004 - one is no run
        return str(*numbers) or "none"
    ends = f"{numbers[0]} to {numbers[-1]}"
    is_whole = len(numbers) == numbers[-1] - numbers[0] + 1
    return ends if is_whole else f"{len(numbers)} of {ends}"


def _text(entry: Entry, kind: str, root: str) -> str:
    return f"{entry.to_curl(root)}\n" if kind == "curl" else entry.to_scenario()


def _page(entries: list[Entry], query: Query, path: str) -> JsonObject:
    chosen = query.chosen(entries)
    page = query.page(chosen)
    # An empty page lies between those up to *after* and those from *before* on.
    first = page[0].sequence if page else query.after + 1
    last = page[-1].sequence if page else (query.before or query.after + 1) - 1
    older = bool(chosen) and chosen[0].sequence < first
    newer = bool(chosen) and chosen[-1].sequence > last
    return {
        "requests": [entry.to_json() for entry in page],
        "previous": query.link(path, before=first) if older else None,
        "next": query.link(path, after=last) if newer else None,
    }


def _bounds(journal: Journal, namespace: str | None) -> JsonObject:
    """Say how much the journal holds, and of what is asked for how much it does not."""
    held = len(journal) if namespace is None else len(journal.of(namespace))
    return {
        "total": journal.total,
        "held": held,
        "forgotten": journal.forgotten(namespace),
        "bytes": journal.bytes,
        "bounds": {"requests": journal.most, "bytes": journal.most_bytes},
    }


async def _lines(snapshot: Snapshot, chosen: list[Entry]) -> AsyncIterator[bytes]:
    for at in range(0, len(chosen), _CHUNK):
        yield await snapshot.work(_chunk, chosen[at : at + _CHUNK])


def _chunk(entries: list[Entry]) -> bytes:
    return b"".join(compact(entry.to_json()) + b"\n" for entry in entries)
