"""Namespaces as any program opens them: pushed with their scenarios, looked at, ended."""

from __future__ import annotations

import json

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from mockrouter.engine.engine import Engine
from mockrouter.errors import BadRequest, ScenarioError
from mockrouter.profiles import PROFILES
from mockrouter.serving.answers import JsonAnswer
from mockrouter.serving.bodies import read_body
from mockrouter.serving.sharing import Spaces
from mockrouter.state.documents import SETTINGS, Document, read_document
from mockrouter.values import JsonObject

_BASE = "/_mockrouter/namespaces"


def namespace_routes(engine: Engine, spaces: Spaces) -> list[BaseRoute]:
    """Make the routes of namespaces."""

    async def listed(_: Request) -> Response:
        return JsonAnswer({"namespaces": sorted(spaces.documents())})

    async def one(request: Request) -> Response:
        token = _token(request)
        document = spaces.documents().get(token)
        if request.method == "PUT":
            pushed = await _pushed(request, engine.settings.body_limit)
            await spaces.put(token, pushed)
            shown = _shown(request, token, pushed)
            return JsonAnswer(shown, 201 if document is None else 200)
        if request.method == "DELETE":
            await spaces.end(token)
            return Response(status_code=204)
        if document is None:
            raise HTTPException(404, f"No namespace '{token}' was pushed; PUT it here.")
        return JsonAnswer(_shown(request, token, document))

    return [
        Route(_BASE, listed),
        Route(f"{_BASE}/{{token}}", one, methods=["GET", "PUT", "DELETE"]),
    ]


def _token(request: Request) -> str:
    token: str = request.path_params["token"]
    return token


async def _pushed(request: Request, limit: int) -> Document:
    try:
        text = (await read_body(request.receive, limit)).decode()
    except BadRequest as error:
        raise HTTPException(error.status, error.message) from None
    except UnicodeDecodeError as error:
        raise HTTPException(400, f"The body is not UTF-8 ({error}); write JSON or YAML.") from None
    try:
        return read_document(text, _settings(request))
    except ScenarioError as error:
        raise HTTPException(400, str(error)) from None


def _settings(request: Request) -> JsonObject:
    """Read the settings in the query, each a JSON value or a text."""
    found: JsonObject = {}
    for name in request.query_params:
        values = [_value(text) for text in request.query_params.getlist(name)]
        found[name] = values if SETTINGS.get(name) is list else values[-1]
    return found


def _value(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _shown(request: Request, token: str, document: Document) -> JsonObject:
    root = str(request.base_url).rstrip("/")
    return {
        "namespace": token,
        "scenarios": [scenario.name for scenario in document.load()],
        "settings": document.settings,
        "base_urls": {p.name: f"{root}/~{token}{p.base}" for p in PROFILES.values()},
    }
