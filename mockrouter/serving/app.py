"""
The ASGI app: the two formats in front, everything else behind in Starlette's routes.

What every request of a client passes is one function here, because a router and a response class
cost more than the whole rest.
"""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from mockrouter.dialects import BY_PATH
from mockrouter.dialects.base import bad_request
from mockrouter.engine.engine import Engine
from mockrouter.engine.journal import Exchange
from mockrouter.engine.targets import Target, target_of
from mockrouter.errors import BadRequest
from mockrouter.serving.routes import Routes
from mockrouter.serving.ticker import RealClock, Ticker
from mockrouter.serving.transport import play
from mockrouter.wire import Sent

EXCHANGE = "mockrouter.exchange"
"""Key in the scope of the exchange, for whoever stands around the app."""

_MOST_TARGETS = 10_000


class ClientLeftError(Exception):
    """The client left before its request was complete; there is nobody to answer."""


class App:
    """
    An engine behind ASGI.

    Attributes:
        engine: Answers.

        ticker: Keeps the time of every stream.
    """

    def __init__(self, engine: Engine, ticker: Ticker | None = None) -> None:
        """Serve *engine*; *ticker* is another one where time is not real."""
        self.engine = engine
        self.ticker = Ticker(RealClock()) if ticker is None else ticker
        self._targets: dict[str, Target | None] = {}
        self._rest: ASGIApp = Routes(engine)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        path = scope["path"]
        target = self._target(path)
        dialect = BY_PATH.get(target.endpoint) if target else None
        if target is None or dialect is None or scope["method"] == "OPTIONS":
            scope["mockrouter.target"] = target
            await self._rest(scope, receive, send)
            return
        headers = _headers(scope)
        exchange = self.engine.open(target, scope["method"], path, headers)
        scope[EXCHANGE] = exchange
        try:
            body = await read_body(receive, self.engine.settings.body_limit)
            if scope["method"] != "POST":
                raise _wrong_method(scope["method"], path)
        except ClientLeftError:
            return
        except BadRequest as error:
            self.engine.refuse(exchange, bad_request(error), target, dialect)
        else:
            headers.setdefault("content-length", str(len(body)))
            await self.engine.answer(exchange, target, dialect, body)
        exchange.sent = await self._play(exchange, scope, receive, send)

    async def _play(self, exchange: Exchange, scope: Scope, receive: Receive, send: Send) -> Sent:
        compiled = exchange.compiled
        assert compiled is not None  # noqa: S101 - every answer and every refusal sets it
        wire = compiled.wire if scope["method"] == "HEAD" else compiled.framed
        nonce = exchange.nonce.encode()
        return await play(wire, scope, receive, send, self.ticker, nonce)

    def _target(self, path: str) -> Target | None:
        if path in self._targets:
            return self._targets[path]
        if len(self._targets) >= _MOST_TARGETS:
            self._targets.clear()
        target = self._targets[path] = target_of(path)
        return target


def _headers(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


async def read_body(receive: Receive, limit: int) -> bytes:
    """
    Read a request's body.

    Args:
        receive: Of the request.

        limit: Bytes.

    Raises:
        BadRequest: It is larger than *limit*.

        ClientLeftError: The client left.
    """
    message = await receive()
    if not message.get("more_body", False) and message["type"] == "http.request":
        return _within(message.get("body", b""), limit)
    chunks = bytearray()
    while True:
        if message["type"] == "http.disconnect":
            raise ClientLeftError
        chunks += message.get("body", b"")
        _within(chunks, limit)
        if not message.get("more_body", False):
            return bytes(chunks)
        message = await receive()


def _within(body: bytes | bytearray, limit: int) -> bytes:
    if len(body) > limit:
        message = f"Request payload too large: this server reads {limit} bytes (--body-limit)."
        raise BadRequest(message, status=413)
    return body if isinstance(body, bytes) else b""


def _wrong_method(method: str, path: str) -> BadRequest:
    return BadRequest(f"Not allowed to {method} on {path}; use POST.", status=405)
