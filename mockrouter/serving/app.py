"""
The ASGI app: the two formats in front, everything else behind in Starlette's routes.

What every request of a client passes is one function here, because a router and a response class
cost more than the whole rest.
"""

from __future__ import annotations

import asyncio
import logging
from array import array
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from starlette.types import Receive, Scope, Send

from mockrouter.dialects import BY_PATH
from mockrouter.dialects.base import Dialect, bad_request
from mockrouter.dialects.chat import CHAT
from mockrouter.engine.engine import Engine
from mockrouter.engine.fields import Fields
from mockrouter.engine.journal import Exchange
from mockrouter.engine.refusing import complaint
from mockrouter.engine.targets import Target, namespace_of, target_of
from mockrouter.errors import BadRequest, CannotAnswer
from mockrouter.profiles import OPENAI
from mockrouter.reply import ErrorReply
from mockrouter.serving.bodies import ClientLeftError, read_body
from mockrouter.serving.connection import CONNECTION
from mockrouter.serving.scope import TARGET, NotServedError
from mockrouter.serving.sharing import NUMBER, Alone, Spaces
from mockrouter.serving.ticker import RealClock, Ticker
from mockrouter.serving.transport import ConnectionCut, play
from mockrouter.wire import Sent

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from mockrouter.serving.routes import Routes
    from mockrouter.state.sharing import Sharing

EXCHANGE = "mockrouter.exchange"
"""Key in the scope of the exchange, for whoever stands around the app."""

_MOST_TARGETS = 10_000
_LOGGER = logging.getLogger("mockrouter")


class App:
    """
    An engine behind ASGI.

    Attributes:
        engine: Answers.

        ticker: Keeps the time of every stream.
    """

    def __init__(
        self,
        engine: Engine,
        ticker: Ticker | None = None,
        sharing: Sharing | None = None,
        pages: Sequence[BaseRoute] = (),
    ) -> None:
        """
        Serve *engine*.

        Args:
            engine: Answers.

            ticker: Another one where time is not real.

            sharing: What it shares with other servers, see ``Replica``; None where it is alone.

            pages: What is served beside the control API.
        """
        self.engine = engine
        self.ticker = Ticker(RealClock()) if ticker is None else ticker
        self._targets: dict[str, Target | None] = {}
        self._playing: dict[int, tuple[str, asyncio.Transport]] = {}
        self._sharing = sharing
        self._spaces: Spaces = Alone(engine, self.close) if sharing is None else sharing
        self._pages = pages
        if sharing is not None:
            sharing.bind(self.close, self.ticker.now)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        scope[TARGET] = target = self._target(scope["path"])
        dialect = BY_PATH.get(target.endpoint) if target else None
        try:
            if target is None or dialect is None or scope["method"] != "POST":
                await self._rest(scope, receive, send)
                return
            exchange = await self._answer(scope, receive, target, dialect)
        except ClientLeftError:
            self._left(scope)
            return
        except NotServedError as error:
            exchange = self._refuse(scope, error.said)
        # The one place that catches everything: a client that waits for an answer is told that
        # neither it nor the scenario is to blame, in an envelope that it can read.
        except Exception as error:
            _LOGGER.exception("A bug in mockrouter: %s %s", scope["method"], scope["path"])
            exchange = self._refuse(scope, _bug(error))
        await self._play(exchange, scope, receive, send)

    def plays(self, namespace: str) -> bool:
        """Tell whether a response in a namespace is going out; any thread may ask."""
        return any(token == namespace for token, _ in [*self._playing.values()])

    async def close(self, namespace: str) -> None:
        """End a namespace: what it held is forgotten, and its open connections are closed."""
        await self.engine.close(namespace)
        for token, transport in [*self._playing.values()]:
            if token == namespace:
                transport.abort()

    @cached_property
    def _rest(self) -> Routes:
        from mockrouter.serving.routes import Routes  # noqa: PLC0415 - see there

        return Routes(self.engine, self.ticker, self._spaces, self._pages)

    async def _answer(
        self, scope: Scope, receive: Receive, target: Target, dialect: Dialect
    ) -> Exchange:
        fields = self.engine.fields(target.namespace, scope["headers"])
        exchange = self._open(scope, target, fields)
        try:
            body = await read_body(receive, self.engine.settings.body_limit)
        except BadRequest as error:
            self.engine.refuse(exchange, bad_request(error), target, dialect)
        else:
            await self.engine.answer(exchange, target, dialect, body, fields.sized(len(body)))
        return exchange

    def _open(self, scope: Scope, target: Target, fields: Fields) -> Exchange:
        now = self.ticker.now()
        number = scope.get(NUMBER, 0)
        exchange = self.engine.open(target, scope["method"], scope["path"], fields, now, number)
        if self._sharing is not None:
            self._sharing.sign(exchange, number)
        scope[EXCHANGE] = exchange
        return exchange

    def _refuse(self, scope: Scope, said: ErrorReply) -> Exchange:
        """Complain, in the exchange that is open or in one of its own."""
        target = scope[TARGET] or Target("", None, OPENAI, scope["path"])
        fields = self.engine.fields(target.namespace, scope["headers"])
        exchange = scope.get(EXCHANGE) or self._open(scope, target, fields)
        exchange.error = said.code
        self.engine.refuse(exchange, said, target, BY_PATH.get(target.endpoint, CHAT))
        return exchange

    def _left(self, scope: Scope) -> None:
        """Close the exchange of a client that left before its request was complete."""
        if EXCHANGE in scope:
            now = self.ticker.now()
            sent = Sent(0, 0, now, now, complete=False, client_left=True, times=array("d"))
            self.engine.journal.finish(scope[EXCHANGE], sent)

    async def _play(self, exchange: Exchange, scope: Scope, receive: Receive, send: Send) -> None:
        compiled = exchange.compiled
        assert compiled is not None  # noqa: S101 - every answer and every refusal sets it
        wire = compiled.wire if scope["method"] == "HEAD" else compiled.framed
        if self._sharing is not None:
            await self._sharing.journal.write(exchange)
        nonce = exchange.nonce.encode()
        namespace, key = exchange.namespace, id(exchange)
        scale = self.engine.namespace(namespace).settings.time_scale
        transport = (scope.get("extensions") or {}).get(CONNECTION)
        if transport is not None:
            self._playing[key] = namespace, transport
        try:
            sent = await play(wire, scope, receive, send, self.ticker, nonce, scale)
        except ConnectionCut as cut:
            if cut.sent is not None:
                self.engine.journal.finish(exchange, cut.sent)
            raise
        finally:
            self._playing.pop(key, None)
        self.engine.journal.finish(exchange, sent)

    def _target(self, path: str) -> Target | None:
        """Take a path apart; without its namespace, as those are too many to be remembered."""
        token, rest = namespace_of(path)
        if rest not in self._targets:
            if len(self._targets) >= _MOST_TARGETS:
                self._targets.clear()
            self._targets[rest] = target_of(rest)
        target = self._targets[rest]
        return replace(target, namespace=token) if target and token else target


def _bug(error: Exception) -> ErrorReply:
    message = (
        f"This is a bug in mockrouter, neither in your client nor in a scenario: {error!r}. The "
        f"traceback is on the stderr of the process that serves (logger 'mockrouter'); please "
        f"report it."
    )
    return complaint(CannotAnswer("mockrouter_bug", message, status=500))
