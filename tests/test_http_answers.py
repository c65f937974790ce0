"""Answers as HTTP: any status, header and body, in the place of a reply or on top of it."""

from __future__ import annotations

import json
import socket
from email.utils import parsedate_to_datetime

import pytest

from mockrouter.engine.engine import Engine
from mockrouter.errors import ScenarioError
from mockrouter.scenario.http import Http
from mockrouter.serving.app import App
from mockrouter.serving.server import HttpServer
from mockrouter.values import Json
from mockrouter.wire import Label, Wire
from scripts import ask, chat, engine, library, said


def send(answer: str, *, path: str = "/v1/chat/completions", **fields: Json) -> Wire:
    """Ask a scenario whose one answer is given, again and again."""
    return ask(engine(f"turns: [{{{answer}}}]\nthen: repeat"), chat(**fields), path=path)[0]


def headers(wire: Wire, name: str) -> list[str]:
    """List the values of a header."""
    return [value.decode() for key, value in wire.headers if key == name.encode()]


BODIES = [
    ("status: 502, html: <h1>Bad</h1>", 502, "text/html; charset=utf-8", b"<h1>Bad</h1>"),
    ("text: '{{ model }}'", 200, "text/plain; charset=utf-8", b"gpt-4o"),
    ("json: {error: null, at: '{{ turn }}'}", 200, "application/json", b'{"error":null,"at":1}'),
    ("json: null", 200, "application/json", b"null"),
    ("base64: AAE=", 200, "application/octet-stream", b"\0\1"),
    ("status: 520", 520, None, b""),
    ("status: 999, text: Hi, content_type: x/y", 999, "x/y", b"Hi"),
    ("status: 101", 101, None, b""),
    ("events: []", 200, "text/event-stream; charset=utf-8", b""),
    (
        "events: [{a: 1}, '[DONE]', null, plain]",
        200,
        "text/event-stream; charset=utf-8",
        b'data: {"a":1}\n\ndata: [DONE]\n\ndata: null\n\ndata: plain\n\n',
    ),
]


@pytest.mark.parametrize(("http", "status", "kind", "body"), BODIES)
@pytest.mark.parametrize("stream", [True, False])
def test_a_response_of_its_own(
    http: str,
    status: int,
    kind: str | None,
    body: bytes,
    stream: bool,  # noqa: FBT001
) -> None:
    """What is written is what is sent, whatever was asked for."""
    wire = send(f"http: {{{http}}}", stream=stream)

    assert (status, body) == (wire.status, wire.body)
    assert ([kind] if kind else []) == headers(wire, "content-type")


def test_headers_can_be_repeated_left_out_and_filled_in() -> None:
    """A list repeats a name, null leaves it out, also of the provider's own, and order stays."""
    wire = send(
        "http: {headers: [{set-cookie: [a, b]}, {X-N: 1, x-request-id: null}, "
        "{location: 'http://x/{{ model }}', x-ratelimit-reset: '{{ epoch(60) }}000'}]}"
    )

    assert ["a", "b"] == headers(wire, "set-cookie")
    assert [] == headers(wire, "x-request-id")
    assert ["http://x/gpt-4o"] == headers(wire, "location")
    assert ["1767225660000"] == headers(wire, "x-ratelimit-reset")
    assert ["1"] == headers(wire, "x-n")


def test_headers_can_be_written_as_json() -> None:
    """A scenario's model can be dumped, and read again from that."""
    written = {"headers": [{"set-cookie": "a"}, {"set-cookie": "{{ model }}"}, {"x-n": None}]}
    http = Http.model_validate(written)

    assert written == json.loads(http.model_dump_json(exclude_unset=True))
    assert http == Http.model_validate(written)


def test_a_gateway_sends_nothing_of_the_provider() -> None:
    """`bare` leaves out what comes from the provider itself; the mock's own headers stay."""
    names = {name for name, _ in send("http: {status: 502, html: Bad, bare: true}").headers}

    assert {"content-type"} == {n.decode() for n in names if not n.startswith(b"x-mockrouter")}


def test_beside_an_answer_the_head_alone_changes() -> None:
    """A reply and an error keep their bodies under another status and other headers."""
    reply = send("say: [{text: Hi}], http: {status: 201, headers: {x-left: 0}}")
    error = send("error: 429, http: {status: 200, content_type: application/octet-stream}")

    assert (201, "Hi", ["0"]) == (reply.status, said(reply)["content"], headers(reply, "x-left"))
    assert (200, "rate_limit_exceeded") == (error.status, json.loads(error.body)["error"]["code"])
    assert ["application/octet-stream"] == headers(error, "content-type")


WAITS = [
    ("2", ["2"], []),
    ("1.2", ["2"], []),
    ("'1.5'", ["1.5"], []),
    ("-100", ["-100"], []),
    ("nan", ["nan"], []),
    ("soon", ["soon"], []),
    ("86400000000", ["86400000000"], []),
    ("{seconds: 1.5}", ["1.5"], []),
    ("{ms: 500}", [], ["500"]),
    ("{seconds: 9, ms: '-1'}", ["9"], ["-1"]),
    ("{date: +30, clock: server}", ["Thu, 01 Jan 2026 00:00:30 GMT"], []),
    ("{date: -30, clock: server, seconds: 1}", ["1", "Wed, 31 Dec 2025 23:59:30 GMT"], []),
    ("{date: 1.0e+300, clock: server}", ["Fri, 31 Dec 9999 23:59:59 GMT"], []),
]


@pytest.mark.parametrize(("wait", "seconds", "milliseconds"), WAITS)
@pytest.mark.parametrize("place", ["error: {status: 429, %s}", "error: 429, http: {%s}"])
def test_what_a_client_is_asked_to_wait(
    wait: str, seconds: list[str], milliseconds: list[str], place: str
) -> None:
    """In all the ways that servers have, sensible or not."""
    wire = send(place % f"retry_after: {wait}")

    assert seconds == headers(wire, "retry-after")
    assert milliseconds == headers(wire, "retry-after-ms")


def test_a_date_counts_from_the_real_time() -> None:
    """The client's clock is the real one, so that it waits as long as its author means."""
    wire, exchange = ask(engine("turns: [{error: {status: 503, retry_after: {date: 30}}}]"), chat())
    (date,) = headers(wire, "retry-after")

    assert int(exchange.time) + 30 == parsedate_to_datetime(date).timestamp()


@pytest.mark.parametrize("asked", [True, False])
@pytest.mark.parametrize(("mode", "is_stream"), [("stream", True), ("plain", False)])
def test_a_mode_of_its_own(asked: bool, mode: str, is_stream: bool) -> None:  # noqa: FBT001
    """A server may ignore what the client asks for, or do the opposite."""
    assert is_stream is send(f"say: [{{text: Hi}}], mode: {mode}", stream=asked).stream
    assert asked is not send("say: [{text: Hi}], mode: other", stream=asked).stream


def test_faults_work_on_events_of_its_own() -> None:
    """They are events like others, and `[DONE]` and errors are known as such."""
    wire = send(
        "http: {events: [{a: 1}, {error: {code: 502}}, '[DONE]']}, "
        "faults: [{fault: drop, label: done}]"
    )

    assert [Label.BODY, Label.ERROR] == [frame.label for frame in wire.frames]


MISTAKES = [
    ("http: {text: a, json: 1}", "'text' and 'json' are two bodies; keep one"),
    ("http: {status: 204, text: a}", "a 204 has no body in HTTP; leave 'text' out"),
    ("http: {status: 101, text: a}", "a 101 has no body in HTTP; leave 'text' out"),
    ("http: {status: 99}", "'status' is 99; write at least 100"),
    ("say: [], http: {html: a}", "'html' stands in the place of 'say'; keep one of them"),
    ("error: 400, http: {html: a}", "'html' stands in the place of 'error'; keep one of them"),
    ("http: {base64: '?'}", "this is no base64"),
    ("http: {headers: {x y: 1}}", "'x y' is no header's name"),
    ("http: {headers: [a]}", "headers are a mapping, or a list of mappings; write {name: value}"),
    ("http: {headers: {x: true}}", "the header 'x' is no text; write it in quotes"),
    ("http: {headers: {x: {a: 1}}}", "the header 'x' is no text; write it in quotes"),
    ("http: {content_type: a, headers: {Content-Type: b}}", "say it twice; keep one"),
    ("http: {text: '{{ oops'}", "the template cannot be read"),
    ("http: {}, mode: other", "'mode' speaks of a reply, and there is none"),
    ("error: {status: 429, retry_after: {}}", "nothing says how long; add 'seconds'"),
    ("error: {status: 429, retry_after: .nan}", "nan is no number of seconds"),
    ("error: {status: 429, retry_after: [1]}", "this is no wait; write seconds, a text, or"),
    ("error: {status: 429, retry_after: {dat: 1}}", "unknown key 'dat'; did you mean 'date'?"),
    ("http: {stauts: 1}", "unknown key 'stauts'; did you mean 'status'?"),
]


@pytest.mark.parametrize(("answer", "words"), MISTAKES)
def test_mistakes_are_told_at_load(answer: str, words: str) -> None:
    """With the line, what is wrong, and what to do."""
    with pytest.raises(ScenarioError) as caught:
        send(answer)

    assert "<inline>:1:" in str(caught.value)
    assert words in str(caught.value)


def test_a_header_that_gets_two_lines_is_refused() -> None:
    """What a request puts into a header cannot end it."""
    wire, exchange = ask(
        engine("turns: [{http: {headers: {x-a: '{{ user }}'}}}]"),
        chat({"role": "user", "content": "a\r\nset-cookie: b"}),
    )

    assert (500, "mockrouter_cannot_compose") == (wire.status, exchange.error)


@pytest.mark.parametrize(
    ("http", "start", "end"),
    [
        ("status: 599, text: Hi", b"HTTP/1.1 599 ", b"\r\n\r\nHi"),
        ("status: 999, text: Hi", b"HTTP/1.1 999 ", b"\r\n\r\nHi"),
        ("status: 200", b"HTTP/1.1 200 OK", b"\r\n\r\n"),
        ("status: 308, headers: {location: /x}", b"HTTP/1.1 308 ", b"\r\n\r\n"),
        ("text: Hi, headers: {content-length: '1'}", b"HTTP/1.1 200 ", b"\r\n\r\nHi"),
    ],
)
def test_it_goes_over_the_socket_as_written(http: str, start: bytes, end: bytes) -> None:
    """Also what no server that holds to HTTP would send."""
    served = Engine(library(f"turns: [{{http: {{{http}}}}}]"))
    body = json.dumps(chat()).encode()
    with HttpServer(App(served)) as server:
        place = server.url.removeprefix("http://").split(":")
        with socket.create_connection((place[0], int(place[1])), timeout=10) as client:
            head = b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nconnection: close\r\n"
            client.sendall(head + b"content-length: %d\r\n\r\n" % len(body) + body)
            got = b"".join(iter(lambda: client.recv(65536), b""))

    assert got.startswith(start)
    assert got.endswith(end)
