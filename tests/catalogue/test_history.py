"""Servers that are strict about the history."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

import pytest

from catalogue.conftest import Prove
from catalogue.proving import USER, Case, Proof, cases
from loop import Manner
from mockrouter.values import JsonObject

History: TypeAlias = list[JsonObject]
Change: TypeAlias = Callable[[History], History]


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


def long(history: History) -> History:
    """Make the last result longer than the context."""
    key = "content" if "content" in history[-1] else "output"
    return [*history[:-1], {**history[-1], key: "x" * 250_000}]


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
