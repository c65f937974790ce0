"""
uvicorn's HTTP protocols, letting the app reach the connection below.

What HTTP forbids (a reset, half a body, a length that lies) a server will not do for an app. So
the app is handed the connection itself, in the scope, where ASGI has a place for extensions.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Literal, TypeAlias, cast

from starlette.types import ASGIApp, Receive, Scope, Send

from mockrouter.serving.connection import CONNECTION, LOST, Connection
from mockrouter.serving.files import Crowding, most_files

LOGGER = "mockrouter.http"
"""Name of the logger that hears what uvicorn's protocols say, in place of ``uvicorn.error``."""

ENDING = "mockrouter.serving.ending"
"""Key in ``scope["extensions"]`` of a future that is done when the server is about to end."""

Parser: TypeAlias = Literal["auto", "h11", "httptools"]
"""Who reads HTTP requests: ``httptools`` is four times as fast, ``h11`` pure Python."""


class _Reachable(asyncio.Protocol):
    """Adds the connection to each request's scope; keeps uvicorn's global loggers out of it."""

    app: Any
    crowding: Crowding
    reach: dict[str, Any]

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.logger = logging.getLogger(LOGGER)
        self.access_log = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self.crowding.is_full(transport):
            self.reach = {}
            transport.close()
            return
        connection = Connection(cast(asyncio.Transport, transport))  # not a subclass with uvloop
        super().connection_made(connection)
        app: ASGIApp = self.app
        future = asyncio.get_running_loop().create_future
        # One attribute, as Python gives an object with more than thirty a far larger dictionary.
        self.reach = added = {CONNECTION: connection, ENDING: future(), LOST: future()}

        async def reaching(scope: Scope, receive: Receive, send: Send) -> None:
            scope["extensions"] = (
                {**scope["extensions"], **added} if "extensions" in scope else added
            )
            try:
                await app(scope, receive, send)
            except asyncio.CancelledError:
                # A server that ends cancels what outlives its connection: no error to be logged.
                if not transport.is_closing():
                    raise

        self.app = reaching

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.reach:
            return
        super().connection_lost(exc)
        self._tell(LOST)

    def shutdown(self) -> None:
        """Tell the app that its time is over; uvicorn lets it finish."""
        self._tell(ENDING)
        super().shutdown()  # type: ignore[misc]  # one of uvicorn's protocols

    def _tell(self, what: str) -> None:
        if not self.reach[what].done():
            self.reach[what].set_result(None)


def protocol(http: Parser = "auto") -> type[asyncio.Protocol]:
    """Choose by the parser's name; ``auto`` is the faster. Only that one is imported."""
    room = Crowding(most_files())
    if http == "h11":
        from uvicorn.protocols.http.h11_impl import H11Protocol  # noqa: PLC0415

        class ReachableH11(_Reachable, H11Protocol):
            """Requests read by h11."""

            crowding = room

        return ReachableH11

    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol  # noqa: PLC0415

    class ReachableHttpTools(_Reachable, HttpToolsProtocol):
        """Requests read by httptools."""

        crowding = room

    return ReachableHttpTools
