"""
All that is not a reply of the model: the model list, stored responses, the control API, mistakes.

Served by Starlette's routes; speed does not matter here.
"""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Router
from starlette.types import Receive, Scope, Send

from mockrouter.dialects import BY_PATH
from mockrouter.dialects.errors import error_object
from mockrouter.engine.engine import Engine, complaint
from mockrouter.engine.targets import Target
from mockrouter.errors import CannotAnswer
from mockrouter.profiles import OPENAI, PROFILES
from mockrouter.serving.control import control_routes, refuses
from mockrouter.serving.endpoints.models import model_routes
from mockrouter.serving.endpoints.responses import response_routes

CONTROL = "/_mockrouter"


class Routes:
    """Everything behind the two formats."""

    def __init__(self, engine: Engine) -> None:
        """Serve *engine*'s stored responses and journal."""
        self._engine = engine
        endpoints = [*model_routes(), *response_routes(engine)]
        self._endpoints = Router(endpoints, redirect_slashes=False)
        self._control = Router(control_routes(engine), redirect_slashes=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        target: Target | None = scope.get("mockrouter.target")
        response = refuses(scope, self._engine.settings) if target is None else None
        if response is not None:
            await response(scope, receive, send)
            return
        inner = dict(scope, app=self)
        if target is not None:
            inner["path"] = target.endpoint
        router = self._control if target is None else self._endpoints
        try:
            await router(inner, receive, send)
        except HTTPException as error:
            await _mistake(error, scope, target)(scope, receive, send)


def _mistake(error: HTTPException, scope: Scope, target: Target | None) -> Response:
    profile = target.profile if target else OPENAI
    method, path = scope["method"], scope["path"]
    code, message = "mockrouter_control", error.detail
    if error.status_code == 405:  # noqa: PLR2004
        allowed = (error.headers or {}).get("Allow", "")
        code, message = (
            "mockrouter_wrong_method",
            f"Not allowed to {method} on {path}; use {allowed}.",
        )
    elif error.status_code == 404 and error.detail == "Not Found":  # noqa: PLR2004
        code, message = "mockrouter_unknown_path", f"Nothing is served at {path}; {_served(target)}"
    said = complaint(CannotAnswer(code, message, status=error.status_code))
    headers = dict(said.headers) | dict(error.headers or {})
    return JSONResponse({"error": error_object(said, profile)}, error.status_code, headers)


def _served(target: Target | None) -> str:
    if target is None:
        bases = ", ".join(f"{p.base} ({p.name})" for p in PROFILES.values())
        return f"the base URL ends in one of {bases}; /{CONTROL.strip('/')}/health tells more"
    paths = ", ".join(f"POST {target.profile.base}{path}" for path in BY_PATH)
    return f"there is {paths} and GET {target.profile.base}/models"
