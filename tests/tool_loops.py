"""Clients that hold a conversation as agents do, in each format, and can be made to spoil it."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from urllib.error import HTTPError

import pytest

from mockrouter import MockRouter
from mockrouter.values import Json, JsonObject
from scripts import USER, WEATHER

CALL: Json = [{"tool_call": "get_weather", "arguments": {"city": "Oslo"}}]
RESULT = '{"temp": 18}'
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Chat:
    """A client of Chat Completions, streaming or not, that keeps its history as it should."""

    endpoint = "chat/completions"

    def __init__(self, mock: MockRouter, *, stream: bool = False) -> None:
        """Begin a conversation."""
        self._mock = mock
        self._stream = stream
        self.history: list[JsonObject] = [dict(USER)]

    def ask(self) -> int:
        """Send the history, and take the answer into it; the status."""
        status, said = send(f"{self._mock.base_url}/{self.endpoint}", self._body())
        if status == 200:
            self._take(said)
        return status

    def reply(self, content: str = RESULT) -> None:
        """Answer all calls of the last message."""
        for call in self.history[-1]["tool_calls"]:
            self.history.append({"role": "tool", "tool_call_id": call["id"], "content": content})

    def _body(self) -> JsonObject:
        return {
            "model": "gpt-4o",
            "messages": self.history,
            "tools": [WEATHER],
            "stream": self._stream,
        }

    def _take(self, said: str) -> None:
        if not self._stream:
            self.history.append(json.loads(said)["choices"][0]["message"])
            return
        message: JsonObject = {"role": "assistant", "content": "", "tool_calls": []}
        for event in _events(said):
            for choice in event["choices"]:
                delta = choice["delta"]
                message["content"] += delta.get("content") or ""
                for piece in delta.get("tool_calls", ()):
                    calls = message["tool_calls"]
                    if piece["index"] == len(calls):
                        calls.append(piece)
                    else:
                        arguments = piece["function"]["arguments"]
                        calls[-1]["function"]["arguments"] += arguments
        self.history.append({name: value for name, value in message.items() if value})


class Responses(Chat):
    """The same in the format of Responses."""

    endpoint = "responses"

    def reply(self, content: str = RESULT) -> None:
        """Answer all calls that have no answer yet."""
        done = {item.get("call_id") for item in self.history if "output" in item}
        for item in [*self.history]:
            if item.get("type") == "function_call" and item["call_id"] not in done:
                output = {"type": "function_call_output", "call_id": item["call_id"]}
                self.history.append({**output, "output": content})

    def _body(self) -> JsonObject:
        tool = {"type": "function", **WEATHER["function"]}
        body = {"model": "gpt-4o", "input": self.history, "tools": [tool], "store": False}
        return {**body, "stream": self._stream}

    def _take(self, said: str) -> None:
        if self._stream:
            done = next(e for e in _events(said) if e["type"] == "response.completed")
            self.history += done["response"]["output"]
        else:
            self.history += json.loads(said)["output"]


def _events(text: str) -> list[JsonObject]:
    lines = [line.removeprefix("data: ") for line in text.splitlines() if line[:6] == "data: "]
    return [json.loads(line) for line in lines if line != "[DONE]"]


def send(url: str, body: JsonObject) -> tuple[int, str]:
    """Send a body; the status and the text of the answer."""
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)  # noqa: S310
    try:
        with _DIRECT.open(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


CLIENTS = [
    pytest.param(lambda mock, kind=kind, stream=stream: kind(mock, stream=stream), id=name)
    for kind in (Chat, Responses)
    for stream in (False, True)
    for name in [f"{kind.__name__}{' stream' if stream else ''}"]
]
Make = Callable[[MockRouter], Chat]
clients = pytest.mark.parametrize("make", CLIENTS)


def complaint(check: Callable[..., None], *args: Json, **named: Json) -> str:
    """Run an assertion; its words, empty where it holds."""
    try:
        check(*args, **named)
    except AssertionError as error:
        return str(error)
    return ""


def user(text: str) -> JsonObject:
    """Say something as the user."""
    return {"role": "user", "content": text}


def looped(client: Chat, content: str = RESULT) -> Chat:
    """Ask, answer the call, and ask on."""
    client.ask()
    client.reply(content)
    client.ask()
    return client
