"""No SDK at all: requests, Python's own http.client, and curl."""

from __future__ import annotations

import json
import shutil
import subprocess
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from clients.mock import Mock
from clients.openai_asks import CHAT, RESPONSES
from clients.scripts import (
    LOOP,
    PARALLEL,
    Call,
    Heard,
    chat_result,
    expected,
    facts,
    responses_result,
    talk,
)
from mockrouter.profiles import OPENAI, OPENROUTER, SOLROUTER, Profile
from mockrouter.values import JsonObject

HELLO = [{"role": "user", "content": "Hello"}]

BROKEN_OFF = """
turns:
  - say: [{text: One two three four}]
    stream: {text: 1 word}
    faults: [{fault: disconnect, after: 2}]
"""


def post(mock: Mock, profile: Profile, path: str, body: JsonObject) -> JsonObject:
    """Post with requests, as the guides do."""
    headers = {"Authorization": "Bearer sk-test"}
    response = requests.post(mock.url(profile) + path, json=body, headers=headers, timeout=10)
    assert 200 == response.status_code
    answer: JsonObject = response.json()
    return answer


def from_message(choice: JsonObject, usage: JsonObject) -> Heard:
    """Read a plain chat completion."""
    message = choice["message"]
    calls = message.get("tool_calls") or ()
    return Heard(
        message["content"] or "",
        tuple(Call(c["id"], c["function"]["name"], c["function"]["arguments"]) for c in calls),
        choice["finish_reason"],
        (usage["prompt_tokens"], usage["completion_tokens"]),
        (message,),
    )


def from_output(response: JsonObject) -> Heard:
    """Read a response."""
    items, usage = response["output"], response["usage"]
    parts = [part["text"] for i in items if i["type"] == "message" for part in i["content"]]
    calls = [item for item in items if item["type"] == "function_call"]
    return Heard(
        "".join(parts),
        tuple(Call(call["call_id"], call["name"], call["arguments"]) for call in calls),
        response["status"],
        (usage["input_tokens"], usage["output_tokens"]),
        tuple(items),
    )


@pytest.mark.parametrize("script", [LOOP, PARALLEL], ids=["loop", "parallel"])
def test_requests_chat(mock: Mock, profile: Profile, script: str) -> None:
    """A loop over ``requests.post`` runs the tools and gets its answer."""
    mock.play(script)

    def ask(history: list[Any]) -> Heard:
        answer = post(mock, profile, "/chat/completions", {**CHAT, "messages": history})
        return from_message(answer["choices"][0], answer["usage"])

    assert facts(expected(script, ("tool_calls", "stop"))) == facts(list(talk(ask, chat_result)))


@pytest.mark.parametrize("script", [LOOP, PARALLEL], ids=["loop", "parallel"])
def test_requests_responses(mock: Mock, profile: Profile, script: str) -> None:
    """So does one over the Responses API."""
    mock.play(script)

    def ask(history: list[Any]) -> Heard:
        return from_output(post(mock, profile, "/responses", {**RESPONSES, "input": history}))

    heard = list(talk(ask, responses_result))
    assert facts(expected(script, ("completed", "completed"))) == facts(heard)


def test_solrouter_fragments(mock: Mock) -> None:
    """The fragments that SolRouter's page prints come in this order, in full envelopes."""
    mock.play(
        """
        turns:
          - say:
              - tool_call: get_weather
                id: call_1
                arguments: '{"city":"Berlin"}'
                cut: ['{"city":"Ber', 'lin"}']
        """
    )
    events = streamed(mock, SOLROUTER)

    deltas = [event["choices"][0]["delta"] for event in events if event["choices"]]
    function = {"name": "get_weather", "arguments": ""}
    first = {"index": 0, "id": "call_1", "type": "function", "function": function}
    calls = [delta["tool_calls"] for delta in deltas if delta.get("tool_calls")]
    assert [
        [first],
        [{"index": 0, "function": {"arguments": '{"city":"Ber'}}],
        [{"index": 0, "function": {"arguments": 'lin"}'}}],
    ] == calls
    ends = [event["choices"][0]["finish_reason"] for event in events if event["choices"]]
    assert ({}, "tool_calls") == (deltas[-1], ends[-1])
    for event in events:
        assert {"id", "object", "created", "model", "choices"} <= event.keys()


def streamed(mock: Mock, profile: Profile) -> list[JsonObject]:
    """Read a chat stream's events to its very end."""
    body = {**CHAT, "messages": HELLO, "stream": True}
    url = mock.url(profile) + "/chat/completions"
    with requests.post(url, json=body, stream=True, timeout=10) as response:
        lines = [line for line in response.iter_lines(decode_unicode=True) if line]
    assert "data: [DONE]" == lines[-1]
    return [json.loads(line[6:]) for line in lines[:-1] if line.startswith("data: ")]


def test_requests_status(mock: Mock, profile: Profile) -> None:
    """A scripted error has its status, ``Retry-After`` and the provider's envelope."""
    mock.play("turns: [{error: {status: 429, message: Slow down, retry_after: 7}}]")
    url = mock.url(profile) + "/chat/completions"

    response = requests.post(url, json={**CHAT, "messages": HELLO}, timeout=10)

    assert (429, "7") == (response.status_code, response.headers["retry-after"])
    openai = {"message": "Slow down", "type": "requests", "param": None}
    openai["code"] = "rate_limit_exceeded"
    wanted = openai if profile is OPENAI else {"message": "Slow down", "code": 429}
    assert {"error": wanted} == response.json()


def test_requests_broken_off(mock: Mock) -> None:
    """A stream that is cut off is an error of the connection, after what came before."""
    mock.play(BROKEN_OFF)
    url = mock.url(OPENROUTER) + "/chat/completions"
    lines: list[str] = []
    with requests.post(
        url, json={**CHAT, "messages": HELLO, "stream": True}, stream=True, timeout=10
    ) as response:
        found = response.iter_lines(decode_unicode=True)
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            lines.extend(found)

    assert "data: [DONE]" not in lines


def test_session(mock: Mock) -> None:
    """A session keeps its connection from one request to the next."""
    mock.play(LOOP)
    url = mock.url(OPENROUTER) + "/chat/completions"
    with requests.Session() as session:
        for _ in range(3):
            with session.post(url, json={**CHAT, "messages": HELLO}, timeout=10) as response:
                assert 200 == response.status_code
        pools = session.get_adapter(url).poolmanager.pools  # type: ignore[attr-defined]
        (pool,) = [pools[key] for key in pools.keys()]  # noqa: SIM118 - a container of its own
        assert (1, 3) == (pool.num_connections, pool.num_requests)


def test_standard_library(mock: Mock, profile: Profile) -> None:
    """Python's own client posts a body and reads the answer."""
    mock.play(LOOP)
    parts = urlsplit(mock.url(profile))
    connection = HTTPConnection(parts.netloc, timeout=10)
    try:
        body = json.dumps({**CHAT, "messages": HELLO})
        connection.request("POST", f"{parts.path}/chat/completions", body)
        response = connection.getresponse()
        answer = json.loads(response.read())
    finally:
        connection.close()

    assert 200 == response.status
    assert "call_berlin" == answer["choices"][0]["message"]["tool_calls"][0]["id"]


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is missing: apt-get install curl")
class TestCurl:
    """curl, as the guides have it."""

    def curl(self, *words: str) -> str:
        """Run curl; what it prints."""
        command = ["curl", "--silent", "--show-error", "--max-time", "10", *words]
        done = subprocess.run(command, capture_output=True, check=True)
        return done.stdout.decode()

    def ask(self, url: str, body: JsonObject, *words: str) -> str:
        """Post a body, with the headers that the guides have."""
        headers = ["-H", "Content-Type: application/json", "-H", "Authorization: Bearer sk-test"]
        return self.curl(url, *headers, "-d", json.dumps(body), *words)

    def test_plain(self, mock: Mock, profile: Profile) -> None:
        """A plain reply is one JSON object, and ends the connection properly."""
        mock.play(LOOP)
        url = mock.url(profile) + "/chat/completions"
        answer = json.loads(self.ask(url, {**CHAT, "messages": HELLO}))
        call = answer["choices"][0]["message"]["tool_calls"][0]
        assert "get_weather" == call["function"]["name"]

    def test_stream(self, mock: Mock, profile: Profile) -> None:
        """A stream prints whole events, the last of them ``[DONE]``."""
        mock.play(LOOP)
        url = mock.url(profile) + "/chat/completions"
        printed = self.ask(url, {**CHAT, "messages": HELLO, "stream": True}, "--no-buffer")
        *blocks, last, rest = printed.split("\n\n")
        assert ("data: [DONE]", "") == (last, rest)
        for block in blocks:
            assert block.startswith(("data: {", ": OPENROUTER PROCESSING"))

    def test_responses(self, mock: Mock, profile: Profile) -> None:
        """In Responses each provider frames its events in its own way."""
        mock.play(LOOP)
        url = mock.url(profile) + "/responses"
        body = {**RESPONSES, "input": "Hello", "stream": True}
        *blocks, rest = self.ask(url, body, "--no-buffer").split("\n\n")
        assert not rest
        done = blocks.pop() if profile.responses_done else ""
        assert ("data: [DONE]" if profile.responses_done else "") == done
        events = [block for block in blocks if not block.startswith(":")]
        data = [json.loads(event.partition("data: ")[2]) for event in events]
        assert "response.completed" == data[-1]["type"]
        names = [event.startswith("event: ") for event in events]
        assert {profile.event_lines} == set(names)

    def test_same_bytes(self, mock: Mock) -> None:
        """Asked twice, the same request gets the same bytes."""
        url = mock.url(OPENROUTER) + "/chat/completions"
        body = {**CHAT, "messages": HELLO, "stream": True}
        assert self.ask(url, body) == self.ask(url, body)

    def test_models(self, mock: Mock, profile: Profile) -> None:
        """The list of models is there for whoever asks."""
        listed = json.loads(self.curl(mock.url(profile) + "/models"))
        known = "gpt-4o" if profile.name == "openai" else "openai/gpt-4o"
        assert known in [model["id"] for model in listed["data"]]

    def test_error(self, mock: Mock) -> None:
        """``--fail`` ends with curl's own exit code for a status."""
        mock.play("turns: [{error: 503}]")
        with pytest.raises(subprocess.CalledProcessError) as caught:
            self.ask(mock.url(OPENROUTER) + "/chat/completions", {"messages": HELLO}, "--fail")
        assert 22 == caught.value.returncode
