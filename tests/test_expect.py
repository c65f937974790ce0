"""Strict servers: what they ask of a request, and what they say where it is not kept."""

from __future__ import annotations

import json

import pytest

from histories import assistant, call, result
from mockrouter.engine.rules import RULES
from mockrouter.entries import entries
from mockrouter.errors import ScenarioError
from mockrouter.scenario.expect import Expect
from mockrouter.scenario.matching import Match
from mockrouter.values import JsonObject
from scripts import USER, ask, chat, engine

GOOD = [USER, assistant(call()), result()]


SAID = {"role": "assistant", "content": "Fine."}


ROWS: list[tuple[str, str, list[JsonObject], str]] = [
    (
        "every_call_answered",
        "true",
        [USER, assistant(call(), call("call_2")), result(), SAID, USER],
        "The following tool_call_ids did not have response messages: call_2",
    ),
    ("every_call_answered", "true", [USER, assistant(call())], "did not have response messages"),
    ("every_result_called", "true", [USER, result()], "must be a response to a preceeding message"),
    (
        "every_result_called",
        "true",
        [*GOOD, SAID, result()],
        "must be a response to a preceeding message",
    ),
    (
        "every_result_called",
        "true",
        [USER, assistant(call()), result("call_9")],
        "'tool_call_id' of 'call_9' not found in 'tool_calls' of previous message.",
    ),
    (
        "unique_ids",
        "true",
        [*GOOD, assistant(call()), result()],
        "messages[3]: `tool_use` ids must be unique",
    ),
    (
        "no_empty_turn",
        "true",
        [USER, assistant(content="", tool_calls=...), USER],
        "content or tool_calls must be set",
    ),
    (
        "call_ids",
        "'[A-Za-z0-9]{9}'",
        GOOD,
        "Invalid 'messages[1].tool_calls[0].id': string does not match pattern.",
    ),
    ("arguments", "json", [USER, assistant(call("c", "{oops")), result("c")], "no valid JSON"),
    ("arguments", "object", [USER, assistant(call("c", "[]")), result("c")], "a JSON object"),
    (
        "arguments",
        "json",
        [USER, assistant(call("c", {"city": "Oslo"})), result("c")],
        "expected a string, but got an object instead.",
    ),
    ("content", "text", GOOD, "Invalid value for 'content': expected a string, got null."),
    ("content", "filled", [USER, assistant(call(), content=""), result()], "is empty"),
    ("content", "'null'", [USER, assistant(call(), content=""), result()], "expected null"),
    ("content", "absent", GOOD, "Unknown parameter: 'messages[1].content'."),
    (
        "content",
        "present",
        [USER, assistant(call(), content=...), result()],
        "Missing required parameter: 'messages[1].content'.",
    ),
    (
        "reasoning",
        "{field: reasoning_content}",
        GOOD,
        "The `reasoning_content` in the thinking mode must be passed back to the API.",
    ),
    (
        "reasoning",
        "absent",
        [USER, assistant(call(), reasoning="Hm."), result()],
        "Unknown parameter: 'messages.[1].reasoning'.",
    ),
]


@pytest.mark.parametrize(("rule", "value", "messages", "words"), ROWS)
def test_a_rule_that_is_broken(
    rule: str, value: str, messages: list[JsonObject], words: str
) -> None:
    """The request is refused in the real servers' words, and the journal says by which rule."""
    script = f"expect: {{{rule}: {value}}}\nturns: [{{say: []}}]\nthen: repeat"
    wire, exchange = ask(engine(script), chat(*messages))
    (entry,) = entries([exchange])

    assert 400 == wire.status
    assert words in json.loads(wire.body)["error"]["message"]
    assert exchange.broken.startswith(f"<inline>:1: {rule}: ")
    assert entry.to_json()["broken"] == exchange.broken
    assert not exchange.error


KEPT = {
    "every_call_answered": "true",
    "every_result_called": "true",
    "unique_ids": "true",
    "no_empty_turn": "true",
    "call_ids": "'[a-z]+_[0-9]'",
    "arguments": "object",
    "content": "'null'",
    "reasoning": "absent",
    "max_tokens": "..99",
}


@pytest.mark.parametrize("rule", KEPT)
def test_a_rule_that_is_kept(rule: str) -> None:
    """Whoever keeps it notices nothing."""
    script = f"expect: {{{rule}: {KEPT[rule]}}}\nturns: [{{say: []}}]\nthen: repeat"
    wire, exchange = ask(engine(script), chat(*GOOD, max_tokens=99))

    assert (200, "") == (wire.status, exchange.broken)


def test_every_rule_is_tested_and_carried_out() -> None:
    """A rule that is added has rows above, and a function."""
    own = {*Expect.model_fields} - {*Match.model_fields}

    assert own == {*KEPT} == {*RULES, "reasoning"}
    assert own - {"max_tokens"} == {row[0] for row in ROWS}


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
@pytest.mark.parametrize(("limit", "words"), [("..10", "at most 10"), ("100..", ">= 100")])
def test_a_limit_on_the_answer(name: str, limit: str, words: str) -> None:
    """A limit that is not sent is none; one that is out of the range is refused."""
    served = engine(f"expect: {{max_tokens: '{limit}'}}\nturns: [{{say: []}}]")
    wire, _ = ask(served, chat(**{name: 50}))

    assert 200 == ask(served, chat())[0].status
    assert words in json.loads(wire.body)["error"]["message"]


STRICT = """
turns:
  - say: [{tool_call: get_weather, arguments: {city: Oslo}}]
  - expect:
      - every_call_answered: true
        otherwise: {error: {status: 422, message: 'Missing: {{ user }}'}}
      - {body_bytes: ..2000}
      - {none_of: [{body: {'$.messages[*].tool_calls': null}}]}
    otherwise: {http: {status: 413, html: Too large}}
    attempts: [503, {say: [{text: Done.}]}]
"""


def test_what_is_answered_otherwise() -> None:
    """The rule's own answer, else the turn's; a refused request is no attempt at the turn."""
    served = engine(STRICT)
    first = json.loads(ask(served, chat())[0].body)["choices"][0]["message"]
    answered = [USER, first, result(first["tool_calls"][0]["id"])]
    missing, exchange = ask(served, chat(USER, first))
    large, _ = ask(served, chat({"role": "user", "content": "x" * 2000}, *answered[1:]))
    null, _ = ask(served, chat(assistant(tool_calls=None, content="Hi"), *answered))
    tries = [ask(served, chat(*answered))[0].status for _ in range(2)]

    assert (422, 2, 1) == (missing.status, exchange.turn, exchange.attempt)
    assert "Missing: What is the weather" in json.loads(missing.body)["error"]["message"]
    assert (413, b"Too large") == (large.status, large.body)
    assert 413 == null.status
    assert [503, 200] == tries


def test_a_condition_that_fails_is_refused_in_the_usual_words() -> None:
    """Without an answer of its own, by the provider's for a bad request."""
    served = engine("expect: {model: gpt-5*}\nturns: [{say: []}]")
    wire, exchange = ask(served, chat())

    assert (400, "Invalid request.") == (wire.status, json.loads(wire.body)["error"]["message"])
    assert "<inline>:1: model is 'gpt-4o', not 'gpt-5*'" == exchange.broken


MISTAKES = [
    ("expect: {}", "'expect' has no rule; leave it out to take every request"),
    ("otherwise: 400", "'otherwise' answers what breaks a rule, and there is none; add 'expect'"),
    ("expect: {every_call_answerd: true}", "did you mean 'every_call_answered'?"),
    ("expect: {every_call_answered: false}", "'every_call_answered' is false; write true"),
    ("expect: {call_ids: '('}", "the regular expression cannot be read"),
    ("expect: {arguments: xml}", "'arguments' is 'xml'; write 'json' or 'object'"),
    ("expect: {max_tokens: big}", "'big' is no range; write 2, 1..3, 2.. or ..5"),
    ("expect: {reasoning: {sent: equal, fild: reasoning}}", "did you mean 'field'?"),
]


@pytest.mark.parametrize(("line", "words"), MISTAKES)
@pytest.mark.parametrize("script", ["%s\nturns: [{say: []}]", "turns:\n  - say: []\n    %s"])
def test_mistakes_are_told_at_load(line: str, words: str, script: str) -> None:
    """With the line, what is wrong, and what to do."""
    with pytest.raises(ScenarioError) as caught:
        engine(script % line)

    assert f"<inline>:{(script % line).split(line)[0].count(chr(10)) + 1}:" in str(caught.value)
    assert words in str(caught.value)
