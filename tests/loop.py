"""
A tool loop that speaks both formats, streamed and plain, as simply as a client can.

It answers calls with results until a text comes, and passes over whatever else there is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from asgi import Answer
from mockrouter.profiles import OPENAI, PROFILES, Profile
from mockrouter.values import Json, JsonObject

ENDPOINTS = {"chat": "/chat/completions", "responses": "/responses"}


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call; *arguments* is what the client would parse."""

    id: str
    name: str
    arguments: Json


@dataclass(frozen=True, slots=True)
class Heard:
    """
    One turn of the model.

    Attributes:
        text: What was said.

        calls: In order.

        end: The finish reason, or the status of a response; None where neither came.

        kept: What goes into the history.

        answer: As it came.
    """

    text: str
    calls: tuple[Call, ...]
    end: str | None
    kept: tuple[JsonObject, ...]
    answer: Answer


@dataclass(frozen=True, slots=True)
class Manner:
    """How a client asks: in which format, of which provider, and whether in a stream."""

    dialect: str = "chat"
    profile: Profile = OPENAI
    stream: bool = False

    def __str__(self) -> str:
        """Name the test case."""
        return f"{self.dialect}-{self.profile.name}-{'stream' if self.stream else 'plain'}"

    def path(self, scenario: str | None = None) -> str:
        """Give the URL's path."""
        chosen = f"/s/{scenario}" if scenario else ""
        return f"{chosen}{self.profile.base}{ENDPOINTS[self.dialect]}"

    def tools(self, functions: list[JsonObject]) -> list[JsonObject]:
        """Offer functions as the format has them."""
        if self.dialect == "chat":
            return [{"type": "function", "function": each} for each in functions]
        return [{"type": "function", "strict": None, **each} for each in functions]

    def body(self, history: list[JsonObject], **more: Json) -> JsonObject:
        """Make a request's body."""
        words = "messages" if self.dialect == "chat" else "input"
        return {"model": "openai/gpt-4o", words: history, "stream": self.stream, **more}

    def hear(self, answer: Answer) -> Heard:
        """Understand an answer."""
        if self.dialect == "chat":
            return _chat_stream(answer) if self.stream else _chat_plain(answer)
        return _responses(answer, stream=self.stream)

    def result(self, call: Call, text: str) -> JsonObject:
        """Answer a call."""
        if self.dialect == "chat":
            return {"role": "tool", "tool_call_id": call.id, "content": text}
        return {"type": "function_call_output", "call_id": call.id, "output": text}


MANNERS = [
    Manner(dialect, profile, stream)
    for dialect in ENDPOINTS
    for profile in PROFILES.values()
    for stream in (False, True)
]
"""Every format, provider and mode."""


class Poster(Protocol):
    """Whatever sends a body to a path and reads the answer."""

    def post(self, path: str, body: Json, **headers: str) -> Answer:
        """Send it."""


Run = Callable[[Call], str]
"""From a call to the text of its result."""


def talk(  # noqa: PLR0913 - a client has as many settings
    client: Poster,
    manner: Manner,
    functions: list[JsonObject],
    *,
    scenario: str | None = None,
    user: str = "How is the weather in Berlin?",
    run: Run = lambda _: '{"ok": true}',
    most: int = 5,
    **more: Json,
) -> Iterator[Heard]:
    """Run the loop until the model calls no more, or *most* requests were made."""
    history: list[JsonObject] = [{"role": "user", "content": user}]
    tools = {"tools": manner.tools(functions)} if functions else {}
    for _ in range(most):
        body = manner.body(history, **tools, **more)
        heard = manner.hear(client.post(manner.path(scenario), body))
        yield heard
        if not heard.calls:
            return
        history += [*heard.kept, *(manner.result(call, run(call)) for call in heard.calls)]


def _chat_plain(answer: Answer) -> Heard:
    choice = answer.json["choices"][0]
    return _chat(choice["message"], choice["finish_reason"], answer)


def _chat_stream(answer: Answer) -> Heard:
    message: JsonObject = {"role": "assistant", "content": None}
    calls: dict[int, JsonObject] = {}
    end = None
    choices = (choice for event in answer.events for choice in event.get("choices", ()))
    for choice in (choice for choice in choices if not choice.get("index")):
        delta = choice["delta"]
        if delta.get("content"):
            message["content"] = (message["content"] or "") + delta["content"]
        for part in delta.get("tool_calls") or ():
            call = calls.setdefault(part["index"], {"function": {"arguments": ""}})
            call |= {key: part[key] for key in ("id", "type") if key in part}
            function = part.get("function", {})
            call["function"] |= {"name": function["name"]} if "name" in function else {}
            call["function"]["arguments"] = _joined(call["function"], function.get("arguments"))
        for detail in delta.get("reasoning_details") or ():
            message.setdefault("reasoning_details", []).append(detail)
        end = choice["finish_reason"] or end
    if calls:
        message["tool_calls"] = list(calls.values())
    return _chat(message, end, answer)


def _joined(function: JsonObject, fragment: Json) -> Json:
    # Arguments that are no text come in one piece, whatever the opening fragment had.
    return function["arguments"] + fragment if isinstance(fragment, str) else fragment


def _chat(message: JsonObject, end: str | None, answer: Answer) -> Heard:
    calls = tuple(
        Call(call["id"], call["function"]["name"], call["function"]["arguments"])
        for call in message.get("tool_calls") or ()
    )
    return Heard(message["content"] or "", calls, end, (message,), answer)


def _responses(answer: Answer, *, stream: bool) -> Heard:
    if stream:
        kinds = ("response.output_item.done",)
        items = [event["item"] for event in answer.events if event["type"] in kinds]
        last = answer.events[-1] if answer.events else {}
        end = last["response"]["status"] if "response" in last else None
    else:
        items, end = answer.json["output"], answer.json["status"]
    calls = tuple(
        Call(item["call_id"], item["name"], item["arguments"])
        for item in items
        if item["type"] == "function_call"
    )
    parts = [part for item in items if item["type"] == "message" for part in item["content"]]
    text = "".join(part.get("text", "") for part in parts)
    return Heard(text, calls, end, tuple(items), answer)
