"""
From a request's bytes to the wire that answers it: the whole product but for the sockets.

``Engine.answer`` reads, chooses, composes and compiles, and writes the journal. It never raises for
a client's or an author's mistake: those are answers too.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import replace
from functools import cache, partial
from typing import TypeAlias

from mockrouter.dialects import DIALECTS, sse
from mockrouter.dialects.base import Dialect, bad_request
from mockrouter.dialects.refusals import unknown_previous
from mockrouter.engine.compiler import Compiled, request_id, trace_headers
from mockrouter.engine.conversation import position
from mockrouter.engine.counting import conversation, drawn
from mockrouter.engine.cue import Cue
from mockrouter.engine.framing import framed
from mockrouter.engine.journal import Exchange, Journal
from mockrouter.engine.namespaces import Namespace
from mockrouter.engine.parsing import parse
from mockrouter.engine.recall import Responses, Stored, items
from mockrouter.engine.redaction import redactor
from mockrouter.engine.refusing import complaint, refusal
from mockrouter.engine.router import Shown, attempt_of, case_of, turn_at
from mockrouter.engine.settings import Settings
from mockrouter.engine.state import MemoryStore, Recent, Store
from mockrouter.engine.targets import Target
from mockrouter.engine.telling import choose, told
from mockrouter.errors import BadRequest, CannotAnswer
from mockrouter.ids import HOLE_MARK, NONCE_LENGTH, Ids, nonce_of, turn_of
from mockrouter.reply import ErrorReply, Reply
from mockrouter.request import Request
from mockrouter.scenario.library import Library
from mockrouter.scenario.models import Answer
from mockrouter.scenario.scenario import Scenario
from mockrouter.values import JsonObject

Asked: TypeAlias = tuple[Request, Target, Shown]


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
        store: Store | None = None,
        journal: Journal | None = None,
    ) -> None:
        """Serve *library*."""
        self.settings = settings or Settings()
        self.store = MemoryStore() if store is None else store
        self.journal = Journal() if journal is None else journal
        self.responses = Responses()
        self.root = Namespace("", library, self.settings)
        self._opened: dict[str, Namespace] = {}
        self._closed = Recent()

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

    def open(
        self,
        target: Target,
        method: str,
        path: str,
        headers: dict[str, str],
        arrived: float = 0.0,
    ) -> Exchange:
        """Begin an exchange; *arrived* in the ticker's seconds."""
        settings = self.namespace(target.namespace).settings
        blanks = redactor(settings.redact)
        exchange = Exchange(
            number=self.journal.next_number(target.namespace),
            time=time.time(),
            method=method,
            path=path,
            arrived=arrived,
            namespace=target.namespace,
            profile=target.profile.name,
            headers=blanks.headers(headers),
            seed=settings.seed,
            redactor=blanks,
        )
        self.journal.open(exchange)
        return exchange

    async def answer(
        self,
        exchange: Exchange,
        target: Target,
        dialect: Dialect,
        body: bytes,
        headers: dict[str, str],
    ) -> None:
        """
        Answer a request: fills in *exchange*, its compiled wire and its nonce above all.

        The *body* and the *headers* are as they came; the exchange has them with secrets blanked.
        """
        exchange.dialect = dialect.name
        exchange.body = exchange.redactor.body(body)
        try:
            exchange.compiled = await self._answer(exchange, target, dialect, body, headers)
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
        self,
        exchange: Exchange,
        target: Target,
        dialect: Dialect,
        raw: bytes,
        headers: dict[str, str],
    ) -> Compiled:
        exchange.nonce = self._nonce(target, raw)
        space = self._open_for(target)
        body = parse(raw)
        stateful = target.profile.stateful and dialect.stores
        if stateful:
            body = self.responses.expand(target.namespace, body)
        now = self.settings.now()

        def read(body: JsonObject) -> Request:
            return dialect.read(body, headers, target.profile, now)

        request = read(body)
        if space.router.drawn:
            request = await drawn(self.store, request, target, space.settings.seed)
        shown = cache(partial(told, request, exchange.redactor, read))
        scenario = choose(space, exchange, request, target, shown)
        answer, cue = await self._turn(space, exchange, scenario, (request, target, shown))
        exchange.turn, exchange.attempt = cue.turn + 1, cue.attempt + 1
        profile, arrived = target.profile, exchange.time
        compiled = space.compile(answer, cue, request, profile, exchange.nonce, arrived=arrived)
        space.serve(cue)
        if stateful and body.get("store") is not False and isinstance(compiled.said, Reply):
            self._remember(exchange, cue, request, target, compiled.said)
        return compiled

    def _open_for(self, target: Target) -> Namespace:
        token = target.namespace
        space = self.namespace(token)
        over = token in self._closed or not self.settings.any_namespace
        if token and space is self.root and over:
            message = (
                f"namespace '{token}' is over; this request comes too late, or its client was made "
                "for an earlier test, as at import time: make clients where they are used"
            )
            raise CannotAnswer("mockrouter_namespace_closed", message, status=410)
        return space

    async def reset(self, namespace: str | None = None) -> None:
        """Forget exchanges and attempts: all, or those of one namespace."""
        self.journal.clear(namespace)
        for space in (self.root, *self._opened.values()):
            if namespace in {None, space.token}:
                space.forget()
        await self.store.forget("" if namespace is None else f"{namespace}|")

    async def close(self, namespace: str) -> None:
        """End a namespace: late requests are refused, and what it held is forgotten."""
        self._opened.pop(namespace, None)
        if self.settings.any_namespace:  # else whatever is not open is over
            self._closed.add(namespace)
        self.responses.forget(namespace)
        await self.reset(namespace)

    async def _turn(
        self, space: Namespace, exchange: Exchange, scenario: Scenario, asked: Asked
    ) -> tuple[Answer, Cue]:
        (request, target, shown), seed = asked, space.settings.seed
        key = Cue(scenario, (), 0, 0, seed).key
        shapes = target.profile.id_shapes
        if request.previous is not None:
            self._check_previous(request.previous, target, key)
        number = position(request, key, shapes, scenario.scripted_ids)
        place, turn = turn_at(scenario, number)
        loc: tuple[str | int, ...] = ("turns", place)
        answer: Answer = turn
        attempt = 0
        refused = refusal(scenario, place, request, target.profile, seed)
        if refused:
            exchange.turn, exchange.broken = number + 1, exchange.redactor.line(refused.rule)
            if refused.answer is None:
                raise refused.request
            return refused.answer, Cue(scenario, refused.loc, number, 0, seed)
        if turn.cases:
            if any(case.when and case.when.drawn for case in turn.cases):
                request = await drawn(self.store, request, target, seed, f"{scenario.name}|{place}")
            case = case_of(scenario, place, turn.cases, request, shown)
            loc, answer = (*loc, "cases", case), turn.cases[case]
        elif turn.attempts:
            tries = await self.store.attempt(conversation(target, scenario, request))
            restart = space.settings.restart
            attempt = attempt_of(scenario, place, turn.attempts, tries, restart=restart)
            loc, answer = (*loc, "attempts", attempt), turn.attempts[attempt]
        if not turn.attempts and any(fault.chance < 1 for fault in answer.faults):
            # Who asks again tries again, and has another chance.
            attempt = await self.store.attempt(conversation(target, scenario, request))
        return answer, Cue(scenario, loc, number, attempt, seed)

    def _nonce(self, target: Target, raw: bytes) -> str:
        if self.settings.random_ids:
            return secrets.token_hex(NONCE_LENGTH // 2)
        return nonce_of(target.namespace.encode() + b"\0" + raw)

    def _check_previous(self, previous: str, target: Target, key: str) -> None:
        known = self.responses.find(target.namespace, previous) is not None
        if not known and turn_of(previous, key, target.profile.id_shapes) is None:
            raise unknown_previous(previous)

    def _remember(
        self, exchange: Exchange, cue: Cue, request: Request, target: Target, reply: Reply
    ) -> None:
        plain = replace(request.envelope, stream=False)
        ids = cue.ids(plain.created, exchange.nonce)
        dialect = DIALECTS[request.dialect]
        render = partial(dialect.render, reply, plain, target.profile, ids)
        asked = sse.compact(items(request.body.get("input")))
        stored = Stored(asked, render, len(asked) + exchange.size)
        self.responses.store(target.namespace, ids.make(target.profile.response_id), stored)
