"""Wherever something is shown of a request or a reply, no secret is."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockrouter.cli.request_log import describe
from mockrouter.engine.engine import Engine
from mockrouter.entries import entries
from mockrouter.harness.assertions import lost_history
from mockrouter.harness.transcript import transcript
from mockrouter.serving.app import EXCHANGE
from mockrouter.values import Json
from scripts import USER, ask, chat, engine, said
from secret_words import (
    BLANK,
    BODIES,
    NAMES,
    SECRET,
    holds_secret,
)


@pytest.fixture(scope="module")
def served() -> list[Engine]:
    """Serve a scenario that asks for secrets, with and without ``auto`` behind it."""
    text = """
    when: {body: {$.api_key: sk-1, $.metadata: {}}}
    turns: [{say: [{tool_call: any, arguments: {password: "hunter2"}}]}]
    """
    return [engine(text, strict=strict, redact=("password",)) for strict in (True, False)]


@given(BODIES, st.dictionaries(NAMES, st.just(SECRET)))
def test_no_secret_is_in_the_journal(
    served: list[Engine], body: Json, headers: dict[str, str]
) -> None:
    """Neither in what is kept nor in what is shown, though replies and complaints repeat it."""
    asked = chat(metadata=body, api_key=SECRET, tools=[{"type": "mcp", "authorization": SECRET}])
    lower = {name.lower(): value for name, value in headers.items()}
    for each in served:
        for path in ("/v1/responses", "/api/v1/chat/completions"):
            _, held = ask(each, asked | {"input": "Hi"}, path=path, headers=lower)
            (entry,) = entries([held])
            listed, shown = (entry.to_json(), entry.to_curl()), held.shown
            held.compiled = None

            assert shown
            assert not holds_secret(repr((held, listed, shown)))


def test_a_call_with_a_secret_is_answered() -> None:
    """The client gets what the journal blanks, and the conditions of a scenario see it."""
    served = engine(
        """
        when: {body: {$.api_key: hunter2}}
        turns: [{say: [{tool_call: get_weather, arguments: {city: T, api_key: hunter2}}]}]
        """,
        strict=True,
    )

    for stream in (False, True):
        wire, held = ask(served, chat(api_key="hunter2", stream=stream))

        assert stream or holds_secret(wire.body)
        assert held.shown
        assert not holds_secret(held.shown.body)
        assert b"[redacted]" in held.shown.body
        assert json.loads(held.body)["api_key"] == BLANK


@pytest.mark.parametrize(
    "when",
    [
        "{body: {$.api_key: abc}, user: {contains: zzz}}",
        "{body: {\"$.tools[0].headers['X-Session-Token']\": abc}}",
        "{body: {$.tools: abc, $.api_key: [1]}}",
        "{any_of: [{user: zzz}, {body: {$.metadata: {}}}]}",
    ],
)
@pytest.mark.parametrize("names", [("password",), ("password", "messages", "tools", "role")])
def test_no_complaint_repeats_a_secret(when: str, names: tuple[str, ...]) -> None:
    """Neither to the client nor in the journal, be it of scenarios or of a scenario's cases."""
    cases = f"turns: [{{cases: [{{when: {when}, say: [{{text: a}}]}}]}}]"
    body = chat(
        {"role": "user", "content": json.dumps({"api_key": SECRET, "city": "Tokyo"})},
        api_key=SECRET,
        metadata={"password": SECRET},
        tools=[{"type": "mcp", "headers": {"X-Session-Token": SECRET, "Cookie": SECRET}}],
    )
    for text in (f"when: {when}\nturns: [{{say: [{{text: a}}]}}]", cases):
        wire, held = ask(engine(text, strict=True, redact=names), body)

        assert 404 == wire.status or held.error == "mockrouter_no_case"
        assert not holds_secret(wire.body)
        assert not holds_secret(repr((held.misses, held.shown)))
        held.compiled = None


def test_a_miss_tells_what_is_no_secret() -> None:
    """Blanking a part of the request neither hides the rest nor makes other conditions fail."""
    served = engine(
        "when: {body: {$.api_key: hunter2, $.seed: 5}}\nturns: [{say: [{text: a}]}]", strict=True
    )

    wire, _ = ask(served, chat(api_key="hunter2", seed=6))

    assert "s0: body.$.seed is 6, not 5" in json.loads(wire.body)["error"]["message"]


def test_a_failing_test_shows_no_secret() -> None:
    """The report of a test goes into logs that many people read."""
    scenario = """
    turns:
      - say: [{tool_call: get_weather, arguments: {city: 5, api_key: hunter2}}]
        stream: {arguments: 1 char}
    """
    served = engine(scenario, strict=True)
    ask(served, chat())
    ask(
        served,
        chat({"role": "user", "content": "Hi"}, stream=True),
        path="/api/v1/chat/completions",
    )

    shown = transcript(entries(served.journal))

    assert not holds_secret(shown)
    assert 2 == shown.count('"api_key":"[redacted]"')


def test_a_secret_that_came_back_is_no_change() -> None:
    """A client that keeps the history whole is not blamed for what the journal blanks."""
    call = "{tool_call: get_weather, arguments: {city: Tokyo, api_key: hunter2}}"
    served = engine(f"turns: [{{say: [{call}]}}, {{say: [{{text: Done.}}]}}]")
    wire, _ = ask(served, chat())
    message = said(wire)
    made = message["tool_calls"][0]["id"]
    ask(served, chat(USER, message, {"role": "tool", "tool_call_id": made, "content": "18"}))

    assert holds_secret(wire.body)
    assert [] == lost_history(entries(served.journal))


def test_the_log_shows_no_secret() -> None:
    """Complaints on a terminal are those of the journal, and the author's words are in neither."""
    served = engine("when: {body: {$.api_key: hunter2}}\nturns: [{say: [{text: a}]}]", strict=True)
    _, held = ask(served, chat(api_key="x"))
    scope = {"type": "http", "method": "POST", "path": held.path, EXCHANGE: held}

    lines = list(describe(scope, 404, 0.0))

    assert "no scenario matches" in lines[1]
    assert not holds_secret("\n".join(lines))


@pytest.mark.parametrize("size", [3, 100])
@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(
    "path", ["/v1/chat/completions", "/api/v1/chat/completions", "/v1/responses"]
)
def test_json_that_a_model_says_shows_no_secret(path: str, *, stream: bool, size: int) -> None:
    """However it is cut, and wherever it is shown: frames, transcript, saved scenario."""
    served = engine(
        f"turns: [{{say: [{{json: {{api_key: {SECRET}}}}}], stream: {{text: {size} chars}}}}]"
    )
    asked = {"model": "m", "input": "Hi"} if "responses" in path else chat(tools=...)
    wire, exchange = ask(served, {**asked, "stream": stream}, path=path)
    (entry,) = entries([exchange])
    shown = entry.to_json()
    pieces = [
        re.findall(r'"(?:content|delta)":"(.*?)"[,}]', f["data"])
        for f in shown["response"]["frames"]
    ]

    assert holds_secret(wire.body) or size == 3
    assert not holds_secret(json.dumps(shown) + transcript([entry]) + entry.to_scenario())
    assert not holds_secret("".join(piece for each in pieces for piece in each))
