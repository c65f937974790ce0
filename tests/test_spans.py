"""Spans: what OpenTelemetry is told of each exchange, and where it goes."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Queue

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.semconv._incubating.attributes import gen_ai_attributes as gen_ai
from opentelemetry.semconv.attributes import (
    error_attributes,
    http_attributes,
    server_attributes,
    url_attributes,
    user_agent_attributes,
)
from opentelemetry.trace import SpanKind, StatusCode

from asgi import Client
from mockrouter.errors import MockRouterError
from mockrouter.serving.telemetry.exporting import tracer_provider
from mockrouter.serving.telemetry.spans import spans_of
from mockrouter.values import Json, JsonObject

CHAT = "/v1/chat/completions"
TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
PACED = """
name: paced
turns:
  - say: [{text: One two three.}]
    pace: {ttft: 2, itl: 0.5}
    usage: {prompt_tokens: 7, completion_tokens: 5}
"""
CUT = """
turns:
  - say: [{text: One two three.}]
    faults: [{fault: disconnect, after: 2}]
"""


def asks(**fields: Json) -> JsonObject:
    """Make the body of a request."""
    return {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hi"}], **fields}


def traced(client: Client) -> InMemorySpanExporter:
    """Keep the spans of a client's server."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    spans_of(client.engine.journal, provider)
    return exporter


def span_of(text: str, body: Json, path: str = CHAT, **headers: str) -> ReadableSpan:
    """Ask once, and find the one span that came of it."""
    client = Client.playing(text)
    exporter = traced(client)
    client.post(path, body, **headers)
    (span,) = exporter.get_finished_spans()
    return span


def test_a_span_has_the_conventions_names() -> None:
    """Method, route, status, address and model stand under the names that are agreed on."""
    headers = {"host": "localhost:4099", "user-agent": "test/1"}
    span = span_of(PACED, asks(stream=True), "/~one/v1/chat/completions", **headers)

    assert "POST /v1/chat/completions" == span.name
    assert SpanKind.SERVER is span.kind
    assert StatusCode.UNSET is span.status.status_code
    assert {
        http_attributes.HTTP_REQUEST_METHOD: "POST",
        http_attributes.HTTP_RESPONSE_STATUS_CODE: 200,
        http_attributes.HTTP_ROUTE: "/v1/chat/completions",
        url_attributes.URL_PATH: "/~one/v1/chat/completions",
        url_attributes.URL_SCHEME: "http",
        server_attributes.SERVER_ADDRESS: "localhost",
        server_attributes.SERVER_PORT: 4099,
        user_agent_attributes.USER_AGENT_ORIGINAL: "test/1",
        gen_ai.GEN_AI_OPERATION_NAME: gen_ai.GenAiOperationNameValues.CHAT.value,
        gen_ai.GEN_AI_PROVIDER_NAME: gen_ai.GenAiProviderNameValues.OPENAI.value,
        gen_ai.GEN_AI_REQUEST_MODEL: "gpt-4o",
        gen_ai.GEN_AI_REQUEST_STREAM: True,
        gen_ai.GEN_AI_RESPONSE_MODEL: "gpt-4o",
        gen_ai.GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK: 2.0,
        gen_ai.GEN_AI_USAGE_INPUT_TOKENS: 7,
        gen_ai.GEN_AI_USAGE_OUTPUT_TOKENS: 5,
        "mockrouter.number": 1,
        "mockrouter.outcome": "matched",
        "mockrouter.namespace": "one",
        "mockrouter.scenario": "paced",
        "mockrouter.turn": 1,
        "mockrouter.attempt": 1,
    } == dict(span.attributes or {})


def test_what_was_said_is_in_no_span() -> None:
    """Of a rule that is broken a span has the place, as how it is broken repeats the request."""
    text = "turns: [{expect: {user: {contains: hello}}, say: [{text: My secret.}]}]"
    span = span_of(text, asks() | {"messages": [{"role": "user", "content": "my card is 4111"}]})

    assert "<inline>:1" == (span.attributes or {})["mockrouter.broken"]
    assert not re.search("card|secret", str(span.to_json()))


def test_a_span_has_the_journals_times() -> None:
    """It begins with the request and ends with the last byte; the first is an event between."""
    span = span_of(PACED, asks(stream=True))

    assert span.start_time is not None
    assert span.end_time is not None
    (first,) = span.events
    assert ("mockrouter.first_byte", 2.0) == (first.name, (first.timestamp - span.start_time) / 1e9)
    assert (span.end_time - span.start_time) / 1e9 > 2.4


def test_a_cut_is_an_error_with_its_moment() -> None:
    """A connection that the mock ends is an event, and the span has failed."""
    span = span_of(CUT, asks(stream=True))

    assert StatusCode.ERROR is span.status.status_code
    assert ["mockrouter.first_byte", "mockrouter.cut"] == [event.name for event in span.events]
    assert {"mockrouter.ending": "disconnect", "mockrouter.frames": 2} == dict(
        span.events[-1].attributes or {}
    )
    assert span.attributes
    assert "disconnect" == span.attributes[error_attributes.ERROR_TYPE]


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [(429, StatusCode.UNSET, None), (400, StatusCode.UNSET, None), (503, StatusCode.ERROR, "503")],
)
def test_only_the_servers_errors_are_errors(
    status: int, code: StatusCode, error: str | None
) -> None:
    """As for any HTTP server: a client's mistake leaves the span as it is."""
    span = span_of(f"turns: [{{error: {status}}}]", asks())

    assert code is span.status.status_code
    assert span.attributes
    assert error == span.attributes.get(error_attributes.ERROR_TYPE)


def test_a_stall_that_the_client_ends_is_no_error() -> None:
    """Who leaves a stream that stalls is told of, and blames nobody."""
    span = span_of(
        "turns: [{say: [{text: Hi}], faults: [{fault: stall, after: 1}]}]", asks(stream=True)
    )

    assert "mockrouter.client_left" == span.events[-1].name
    assert StatusCode.UNSET is span.status.status_code


@pytest.mark.parametrize(
    ("header", "trace", "parent"),
    [
        (f"00-{TRACE}-{PARENT}-01", TRACE, PARENT),
        (f"00-{TRACE}-{'0' * 16}-01", None, None),
        ("rubbish", None, None),
    ],
)
def test_the_parent_is_the_clients_span(header: str, trace: str | None, parent: str | None) -> None:
    """A span goes on with the client's trace; without one it begins its own."""
    span = span_of(PACED, asks(), traceparent=header, tracestate="vendor=1")

    assert span.context
    assert parent == (f"{span.parent.span_id:016x}" if span.parent else None)
    assert trace in {None, f"{span.context.trace_id:032x}"}
    assert ("1" if parent else None) == span.context.trace_state.get("vendor")


def test_what_is_not_sampled_is_not_made() -> None:
    """The client's decision holds: a trace that it does not record has no span here."""
    client = Client()
    exporter = traced(client)
    client.post(CHAT, asks(), traceparent=f"00-{TRACE}-{PARENT}-00")

    assert () == exporter.get_finished_spans()


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b'{"model": 1, "stream": "x"}', b"\xff"])
def test_any_request_has_a_span(body: bytes) -> None:
    """Whatever is sent, there is one span, and listening goes on."""
    client = Client()
    exporter = traced(client)

    client.ask("POST", CHAT, body, host="[")
    client.ask("GET", "/v1/nothing", host="x:99999999")

    assert ["POST /v1/chat/completions", "GET"] == [s.name for s in exporter.get_finished_spans()]


# Where they go


@pytest.mark.parametrize(("name", "exporters"), [("none", 0), ("console", 1), ("console, none", 1)])
def test_exporters_have_names(name: str, exporters: int) -> None:
    """OTEL_TRACES_EXPORTER says where spans go, and nothing global is changed."""
    provider = tracer_provider({"OTEL_TRACES_EXPORTER": name})
    provider.shutdown()

    assert exporters == len(provider._active_span_processor._span_processors)  # noqa: SLF001
    assert "mockrouter" == provider.resource.attributes["service.name"]


def test_an_unknown_exporter_is_a_mistake() -> None:
    """A name that nothing is installed for is told, with those that are."""
    with pytest.raises(
        MockRouterError, match="'jaeger', which is not installed; write one of otlp"
    ):
        tracer_provider({"OTEL_TRACES_EXPORTER": "jaeger"})


@contextmanager
def collector() -> Iterator[tuple[str, Queue[ExportTraceServiceRequest]]]:
    """Take in spans over OTLP, as a collector does; gives the address and what came."""
    came: Queue[ExportTraceServiceRequest] = Queue()

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            came.put(ExportTraceServiceRequest.FromString(body))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Taking) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", came
        finally:
            server.shutdown()
            thread.join()


def test_serve_sends_spans_to_a_collector() -> None:
    """`serve --otel` sends what happened by OTLP, the last of it when the server ends."""
    with collector() as (address, came):
        environ = {**os.environ, "OTEL_EXPORTER_OTLP_ENDPOINT": address, "OTEL_SERVICE_NAME": "me"}
        words = [sys.executable, "-m", "mockrouter", "serve", "--otel", "--quiet", "--port", "0"]
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environ) as process:
            try:
                assert process.stdout
                port = int(process.stdout.readline().rpartition(":")[2])
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
                headers = {"traceparent": f"00-{TRACE}-{PARENT}-01"}
                connection.request("POST", CHAT, b'{"model": "m"}', headers)
                assert 400 == connection.getresponse().status
                connection.close()
                process.terminate()
                assert 0 == process.wait(30)
            finally:
                process.kill()
        (resource,) = came.get(timeout=30).resource_spans

    named = {a.key: a.value.string_value for a in resource.resource.attributes}
    (span,) = resource.scope_spans[0].spans
    assert "me" == named["service.name"]
    assert (TRACE, PARENT) == (span.trace_id.hex(), span.parent_span_id.hex())
    assert "POST /v1/chat/completions" == span.name
