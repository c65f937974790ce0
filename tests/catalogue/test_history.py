"""Servers that are strict about the history."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeAlias

import pytest

from catalogue.conftest import Prove
from catalogue.proving import USER, Case, Proof, cases
from catalogue.reading import Read
from loop import Manner
from mockrouter.values import Json, JsonObject

History: TypeAlias = list[JsonObject]
Change: TypeAlias = Callable[[History], History]

LIMIT = "context_length_exceeded"


def as_it_is(history: History) -> History:
    """Keep everything."""
    return history


def refuses(status: int, words: str, spoil: Change, case: Case, *, keep: Change = as_it_is) -> None:
    """A history that keeps the rule is answered, and one that is spoilt is refused in its words."""
    heard = case.heard
    results = [case.manner.result(call, "18 degrees") for call in heard.calls]
    history = [USER, *heard.kept, *results]

    answered = case.ask(keep(history))
    assert (200, None) == (answered.status, answered.broken)
    assert case.manner.hear(answered).text

    refused = case.ask(spoil(history))
    assert status == refused.status
    assert words in refused.json["error"]["message"] + str(refused.json["error"].get("code"))


def without_last(history: History) -> History:
    """Leave the last result out."""
    return history[:-1]


def set_in_calls(history: History, **fields: str) -> History:
    """Give each message with calls, and each call item, other fields; ... leaves one out."""

    def changed(message: JsonObject) -> JsonObject:
        if message.get("type") == "function_call":
            return {**message, **fields}
        if "tool_calls" not in message:
            return message
        calls = [
            {**call, "function": {**call["function"], **fields}} for call in message["tool_calls"]
        ]
        return {**message, "tool_calls": calls}

    return [changed(message) for message in history]


def beside_calls(history: History, key: str, value: object) -> History:
    """Set a key of each message with calls; ... leaves it out."""
    made = []
    for message in history:
        own = {k: v for k, v in message.items() if k != key}
        has = "tool_calls" in message
        made.append({**own, **({} if value is ... else {key: value})} if has else message)
    return made


def renamed(history: History, new: str = "abcDEF123") -> History:
    """Give the only call another id, and its result too."""
    made = []
    for message in history:
        calls = [{**call, "id": new} for call in message.get("tool_calls", ())]
        changed = {**message, **({"tool_calls": calls} if calls else {})}
        made.append({**changed, "tool_call_id": new} if "tool_call_id" in message else changed)
    return made


def without_reasoning(history: History) -> History:
    """Leave the items of reasoning out."""
    return [item for item in history if item.get("type") != "reasoning"]


def compacted(history: History) -> History:
    """Leave out most of what the model said beside its call."""

    def short(value: Json) -> Json:
        if isinstance(value, list):
            return [short(each) for each in value]
        if isinstance(value, dict):
            return {key: short(each) for key, each in value.items()}
        return value[:500] if isinstance(value, str) else value

    return [short(message) for message in history]


def with_null_calls(history: History) -> History:
    """Ask again, and show that the first answer had no calls by a null."""
    return [*_answered(history, tool_calls=None)]


def without_calls(history: History) -> History:
    """Ask again, with the first answer as it should be kept."""
    return [*_answered(history)]


def _answered(history: History, **more: Json) -> Iterator[JsonObject]:
    yield history[0]
    yield {"role": "assistant", "content": history[1]["content"], **more}
    yield {"role": "user", "content": "The second."}


def long(history: History) -> History:
    """Make the last result longer than the context."""
    key = "content" if "content" in history[-1] else "output"
    return [*history[:-1], {**history[-1], key: "x" * 250_000}]


def full(refusal: Callable[[Case, Read], None], case: Case) -> None:
    """Whoever sends all back is refused each time; whoever makes it shorter is answered."""
    heard = case.heard
    results = [case.manner.result(call, "18 degrees") for call in heard.calls]
    history = [USER, *heard.kept, *results]

    for _ in range(3):
        refusal(case, case.ask(history))
    answered = case.ask(compacted(history))
    assert (200, None) == (answered.status, answered.broken)
    assert case.manner.hear(answered).text


def with_status(status: int, code: str | None, case: Case, answer: Read) -> None:
    """The status says it, and the error does in its provider's shape, in a stream's place too."""
    error = answer.json["error"]
    assert (status, code) == (answer.status, error["code"])
    assert "maximum context length" in error["message"]
    assert case.entries[-1].stream == case.manner.stream


def as_event(case: Case, answer: Read) -> None:
    """The status is good, and the stream has an error and no finish."""
    assert 200 == answer.status
    assert [LIMIT] == [
        event["error"]["code"] for event in answer.events if _is_error(case.manner, event)
    ]
    assert case.manner.hear(answer).end in {None, "failed"}


def _is_error(manner: Manner, event: JsonObject) -> bool:
    return "error" in event if manner.dialect == "chat" else event["type"] == "error"


def as_nothing(case: Case, answer: Read) -> None:
    """The status and the type are those of a good stream, which has no bytes and ends well."""
    assert (200, b"", None) == (answer.status, answer.body, answer.broken)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert not case.manner.hear(answer).end


def poisoned(case: Case) -> None:
    """The model says nothing once; who asks again is answered, who stores that is refused."""
    heard = case.heard
    results = [case.manner.result(call, "18 degrees") for call in heard.calls]
    history = [USER, *heard.kept, *results]

    silent = case.manner.hear(case.ask(history))
    assert ("", ()) == (silent.text, silent.calls)
    assert case.manner.hear(case.ask(history)).text
    refused = case.ask([*history, {"role": "assistant", "content": ""}, USER])
    assert 400 == refused.status
    assert "content or tool_calls must be set" in refused.json["error"]["message"]


PROOFS: dict[str, Proof] = {
    "history/arguments-object": partial(
        refuses, 400, "", as_it_is, keep=partial(set_in_calls, arguments="{}")
    ),
    "history/context-full": partial(full, partial(with_status, 400, LIMIT)),
    "history/context-full-as-event": partial(full, as_event),
    "history/context-full-as-nothing": partial(full, as_nothing),
    "history/context-full-as-server-error": partial(full, partial(with_status, 500, None)),
    "history/tool-calls-null": partial(
        refuses, 400, "tool_calls", with_null_calls, keep=without_calls
    ),
    "history/tool-id-kept": partial(
        refuses, 400, "string does not match pattern", partial(renamed, new="call_Xk3mP9q2Z")
    ),
    "history/unknown-tool-unanswered": partial(refuses, 400, "", without_last),
    "history/arguments-json": partial(
        refuses, 400, "JSON", as_it_is, keep=partial(set_in_calls, arguments="{}")
    ),
    "history/content-missing": partial(
        refuses, 400, "Missing required", partial(beside_calls, key="content", value=...)
    ),
    "history/content-null": partial(
        refuses,
        400,
        "got null",
        partial(beside_calls, key="content", value=None),
        keep=partial(beside_calls, key="content", value=""),
    ),
    "history/context-overflow": partial(refuses, 400, "context_length_exceeded", long),
    "history/empty-assistant": poisoned,
    "history/encrypted-reasoning": partial(refuses, 404, "not found", without_reasoning),
    "history/invalid-encrypted-content": partial(
        refuses, 400, "invalid_encrypted_content", as_it_is, keep=without_reasoning
    ),
    "history/missing-tool-result": partial(refuses, 400, "", without_last),
    "history/reasoning-content": partial(
        refuses,
        400,
        "must be passed back",
        partial(beside_calls, key="reasoning_content", value=...),
        keep=partial(beside_calls, key="reasoning_content", value="I need the tool for that."),
    ),
    "history/tool-id-format": partial(
        refuses, 400, "string does not match pattern", as_it_is, keep=renamed
    ),
}


@pytest.mark.parametrize(("name", "manner"), cases(PROOFS), ids=str)
def test_it_is_on_the_wire(prove: Prove, name: str, manner: Manner) -> None:
    """What breaks the rule is refused, and what keeps it is answered."""
    prove(name, manner, PROOFS[name])


def test_reasoning_content_is_shown(prove: Prove) -> None:
    """The client gets the field that it has to give back."""
    for manner in (Manner(stream=False), Manner(stream=True)):
        prove("history/reasoning-content", manner, _shown)


def _shown(case: Case) -> None:
    assert b'"reasoning_content":"I need the tool for that."' in case.faulty.body
