"""
The control API under ``/_mockrouter/``.

It refuses foreign origins and hosts, so that no web page can drive a developer's local mock.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable
from typing import TypeAlias
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Scope

from mockrouter import __version__
from mockrouter.engine.engine import Engine
from mockrouter.engine.settings import Settings
from mockrouter.profiles import PROFILES
from mockrouter.scenario.scenario import Scenario
from mockrouter.serving.bodies import JsonAnswer
from mockrouter.values import JsonObject

Close: TypeAlias = Callable[[str], Awaitable[None]]
"""Ends the namespace of this token."""

_PAGE = 100
_DIGITS = 18
_SHOWN = 40


def control_routes(engine: Engine, close_namespace: Close) -> list[BaseRoute]:
    """Make the control API's routes."""

    async def health(_: Request) -> Response:
        body = {"status": "ok", "version": __version__, "scenarios": len(engine.library.named)}
        return JsonAnswer(body | {"requests": engine.journal.total})

    async def index(request: Request) -> Response:
        root = str(request.base_url).rstrip("/")
        bases = {profile.name: f"{root}{profile.base}" for profile in PROFILES.values()}
        return JsonAnswer({"mockrouter": __version__, "base_urls": bases})

    async def scenarios(_: Request) -> Response:
        active = set(engine.library.active)
        rows = [_row(s, active=s in active) for s in engine.library.named.values()]
        return JsonAnswer({"scenarios": rows})

    async def requests(request: Request) -> Response:
        if request.method == "DELETE":
            await engine.reset(request.query_params.get("namespace"))
            return Response(status_code=204)
        return JsonAnswer(_page(engine, request))

    async def one(request: Request) -> Response:
        asked = request.path_params["number"]
        found = engine.journal.find(int(asked)) if _is_number(asked) else None
        if found is None:
            held = engine.journal.most
            detail = f"The journal holds no request {_short(asked)}; it holds the last {held}."
            raise HTTPException(404, detail)
        return JsonAnswer(found.to_json())

    async def close(request: Request) -> Response:
        await close_namespace(request.path_params["token"])
        return Response(status_code=204)

    return [
        Route("/", index),
        Route("/_mockrouter", index),
        Route("/_mockrouter/health", health),
        Route("/_mockrouter/scenarios", scenarios),
        Route("/_mockrouter/requests", requests, methods=["GET", "DELETE"]),
        Route("/_mockrouter/requests/{number}", one),
        Route("/_mockrouter/namespaces/{token}", close, methods=["DELETE"]),
    ]


def refuses(scope: Scope, settings: Settings) -> Response | None:
    """
    Refuse a request that a web page could have made.

    Source: DNS rebinding and cross-site requests, as Toxiproxy's API refuses browsers.
    """
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    host, origin = headers.get(b"host", ""), headers.get(b"origin")
    name = _name(f"//{host}")
    if name is None or (settings.loopback_only and not _is_local(name)):
        reason = f"Host '{host}' is not this machine"
    elif origin is not None and (_name(origin) is None or urlsplit(origin).netloc != host):
        reason = f"Origin '{origin}' is not this server"
    else:
        return None
    return JsonAnswer({"error": {"message": f"{reason}; refused.", "code": 403}}, 403)


def _name(url: str) -> str | None:
    """Find the host's name in a URL, empty where it has none; None if it is no URL."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return None


def _is_local(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name in {"", "testserver"}


def _row(scenario: Scenario, *, active: bool) -> JsonObject:
    model = scenario.model
    return {
        "name": scenario.name,
        "summary": model.summary,
        "tags": model.tags,
        "turns": len(model.turns),
        "active": active,
        "path": scenario.source.path,
    }


def _page(engine: Engine, request: Request) -> JsonObject:
    namespace = request.query_params.get("namespace")
    after, limit = _number(request, "after", 0), _number(request, "limit", _PAGE)
    found = [
        exchange
        for exchange in engine.journal
        if exchange.number > after and namespace in (None, exchange.namespace)
    ]
    return {
        "requests": [exchange.to_json() for exchange in found[-limit:] if limit],
        "total": engine.journal.total,
        "held": len(engine.journal),
        "bounds": {"requests": engine.journal.most, "bytes": engine.journal.most_bytes},
    }


def _number(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name, str(default))
    if not _is_number(text):
        detail = f"'{name}' is {_short(text)!r}; write a whole number of {_DIGITS} digits at most."
        raise HTTPException(400, detail)
    return int(text)


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) <= _DIGITS


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
