"""
From a request's bytes to the wire that answers it: the whole product but for the sockets.

``Engine.answer`` reads, chooses, composes and compiles, and writes the journal. It never raises for
a client's or an author's mistake: those are answers too.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable
from dataclasses import replace

from mockrouter.dialects.base import Dialect, bad_request
from mockrouter.engine.answering import Answering
from mockrouter.engine.compiler import Compiled, request_id, trace_headers
from mockrouter.engine.counts import Counts, MemoryCounts
from mockrouter.engine.fields import Fields, KnownFields
from mockrouter.engine.framing import framed
from mockrouter.engine.journal import Exchange, Journal
from mockrouter.engine.namespaces import Namespace
from mockrouter.engine.recall import Responses
from mockrouter.engine.recent import Recent
from mockrouter.engine.redaction import redactor
from mockrouter.engine.refusing import complaint
from mockrouter.engine.repeats import Asked
from mockrouter.engine.settings import Settings
from mockrouter.engine.targets import Target
from mockrouter.errors import BadRequest, CannotAnswer
from mockrouter.ids import HOLE_MARK, NONCE_LENGTH, Ids, nonce_of
from mockrouter.reply import ErrorReply
from mockrouter.scenario.library import Library


class Engine:
    """
    A server without sockets.

    Attributes:
        settings: How it behaves.

        journal: What happened.

        responses: Stored responses.

        root: The server's own namespace, which answers for all that nobody opened.
    """

    def __init__(
        self,
        library: Library,
        settings: Settings | None = None,
        *,
        counts: Counts | None = None,
        journal: Journal | None = None,
    ) -> None:
        """Serve *library*."""
        self.settings = settings or Settings()
        self.counts = MemoryCounts() if counts is None else counts
        self.journal = Journal() if journal is None else journal
        self.responses = Responses()
        self.root = Namespace("", library, self.settings)
        self._opened: dict[str, Namespace] = {}
        self._closed = Recent()
        self._fields = KnownFields()

    @property
    def library(self) -> Library:
        """What the server itself answers by."""
        return self.root.library

    def use(self, library: Library) -> None:
        """Serve another library from the next request on."""
        self.root.use(library)

    def open_namespace(self, token: str, library: Library, settings: Settings) -> Namespace:
        """
        Open a namespace with scenarios and settings of its own, until ``close``.

        Raises:
            ValueError: It is open already.
        """
        if token in self._opened:
            message = f"namespace '{token}' is open already; close it first, or take another name"
            raise ValueError(message)
        # What came too late for an earlier one of this name is none of the new one's.
        self.journal.clear(token)
        opened = self._opened[token] = Namespace(token, library, settings)
        return opened

    def namespace(self, token: str) -> Namespace:
        """Find the namespace that answers for a token: its own if it was opened, else the root."""
        return self._opened.get(token, self.root)

    def open(  # noqa: PLR0913, PLR0917 - what is known of a request before its body
        self,
        target: Target,
        method: str,
        path: str,
        fields: Fields,
        arrived: float = 0.0,
        number: int = 0,
    ) -> Exchange:
        """Begin an exchange; *arrived* in the ticker's seconds, *number* as servers share it."""
        settings = self.namespace(target.namespace).settings
        exchange = Exchange(
            number=self.journal.next_number(target.namespace, number),
            sequence=number,
            time=time.time(),
            method=method,
            path=path,
            arrived=arrived,
            namespace=target.namespace,
            profile=target.profile.name,
            headers=fields.shown,
            headers_size=fields.size,
            seed=settings.seed,
            redactor=redactor(settings.redact),
        )
        self.journal.open(exchange)
        return exchange

    def fields(self, namespace: str, raw: Iterable[tuple[bytes, bytes]]) -> Fields:
        """Read the header fields of a request in a namespace, names in lower case."""
        blanks = redactor(self.namespace(namespace).settings.redact)
        return self._fields.read(raw, blanks)

    async def answer(
        self,
        exchange: Exchange,
        target: Target,
        dialect: Dialect,
        body: bytes,
        fields: Fields,
    ) -> None:
        """
        Answer a request: fills in *exchange*, its compiled wire and its nonce above all.

        The *body* and the *fields* are as they came; the exchange has them with secrets blanked.
        """
        exchange.dialect = dialect.name
        try:
            exchange.compiled = await self._answer(exchange, target, dialect, body, fields)
        except BadRequest as error:
            self.refuse(exchange, bad_request(error), target, dialect)
        except CannotAnswer as error:
            exchange.error = error.code
            self.refuse(exchange, complaint(error), target, dialect)
        else:
            exchange.warnings = exchange.compiled.warnings
            self.journal.weigh(exchange)

    def refuse(
        self, exchange: Exchange, error: ErrorReply, target: Target, dialect: Dialect
    ) -> None:
        """Answer with an error of the request's, or of the mock's own."""
        if exchange.nonce == HOLE_MARK:  # refused before the body was read, so by what is known
            asked = f"{exchange.method} {exchange.path}"
            exchange.nonce = self._nonce(target, asked.encode("utf-8", "surrogatepass"))
        wire = dialect.render_error(error, target.profile)
        named = request_id(target.profile, Ids("", created=self.settings.now()))
        trace = trace_headers(exchange.scenario, exchange.turn, exchange.seed)
        exchange.compiled = Compiled(framed(replace(wire, headers=(*wire.headers, named, *trace))))
        self.journal.weigh(exchange)

    async def _answer(
        self, exchange: Exchange, target: Target, dialect: Dialect, raw: bytes, fields: Fields
    ) -> Compiled:
        token, name, created = target.namespace, target.profile.name, self.settings.now()
        space, over = self._space(token)
        # Of the scenarios that answer: others may take their place meanwhile.
        repeats = space.repeats
        asked = Asked(token, target.scenario, name, target.endpoint, fields, raw, created)
        found = None if over else repeats.find(asked, space.settings)
        if found is None:
            exchange.body = exchange.redactor.body(raw)
            exchange.nonce = self._nonce(target, raw)
            if over:
                raise _over(token)
            making = Answering(exchange, target, dialect, space, self.counts, self.responses)
            found = await making.answer(raw, fields, created)
            if not (making.moves or self.settings.random_ids):
                repeats.hold(asked, found)
        else:
            found.fill(exchange)
        space.serve(found.cue)
        if found.stored is not None:
            await self.responses.keep(token, *found.stored)
        return found.compiled

    def _space(self, token: str) -> tuple[Namespace, bool]:
        """Find the namespace that answers for a token, and whether that is over."""
        space = self.namespace(token)
        late = token in self._closed or not self.settings.any_namespace
        return space, bool(token) and space is self.root and late

    async def reset(self, namespace: str | None = None) -> None:
        """Forget exchanges and attempts: all, or those of one namespace."""
        self.journal.clear(namespace)
        for space in (self.root, *self._opened.values()):
            if namespace in {None, space.token}:
                space.forget()
        await self.counts.forget(namespace)

    async def close(self, namespace: str, *, over: bool = True) -> None:
        """
        End a namespace: what it held is forgotten.

        Late requests are refused, unless it is not *over*, but as if it had never been opened.
        """
        self._opened.pop(namespace, None)
        if over and self.settings.any_namespace:  # else whatever is not open is over
            self._closed.add(namespace)
        self.responses.forget(namespace)
        await self.reset(namespace)

    async def start_over(self) -> None:
        """Begin anew: no namespace is open, none is over, and nothing has been asked."""
        for namespace in [*self._opened]:
            await self.close(namespace, over=False)
        self._closed = Recent()
        await self.reset()

    def _nonce(self, target: Target, raw: bytes) -> str:
        if self.settings.random_ids:
            return secrets.token_hex(NONCE_LENGTH // 2)
        return nonce_of(target.namespace.encode() + b"\0" + raw)


def _over(token: str) -> CannotAnswer:
    message = (
        f"namespace '{token}' is over; this request comes too late, or its client was made "
        "for an earlier test, as at import time: make clients where they are used"
    )
    return CannotAnswer("mockrouter_namespace_closed", message, status=410)
