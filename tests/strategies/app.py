"""A reassembler as a user has one: the page's examples test it."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2
from openai import OpenAI

from mockrouter.strategies import Stream


class BrokenStream(Exception):
    """A stream that is no whole reply."""


@dataclass
class Got:
    """What was read."""

    text: str = ""
    finish_reason: str | None = None
    calls: list[tuple[str, str, str]] = field(default_factory=list)


def reassemble(writes: Iterable[bytes]) -> Got:
    """
    Put a stream of chunks together.

    Raises:
        BrokenStream: It is none, or not all of one.
    """
    got = Got()
    calls: dict[int, list[str]] = {}
    try:
        chunks = [json.loads(data) for data in _events(writes)]
        for choice in (choice for chunk in chunks for choice in chunk["choices"]):
            _add(got, calls, choice)
        got.calls = [(one, two, three) for _, (one, two, three) in sorted(calls.items())]
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise BrokenStream(str(error)) from error
    if got.finish_reason is None:
        raise BrokenStream("it has no end")
    return got


def _add(got: Got, calls: dict[int, list[str]], choice: dict[str, Any]) -> None:
    delta = choice["delta"]
    got.text += delta.get("content") or ""
    got.finish_reason = choice["finish_reason"] or got.finish_reason
    for part in delta.get("tool_calls") or ():
        call = calls.setdefault(part["index"], ["", "", ""])
        call[0] += part.get("id") or ""
        call[1] += part["function"].get("name") or ""
        call[2] += part["function"].get("arguments") or ""


def _events(writes: Iterable[bytes]) -> Iterator[str]:
    text = codecs.decode(b"".join(writes), "utf-8-sig")
    data: list[str] = []
    for line in re.split(r"\r\n|\n|\r", text):
        if line.startswith("data:"):
            data.append(line.removeprefix("data:").removeprefix(" "))
        elif not line and data:
            if data != ["[DONE]"]:
                yield "\n".join(data)
            data = []


def reassemble_with_openai(stream: Stream) -> str:
    """Have the SDK read a stream; the text."""
    transport = httpx2.MockTransport(
        lambda _: httpx2.Response(
            200, headers={"content-type": "text/event-stream"}, content=stream.body
        )
    )
    sdk = OpenAI(
        base_url="http://mock/v1", api_key="any", http_client=httpx2.Client(transport=transport)
    )
    chunks: Any = sdk.chat.completions.create(**stream.request)
    return "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
