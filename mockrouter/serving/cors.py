"""Letting web pages of other origins use the API."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ASKS = b"access-control-request-private-network"
_ALLOWS = (b"access-control-allow-private-network", b"true")


def for_pages(app: ASGIApp, origins: Sequence[str]) -> ASGIApp:
    """
    Let web pages of some origins use an app, those on the public internet too.

    A browser asks whether such a page may reach the local network. Starlette's own answer differs
    between its releases (not heard, refused, optional), so the question is answered here.

    Source: https://wicg.github.io/private-network-access/#headers

    Args:
        app: Answers.

        origins: As browsers write them; ``*`` means all.
    """
    shared = CORSMiddleware(
        app,
        allow_origins=origins,
        allow_methods=["*"],
        allow_headers=["*"],
        expose_headers=["*"],
    )

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        headers = scope.get("headers", ())
        others = [header for header in headers if header[0] != _ASKS]
        asked = len(others) < len(headers)

        async def allowing(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] < 400:  # noqa: PLR2004
                message["headers"] = [*message["headers"], _ALLOWS]
            await send(message)

        if asked:
            await shared(dict(scope, headers=others), receive, allowing)
        else:
            await shared(scope, receive, send)

    return answer
