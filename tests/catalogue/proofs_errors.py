"""What shows that an error, or what stands in the place of an answer, is as its scenario says."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

from catalogue.proving import FUNCTIONS, NAMES, USER, Case
from catalogue.reading import Read
from loop import Heard
from mockrouter.values import Json, JsonObject

JSON = "application/json"
EVENTS = "text/event-stream; charset=utf-8"
PAGE = "text/html; charset=utf-8"
_SHIFT = 1.0
"""Seconds by which a date in whole seconds may differ from the time that it was made from."""

Shown = Callable[[Read], None]


def tries(expected: list[tuple[int, str | None]], case: Case) -> None:
    """Each try of one request meets its status and its Retry-After, and errors are JSON."""
    answers = [case.ask() for _ in expected]

    assert expected == [(each.status, each.headers.get("retry-after")) for each in answers]
    assert all(_message(each) for each in answers if each.status > 200)


def _message(answer: Read) -> str:
    message: str = answer.json["error"]["message"]
    return message


def then_well(status: int, kind: str, shown: Shown, case: Case) -> None:
    """The first try meets this status, type and body; the second is answered with a call."""
    always(status, kind, shown, case)
    again = case.ask()
    assert 200 == again.status
    assert NAMES == [call.name for call in case.manner.hear(again).calls]


def always(status: int, kind: str, shown: Shown, case: Case) -> None:
    """The answer has this status, type and body, and comes whole."""
    said = case.faulty
    assert (status, kind, None) == (said.status, said.headers["content-type"], said.broken)
    shown(said)


def no_error_inside(answer: Read) -> None:
    """The body is a proxy's own JSON, which names the status and no error."""
    assert (True, 520) == (answer.json["cloudflare_error"], answer.json["status"])
    assert "error" not in answer.json
    assert "cloudflare" == answer.headers["server"]


def only_an_error(answer: Read) -> None:
    """The body is JSON with a number for a code, and no event for who looks for one."""
    assert {"error": {"message": _message(answer), "code": 502}} == json.loads(answer.body)
    assert b"data:" not in answer.body


def null_fields(answer: Read) -> None:
    """All that a reply has in either format is null, beside the error."""
    fields = dict(answer.json)
    assert 502 == fields.pop("error")["code"]
    assert {"id", "choices", "output", "usage"} < {*fields}
    assert {None} == {*fields.values()}


def page(words: str, answer: Read) -> None:
    """The body is a page that only a gateway makes, and no JSON."""
    assert answer.body.startswith(b"<html>\n")
    assert f"<h1>{words}</h1>".encode() in answer.body
    assert not {"x-request-id", "openai-version", "x-generation-id"} & {*answer.headers}


def bytes_of(expected: bytes, answer: Read) -> None:
    """The body is these bytes, possibly none."""
    assert expected == answer.body


def other_mode(case: Case) -> None:
    """Each turn comes in the mode that was not asked for, and is a good reply there."""
    other = replace(case.manner, stream=not case.manner.stream)
    first = other.hear(case.faulty)
    assert NAMES == [call.name for call in first.calls]
    second = other.hear(case.ask(after(case, first)))
    assert ((), "That is what the tool found.") == (second.calls, second.text)
    for heard in (first, second):
        assert 200 == heard.answer.status
        expected = EVENTS if other.stream else JSON
        assert expected == heard.answer.headers["content-type"]
        assert (b"data: " in heard.answer.body) is other.stream


def after(case: Case, heard: Heard, text: str = '{"ok": true}') -> list[JsonObject]:
    """Make the history of a client that ran all calls of the first turn."""
    return [USER, *heard.kept, *(case.manner.result(call, text) for call in heard.calls)]


def inside_a_chunk(choices: list[JsonObject], case: Case) -> None:
    """After three fragments of text comes a chunk with an error beside its choices, then [DONE]."""
    *deltas, last = case.events
    assert [*map(json.dumps, (*deltas, last)), "[DONE]"] == [*map(_normal, case.data)]
    said = [choice["delta"].get("content") for event in deltas for choice in event["choices"]]
    assert ["", "Let", " me", " look"] == said
    assert not any("error" in event for event in deltas)
    assert {"code": 502, "message": "Provider disconnected unexpectedly"} == last["error"]
    assert ("chat.completion.chunk", choices) == (last["object"], last["choices"])
    assert 200 == case.faulty.status


def _normal(text: str) -> str:
    return text if text == "[DONE]" else json.dumps(json.loads(text))


def inside_a_call(case: Case) -> None:
    """The call has begun and its arguments are no JSON yet when the error comes."""
    assert (200, None) == (case.faulty.status, case.faulty.broken)
    sent, (whole,) = _arguments(case.faulty.body), case.manner.hear(case.clean).calls
    assert NAMES[0] == whole.name
    assert NAMES[0].encode() in case.faulty.body
    assert "" != sent != whole.arguments
    assert whole.arguments.startswith(sent)
    assert b"Provider disconnected unexpectedly" in case.faulty.body


def _arguments(sent: bytes) -> str:
    made = ""
    for line in sent.decode().splitlines():
        if not line.startswith("data: {"):
            continue
        event = json.loads(line[6:])
        if event.get("type") == "response.function_call_arguments.delta":
            made += event["delta"]
        for choice in event.get("choices", ()):
            for call in choice["delta"].get("tool_calls", ()):
                made += call["function"].get("arguments", "")
    return made


def until(seconds: float, case: Case) -> None:
    """A limit of 429 says a date so far from the real time; then comes the answer."""
    before = time.time()
    header = case.faulty.headers["retry-after"]
    date = parsedate_to_datetime(header).timestamp()
    assert header.endswith(" GMT")
    assert before + seconds - _SHIFT <= date <= time.time() + seconds
    tried_with(header, case)


def tried_with(header: str | None, case: Case) -> None:
    """A limit of 429 has this Retry-After as it stands; the next try is answered."""
    assert (429, header) == (case.faulty.status, case.faulty.headers.get("retry-after"))
    assert _message(case.faulty)
    assert 200 == case.ask().status


def with_headers(status: int, expected: JsonObject, absent: Iterable[str], case: Case) -> None:
    """The error has some headers and lacks others."""
    assert status == case.faulty.status
    assert expected == {name: case.faulty.headers.get(name) for name in expected}
    assert not {*absent} & {*case.faulty.headers}
    assert _message(case.faulty)


def milliseconds(expected: str, case: Case) -> None:
    """A limit of 429 says how long in milliseconds and not in seconds; then comes the answer."""
    with_headers(429, {"retry-after-ms": expected}, ["retry-after"], case)
    assert 200 == case.ask().status


def flagged(case: Case) -> None:
    """The refusal of 403 has the reasons, and the words of the user."""
    error = case.faulty.json["error"]
    assert (403, 403) == (case.faulty.status, error["code"])
    assert ["harassment"] == error["metadata"]["reasons"]
    assert USER["content"] == error["metadata"]["flagged_input"]


def only_without_tools(case: Case) -> None:
    """With tools it is 404 however often, without them an answer."""
    for answer in (case.faulty, case.ask()):
        assert 404 == answer.status
        assert "No endpoints found that support tool use." in _message(answer)
    answer = case.ask(tools=None)
    assert 200 == answer.status
    assert case.manner.hear(answer).text


def only_without_demand(case: Case) -> None:
    """A call that is demanded, of any tool or of one, is 404; else there is a call."""
    name: JsonObject = {"name": NAMES[0]}
    one = {"function": name} if case.manner.dialect == "chat" else name
    demands: list[Json] = ["required", {"type": "function", **one}]
    for choice in demands:
        answer = case.ask(tool_choice=choice)
        assert 404 == answer.status
        assert "support the provided 'tool_choice' value" in _message(answer)
    for left in ("auto", None):
        heard = case.manner.hear(case.ask(tool_choice=left))
        assert NAMES == [call.name for call in heard.calls]


def too_large(case: Case) -> None:
    """What the model said makes the next request too large; a shorter history is answered."""
    heard = case.heard
    history = after(case, heard)
    answer = case.ask(history)
    assert (413, PAGE) == (answer.status, answer.headers["content-type"])
    page("413 Request Entity Too Large", answer)
    assert 413 == case.ask(history).status
    shorter = json.loads(json.dumps(history).replace(heard.text, "I shall look."))
    assert 200 == case.ask(shorter).status
    assert [True, False] == [len(json.dumps(each)) < 10_000 for each in (shorter, history)]


def redirected(status: int, case: Case) -> None:
    """It is sent elsewhere, which is here: asked there with the same body, it is answered."""
    first = case.faulty
    assert (status, b"") == (first.status, first.body)
    place = f"{case.mock.root_url}{case.manner.path(case.name)}"
    target = urljoin(place, first.headers["location"])
    assert place != target
    assert urlsplit(place)[:3] == urlsplit(target)[:3]
    body = case.manner.body([USER], tools=case.manner.tools(FUNCTIONS))
    answer = case.post(target.removeprefix(case.mock.root_url), body)
    assert NAMES == [call.name for call in case.manner.hear(answer).calls]


def nested(case: Case) -> None:
    """The message says nothing; the cause is JSON in a text."""
    error = case.faulty.json["error"]
    assert (400, "Provider returned error") == (case.faulty.status, error["message"])
    inner = json.loads(error["metadata"]["raw"])
    assert "tools: Tool names must be unique." == inner["error"]["message"]


def says_what_is_wrong(answer: Read) -> None:
    """The body is an error in JSON as always, whatever type is said."""
    assert "The model does not exist." == _message(answer)


def overloaded(case: Case) -> None:
    """The first try meets 529 with its type; the second is answered."""
    error = case.faulty.json["error"]
    assert (529, "overloaded_error") == (case.faulty.status, error["type"])
    assert 200 == case.ask().status
