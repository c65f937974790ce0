"""
What the Responses API offers beside ``POST /responses``: stored responses, counting, compaction.

Source: https://platform.openai.com/docs/api-reference/responses and https://www.openresponses.org
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Awaitable, Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from mockrouter.dialects import tokens
from mockrouter.dialects.base import bad_request
from mockrouter.dialects.errors import error_object
from mockrouter.dialects.responses import RESPONSES
from mockrouter.engine.engine import Engine
from mockrouter.engine.parsing import parse
from mockrouter.engine.recall import Stored, items
from mockrouter.engine.targets import Target
from mockrouter.errors import BadRequest
from mockrouter.ids import HEX, Ids, IdShape, nonce_of
from mockrouter.request import Request as Asked
from mockrouter.serving.answers import JsonAnswer
from mockrouter.serving.bodies import read_body
from mockrouter.serving.scope import TARGET
from mockrouter.values import JsonObject

_COMPACTION = IdShape("cmp_", 50, HEX)

Endpoint = Callable[[Request], Awaitable[Response]]


def response_routes(engine: Engine) -> list[BaseRoute]:
    """Make the routes of stored responses; a profile that keeps no state has none of them."""

    async def retrieve(request: Request) -> Response:
        return JsonAnswer((await _stored(engine, request)).response)

    async def delete(request: Request) -> Response:
        await _stored(engine, request)
        made = request.path_params["id"]
        await engine.responses.discard(_target(request).namespace, made)
        return JsonAnswer({"id": made, "object": "response", "deleted": True})

    async def cancel(request: Request) -> Response:
        await _stored(engine, request)
        message = "Cannot cancel a synchronous response."
        raise BadRequest(message)

    async def input_items(request: Request) -> Response:
        return JsonAnswer(_listed(await _stored(engine, request)))

    async def input_tokens(request: Request) -> Response:
        raw = await read_body(request.receive, engine.settings.body_limit)
        counted = (await _read(engine, request, raw)).envelope.prompt_tokens
        return JsonAnswer({"object": "response.input_tokens", "input_tokens": counted})

    async def compact(request: Request) -> Response:
        raw = await read_body(request.receive, engine.settings.body_limit)
        return JsonAnswer(await _compaction(engine, request, raw))

    return [
        Route("/responses/compact", _guarded(compact), methods=["POST"]),
        Route("/responses/input_tokens", _guarded(input_tokens), methods=["POST"]),
        Route("/responses/{id}", _guarded(retrieve), methods=["GET"]),
        Route("/responses/{id}", _guarded(delete), methods=["DELETE"]),
        Route("/responses/{id}/cancel", _guarded(cancel), methods=["POST"]),
        Route("/responses/{id}/input_items", _guarded(input_items), methods=["GET"]),
    ]


def _guarded(endpoint: Endpoint) -> Endpoint:
    async def guarded(request: Request) -> Response:
        profile = _target(request).profile
        if not profile.stateful:
            raise HTTPException(404)
        try:
            return await endpoint(request)
        except BadRequest as error:
            body = {"error": error_object(bad_request(error), profile)}
            return JsonAnswer(body, error.status)

    return guarded


def _target(request: Request) -> Target:
    target: Target = request.scope[TARGET]
    return target


async def _stored(engine: Engine, request: Request) -> Stored:
    made = request.path_params["id"]
    await engine.responses.fetch(_target(request).namespace, made)
    stored = engine.responses.find(_target(request).namespace, made)
    if stored is None:
        message = f"Response with id '{made}' not found."
        raise BadRequest(message, status=404)
    return stored


def _listed(stored: Stored) -> JsonObject:
    rows = [item if "id" in item else {"id": f"msg_{n}", **item} for n, item in _numbered(stored)]
    ends = {"first_id": rows[0]["id"], "last_id": rows[-1]["id"]} if rows else {}
    return {"object": "list", "data": rows, "has_more": False, **ends}


def _numbered(stored: Stored) -> list[tuple[int, JsonObject]]:
    return [(number, item) for number, item in enumerate(stored.items) if isinstance(item, dict)]


async def _read(engine: Engine, request: Request, raw: bytes) -> Asked:
    target, sent = _target(request), parse(raw)
    await engine.responses.fetch(target.namespace, sent.get("previous_response_id"))
    body = engine.responses.expand(target.namespace, sent)
    return RESPONSES.read(body, dict(request.headers), target.profile, engine.settings.now())


async def _compaction(engine: Engine, request: Request, raw: bytes) -> JsonObject:
    """
    Shrink a conversation to one opaque item.

    Source: https://platform.openai.com/docs/guides/conversation-state (compaction)
    """
    asked = await _read(engine, request, raw)
    ids = Ids(f"{engine.settings.seed}|compaction", nonce=nonce_of(raw))
    text = json.dumps(items(asked.body.get("input")))
    item = {
        "type": "compaction",
        "id": ids.make(_COMPACTION),
        "encrypted_content": b64encode(text.encode()).decode(),
    }
    prompt, written = asked.envelope.prompt_tokens, tokens.count([text])
    return {
        "id": ids.make(_target(request).profile.response_id),
        "object": "response.compaction",
        "created_at": asked.envelope.created,
        "output": [item],
        "usage": {
            "input_tokens": prompt,
            "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
            "output_tokens": written,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": prompt + written,
        },
    }
