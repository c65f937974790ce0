"""
The journal as it is written: a stream of server-sent events.

``request`` when the answer to a request is known, ``response`` when it has gone out; both bring the
whole entry. ``lost`` says how many of them a reader missed, because it was too slow or because the
journal holds them no more.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Final, NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from mockrouter.dialects import sse
from mockrouter.engine.journal import Event, Exchange, Journal
from mockrouter.entries import Entry
from mockrouter.serving.control.queries import Query, is_number, number, read_query, short
from mockrouter.serving.control.reading import Snapshot, Snapshots
from mockrouter.serving.protocols import ENDING
from mockrouter.serving.sharing import Spaces
from mockrouter.serving.ticker import Ticker

_KINDS: Final[dict[Event, str]] = {"answered": "request", "sent": "response"}
_KEEP_ALIVE = 15.0
_LOOK = 0.2
"""Seconds between two looks at what other servers wrote."""
_MOST = 1_000
"""Events that wait for a reader."""
_BATCH = 50
_SHARE = 4
"""For each second that reading takes, others have so many."""
_LONGEST_REST = 1.0


class _Told(NamedTuple):
    """What happened: the event's name, and the sequence and namespace of the exchange."""

    kind: str
    sequence: int
    namespace: str


class Events:
    """The live streams over a journal."""

    def __init__(
        self, journal: Journal, snapshots: Snapshots, ticker: Ticker, spaces: Spaces
    ) -> None:
        """
        Stream what is written to *journal*.

        Others write to it as well where *spaces* are shared; *ticker* says when to look what they
        did, and when silence gets long.
        """
        self._spaces = spaces
        self._patience = _KEEP_ALIVE if spaces.health is None else _LOOK
        self._journal = journal
        self._snapshots = snapshots
        self._ticker = ticker

    def answer(self, request: Request) -> Response:
        """
        Answer with a stream that ends with the server.

        Raises:
            HTTPException: 400, with a remedy.
        """
        query, after = read_query(request.query_params), _after(request)
        ending = (request.scope.get("extensions") or {}).get(ENDING)
        stream = _nothing() if request.method == "HEAD" else self._stream(query, after, ending)
        headers = {"cache-control": "no-cache"}
        return StreamingResponse(stream, media_type="text/event-stream", headers=headers)

    async def _stream(
        self, query: Query, after: int | None, ending: asyncio.Future[None] | None
    ) -> AsyncIterator[bytes]:
        now, alarm = self._ticker.now, _Alarm(self._ticker, ending)
        inbox = _Inbox(query.namespace, alarm.ring)
        await self._spaces.pull()  # what others wrote by now is nothing new
        unsubscribe = self._journal.subscribe(inbox.hear)
        try:
            if after is not None:
                inbox.fill(self._journal, after)
            yield b": listening\n\n"
            writer, spoke, looked = _Writer(query), now(), now()
            while not alarm.is_over:
                if now() >= looked + self._patience:
                    await self._spaces.pull()
                    looked = now()
                told, lost = inbox.take()
                started = now()
                if not told and not lost:
                    await alarm.wait(min(looked + self._patience, spoke + _KEEP_ALIVE))
                    if not inbox and now() >= spoke + _KEEP_ALIVE:
                        spoke = now()
                        yield b": keep-alive\n\n"
                    continue
                spoke = started
                snapshot = await self._read({each.namespace for each in told})
                text = await snapshot.work(writer.write, told, lost, snapshot.entries)
                if text:
                    yield text
                if not snapshot.few:
                    await alarm.rest(now() + min(_LONGEST_REST, _SHARE * (now() - started)))
        finally:
            unsubscribe()
            alarm.drop()

    async def _read(self, namespaces: set[str]) -> Snapshot:
        found = [await self._snapshots.of(each) for each in namespaces]
        entries = [entry for snapshot in found for entry in snapshot.entries]
        return Snapshot(entries, few=all(snapshot.few for snapshot in found))


class _Inbox:
    """What one reader has still to be told."""

    def __init__(self, namespace: str | None, ring: Callable[[], None]) -> None:
        """Take in what happens in a namespace, or in all, and *ring* each time."""
        self._namespace = namespace
        self._ring = ring
        self._waiting: deque[_Told] = deque()
        self._room = _MOST
        self._lost = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def fill(self, journal: Journal, after: int) -> None:
        """Begin with what the journal holds behind sequence *after*, and with how *after* ended."""
        namespace = self._namespace
        held = list(journal) if namespace is None else journal.of(namespace)
        for exchange in held:
            if exchange.sequence > after and exchange.compiled is not None:
                self._waiting.append(_told("request", exchange))
            if exchange.sequence >= after and exchange.sent is not None:
                self._waiting.append(_told("response", exchange))
        oldest = held[0].sequence if held else journal.total + 1
        self._lost = min(journal.forgotten(namespace), max(0, oldest - after - 1))
        self._room = max(_MOST, len(self._waiting))

    def hear(self, event: Event, exchange: Exchange) -> None:
        """Take in what happened; where there is no room the oldest goes."""
        kind = _KINDS.get(event)
        if kind is None or self._namespace not in (None, exchange.namespace):
            return
        if len(self._waiting) >= self._room:
            self._waiting.popleft()
            self._lost += 1
        self._waiting.append(_told(kind, exchange))
        self._ring()

    def take(self) -> tuple[list[_Told], int]:
        """Take out what comes next, and how much was lost before it."""
        waiting, lost = self._waiting, self._lost
        self._lost = 0
        return [waiting.popleft() for _ in range(min(_BATCH, len(waiting)))], lost


class _Writer:
    """Writes events for one reader, whose last id never goes back."""

    def __init__(self, query: Query) -> None:
        self._query = query
        self._last = 0

    def write(self, told: list[_Told], lost: int, entries: list[Entry]) -> bytes:
        """Write what is asked for of what happened."""
        found = {entry.sequence: entry for entry in entries}
        lost += sum(each.sequence not in found for each in told)
        written = [sse.named("lost", {"lost": lost})] if lost else []
        for each in told:
            entry = found.get(each.sequence)
            if entry is not None and self._query.holds(entry):
                written.append(self._marked(each.sequence) + sse.named(each.kind, entry.to_json()))
        return b"".join(written)

    def _marked(self, sequence: int) -> bytes:
        # Who comes back after an older request would be told much again.
        if sequence < self._last:
            return b""
        self._last = sequence
        return b"id: %d\n" % sequence


class _Alarm:
    """Wakes one reader."""

    def __init__(self, ticker: Ticker, ending: asyncio.Future[None] | None) -> None:
        """Ring when the server ends, as well."""
        self._ticker = ticker
        self._ending = ending
        self._waiting: asyncio.Future[None] | None = None
        if ending is not None:
            ending.add_done_callback(self.ring)

    @property
    def is_over(self) -> bool:
        """Whether the server ends."""
        return self._ending is not None and self._ending.done()

    def ring(self, _: object = None) -> None:
        """Wake the reader if it waits."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    async def wait(self, until: float) -> None:
        """Wait for a moment, or until it rings."""
        self._waiting = self._ticker.at(until)
        await self._waiting

    async def rest(self, until: float) -> None:
        """Wait for a moment, or until the server ends."""
        while self._ticker.now() < until and not self.is_over:
            await self.wait(until)

    def drop(self) -> None:
        """Ring no more."""
        if self._ending is not None:
            self._ending.remove_done_callback(self.ring)


def _told(kind: str, exchange: Exchange) -> _Told:
    return _Told(kind, exchange.sequence, exchange.namespace)


async def _nothing() -> AsyncIterator[bytes]:
    return
    yield b""


def _after(request: Request) -> int | None:
    """Read where a reader comes back to; what a browser says by itself counts before the URL."""
    last = request.headers.get("last-event-id", "")
    if not last:
        return number(request.query_params, "after")
    if not is_number(last):
        detail = f"'Last-Event-ID' is {short(last)!r}; write the id of an event."
        raise HTTPException(400, detail)
    return int(last)
