"""One request on its way to its answer: read, given a scenario and a turn, compiled."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from mockrouter.dialects import sse
from mockrouter.dialects.base import Dialect
from mockrouter.dialects.refusals import unknown_previous
from mockrouter.engine.conversation import position
from mockrouter.engine.counting import conversation, drawn
from mockrouter.engine.counts import Counts
from mockrouter.engine.cue import Cue, Loc
from mockrouter.engine.exchange import Exchange
from mockrouter.engine.fields import Fields
from mockrouter.engine.namespaces import Namespace
from mockrouter.engine.parsing import parse
from mockrouter.engine.recall import Responses, Stored, items
from mockrouter.engine.refusing import refusal
from mockrouter.engine.repeats import Repeat
from mockrouter.engine.router import SCENARIO_HEADER, Shown, attempt_of, case_of, turn_at
from mockrouter.engine.targets import Target
from mockrouter.engine.telling import Told, choose
from mockrouter.errors import BadRequest
from mockrouter.ids import turn_of
from mockrouter.reply import Reply
from mockrouter.request import Request
from mockrouter.scenario.models import Answer, Turn
from mockrouter.scenario.scenario import Scenario
from mockrouter.values import JsonObject


class Answering:
    """
    A request being answered.

    Attributes:
        moves: Whether a count, the time or what is stored decided as well, so that the same request
            may be answered otherwise the next time.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - what an answer is made from
        self,
        exchange: Exchange,
        target: Target,
        dialect: Dialect,
        space: Namespace,
        counts: Counts,
        responses: Responses,
    ) -> None:
        """Fill in *exchange*, whose nonce is known, by the scenarios of *space*."""
        self._exchange = exchange
        self._target = target
        self._dialect = dialect
        self._space = space
        self._counts = counts
        self._responses = responses
        self.moves = False

    async def answer(self, raw: bytes, fields: Fields, created: int) -> Repeat:
        """
        Make the answer.

        Args:
            raw: The request's body.

            fields: Its header fields.

            created: Unix seconds.

        Raises:
            BadRequest: The provider would refuse the request.

            CannotAnswer: No scenario answers it, or one that cannot.
        """
        target, dialect, exchange, space = self._target, self._dialect, self._exchange, self._space
        stateful = target.profile.stateful and dialect.stores

        def read(body: JsonObject) -> Request:
            return dialect.read(body, fields.headers, target.profile, created)

        try:
            body = parse(raw)
            if stateful:
                await self._responses.fetch(target.namespace, body.get("previous_response_id"))
                body = self._responses.expand(target.namespace, body)
            request = read(body)
        except BadRequest:
            # Of two mistakes, the name comes first: the body is often wrong on purpose.
            space.router.check(target.scenario or fields.headers.get(SCENARIO_HEADER))
            raise
        if space.router.drawn:
            request = await drawn(self.attempt, request, target, space.settings.seed)
        shown = Told(request, exchange.redactor, read)
        scenario = choose(space, exchange, request, target, shown)
        answer, cue = await self._turn(scenario, request, shown)
        exchange.turn, exchange.attempt = cue.turn + 1, cue.attempt + 1
        profile, nonce = target.profile, exchange.nonce
        compiled = space.compile(answer, cue, request, profile, nonce, arrived=self.arrived)
        stored = None
        if stateful and body.get("store") is not False and isinstance(compiled.said, Reply):
            stored = self._stored(cue, request, compiled.said)
        return Repeat(
            settings=space.settings,
            shown=exchange.body,
            nonce=nonce,
            cue=cue,
            compiled=compiled,
            broken=exchange.broken,
            misses=exchange.misses,
            stored=stored,
        )

    async def attempt(self, key: str) -> int:
        """Count one more under *key* and give its number, from 0."""
        self.moves = True
        return await self._counts.attempt(self._target.namespace, key)

    def arrived(self) -> float:
        """Say when the request came, in Unix seconds of the real time."""
        self.moves = True
        return self._exchange.time

    async def _turn(self, scenario: Scenario, request: Request, shown: Shown) -> tuple[Answer, Cue]:
        exchange, target, seed = self._exchange, self._target, self._space.settings.seed
        key = Cue(scenario, (), 0, 0, seed).key
        if request.previous is not None:
            self.moves = True  # by what is stored, which may be deleted
            self._check_previous(request.previous, key)
        number = position(request, key, target.profile.id_shapes, scenario.scripted_ids)
        place, turn = turn_at(scenario, number)
        refused = refusal(scenario, place, request, target.profile, seed)
        if refused:
            exchange.turn, exchange.broken = number + 1, exchange.redactor.line(refused.rule)
            if refused.answer is None:
                raise refused.request
            answer, loc, attempt = refused.answer, refused.loc, 0
        else:
            answer, loc, attempt = await self._choice(scenario, place, turn, request, shown)
        tried = turn.attempts and not refused
        if not tried and any(fault.chance < 1 for fault in answer.faults):
            # Who asks again tries again, and has another chance.
            attempt = await self.attempt(conversation(target, scenario, request))
        return answer, Cue(scenario, loc, number, attempt, seed)

    async def _choice(
        self, scenario: Scenario, place: int, turn: Turn, request: Request, shown: Shown
    ) -> tuple[Answer, Loc, int]:
        """Choose among a turn's cases or attempts; which it is, where it stands, and which try."""
        target, settings = self._target, self._space.settings
        loc: Loc = ("turns", place)
        if turn.cases:
            if any(case.when and case.when.drawn for case in turn.cases):
                use = f"{scenario.name}|{place}"
                request = await drawn(self.attempt, request, target, settings.seed, use)
            case = case_of(scenario, place, turn.cases, request, shown)
            return turn.cases[case], (*loc, "cases", case), 0
        if turn.attempts:
            tries = await self.attempt(conversation(target, scenario, request))
            restart = settings.restart
            attempt = attempt_of(scenario, place, turn.attempts, tries, restart=restart)
            return turn.attempts[attempt], (*loc, "attempts", attempt), attempt
        return turn, loc, 0

    def _check_previous(self, previous: str, key: str) -> None:
        known = self._responses.find(self._target.namespace, previous) is not None
        if not known and turn_of(previous, key, self._target.profile.id_shapes) is None:
            raise unknown_previous(previous)

    def _stored(self, cue: Cue, request: Request, reply: Reply) -> tuple[str, Stored]:
        """Make what is to be remembered of a response, with its id."""
        plain, profile = replace(request.envelope, stream=False), self._target.profile
        ids = cue.ids(plain.created, self._exchange.nonce)
        render = partial(self._dialect.render, reply, plain, profile, ids)
        asked = sse.compact(items(request.body.get("input")))
        stored = Stored(asked, render, len(asked) + self._exchange.size)
        return ids.make(profile.response_id), stored
