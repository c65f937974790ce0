"""``/metrics``: figures as Prometheus reads them. Needs the extra ``metrics``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry, Metric, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from mockrouter import __version__
from mockrouter.serving.telemetry.totals import Histogram, Now, Process, Totals, View

PATH = "/metrics"

_Gauge = tuple[str, Callable[[Now], float | None]]

_SHARED: Mapping[str, _Gauge] = {
    "journal_entries": ("Requests that the journal holds.", lambda now: now.entries),
    "scenarios": ("Scenarios that the server knows.", lambda now: now.scenarios),
}
"""What all workers have alike, but for those that have not heard the last."""

_GAUGES: Mapping[str, _Gauge] = {
    "open_streams": ("Streams that are going out.", lambda now: now.streams),
    "journal_bytes": ("Memory that the journal takes, about.", lambda now: now.bytes),
    "state_reachable": ("Whether what is shared is reached.", lambda now: now.reachable),
}


def metrics_route(view: Callable[[], Awaitable[View]]) -> BaseRoute:
    """
    Show a *view*, with the processes' own figures, in the format that the reader asks for.

    Where *view* raises OSError nothing is shown, as less than before would be a lie.
    """

    async def page(request: Request) -> Response:
        try:
            shown = await view()
        except OSError as error:
            return PlainTextResponse(f"The other workers' figures are not known: {error}\n", 503)
        registry = CollectorRegistry()
        registry.register(_Page(shown))
        encode, kind = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(registry), headers={"content-type": kind})

    return Route(PATH, page)


class _Page(Collector):
    """A view as families of metrics."""

    def __init__(self, view: View) -> None:
        self._totals = view.totals
        self._processes = view.processes

    def collect(self) -> Iterator[Metric]:
        """Make all families."""
        totals = self._totals
        yield _requests(totals)
        yield _durations("first_byte", "the first byte of the body", totals.first)
        yield _durations("last_byte", "the last byte", totals.last)
        text = "Seconds that events with a delay of their own went out too late."
        late = HistogramMetricFamily(_name("event_lateness_seconds"), text)
        late.add_metric([], totals.late.buckets(), totals.late.total)
        yield late
        yield CounterMetricFamily(_name("sent_bytes"), "Bytes of bodies.", totals.bytes)
        text = "Requests that were refused as the shared state was away."
        yield CounterMetricFamily(_name("state_refusals"), text, totals.refused)
        for name, (text, value) in _SHARED.items():
            known = [value(each.now) or 0 for each in self._processes if each.now is not None]
            yield GaugeMetricFamily(_name(name), text, max(known, default=0))
        for name, (text, value) in _GAUGES.items():
            yield self._gauge(name, text, value)
        info = GaugeMetricFamily(_name("build_info"), "Always 1.", labels=["version"])
        info.add_metric([__version__], 1)
        yield info
        yield from self._own()

    def _gauge(self, name: str, text: str, value: Callable[[Now], float | None]) -> Metric:
        family = GaugeMetricFamily(_name(name), text, labels=self._labels)
        for process in self._processes:
            found = None if process.now is None else value(process.now)
            if found is not None:
                family.add_metric(_labelled(process), found)
        return family

    def _own(self) -> Iterator[Metric]:
        """List the processes' own figures, those of each family together."""
        families: dict[str, Metric] = {}
        for process in self._processes:
            labels = dict(zip(self._labels, _labelled(process), strict=True))
            for family in _figures_of(process):
                shown = Metric(family.name, family.documentation, family.type)
                shown = families.setdefault(family.name, shown)
                for sample in family.samples:
                    shown.add_sample(sample.name, {**sample.labels, **labels}, sample.value)
        yield from families.values()

    @property
    def _labels(self) -> list[str]:
        return ["worker"] if any(process.name for process in self._processes) else []


def _labelled(process: Process) -> list[str]:
    return [process.name] if process.name else []


def _figures_of(process: Process) -> Iterable[Metric]:
    return ProcessCollector(pid=lambda: process.pid or "self", registry=None).collect()


def _requests(totals: Totals) -> Metric:
    labels = ["endpoint", "profile", "status", "outcome", "end"]
    family = CounterMetricFamily(_name("requests"), "Requests that are over.", labels=labels)
    for key, number in totals.requests.items():
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


def _name(name: str) -> str:
    return f"mockrouter_{name}"
