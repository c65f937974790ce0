"""The provider's other endpoints that tool-calling clients touch."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from mockrouter.engine import EPOCH, Engine
from mockrouter.targets import Target
from mockrouter.values import JsonObject

MODELS = (
    "openai/gpt-4o",
    "openai/gpt-4o-mini",
    "anthropic/claude-sonnet-4.5",
    "anthropic/claude-3.5-sonnet",
    "google/gemini-2.0-flash-001",
    "meta-llama/llama-3.1-70b-instruct",
    "mock/auto",
)
"""Any model is answered; these are listed for clients that list models first."""


def endpoint_routes(engine: Engine) -> list[BaseRoute]:
    """Make the routes below a profile's base path."""

    async def models(_: Request) -> Response:
        rows = [_model(name) for name in MODELS]
        body = {"object": "list", "data": rows, "total_count": len(rows), "links": {"next": None}}
        return JSONResponse(body)

    async def model(request: Request) -> Response:
        return JSONResponse(_model(request.path_params["name"]))

    async def response(request: Request) -> Response:
        target, made = _target(request), request.path_params["id"]
        stored = engine.responses.find(target.namespace, made)
        if stored is None:
            raise HTTPException(404, f"Response with id '{made}' not found.")
        if request.method == "DELETE":
            engine.responses.delete(target.namespace, made)
            return JSONResponse({"id": made, "object": "response", "deleted": True})
        return JSONResponse(stored.response)

    return [
        Route("/models", models),
        Route("/models/{name:path}", model),
        Route("/responses/{id}", response, methods=["GET", "DELETE"]),
    ]


def _target(request: Request) -> Target:
    target: Target = request.scope["mockrouter.target"]
    return target


def _model(name: str) -> JsonObject:
    """Make a row that both vendors' SDKs read."""
    return {
        "id": name,
        "object": "model",
        "created": EPOCH,
        "owned_by": "mockrouter",
        "canonical_slug": name,
        "name": name,
        "context_length": 128_000,
        "architecture": {
            "modality": "text->text",
            "input_modalities": ["text"],
            "output_modalities": ["text"],
            "tokenizer": "Other",
            "instruct_type": None,
        },
        "pricing": {"prompt": "0.00000025", "completion": "0.000002"},
        "top_provider": {
            "is_moderated": False,
            "context_length": 128_000,
            "max_completion_tokens": 16_384,
        },
        "per_request_limits": None,
        "supported_parameters": ["max_tokens", "response_format", "tool_choice", "tools"],
        "supported_voices": None,
        "default_parameters": None,
        "links": {"details": f"/api/v1/models/{name}/endpoints"},
    }
