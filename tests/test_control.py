"""The control API: what it refuses, and what it shows of requests however odd."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest

from asgi import Client
from mockrouter.engine.settings import Settings
from mockrouter.values import Json

CHAT = "/v1/chat/completions"
LIST = "/_mockrouter/requests"
HUGE = "9" * 5000


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "127.0.0.1:4099"}, 200),
        ({"host": "localhost"}, 200),
        ({"host": "[::1]:4099"}, 200),
        ({"host": "evil.test"}, 403),
        ({"host": "["}, 403),
        ({"host": "[x]"}, 403),
        ({"host": "localhost", "origin": "http://localhost"}, 200),
        ({"host": "localhost", "origin": "http://evil.test"}, 403),
        ({"host": "localhost", "origin": "http://["}, 403),
        ({"host": "localhost", "origin": "null"}, 403),
    ],
)
def test_who_may_ask(headers: dict[str, str], status: int) -> None:
    """Only this machine's own names and pages; what is no name at all is foreign."""
    answer = Client().ask("GET", LIST, b"", **headers)

    assert status == answer.status
    assert 200 == status or answer.json["error"]["message"].endswith("refused.")


@pytest.mark.parametrize(("host", "status"), [("mock.lan:4099", 200), ("[", 403)])
def test_a_server_for_others(host: str, status: int) -> None:
    """A server that listens for other machines takes any name, but a name it must be."""
    client = Client(settings=Settings(loopback_only=False))

    assert status == client.ask("GET", "/", host=host).status


@pytest.mark.parametrize("query", [{"after": HUGE}, {"after": "-1"}, {"limit": "x"}, {"limit": ""}])
def test_a_page_needs_numbers(query: dict[str, str]) -> None:
    """What is no number, or none that a journal could reach, is a mistake with a sentence."""
    answer = Client().ask("GET", f"{LIST}?{urlencode(query)}")

    assert 400 == answer.status
    assert "whole number" in answer.json["error"]["message"]
    assert len(answer.body) < 500


@pytest.mark.parametrize("number", ["7", HUGE, "x", "-1", "²"])
def test_no_such_request(number: str) -> None:
    """A number that the journal does not hold is not found, whatever it is."""
    answer = Client().ask("GET", f"{LIST}/{number}")

    assert 404 == answer.status
    assert "holds no request" in answer.json["error"]["message"]
    assert len(answer.body) < 500


def strictly(text: bytes) -> Json:
    """Read JSON as JavaScript does: NaN is none."""

    def refuse(name: str) -> None:
        raise ValueError(name)

    return json.loads(text, parse_constant=refuse)


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b'{"a": "\\ud83d"}', {"a": "\ud83d"}),
        (b'{"a": [NaN, -Infinity, 1e999, 1.5]}', {"a": ["NaN", "-Infinity", "1e999", 1.5]}),
        (b"[" * 100_000, "[" * 100_000),
        (b"[" * 500 + b"]" * 500, "[" * 500 + "]" * 500),
        (b"[" * 50 + b"]" * 50, json.loads(b"[" * 50 + b"]" * 50)),
        (b"9" * 5000, "9" * 5000),
        (b"\xff", "\ufffd"),
        (b"", None),
        (b"x" * 200_000, "x" * 100_000 + "… (200000 bytes)"),
    ],
    ids=["half", "no numbers", "endless", "deep", "nested", "long", "bytes", "empty", "large"],
)
def test_any_body_is_shown(body: bytes, shown: Json) -> None:
    """Whatever a client sends, the journal can be read afterwards, by any reader of JSON."""
    client = Client()
    client.ask("POST", CHAT, body)

    (listed,) = strictly(client.ask("GET", LIST).body)["requests"]

    assert shown == listed["request"]["body"]
    assert listed == strictly(client.ask("GET", f"{LIST}/1").body)


def test_stored_responses_with_half_a_character() -> None:
    """Half of a surrogate pair, as a client that cuts text sends it, comes back as it was."""
    client = Client()
    made = client.ask("POST", "/v1/responses", b'{"model": "m", "input": "Say \\ud83d"}').json

    response = client.ask("GET", f"/v1/responses/{made['id']}")
    items = client.ask("GET", f"/v1/responses/{made['id']}/input_items")

    assert (200, made["output"]) == (response.status, response.json["output"])
    assert (200, "Say \ud83d") == (items.status, items.json["data"][0]["content"])


def test_a_namespace_that_ends_forgets_its_responses() -> None:
    """What a test stored goes with it; what others stored stays."""
    client = Client()
    bases = ["/~one/v1", "/~two/v1"]
    ids = [client.post(f"{b}/responses", {"model": "m", "input": "Hi"}).json["id"] for b in bases]

    client.ask("DELETE", "/_mockrouter/namespaces/one")

    found = [
        client.ask("GET", f"{b}/responses/{i}").status for b, i in zip(bases, ids, strict=True)
    ]
    assert [404, 200] == found
