"""
A server span for each exchange. Needs the extra ``otel``.

It is made when the exchange is over, with the times that the journal has, so that no context has to
be carried through the answering.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from itertools import islice
from typing import Final
from urllib.parse import urlsplit

from opentelemetry.context import Context
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import AttributeValue

from mockrouter import __version__
from mockrouter.dialects import BY_PATH
from mockrouter.engine.exchange import Exchange
from mockrouter.engine.journal import Journal
from mockrouter.entries.reading import Reading
from mockrouter.profiles import PROFILES
from mockrouter.serving.telemetry.outcome import outcome, status
from mockrouter.serving.telemetry.watch import Watch
from mockrouter.wire import Ending

Attributes = Mapping[str, AttributeValue]

_NANOSECONDS = 1_000_000_000
_PATHS: Final = {dialect.name: path for path, dialect in BY_PATH.items()}


def spans_of(journal: Journal, provider: TracerProvider) -> Callable[[], None]:
    """
    Make a span of each exchange that ends from now on.

    Names and values are those of the semantic conventions for HTTP servers and for generative AI;
    what is ours begins with ``mockrouter.``. What was said is in no span.

    Returns:
        Ends it.
    """
    tracer = provider.get_tracer("mockrouter", __version__)
    return Watch(partial(_record, tracer)).begin(journal)


def _record(tracer: Tracer, exchange: Exchange) -> None:
    route = _route(exchange)
    span = tracer.start_span(
        f"{exchange.method} {route}" if route else exchange.method,
        context=_parent(exchange),
        kind=SpanKind.SERVER,
        attributes={**_http(exchange, route), **_model(exchange), **_own(exchange)},
        start_time=round(exchange.time * _NANOSECONDS),
    )
    if span.is_recording():
        _tell_course(span, exchange)
    ended = exchange.sent.ended if exchange.sent else exchange.arrived
    span.end(_moment(exchange, ended))


def _moment(exchange: Exchange, seconds: float) -> int:
    """Turn the ticker's seconds into Unix nanoseconds."""
    return round((exchange.time + seconds - exchange.arrived) * _NANOSECONDS)


def _parent(exchange: Exchange) -> Context:
    return TraceContextTextMapPropagator().extract(exchange.headers, context=Context())


def _route(exchange: Exchange) -> str:
    """Find the path without what differs from client to client; empty where nothing is served."""
    profile, path = PROFILES.get(exchange.profile), _PATHS.get(exchange.dialect)
    return f"{profile.base}{path}" if profile and path else ""


def _http(exchange: Exchange, route: str) -> Attributes:
    found: dict[str, AttributeValue] = {
        "http.request.method": exchange.method,
        "url.path": exchange.path,
        "url.scheme": "http",
    }
    answered = status(exchange)
    if answered is not None:
        found["http.response.status_code"] = answered
        if answered >= HTTPStatus.INTERNAL_SERVER_ERROR:
            found["error.type"] = str(answered)
    elif exchange.compiled is not None:
        found["error.type"] = exchange.compiled.wire.ending.value
    if route:
        found["http.route"] = route
    if "user-agent" in exchange.headers:
        found["user_agent.original"] = exchange.headers["user-agent"]
    return found | _address(exchange.headers.get("host", ""))


def _address(host: str) -> dict[str, AttributeValue]:
    try:
        parts = urlsplit(f"//{host}")
        name, port = parts.hostname, parts.port
    except ValueError:
        return {}
    found: dict[str, AttributeValue] = {"server.address": name} if name else {}
    return found | ({"server.port": port} if name and port else {})


def _model(exchange: Exchange) -> Attributes:
    if not exchange.dialect:
        return {}
    reading = Reading(exchange)
    found: dict[str, AttributeValue] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": exchange.profile,
        "gen_ai.request.stream": reading.stream,
    }
    if reading.model:
        found["gen_ai.request.model"] = reading.model
    reply = reading.reply
    if reply is not None:
        found["gen_ai.response.model"] = reply.model or reading.model
        usage = reply.usage
        counted = {"input": usage.prompt_tokens, "output": usage.completion_tokens}
        found |= {f"gen_ai.usage.{k}_tokens": n for k, n in counted.items() if n is not None}
    return found


def _own(exchange: Exchange) -> Attributes:
    found: dict[str, AttributeValue] = {
        "mockrouter.number": exchange.number,
        "mockrouter.outcome": outcome(exchange),
    }
    texts = {"namespace": exchange.namespace, "scenario": exchange.scenario}
    # Where the rule stands; what follows repeats the request.
    texts |= {"error": exchange.error, "broken": exchange.broken.partition(": ")[0]}
    found |= {f"mockrouter.{name}": text for name, text in texts.items() if text}
    places = {"turn": exchange.turn, "attempt": exchange.attempt}
    return found | {f"mockrouter.{name}": n for name, n in places.items() if n is not None}


def _tell_course(span: Span, exchange: Exchange) -> None:
    """Tell of the first byte and of an end that is not HTTP's."""
    sent, compiled = exchange.sent, exchange.compiled
    if sent is None:
        return
    for first in islice(sent.times, 1):
        span.add_event("mockrouter.first_byte", timestamp=_moment(exchange, first))
        if compiled is not None and compiled.wire.stream:
            span.set_attribute("gen_ai.response.time_to_first_chunk", first - exchange.arrived)
    if sent.client_left:
        # A client that leaves is no error of the server's.
        span.add_event("mockrouter.client_left", timestamp=_moment(exchange, sent.ended))
    ending = compiled.wire.ending if compiled else Ending.COMPLETE
    if not sent.complete and not sent.client_left:
        facts = {"mockrouter.ending": ending.value, "mockrouter.frames": sent.frames}
        span.add_event("mockrouter.cut", facts, timestamp=_moment(exchange, sent.ended))
        span.set_attribute("error.type", ending.value)
        span.set_status(Status(StatusCode.ERROR, f"the connection was ended: {ending.value}"))
    elif (status(exchange) or 0) >= HTTPStatus.INTERNAL_SERVER_ERROR:
        span.set_status(Status(StatusCode.ERROR))
