"""Which scenario answers, and with which turn."""

from __future__ import annotations

import asyncio
import json

import pytest

from mockrouter.dialects import DIALECTS
from mockrouter.profiles import OPENAI
from mockrouter.scenario.library import AUTO
from scripts import USER, ask, chat, converse, engine, said

HELLO = """
turns:
  - say: [{text: Hello.}]
then: repeat
"""
TWO_TURNS = """
name: two
turns:
  - say: [{tool_call: get_weather, arguments: {city: Tokyo}}]
  - say: [{text: "It is {{ results.get_weather.temp }} degrees."}]
"""


def when(condition: str, text: str, priority: int = 0) -> str:
    """Make a scenario that says *text* when *condition* holds."""
    return f"""
priority: {priority}
when: {condition}
turns:
  - say: [{{text: '{text}'}}]
"""


@pytest.mark.parametrize(
    ("path", "headers", "model", "expected"),
    [
        ("/v1/chat/completions", {}, "gpt-4o", "s0"),
        ("/s/two/v1/chat/completions", {}, "gpt-4o", "two"),
        ("/~t1/s/two/v1/chat/completions", {}, "gpt-4o", "two"),
        ("/s/auto/api/v1/chat/completions", {"x-mockrouter-scenario": "two"}, "gpt-4o", AUTO),
        ("/v1/chat/completions", {"x-mockrouter-scenario": "two"}, "gpt-4o", "two"),
        ("/ai/chat/completions", {}, "mock/two", "two"),
    ],
)
def test_a_scenario_is_chosen_by_name(
    path: str, headers: dict[str, str], model: str, expected: str
) -> None:
    """URL, header, model: the first that names one; else `when`."""
    served = engine(HELLO, TWO_TURNS)
    wire, exchange = ask(served, chat(model=model), path=path, headers=headers)

    assert wire.status == 200
    assert exchange.scenario == expected
    assert (b"x-mockrouter-scenario", expected.encode()) in wire.headers


def test_an_unknown_name_is_an_error_that_names_what_is_near() -> None:
    """A typo never falls through to another scenario."""
    wire, exchange = ask(engine(TWO_TURNS), chat(model="mock/tow"))
    error = json.loads(wire.body)["error"]

    assert wire.status == 404
    assert exchange.error == error["code"] == "mockrouter_unknown_scenario"
    assert "no scenario is named 'tow'; did you mean two?" in error["message"]
    assert (b"x-should-retry", b"false") in wire.headers


@pytest.mark.parametrize(
    ("path", "headers", "code"),
    [
        ("/s/tow/v1/chat/completions", {}, "mockrouter_unknown_scenario"),
        ("/s/tow/v1/responses", {}, "mockrouter_unknown_scenario"),
        ("/v1/chat/completions", {"x-mockrouter-scenario": "tow"}, "mockrouter_unknown_scenario"),
        ("/s/two/v1/chat/completions", {}, ""),
    ],
)
@pytest.mark.parametrize("body", [b"{}", b"no JSON"])
def test_an_unknown_name_is_told_before_a_wrong_body(
    path: str, headers: dict[str, str], code: str, body: bytes
) -> None:
    """Who tries a URL with an empty body learns that the name is misspelt."""
    wire, exchange = ask(engine(TWO_TURNS), body, path=path, headers=headers)

    assert (404 if code else 400, code) == (wire.status, exchange.error)


def test_priority_then_order_decides() -> None:
    """Of several that match, the highest priority answers, then the first given."""
    first = when("{tools: '*'}", "first")
    second = when("{model: gpt-4o}", "second")
    urgent = when("{model: 'gpt-*'}", "urgent", 5)

    assert said(ask(engine(first, second), chat())[0])["content"] == "first"
    assert said(ask(engine(second, first), chat())[0])["content"] == "second"
    assert said(ask(engine(first, second, urgent), chat())[0])["content"] == "urgent"


def test_without_a_match_auto_answers() -> None:
    """A client that no scenario fits is served all the same."""
    _, exchange = ask(engine(when("{model: other}", "x")), chat())

    assert exchange.scenario == AUTO


def test_strict_says_what_was_nearly_right() -> None:
    """With `strict` a miss is an error with each near scenario's failed conditions and values."""
    near = when("{model: gpt-4o, stream: true}", "near")
    far = when("{model: other, stream: true, tools: get_time}", "far")
    wire, exchange = ask(engine(far, near, strict=True), chat())
    message = json.loads(wire.body)["error"]["message"]

    assert (wire.status, exchange.error) == (404, "mockrouter_no_match")
    assert message.split("\n")[1] == "  s1: stream is 'absent', not true"
    assert "model is 'gpt-4o', not 'other'" in message
    assert "tools is get_weather, not 'get_time'" in message


def test_an_index_rules_most_scenarios_out() -> None:
    """A request looks at those that can match it, however many are loaded."""
    many = [when(f"{{model: model-{n}}}", str(n)) for n in range(200)]
    by_tool = when("{tools: get_weather}", "tool")
    served = engine(*many, by_tool, when("{user: tokyo}", "any"))
    request = chat(model="model-150")
    wire, _ = ask(served, request)
    read = DIALECTS["chat"].read(request, {}, OPENAI, 0)
    looked_at = [scenario.name for scenario in served.root.router.candidates(read)]

    assert said(wire)["content"] == "150"
    assert looked_at == ["s150", "s200", "s201"]


def test_two_turns_then_a_loud_end() -> None:
    """Turns follow the conversation; when they run out, the error names scenario and line."""
    served = engine(TWO_TURNS)
    turns = converse(served)
    history = [
        USER,
        turns[0],
        {"role": "tool", "tool_call_id": "x", "content": "1"},
        turns[1],
        USER,
    ]
    wire, exchange = ask(served, chat(*history))
    message = json.loads(wire.body)["error"]["message"]

    assert turns[1]["content"] == "It is 18 degrees."
    assert (wire.status, exchange.error) == (404, "mockrouter_turns_exhausted")
    assert message == (
        "<inline>:5: scenario 'two' has 2 turns, and this conversation asks for turn 3; "
        "add a turn, or write 'then: repeat'"
    )


def test_repeat_goes_on_for_ever() -> None:
    """`then: repeat` answers with the last turn, and its ids still differ."""
    endless = "turns: [{say: [{tool_call: any}]}]\nthen: repeat"
    turns = converse(engine(endless), rounds=5)
    ids = {turn["tool_calls"][0]["id"] for turn in turns}

    assert len(turns) == len(ids) == 5


ATTEMPTS = """
turns:
  - attempts:
      - error: {status: 429, retry_after: 1}
      - error: 502
      - say: [{text: Third time lucky.}]
"""


def test_attempts_answer_the_same_request_one_after_the_other() -> None:
    """A request that is tried again gets the next attempt, then it starts anew."""
    served = engine(ATTEMPTS)

    assert [429, 502, 200, 429] == [ask(served, chat())[0].status for _ in range(4)]
    assert (b"retry-after", b"1") in ask(engine(ATTEMPTS), chat())[0].headers


def test_attempts_are_counted_for_each_conversation_and_namespace() -> None:
    """Another conversation, and another namespace, begin with the first attempt."""
    served = engine(ATTEMPTS)
    other = chat({"role": "user", "content": "Something else"})

    assert ask(served, chat())[0].status == 429
    assert ask(served, other)[0].status == 429
    assert ask(served, chat(), path="/~t2/v1/chat/completions")[0].status == 429
    assert ask(served, chat(stream=True))[0].status == 502


def test_attempts_run_out_loudly_in_tests() -> None:
    """Without `restart`, one try more than there are attempts is an error."""
    served = engine(ATTEMPTS, restart=False)
    statuses = [ask(served, chat())[0].status for _ in range(3)]
    _, exchange = ask(served, chat())

    assert statuses == [429, 502, 200]
    assert exchange.error == "mockrouter_attempts_exhausted"


CASES = """
turns:
  - say: [{tool_call: get_weather, arguments: {city: Nowhere}}]
  - cases:
      - when: {result: error}
        say: [{text: "I could not find {{ calls.get_weather.city }}."}]
      - when: {result: {matches: 'temp'}}
        say: [{text: Found.}]
"""


@pytest.mark.parametrize(
    ("content", "expected"),
    [('{"error": "no"}', "I could not find Nowhere."), ('{"temp": 1}', "Found.")],
)
def test_cases_branch_on_what_the_tool_said(content: str, expected: str) -> None:
    """[S84] The first case that holds answers."""
    served = engine(CASES)
    first = said(ask(served, chat())[0])
    result = {"role": "tool", "tool_call_id": first["tool_calls"][0]["id"], "content": content}

    assert said(ask(served, chat(USER, first, result))[0])["content"] == expected


def test_no_case_is_an_error_that_says_why() -> None:
    """When no case holds, every reason is given."""
    served = engine(CASES)
    first = said(ask(served, chat())[0])
    result = {"role": "tool", "tool_call_id": first["tool_calls"][0]["id"], "content": "hm"}
    wire, exchange = ask(served, chat(USER, first, result))

    assert exchange.error == "mockrouter_no_case"
    assert "case 2: result is 'hm', not matches 'temp'" in wire.body.decode()


def test_a_closed_namespace_answers_no_more() -> None:
    """A late request of an earlier test is told so, and eats nothing."""
    served = engine(ATTEMPTS)
    asyncio.run(served.close("t1"))
    wire, exchange = ask(served, chat(), path="/~t1/v1/chat/completions")

    assert (wire.status, exchange.error) == (410, "mockrouter_namespace_closed")


def test_what_auto_answers_says_why_the_others_did_not() -> None:
    """The journal holds the nearest misses of a request that fell through to `auto`."""
    _, exchange = ask(engine(when("{model: other}", "x"), when("{stream: true}", "y")), chat())

    assert exchange.scenario == AUTO
    assert exchange.misses == (
        "s0: model is 'gpt-4o', not 'other'",
        "s1: stream is 'absent', not true",
    )


def test_closing_a_namespace_forgets_what_it_held() -> None:
    """Its exchanges and attempts go, those of others stay."""
    served = engine(ATTEMPTS)
    for path in ("/~t1/v1/chat/completions", "/~t2/v1/chat/completions"):
        ask(served, chat(), path=path)
    asyncio.run(served.close("t1"))

    assert [exchange.namespace for exchange in served.journal] == ["t2"]
    assert ask(served, chat(), path="/~t2/v1/chat/completions")[0].status == 502
    assert ask(served, chat(), path="/~t1/v1/chat/completions")[0].status == 410
