"""Where everything is under ``/_mockrouter/``."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from mockrouter import __version__
from mockrouter.engine.engine import Engine
from mockrouter.profiles import PROFILES
from mockrouter.scenario.scenario import Scenario
from mockrouter.serving.answers import JsonAnswer
from mockrouter.serving.control.events import Events
from mockrouter.serving.control.namespaces import namespace_routes
from mockrouter.serving.control.queries import NAMESPACE, check_names
from mockrouter.serving.control.reading import Snapshots
from mockrouter.serving.control.requests import one_request, requests_page
from mockrouter.serving.sharing import Spaces
from mockrouter.serving.ticker import Ticker
from mockrouter.values import JsonObject


def control_routes(engine: Engine, ticker: Ticker, spaces: Spaces) -> list[BaseRoute]:
    """Make the control API's routes."""
    journal, snapshots = engine.journal, Snapshots(engine.journal)
    live = Events(journal, snapshots, ticker, spaces)

    async def health(_: Request) -> Response:
        body = {"status": "ok", "version": __version__, "scenarios": len(engine.library.named)}
        shared = {} if spaces.health is None else {"state": spaces.health}
        return JsonAnswer(body | {"requests": journal.total} | shared)

    async def ready(_: Request) -> Response:
        able = await spaces.look()
        body = {"status": "ready" if able else "the state is away", "version": __version__}
        shared = {} if spaces.health is None else {"state": spaces.health}
        return JsonAnswer(body | shared, 200 if able else 503)

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
            check_names(request.query_params, (NAMESPACE,))
            await spaces.reset(request.query_params.get(NAMESPACE))
            return Response(status_code=204)
        await spaces.pull()
        return await requests_page(request, journal, snapshots)

    async def one(request: Request) -> Response:
        await spaces.pull()
        return await one_request(request, journal, snapshots)

    async def events(request: Request) -> Response:
        return live.answer(request)

    return [
        Route("/", index),
        Route("/_mockrouter", index),
        Route("/_mockrouter/health", health),
        Route("/_mockrouter/ready", ready),
        Route("/_mockrouter/scenarios", scenarios),
        Route("/_mockrouter/requests", requests, methods=["GET", "DELETE"]),
        Route("/_mockrouter/requests/{number}", one),
        Route("/_mockrouter/events", events),
        *namespace_routes(engine, spaces),
        Route("/metrics", _no_metrics),
    ]


async def _no_metrics(_: Request) -> Response:
    text = (
        "Metrics are off. Start the server with 'mockrouter serve --metrics', which needs "
        "'pip install mockrouter[metrics]'.\n"
    )
    return PlainTextResponse(text, 404)


def _row(scenario: Scenario, *, active: bool) -> JsonObject:
    outline = scenario.outline
    return {
        "name": scenario.name,
        "summary": outline.summary,
        "tags": outline.tags,
        "turns": outline.turns,
        "active": active,
        "path": scenario.path,
    }
