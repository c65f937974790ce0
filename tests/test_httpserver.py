"""A mock inside of pytest-httpserver is the mock that it is on a port of its own."""

from __future__ import annotations

import json
import logging
import ssl
from collections.abc import Iterator
from typing import Final

import httpx
import openai
import pytest
from openai import OpenAI
from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolParam
from pytest_httpserver import HTTPServer

from asgi import BUILTIN
from mockrouter import MockRouter, Server
from mockrouter.harness.words import Part
from raw_http import asked, ending
from scripts import chat

CALL: Final[list[Part]] = [{"tool_call": "get_weather", "arguments": {"city": "Tokyo"}}]


CHAT: Final = "/v1/chat/completions"


TOOLS: Final[list[ChatCompletionToolParam]] = [
    {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object"}}}
]


LATE: Final = """
turns:
  - say: [{text: Here.}]
    faults: [{fault: stall, before: headers, seconds: 3600}]
"""


HOUR: Final = 3600.0


@pytest.fixture(scope="module")
def pair() -> Iterator[tuple[Server, Server]]:
    """Two mocks alike."""
    with (
        Server(time_scale=0, strict=False) as own,
        Server(time_scale=0, strict=False) as other,
    ):
        yield own, other


@pytest.fixture
def places(pair: tuple[Server, Server], httpserver: HTTPServer) -> tuple[str, str]:
    """Where the first is on a port of its own, and the other served from httpserver."""
    own, other = pair
    other.serve_from(httpserver)
    return own.root_url, httpserver.url_for("")


def ends(name: str) -> bool:
    """Whether a scenario's answers do."""
    said = BUILTIN.named[name].model.model_dump_json()
    return not any(fault in said for fault in ("stall", "keep_open"))


@pytest.mark.parametrize("name", [name for name in BUILTIN.named if ends(name)])
def test_the_bytes_are_the_same(places: tuple[str, str], name: str) -> None:
    """Each scenario gives the same bytes as elsewhere, streamed or not, and ends the same way."""
    for stream in (False, True):
        body = chat(stream=stream)
        own, other = (ending(asked(place, f"/s/{name}{CHAT}", body)) for place in places)

        assert own == other
        assert own[0] or own[1] == "reset" or name == "wire/disconnect-before-headers"


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/v1/models"), ("HEAD", "/v1/models"), ("GET", CHAT), ("POST", "/api/v1/nothing")],
)
def test_what_is_no_answer_of_a_model_is_the_same(
    places: tuple[str, str], method: str, path: str
) -> None:
    """Lists, heads, and refusals are as elsewhere."""
    own, other = (ending(asked(place, path, {}, method=method)) for place in places)

    assert own == other
    assert own[0].startswith(b"HTTP/1.1 ")


def test_a_client_talks_to_both(
    mockrouter: MockRouter, httpserver: HTTPServer, caplog: pytest.LogCaptureFixture
) -> None:
    """An SDK runs its tools against httpserver, whose own handlers go on, before and after."""
    mockrouter.script(CALL, "It is 18 degrees.")
    httpserver.expect_request("/before").respond_with_data("1")
    base_url = mockrouter.serve_from(httpserver)
    httpserver.expect_oneshot_request("/v1/files").respond_with_data("2")
    httpserver.expect_request("/ai", method="GET").respond_with_data("3")
    client = OpenAI(base_url=base_url, max_retries=0)
    messages: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Weather?"}]

    with client.chat.completions.stream(model="gpt-4o", messages=messages, tools=TOOLS) as stream:
        said = stream.get_final_completion().choices[0].message
    assert said.tool_calls is not None
    call = said.tool_calls[0]
    messages += [
        {
            "role": "assistant",
            "tool_calls": [
                {
                    "type": "function",
                    "id": call.id,
                    "function": {"name": call.function.name, "arguments": call.function.arguments},
                }
            ],
        },
        {"role": "tool", "tool_call_id": call.id, "content": "18"},
    ]
    answer = client.chat.completions.create(model="gpt-4o", messages=messages, tools=TOOLS)
    others = [httpx.get(httpserver.url_for(at)).text for at in ("/before", "/v1/files", "/ai")]

    assert httpserver.url_for("/v1") == base_url
    assert "It is 18 degrees." == answer.choices[0].message.content
    assert ["1", "2", "3"] == others
    mockrouter.assert_answered("get_weather", 18, arguments={"city": "Tokyo"})
    mockrouter.assert_done()
    httpserver.check()
    paths = [request.path for request, _ in httpserver.log]
    assert [CHAT, CHAT, "/before", "/v1/files", "/ai"] == paths
    logged = httpserver.log[1][1]
    assert (200, "It is 18 degrees.") == (
        logged.status_code,
        json.loads(logged.get_data())["choices"][0]["message"]["content"],
    )
    assert "application/json" == logged.mimetype
    assert [] == [each.message for each in caplog.records if each.levelno > logging.INFO]


def test_time_may_jump(mockrouter: MockRouter, httpserver: HTTPServer) -> None:
    """In virtual time a client that waits for httpserver waits for the mock."""
    mockrouter.load_text(LATE)
    body = chat(stream=False)

    with mockrouter.virtual_time() as clock:
        url = mockrouter.serve_from(httpserver)
        began = clock.now()
        client = OpenAI(base_url=url, max_retries=0, timeout=60)
        with pytest.raises(openai.APITimeoutError):
            client.chat.completions.create(
                model="gpt-4o", messages=[{"role": "user", "content": "Hello"}]
            )
        gave_up = clock.now()
        answer = httpx.post(f"{url}/chat/completions", json=body, timeout=HOUR * 2)
        answered = clock.now()

    assert 200 == answer.status_code
    assert 60 <= gave_up - began < HOUR
    assert HOUR <= answered - gave_up


def test_strictness_is_the_same(httpserver: HTTPServer) -> None:
    """A request without an answer, and a turn that is left over, are mistakes."""
    with pytest.raises(AssertionError) as wrong, Server() as server:  # noqa: PT012 - its end raises
        server.script(CALL, when={"tools": "get_weather"})
        server.serve_from(httpserver)
        answer = httpx.post(httpserver.url_for(CHAT), json=chat(tools=...))
        assert 404 == answer.status_code

    assert "request 1 had no answer" in str(wrong.value)
    assert "turn 1 of 'script' was never asked for" in str(wrong.value)


def test_one_mock_at_a_time(httpserver: HTTPServer) -> None:
    """The latest is served, and served once however often it is asked to."""
    with Server() as server, server.namespace("one") as one, server.namespace("two") as two:
        for mock in (one, two, two):
            mock.serve_from(httpserver)
        httpx.post(httpserver.url_for(CHAT), json=chat())

        assert [0, 1] == [len(mock.requests) for mock in (one, two)]
        assert 1 == len(httpserver.handlers)


def test_tls_cannot_be_handed_over(mockrouter: MockRouter) -> None:
    """A server with TLS is refused, with what to do instead."""
    secure = HTTPServer(ssl_context=ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))

    with pytest.raises(ValueError, match=r"TLS.*base_url"):
        mockrouter.serve_from(secure)


def test_a_threaded_server_hands_over_too(
    mockrouter: MockRouter, caplog: pytest.LogCaptureFixture
) -> None:
    """Where werkzeug would keep connections alive, it does not mind that this one is gone."""
    mockrouter.script("Hello.")
    with HTTPServer(threaded=True) as httpserver, httpx.Client() as client:
        mockrouter.serve_from(httpserver)
        httpserver.expect_request("/own").respond_with_data("here")

        answer = client.post(httpserver.url_for(CHAT), json=chat())
        own = client.get(httpserver.url_for("/own"))

    httpserver.check()
    assert (200, "here") == (answer.status_code, own.text)
    assert [] == [each.message for each in caplog.records if each.levelno > logging.INFO]
