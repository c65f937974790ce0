"""``/metrics``: figures as Prometheus reads them. Needs the extra ``metrics``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry, Metric, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from mockrouter import __version__
from mockrouter.serving.telemetry.figures import Figures, Histogram

PATH = "/metrics"


def metrics_route(figures: Figures) -> BaseRoute:
    """Show *figures*, with the process's own, in the format that the reader asks for."""
    registry = CollectorRegistry()
    registry.register(_Page(figures))
    ProcessCollector(registry=registry)

    async def page(request: Request) -> Response:
        encode, kind = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(registry), headers={"content-type": kind})

    return Route(PATH, page)


class _Page(Collector):
    """Figures as families of metrics."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        """Make all families."""
        figures, journal = self._figures, self._figures.journal
        yield _requests(figures)
        yield _durations("first_byte", "the first byte of the body", figures.first)
        yield _durations("last_byte", "the last byte", figures.last)
        text = "Seconds that events with a delay of their own went out too late."
        late = HistogramMetricFamily(_name("event_lateness_seconds"), text)
        late.add_metric([], figures.late.buckets(), figures.late.total)
        yield late
        yield CounterMetricFamily(_name("sent_bytes"), "Bytes of bodies.", figures.bytes)
        yield _gauge("open_streams", "Streams that are going out.", figures.streaming)
        yield _gauge("journal_entries", "Requests that the journal holds.", len(journal))
        yield _gauge("journal_bytes", "Memory that they take, about.", journal.bytes)
        yield _gauge("scenarios", "Scenarios that the server knows.", figures.scenarios)
        info = GaugeMetricFamily(_name("build_info"), "Always 1.", labels=["version"])
        info.add_metric([__version__], 1)
        yield info


def _requests(figures: Figures) -> Metric:
    labels = ["endpoint", "profile", "status", "outcome"]
    family = CounterMetricFamily(_name("requests"), "Requests that are over.", labels=labels)
    for key, number in figures.requests.items():
        family.add_metric(key, number)
    return family


def _durations(name: str, what: str, histograms: Mapping[tuple[str, str], Histogram]) -> Metric:
    family = HistogramMetricFamily(
        _name(f"request_{name}_seconds"),
        f"Seconds from a request's arrival to {what} of its answer.",
        labels=["endpoint", "mode"],
    )
    for key, histogram in histograms.items():
        family.add_metric(key, histogram.buckets(), histogram.total)
    return family


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(_name(name), text, value)


def _name(name: str) -> str:
    return f"mockrouter_{name}"
