"""
All that is not a reply of the model: the model list, stored responses, the control API, mistakes.

Served by Starlette's routes; speed does not matter here. It is imported with the first such
request: a start-up need not wait for what few clients ask.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import BaseRoute, Router
from starlette.types import Receive, Scope, Send

from mockrouter.dialects import BY_PATH
from mockrouter.dialects.errors import error_object
from mockrouter.engine.engine import Engine
from mockrouter.engine.refusing import complaint
from mockrouter.engine.targets import Target
from mockrouter.errors import CannotAnswer
from mockrouter.profiles import OPENAI, PROFILES
from mockrouter.reply import ErrorReply
from mockrouter.serving.answers import JsonAnswer
from mockrouter.serving.control import control_routes, refuses
from mockrouter.serving.endpoints.models import model_routes
from mockrouter.serving.endpoints.responses import response_routes
from mockrouter.serving.scope import TARGET, NotServedError
from mockrouter.serving.sharing import Spaces, refusal
from mockrouter.serving.ticker import Ticker

CONTROL = "/_mockrouter"

_NOT_FOUND, _WRONG_METHOD = 404, 405


class Routes:
    """Everything behind the two formats."""

    def __init__(
        self, engine: Engine, ticker: Ticker, spaces: Spaces, pages: Sequence[BaseRoute] = ()
    ) -> None:
        """Serve *engine*'s stored responses and journal, its namespaces, and *pages*."""
        self._engine = engine
        endpoints = [*model_routes(), *response_routes(engine)]
        self._endpoints = Router(endpoints, redirect_slashes=False)
        control = [*pages, *control_routes(engine, ticker, spaces)]
        self._control = Router(control, redirect_slashes=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """
        Answer one request, which is no POST to a format.

        Raises:
            NotServedError: Nothing is served there, or not for this method; see ``mistake``.

            ClientLeftError: The client left before its request was complete.
        """
        refused = refuses(scope, self._engine.settings) if scope[TARGET] is None else None
        if refused is not None:
            await refused(scope, receive, send)
            return
        try:
            await self._route(scope, receive, send)
        except CannotAnswer as error:  # of the control API alone: what is shared is out of reach
            await refusal(error, OPENAI)(scope, receive, send)
        except HTTPException as error:
            response = _answer(error, scope)
            if response is None:
                raise NotServedError(mistake(error, scope, scope[TARGET])) from None
            await response(scope, receive, send)

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        target: Target | None = scope[TARGET]
        # Starlette raises its HTTPException only inside of an app.
        inner = dict(scope, app=self)
        if target is None:
            await self._control(inner, receive, send)
        elif target.endpoint in BY_PATH:
            raise HTTPException(_WRONG_METHOD, headers={"Allow": "POST"})
        else:
            await self._endpoints(dict(inner, path=target.endpoint), receive, send)


def _answer(error: HTTPException, scope: Scope) -> Response | None:
    """Answer what is no client's request to a provider, and so does not belong in the journal."""
    headers = error.headers or {}
    if scope["method"] == "OPTIONS" and error.status_code == _WRONG_METHOD:
        return Response(status_code=204, headers=headers)
    if not scope["path"].startswith(CONTROL):
        return None
    said = mistake(error, scope, None)
    return JsonAnswer({"error": error_object(said, OPENAI)}, said.status, dict(said.headers))


def mistake(error: HTTPException, scope: Scope, target: Target | None) -> ErrorReply:
    """Say what is wrong with a request that was routed nowhere."""
    method, path = scope["method"], scope["path"]
    allowed = (error.headers or {}).get("Allow", "")
    code, message = "mockrouter_control", error.detail
    if error.status_code == _WRONG_METHOD:
        code = "mockrouter_wrong_method"
        message = f"Not allowed to {method} on {path}; use {allowed}."
    elif error.status_code == _NOT_FOUND and error.detail == "Not Found":
        code, message = "mockrouter_unknown_path", f"Nothing is served at {path}; {_served(target)}"
    said = complaint(CannotAnswer(code, message, status=error.status_code))
    return replace(said, headers=(*said.headers, ("allow", allowed))) if allowed else said


def _served(target: Target | None) -> str:
    if target is None:
        bases = ", ".join(f"{p.base} ({p.name})" for p in PROFILES.values())
        return f"the base URL ends in one of {bases}; /{CONTROL.strip('/')}/health tells more"
    paths = ", ".join(f"POST {target.profile.base}{path}" for path in BY_PATH)
    return f"there is {paths} and GET {target.profile.base}/models"
