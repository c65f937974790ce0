"""
``GET /models``, for clients that list models before they ask one.

Source: https://openrouter.ai/docs/api/api-reference/models and the OpenAI API reference
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from mockrouter.engine.settings import EPOCH
from mockrouter.engine.targets import Target
from mockrouter.profiles import Profile
from mockrouter.serving.answers import JsonAnswer
from mockrouter.serving.scope import TARGET
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


def model_routes() -> list[BaseRoute]:
    """Make the routes of the model list."""

    async def models(request: Request) -> Response:
        profile = _profile(request)
        rows = [_model(name, profile) for name in MODELS]
        more = {"total_count": len(rows), "links": {"next": None}}
        body = {"object": "list", "data": rows}
        return JsonAnswer(body if profile.model_rows == "openai" else body | more)

    async def model(request: Request) -> Response:
        return JsonAnswer(_model(request.path_params["name"], _profile(request)))

    return [Route("/models", models), Route("/models/{name:path}", model)]


def _profile(request: Request) -> Profile:
    target: Target = request.scope[TARGET]
    return target.profile


def _model(name: str, profile: Profile) -> JsonObject:
    """Make a row in the provider's manner; OpenAI's models have no vendor in their names."""
    if profile.model_rows == "openai":
        short = name.rpartition("/")[2]
        return {"id": short, "object": "model", "created": EPOCH, "owned_by": "mockrouter"}
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
