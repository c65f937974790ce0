"""The journal over HTTP: filters, pages, lines, and one request in several forms."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest

from asgi import Client
from journal_pages import LIST, answered, numbers
from mockrouter.scenario.library import load_text
from mockrouter.values import Json
from scripts import chat

SCENARIO = """
name: limits
when: {user: {contains: much}}
turns: [{error: 429}]
"""


@pytest.fixture(scope="module")
def asked() -> Client:
    """Ask for all kinds of things, in six requests."""
    client = Client.playing(SCENARIO)
    user = {"role": "user", "content": "Too much."}
    client.post("/v1/chat/completions", chat())
    client.post("/~a/api/v1/chat/completions", chat(user, model="m/one"))
    client.post("/~b/ai/responses", {"model": "m/two", "input": "Too much."})
    client.post("/v1/chat/completions", {"model": "gpt-4o", "messages": "none"})
    client.post("/s/wire/nothing/v1/chat/completions", chat(tools=...))
    client.ask("GET", "/v1/nowhere")
    return client


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, [1, 2, 3, 4, 5, 6]),
        ({"namespace": "a"}, [2]),
        ({"namespace": ""}, [1, 4, 5, 6]),
        ({"namespace": ["a", "b"]}, [2, 3]),
        ({"namespace": "c"}, []),
        ({"scenario": "lim*"}, [2, 3]),
        ({"scenario": "auto"}, [1]),
        ({"scenario": ""}, [4, 5, 6]),
        ({"path": "*/responses"}, [3]),
        ({"method": "get"}, [6]),
        ({"model": "m/*"}, [2, 3]),
        ({"status": "429"}, [2, 3]),
        ({"status": "4xx"}, [2, 3, 4, 5, 6]),
        ({"status": ["200", "404"]}, [1, 5, 6]),
        ({"status": "none"}, []),
        ({"error": "any"}, [5, 6]),
        ({"error": "mockrouter_unknown_p*"}, [6]),
        ({"dialect": "responses"}, [3]),
        ({"profile": "openrouter"}, [2]),
        ({"tool": "get_weather"}, [1, 2]),
        ({"tool": "other"}, []),
        ({"status": "4xx", "profile": "openai", "after": "4"}, [5, 6]),
    ],
)
def test_filters(asked: Client, query: dict[str, Json], found: list[int]) -> None:
    """All filters hold at once; a name that is given twice asks for either."""
    assert found == numbers(answered(asked, **query))


def test_a_tool_that_was_called_counts() -> None:
    """A scenario may call what nobody offers."""
    client = Client.playing("turns: [{say: [{tool_call: secret_tool, arguments: {}}]}]")
    client.post("/v1/chat/completions", chat())

    assert [1] == numbers(answered(client, tool="secret_*"))


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"statsu": "429"}, "did you mean 'status'?"),
        ({"xyzzy": "1"}, "there is namespace, scenario"),
        ({"status": "600"}, "a class of them such as 4xx"),
        ({"status": "4XX"}, "a class of them such as 4xx"),
        ({"method": "G T"}, "such as POST"),
        ({"error": ""}, "or any"),
        ({"dialect": "chta"}, "write one of chat, responses"),
        ({"profile": "open"}, "openrouter"),
        ({"format": "yaml"}, "write json or jsonl"),
        ({"limit": "1001"}, "1000 at most, or format=jsonl"),
        ({"before": "x"}, "whole number"),
        ({"x" * 5000: "1"}, "is no parameter here"),
    ],
)
def test_mistakes(asked: Client, query: dict[str, str], says: str) -> None:
    """A filter that is misspelled would filter nothing, so it is refused, with a remedy."""
    answer = asked.ask("GET", f"{LIST}?{urlencode(query)}")

    assert 400 == answer.status
    assert says in answer.json["error"]["message"]
    assert len(answer.body) < 800


def test_deleting_needs_the_right_word() -> None:
    """A misspelled namespace would forget everything."""
    client = Client()
    client.post("/v1/chat/completions", chat())

    assert 400 == client.ask("DELETE", f"{LIST}?namspace=a").status
    assert [1] == numbers(answered(client))
    assert 204 == client.ask("DELETE", f"{LIST}?namespace=").status
    assert [] == numbers(answered(client))


def test_pages_lead_to_each_other(asked: Client) -> None:
    """From the newest page back to the oldest, and on again, with the same filters."""
    back, forth = [], []
    page = answered(asked, limit=2, status="4xx")
    while True:
        back.append(numbers(page))
        if page["previous"] is None:
            break
        page = asked.ask("GET", page["previous"]).json
    while True:
        forth.append(numbers(page))
        if page["next"] is None:
            break
        page = asked.ask("GET", page["next"]).json

    assert [[5, 6], [3, 4], [2]] == back
    assert [[2], [3, 4], [5, 6]] == forth


@pytest.mark.parametrize(
    ("query", "found", "older", "newer"),
    [
        ({"after": 6}, [], True, False),
        ({"before": 1}, [], False, True),
        ({"after": 2, "before": 5}, [3, 4], True, True),
        ({"after": 2, "before": 3}, [], True, True),
        ({"after": 1, "limit": 2}, [2, 3], True, True),
        ({"before": 5, "limit": 2}, [3, 4], True, True),
        ({"before": 5, "after": 1, "limit": 2}, [2, 3], True, True),
        ({"limit": 0}, [], False, True),
        ({"namespace": "none"}, [], False, False),
    ],
)
def test_pages(
    asked: Client,
    query: dict[str, Json],
    found: list[int],
    older: bool,  # noqa: FBT001
    newer: bool,  # noqa: FBT001
) -> None:
    """A page says whether there is anything before and behind it, the empty one too."""
    page = answered(asked, **query)

    assert found == numbers(page)
    assert (older, newer) == (page["previous"] is not None, page["next"] is not None)


@pytest.mark.parametrize(
    ("query", "accept"),
    [
        ("?format=jsonl", "*/*"),
        ("", "text/plain, application/x-ndjson;q=0.9"),
        ("?format=jsonl", ""),
    ],
)
def test_lines(asked: Client, query: str, accept: str) -> None:
    """Every entry is a line of JSON, without a limit unless one is asked for."""
    answer = asked.ask("GET", f"{LIST}{query}", accept=accept)

    assert "application/x-ndjson" == answer.headers["content-type"]
    assert answered(asked)["requests"] == [json.loads(line) for line in answer.body.splitlines()]


def test_some_lines(asked: Client) -> None:
    """Filters and pages hold for lines."""
    answer = asked.ask("GET", f"{LIST}?format=jsonl&status=4xx&limit=2&after=2")

    assert [3, 4] == [json.loads(line)["number"] for line in answer.body.splitlines()]


def test_one_as_a_command(asked: Client) -> None:
    """The command leads to the server that was asked."""
    answer = asked.ask("GET", f"{LIST}/2?format=curl", host="localhost:5000")

    assert answer.headers["content-type"].startswith("text/plain")
    assert b"curl http://localhost:5000/~a/api/v1/chat/completions" in answer.body


def test_one_as_a_scenario(asked: Client) -> None:
    """What comes back is a scenario file."""
    text = asked.ask("GET", f"{LIST}/2?format=scenario").body.decode()

    (turn,) = load_text(text).model.turns
    assert turn.error
    assert 429 == turn.error.status


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/6?format=scenario", 422, "no scenario says"),
        ("/2?format=yaml", 400, "json, curl, scenario"),
        ("/2?fromat=curl", 400, "did you mean 'format'?"),
        ("/99?format=curl", 404, "holds no request 99"),
    ],
)
def test_what_cannot_be_written(asked: Client, path: str, status: int, says: str) -> None:
    """Each with its reason."""
    answer = asked.ask("GET", f"{LIST}{path}")

    assert status == answer.status
    assert says in answer.json["error"]["message"]
