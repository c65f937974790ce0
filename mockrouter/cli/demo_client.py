"""
The demo's client: what every tool-calling client does, in standard-library Python.

It posts a request, reads the stream line by line, and puts text and calls together from deltas.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from mockrouter.values import Json, JsonObject

LOST: Final = (http.client.HTTPException, OSError)
"""What a broken connection raises, at any point of a response."""

_SECONDS = 10.0
_MOST = 65_536


@dataclass(slots=True)
class Call:
    """A tool call, as far as it has come."""

    id: str = ""
    name: str = ""
    arguments: str = ""


@dataclass(slots=True)
class Answer:
    """
    The model's answer, as far as it has come.

    Attributes:
        text: Its text.

        calls: Its tool calls, by index.

        finish_reason: Empty as long as it has not come.
    """

    text: str = ""
    calls: dict[int, Call] = field(default_factory=dict)
    finish_reason: str = ""

    @property
    def message(self) -> JsonObject:
        """What goes into the next request's history."""
        calls = [
            {"id": c.id, "type": "function", "function": {"name": c.name, "arguments": c.arguments}}
            for c in self.calls.values()
        ]
        return {"role": "assistant", "content": self.text, "tool_calls": calls}


@dataclass(frozen=True, slots=True)
class Arrival:
    """Something new: which *key* of the stream brought which *fragment*, and the *whole* so far."""

    key: str
    fragment: str
    whole: str


def stream(url: str, body: JsonObject) -> Iterator[str]:
    """
    Post a request and read the data of each event.

    Raises:
        HTTPException, OSError: The connection broke; see ``LOST``.

        ValueError: The status is not 200.
    """
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=_SECONDS)
    try:
        headers = {"content-type": "application/json", "authorization": "Bearer any"}
        connection.request("POST", parts.path, json.dumps({**body, "stream": True}), headers)
        response = connection.getresponse()
        if response.status != HTTPStatus.OK:
            message = f"status {response.status}: {response.read().decode()}"
            raise ValueError(message)
        for line in _lines(response):
            if line.startswith(b"data: "):
                yield line[6:].decode()
    finally:
        connection.close()


def _lines(response: http.client.HTTPResponse) -> Iterator[bytes]:
    """Cut a body into lines. The response's own way to do so hides that a body broke off."""
    rest = b""
    while data := response.read1(_MOST):
        *lines, rest = (rest + data).split(b"\n")
        yield from lines


def take(answer: Answer, data: str) -> Iterator[Arrival]:
    """Add an event to *answer*, and say what it brought."""
    if data == "[DONE]":
        return
    choice: Json = json.loads(data)["choices"][0]
    delta: JsonObject = choice["delta"]
    for part in delta.get("tool_calls", ()):
        call = answer.calls.setdefault(part["index"], Call())
        function = part["function"]
        call.id = part.get("id", call.id)
        if name := function.get("name"):
            call.name = name
            yield Arrival("name", name, name)
        if fragment := function.get("arguments"):
            call.arguments += fragment
            yield Arrival("arguments", fragment, call.arguments)
    if text := delta.get("content"):
        answer.text += text
        yield Arrival("content", text, answer.text)
    if reason := choice.get("finish_reason"):
        answer.finish_reason = reason
        yield Arrival("finish_reason", reason, "")
