"""
Choosing the scenario, and what may be said of the request where one does not answer.

That is the request itself, but with its secrets blanked.
"""

from __future__ import annotations

from collections.abc import Callable

from mockrouter.engine.journal import Exchange
from mockrouter.engine.namespaces import Namespace
from mockrouter.engine.parsing import parse
from mockrouter.engine.redaction import Redactor
from mockrouter.engine.router import Shown
from mockrouter.engine.targets import Target
from mockrouter.errors import BadRequest, CannotAnswer
from mockrouter.request import Request
from mockrouter.scenario.library import AUTO
from mockrouter.scenario.scenario import Scenario
from mockrouter.values import JsonObject, compact

Read = Callable[[JsonObject], Request]
"""Reads a body as the request's dialect does."""


class Told:
    """The request that complaints repeat, worked out once, and only if there are any."""

    __slots__ = ("_found", "_read", "_redactor", "_request")

    def __init__(self, request: Request, redactor: Redactor, read: Read) -> None:
        """Tell of *request*, blanked by *redactor*."""
        self._request = request
        self._redactor = redactor
        self._read = read
        self._found: tuple[Request | None] | None = None

    def __call__(self) -> Request | None:
        """Find it; None where its blanked body is no request."""
        if self._found is None:
            self._found = (self._blanked(),)
        return self._found[0]

    def _blanked(self) -> Request | None:
        raw = compact(self._request.body).encode("utf-8", "surrogatepass")
        shown = self._redactor.body(raw)
        if shown == raw:
            return self._request
        try:
            return self._read(parse(shown))
        except BadRequest:
            return None


def choose(
    space: Namespace, exchange: Exchange, request: Request, target: Target, shown: Shown
) -> Scenario:
    """
    Choose the scenario, and note in *exchange* which it is and which others nearly were.

    Raises:
        CannotAnswer: There is none.
    """
    try:
        scenario = space.router.choose(request, target.scenario, shown)
    except CannotAnswer:
        exchange.misses = _misses(space, exchange, request, shown)
        raise
    if scenario.name == AUTO and space.library.active:
        exchange.misses = _misses(space, exchange, request, shown)
    exchange.scenario = scenario.name
    return scenario


def _misses(
    space: Namespace, exchange: Exchange, request: Request, shown: Shown
) -> tuple[str, ...]:
    # What the author wrote may be a secret too.
    line = exchange.redactor.line
    return tuple(line(str(miss)) for miss in space.router.misses(request, shown=shown))
