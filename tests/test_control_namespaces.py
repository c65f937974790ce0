"""Namespaces that any program pushes, on a server that is alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from asgi import Client
from mockrouter.state.documents import of_bytes, read_document

URL = "/_mockrouter/namespaces/t1"
CHAT = b'{"model": "m", "messages": [{"role": "user", "content": "Hi"}]}'
PAGE = Path(__file__).parents[1] / "docs" / "scaling.md"


def test_the_page() -> None:
    """What the page pushes is taken, and answers."""
    body = PAGE.read_text().split("<<'END'\n")[1].split("END\n")[0]
    client = Client()
    made = client.ask("PUT", URL, body.encode())

    assert 201 == made.status
    assert ["greeting", "weather"] == made.json["scenarios"]
    assert {"seed": 7, "strict": True} == made.json["settings"]
    assert "/~t1/v1" == made.json["base_urls"]["openai"]
    answer = client.ask("POST", "/~t1/v1/chat/completions", CHAT)
    assert "Hello." == answer.json["choices"][0]["message"]["content"]
    assert made.json == client.ask("GET", URL, b"").json


WRONG = [
    ("turns: [{sey: [x]}]", "", "<body>:1:10: unknown key 'sey'"),
    ("scenarios: {a: {turns: [{sey: [x]}]}}", "", "<body>:1:26: unknown key"),
    ("scenarios:\n  a: |\n    turns:\n      - sey: []\n", "", "a:2:5: unknown key 'sey'"),
    ("scenarios: {a: {name: x, turns: [b]}, b: {name: x, turns: [c]}}", "", "give one of them"),
    ("seed: x\nscenarios: []", "", "<body>:1:7: 'seed' is 'x'; write a whole number such as 7"),
    ("sead: 1\nscenarios: []", "", "'sead' is no setting of a namespace; there is seed, strict"),
    ("turns: [b]", "?time_scale=-1", "'time_scale' is -1; write a factor such as 0.1"),
    ("turns: [b]", "?strict=1", "'strict' is 1; write true or false"),
    ("turns: [b", "", "<body>:1:"),
    ("\udcff", "", "The body is not UTF-8"),
]


@pytest.mark.parametrize(("body", "query", "said"), WRONG)
def test_mistakes(body: str, query: str, said: str) -> None:
    """What is wrong is told as check tells it, and nothing is opened."""
    client = Client()
    raw = body.encode("utf-8", "surrogateescape")
    answer = client.ask("PUT", f"{URL}{query}", raw)

    assert 400 == answer.status
    assert said in answer.json["error"]["message"]
    assert 404 == client.ask("GET", URL, b"").status


def test_settings() -> None:
    """Settings of the query go before those of the body, and all are kept."""
    text = "seed: 1\nredact: [a]\nscenarios: [{turns: [b]}]"
    read = of_bytes(read_document(text, {"seed": 2}).to_bytes())

    assert {"seed": 2, "redact": ["a"]} == read.settings
    assert (("pushed-1", {"turns": ["b"]}),) == read.scenarios


def test_end() -> None:
    """An ended namespace is over, and may be pushed again."""
    client = Client()
    client.ask("PUT", f"{URL}?redact=a&redact=b", b"turns: [b]")
    assert {"redact": ["a", "b"]} == client.ask("GET", URL, b"").json["settings"]
    assert 204 == client.ask("DELETE", URL, b"").status
    late = client.ask("POST", "/~t1/v1/chat/completions", CHAT)
    again = client.ask("PUT", URL, b"turns: [c]")

    assert (410, 201) == (late.status, again.status)
