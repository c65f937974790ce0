"""
The names that templates can use.

``user`` ``system`` ``model`` ``request`` (the body) ``headers`` ``tools`` (offered names)
``results`` (tool results by tool name, JSON parsed) ``result`` (the last one) ``calls`` (arguments
of past calls by tool name) ``turn`` ``attempt`` ``fake`` (Faker) ``uuid()`` ``counter()``
``epoch(seconds)`` ``iso(seconds)`` ``http_date(seconds)``, the last three counted from now by the
server's clock, or with ``'real'`` behind by the real one; ``params`` (given by ``with``).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import count
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

from mockrouter.request import Call, Request
from mockrouter.values import Json, JsonObject, parsed

if TYPE_CHECKING:
    from faker import Faker


def names(
    request: Request, *, turn: int, attempt: int, rng: Random, params: JsonObject | None = None
) -> JsonObject:
    """
    Collect the names for one reply.

    Args:
        request: What the client sent.

        turn: Number of the turn, from 1.

        attempt: Number of the attempt, from 1.

        rng: The reply's own chance.

        params: Given by ``with``.
    """
    results = _results(request)
    return {
        "params": params or {},
        "request": request.body,
        "headers": request.headers,
        "model": request.envelope.model,
        "user": request.user,
        "system": "\n".join(m.text for m in request.messages if m.role in {"system", "developer"}),
        "tools": [tool.name for tool in request.tools],
        "results": results,
        "result": next(reversed(results.values()), None),
        "calls": {call.name: _arguments(call) for m in request.messages for call in m.calls},
        "turn": turn,
        "attempt": attempt,
        "fake": _Fake(rng.getrandbits(64)),
        "uuid": _Uuids(request, rng.getrandbits(64)),
        "counter": count(1).__next__,
        **_times({"server": lambda: request.envelope.created, "real": request.arrived}),
    }


def _results(request: Request) -> JsonObject:
    found: JsonObject = {}
    calls = request.calls
    for message in request.messages:
        if message.role == "tool":
            call = calls.get(message.call_id or "")
            name = call.name if call else message.call_id or "tool"
            found.pop(name, None)
            found[name] = parsed(message.text)
    return found


def _arguments(call: Call) -> Json:
    return parsed(call.arguments) if isinstance(call.arguments, str) else call.arguments


def _times(now: dict[str, Callable[[], float]]) -> dict[str, Callable[..., str | int]]:
    def unix(seconds: float = 0, clock: str = "server") -> int:
        if clock not in now:
            message = f"'{clock}' is no clock; write 'server' or 'real'"
            raise ValueError(message)
        return int(now[clock]() + seconds)

    def moment(*asked: Json) -> datetime:
        return datetime.fromtimestamp(unix(*asked), UTC)

    return {
        "epoch": unix,
        "iso": lambda *asked: moment(*asked).isoformat().replace("+00:00", "Z"),
        "http_date": lambda *asked: format_datetime(moment(*asked), usegmt=True),
    }


class _Uuids:
    """UUIDs of one request: no two requests share one, and the same request gets the same."""

    def __init__(self, request: Request, seed: int) -> None:
        self._request = request
        self._seed = seed
        self._rng: Random | None = None

    def __call__(self) -> str:
        """Make the next one."""
        if self._rng is None:
            source = json.dumps([self._seed, self._request.body])
            self._rng = Random(source)  # noqa: S311 - the same each time
        return str(UUID(int=self._rng.getrandbits(128), version=4))


class _Fake:
    """Faker, imported when a template first asks for it."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._faker: Faker | None = None

    def __getattr__(self, name: str) -> object:
        if self._faker is None:
            from faker import Faker  # noqa: PLC0415 - its import takes a quarter of a second

            self._faker = Faker("en_US")
            self._faker.seed_instance(self._seed)
        return getattr(self._faker, name)
