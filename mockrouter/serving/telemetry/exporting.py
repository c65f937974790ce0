"""Where spans go, by the variables that OpenTelemetry names. Needs the extra ``otel``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.metadata import entry_points
from typing import Final

from opentelemetry.sdk.environment_variables import OTEL_SERVICE_NAME
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter

from mockrouter import __version__
from mockrouter.errors import MockRouterError

EXPORTER: Final = "OTEL_TRACES_EXPORTER"

_GROUP = "opentelemetry_traces_exporter"
_OTLP: Final = {"otlp": "otlp_proto_http"}
_NAME = "mockrouter"


def tracer_provider(environ: Mapping[str, str] = os.environ) -> TracerProvider:
    """
    Make a provider of tracers that is nobody else's: nothing global is changed.

    Of the variables, the SDK itself reads those of sampling, limits, batches, resources and of
    OTLP's address and headers; the exporters' names are read here, as the SDK reads them only for
    programs that it starts. By default spans go by OTLP over HTTP to this machine.

    Source: OpenTelemetry's specification of SDK environment variables.

    Raises:
        MockRouterError: OTEL_TRACES_EXPORTER names an exporter that is not installed.
    """
    given = {SERVICE_VERSION: __version__}
    resource = Resource.create(given)
    if OTEL_SERVICE_NAME not in environ and _unnamed(resource):
        resource = Resource.create({**given, SERVICE_NAME: _NAME})
    provider = TracerProvider(resource=resource)
    for name in filter(None, map(str.strip, (environ.get(EXPORTER) or "otlp").split(","))):
        if name != "none":
            provider.add_span_processor(BatchSpanProcessor(_exporter(name)))
    return provider


def _unnamed(resource: Resource) -> bool:
    return str(resource.attributes.get(SERVICE_NAME, "")).startswith("unknown_service")


def _exporter(name: str) -> SpanExporter:
    installed = {point.name: point for point in entry_points(group=_GROUP)}
    point = installed.get(_OTLP.get(name, name))
    if point is None:
        known = ", ".join(["otlp", "none", *sorted(installed.keys() - _OTLP.values())])
        message = f"{EXPORTER} is '{name}', which is not installed; write one of {known}"
        raise MockRouterError(message)
    exporter: SpanExporter = point.load()()
    return exporter
