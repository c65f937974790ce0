"""`/metrics`: the page is what Prometheus reads, and its figures are right."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from asgi import BUILTIN, Client
from command_line import call
from mockrouter.cli.serving import over_http
from mockrouter.cli.sharing import sharing_at
from mockrouter.cli.telemetry import Telemetry
from mockrouter.engine.engine import Engine
from mockrouter.engine.settings import Settings
from mockrouter.scenario.library import Library, load_text
from mockrouter.serving.app import App
from mockrouter.serving.server import HttpServer
from mockrouter.serving.telemetry.figures import Figures
from mockrouter.serving.telemetry.outcome import OUTCOMES
from mockrouter.serving.telemetry.totals import Histogram
from mockrouter.serving.ticker import Clock, Timer, VirtualClock
from mockrouter.values import Json, JsonObject
from pages import ROOT, rows, section, spans

CHAT = "/v1/chat/completions"
PACED = """
name: paced
when: {user: paced}
turns:
  - say: [{text: One two three., cut: 1 word}]
    pace: {ttft: 2, itl: 0.5}
"""
STRICT = """
name: strict
when: {user: strict}
turns:
  - expect: {tools: get_weather}
    say: [{text: Hello.}]
  - error: 429
"""
CUT = """
name: cut
when: {user: cut}
turns:
  - say: [{text: Hello.}]
    faults: [{fault: reset, before: headers}]
"""


class Scraped(Client):
    """A client of an app with metrics, and the figures that it shows."""

    def __init__(
        self, *texts: str, settings: Settings | None = None, clock: Clock | None = None
    ) -> None:
        """Serve scenarios that are given as YAML."""
        scenarios = tuple(load_text(text) for text in texts)
        named = {scenario.name: scenario for scenario in scenarios}
        super().__init__(Library(scenarios, {**BUILTIN.named, **named}), settings, clock)
        self.telemetry = Telemetry(self.engine, metrics=True)
        self._app = App(self.engine, self._ticker, pages=self.telemetry.pages)

    def samples(self) -> Mapping[str, float]:
        """Read the page: each sample by its name and labels, as they are written there."""
        page = self.ask("GET", "/metrics")
        assert 200 == page.status
        return by_name(page.body.decode())


def by_name(page: str) -> Mapping[str, float]:
    """Each sample by its name and labels."""
    return {
        name_of(sample.name, sample.labels): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


def asks(text: str, **fields: Json) -> JsonObject:
    """Make the body of a request that says *text*."""
    return {"model": "m", "messages": [{"role": "user", "content": text}], **fields}


def name_of(name: str, labels: Mapping[str, str]) -> str:
    """`name{a,b}`, the labels' values in the order of their names."""
    values = ",".join(labels[key] for key in sorted(labels))
    short = name.removeprefix("mockrouter_")
    return f"{short}{{{values}}}" if values else short


def test_requests_are_counted_by_what_became_of_them() -> None:
    """After a known set of requests each is where it belongs, and nothing is anywhere else."""
    client = Scraped(PACED, STRICT, CUT)
    for _ in range(3):
        client.post(CHAT, asks("Hi"))
    client.post("/api/v1/responses", {"model": "m", "input": "Hi", "stream": True})
    client.post(CHAT, asks("paced"))
    client.post(CHAT, asks("strict"))
    client.post(CHAT, {"model": "m"})
    client.post("/s/nobody/v1/chat/completions", asks("Hi"))
    client.post(CHAT, asks("cut"))
    client.ask("GET", "/v1/nothing")

    counted = {k: v for k, v in client.samples().items() if k.startswith("requests_total")}

    # Labels in the order of their names: end, endpoint, outcome, profile, status.
    assert {
        "requests_total{complete,chat,auto,openai,2xx}": 3,
        "requests_total{complete,responses,auto,openrouter,2xx}": 1,
        "requests_total{complete,chat,matched,openai,2xx}": 1,
        "requests_total{complete,chat,refused,openai,4xx}": 2,
        "requests_total{complete,chat,missed,openai,4xx}": 1,
        "requests_total{cut,chat,matched,openai,none}": 1,
        "requests_total{complete,other,missed,openai,4xx}": 1,
    } == counted


def test_times_are_sorted_into_buckets() -> None:
    """First and last bytes by a clock that is exact; paced events are not late by it."""
    client = Scraped(PACED)
    client.post(CHAT, asks("paced", stream=True))

    seen = client.samples()

    first, last = "request_first_byte_seconds", "request_last_byte_seconds"
    assert [0, 1] == [seen[f"{first}_bucket{{chat,{le},stream}}"] for le in ("1.0", "2.5")]
    assert [0, 1] == [seen[f"{last}_bucket{{chat,{le},stream}}"] for le in ("2.5", "5.0")]
    assert 2.0 == seen[f"{first}_sum{{chat,stream}}"]
    assert seen["event_lateness_seconds_count"] == seen["event_lateness_seconds_bucket{0.00025}"]
    assert seen["event_lateness_seconds_count"] >= 3
    assert 1 == seen["journal_entries"]
    assert len(client.engine.library.named) == seen["scenarios"]
    assert 0 == seen["open_streams"]
    assert seen["sent_bytes_total"] > 100


class Slow(VirtualClock):
    """A clock by which everybody is woken late."""

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        """Call it 30 milliseconds after its time."""
        return super().call_at(when + 0.03, callback)


@pytest.mark.parametrize("scale", [1.0, 0.25])
def test_lateness_is_what_the_clock_was_late_by(scale: float) -> None:
    """Each paced event counts once, by the time that was due after scaling."""
    client = Scraped(PACED, settings=Settings(time_scale=scale), clock=Slow())
    client.post(CHAT, asks("paced", stream=True))

    seen = client.samples()

    number = seen["event_lateness_seconds_count"]
    assert number >= 3
    assert 0 == seen["event_lateness_seconds_bucket{0.02}"]
    assert number == seen["event_lateness_seconds_bucket{0.05}"]
    assert 0.03 == pytest.approx(seen["event_lateness_seconds_sum"] / number)


@pytest.mark.parametrize(("stream", "open_streams"), [(True, [0, 1, 0]), (False, [0, 0, 0])])
def test_open_streams(*, stream: bool, open_streams: list[int]) -> None:
    """A stream is open from its answer to its end; a plain response never is."""
    client, seen = Client(), []
    figures = Figures(client.engine)
    figures.listen()
    client.engine.journal.subscribe(lambda *_: seen.append(figures.now.streams))

    client.post(CHAT, asks("Hi", stream=stream))

    assert open_streams == seen


def test_exchanges_of_other_servers_are_not_counted() -> None:
    """What comes from a shared journal was counted where it was answered."""
    client, other = Scraped(), Client()
    other.post(CHAT, asks("Hi"))

    client.engine.journal.merge(other.exchanges)
    seen = client.samples()

    assert 1 == seen["journal_entries"]
    assert not [name for name in seen if name.startswith("requests_total")]


def test_a_state_that_is_away_is_a_figure() -> None:
    """The page is there without the state, and counts the requests that had no answer for it."""
    engine = Engine(BUILTIN)
    sharing = sharing_at(engine, "redis://127.0.0.1:1/0", required=True)
    with Telemetry(engine, metrics=True, sharing=sharing) as telemetry:
        app = over_http(engine, sharing=sharing, pages=telemetry.pages)
        with HttpServer(app) as server:
            before = read(server)
            for _ in range(3):
                assert 503 == httpx.post(f"{server.url}{CHAT}", json=asks("Hi")).status_code
            after = read(server)

    names = "state_reachable", "state_refusals_total"
    assert [1, 0] == [before[name] for name in names]
    assert [0, 3] == [after[name] for name in names]


def read(server: HttpServer) -> Mapping[str, float]:
    """Read the page over HTTP."""
    return by_name(httpx.get(f"{server.url}/metrics").text)


def test_labels_are_few() -> None:
    """However many scenarios, models, namespaces and paths there are, the page stays as long."""
    client = Scraped()

    def ask(word: str) -> None:
        client.post(f"/~{word}/v1/chat/completions", asks(word) | {"model": word})
        client.post(f"/s/{word}/v1/chat/completions", asks(word))
        client.ask("GET", f"/v1/{word}")

    ask("one")
    before = client.samples().keys()
    for number in range(20):
        ask(f"word{number}")

    assert before == client.samples().keys()
    assert not [
        name for name in before if "word" in name or "one" in name.split("{")[-1].split(",")
    ]


def test_the_format_is_the_readers_choice() -> None:
    """Prometheus asks for OpenMetrics and gets it; curl gets text."""
    client = Scraped()

    plain = client.ask("GET", "/metrics")
    newer = client.ask("GET", "/metrics", accept="application/openmetrics-text; version=1.0.0")

    assert plain.headers["content-type"].startswith("text/plain; version=")
    assert newer.headers["content-type"].startswith("application/openmetrics-text")
    assert newer.body.endswith(b"# EOF\n")


def test_without_the_option_there_is_a_sentence() -> None:
    """A page that is off says how it is switched on."""
    answer = Client().ask("GET", "/metrics")

    assert 404 == answer.status
    assert b"mockrouter serve --metrics" in answer.body
    assert b"pip install mockrouter[metrics]" in answer.body


def test_without_the_option_nothing_listens() -> None:
    """A server without metrics pays nothing for them."""
    engine = Engine(BUILTIN)
    with Telemetry(engine, metrics=False) as telemetry:
        assert [] == telemetry.pages
        assert [] == engine.journal._listeners  # noqa: SLF001 - there is no other way to see it


def test_listening_ends() -> None:
    """Who leaves is told no more."""
    engine = Engine(BUILTIN)
    with Telemetry(engine, metrics=True):
        assert 1 == len(engine.journal._listeners)  # noqa: SLF001 - likewise

    assert [] == engine.journal._listeners  # noqa: SLF001


@pytest.mark.parametrize(
    ("words", "module", "extra"),
    [
        (["--metrics"], "prometheus_client", "metrics"),
        (["--otel"], "opentelemetry", "otel"),
        (["--otel", "--workers", "2"], "opentelemetry", "otel"),
        (["--metrics", "--workers", "2"], "prometheus_client", "metrics"),
    ],
)
def test_without_the_extra_there_is_a_command(
    monkeypatch: pytest.MonkeyPatch, words: list[str], module: str, extra: str
) -> None:
    """An option whose packages are missing ends with the command that installs them."""
    for name in [n for n in sys.modules if n.startswith("mockrouter.serving.telemetry")]:
        monkeypatch.delitem(sys.modules, name)
    for name in [n for n in sys.modules if n.partition(".")[0] == module]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)

    done = call("serve", "--port", "0", *words)

    assert 1 == done.exit_code
    assert f"{words[0]} needs" in done.stderr
    assert f"pip install 'mockrouter[{extra}]'" in done.stderr


@pytest.mark.parametrize(
    ("value", "counts"),
    [(0.0, [1, 0, 0]), (1.0, [1, 0, 0]), (1.5, [0, 1, 0]), (2.0, [0, 1, 0]), (3.0, [0, 0, 1])],
)
def test_buckets(value: float, counts: list[int]) -> None:
    """A value at a bound lies below it, as Prometheus has it, and the page adds them up."""
    histogram = Histogram((1, 2))
    histogram.add(value)

    assert counts == histogram.counts
    assert ("+Inf", 1.0) == histogram.buckets()[-1]


def test_every_figure_is_explained() -> None:
    """The page in the docs has a row for each family of ours, and for no other."""
    client = Scraped()
    client.post(CHAT, asks("Hi"))
    page = client.ask("GET", "/metrics").body.decode()
    ours = {f.name for f in text_string_to_metric_families(page) if f.name.startswith("mockrouter")}
    text = section(ROOT / "docs" / "deploying.md", "## Figures")
    said = {name.removesuffix("_total") for row in rows(text) for name in spans(row[0])}

    assert {*ours, *OUTCOMES} == said
