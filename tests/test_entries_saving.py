"""Saving a conversation: loaded and asked again, it is answered in the same way."""

from __future__ import annotations

import json

import pytest

from mockrouter.engine.engine import Engine
from mockrouter.entries import entries
from mockrouter.values import JsonObject
from mockrouter.wire import Wire
from saving import ANY, PATHS, blanked, check, converse, serving
from scripts import ask, chat, engine

SCENARIOS = {
    "auto": ("turns: [{say: auto}]\nthen: repeat", [1, 1]),
    "loop": (
        """
        turns:
          - say: [{text: Let me look.}, {tool_call: any}]
          - say: [{text: "It is {{ results.get_weather.temp }} degrees."}]
        """,
        [1, 1],
    ),
    "attempts": (
        """
        turns:
          - attempts:
              - error: {status: 429, retry_after: 1.5, headers: {x-why: "it's busy"}}
              - error: {status: 503, message: "{{ '{{' }} down", type: t, code: c, param: p}
              - error: {status: 502, metadata: {provider_name: P, raw: "{{ '{{' }}", n: [1, null]}}
              - error: {status: 429, headers: {retry-after: soon, x-b: b}}
              - say: [{tool_call: any}]
                faults: [{fault: disconnect, label: tool_call, after: 2}]
              - {say: [{tool_call: any}], faults: [{fault: stall, before: headers}]}
              - {say: [{tool_call: any}], faults: [{fault: duplicate, nth: [1, -1], times: 2}]}
              - say: [{tool_call: any}]
          - say: [{text: Done.}]
        """,
        [8, 1],
    ),
    "cuts": (
        """
        turns:
          - say:
              - {text: "One two  three, four.", cut: 1 word}
              - {tool_call: get_weather, arguments: {city: Oslo}, cut: {places: [in_string]}}
              - {tool_call: get_weather, arguments: {city: Tokyo, n: [1.5, null]}, cut: 3 chars}
              - {tool_call: get_weather, arguments: {}, cut: ["", "{", "", "}", ""]}
            stream: {order: [2, 0, 1, 1, 0]}
          - {say: [{text: Whole., cut: whole}, {refusal: "No, no.", cut: {random: [1, 2]}}]}
          - say: [{text: "", cut: [""]}]
        """,
        [1, 1, 1],
    ),
    "interleaved": (
        """
        turns:
          - say: [{tool_call: any}, {tool_call: any, arguments: {city: Oslo}}]
            stream: {order: interleaved, arguments: 2 chars}
        """,
        [1],
    ),
    "reasoning": (
        """
        turns:
          - say:
              - {reasoning: "Hm, {{ 1 + 1 }}.", signature: c2ln, format: anthropic-claude-v1}
              - {reasoning: "In short.", summary: true, cut: whole}
              - {reasoning: "", encrypted: gAAAA}
              - {reasoning: x, reasoning_details: [{type: reasoning.text, text: "{{ '{{' }}é"}]}
              - {text: Done.}
        """,
        [1],
    ),
    "all of a reply": (
        """
        turns:
          - say: [{json: {name: Jane, "no": "true"}}]
            finish_reason: length
            native_finish_reason: max_tokens
            usage: {prompt_tokens: 3, cost: 0.25, cached_tokens: 1}
            model: other/model
            provider: Acme
            pace: {headers: 1, ttft: 11.5, itl: 0.25}
            error: {status: 502, message: Gone., after: 2}
        """,
        [1],
    ),
    "malformed": (
        """
        turns:
          - say:
              - {tool_call: get_weather, malformed: object, arguments: {city: Oslo}}
              - {tool_call: get_weather, malformed: json_null}
              - {tool_call: get_weather, malformed: concatenated}
              - {tool_call: get_weather, malformed: duplicate_keys}
              - {tool_call: get_weather, arguments: "{{ 'generated' }}"}
              - {tool_call: no_such_tool, arguments: '{"a": 1}', id: my-id}
        """,
        [1],
    ),
    "contradiction": (
        "turns: [{say: [{text: Hi.}], ignores: [tool_choice, response_format]}]",
        [1],
    ),
}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("stream", [True, False], ids=["stream", "plain"])
@pytest.mark.parametrize(("text", "tries"), SCENARIOS.values(), ids=SCENARIOS)
def test_what_was_saved_answers_the_same(
    text: str, tries: list[int], path: str, *, stream: bool
) -> None:
    """Every part, cut, order, error, wait and fault, in each format and manner."""
    check(text, tries, path, stream=stream)


def test_a_saved_conversation_reads_well() -> None:
    """Short things stand in a line, and what is usual is not written at all."""
    text, tries = SCENARIOS["attempts"]
    saved = check(text, tries[:1], PATHS[0], stream=True)

    assert saved.splitlines()[:6] == [
        "summary: Saved from request 8.",
        'when: {tools: get_weather, user: {equals: "What is the weather in Tokyo?"}}',
        "turns:",
        "  - attempts:",
        '      - {error: {status: 429, retry_after: 2, headers: {x-why: "it\'s busy"}}}',
        "      - {error: {status: 503, message: \"{{ '{' }}{ down\", type: t, code: c, param: p}}",
    ]


def test_several_things_that_a_user_said() -> None:
    """The scenario answers each of them, and nobody who says something else."""
    text = "turns: [{say: [{text: A.}]}, {say: [{text: B.}]}, {say: [{text: C.}]}]"
    saved = check(text, [1, 2, 1], PATHS[0], stream=False, users=["More", "Thanks"])

    wire, _ = ask(serving(saved), chat({"role": "user", "content": "Else"}))
    assert 404 == wire.status


def test_stored_responses_are_saved() -> None:
    """A conversation that goes on by ``previous_response_id`` alone."""

    def hold(served: Engine) -> list[Wire]:
        wires: list[Wire] = []
        previous: JsonObject = {}
        for text in ("Hi", "More", "End"):
            body = {"model": "m", "input": text, **previous}
            wires.append(ask(served, body, path="/v1/responses")[0])
            previous = {"previous_response_id": json.loads(wires[-1].body)["id"]}
        return wires

    first = engine("turns: [{say: [{text: A.}]}, {say: [{text: B.}]}, {say: [{text: C.}]}]")
    expected = hold(first)
    again = hold(serving(entries(first.journal)[-1].to_scenario()))

    assert list(map(blanked, expected)) == list(map(blanked, again))


def test_what_the_journal_forgot_is_taken_from_the_history() -> None:
    """The turns are in their places, so that the last one is asked for as before."""
    text = """
    turns:
      - say: [{text: Let me look.}, {tool_call: get_weather, arguments: {city: Oslo}}]
      - say: [{text: Cold.}]
    """
    first = engine(text)
    expected = converse(first, [1, 1], PATHS[0], stream=False)
    (*_, last) = first.journal
    saved = entries([last])[0].to_scenario()

    assert list(map(blanked, expected)) == list(
        map(blanked, converse(serving(saved), [1, 1], PATHS[0], stream=False))
    )


def test_a_changed_history_becomes_cases() -> None:
    """An error after which the client said something else, and not the same again."""
    first = engine(
        """
        turns:
          - cases:
              - {when: {user: long}, error: 400}
              - say: [{text: Hi.}]
        """
    )

    def hold(served: Engine) -> list[Wire]:
        asked = [[{"role": "user", "content": "long"}]]
        asked.append([*asked[0], {"role": "user", "content": "short"}])
        return [ask(served, chat(*messages))[0] for messages in asked]

    expected = hold(first)
    again = hold(serving(entries(first.journal)[-1].to_scenario()))
    assert [400, 200] == [wire.status for wire in expected]
    assert list(map(blanked, expected)) == list(map(blanked, again))


@pytest.mark.parametrize(
    ("text", "body", "words"),
    [
        ("when: {model: other}\nturns: [{say: []}]", {}, "mockrouter_no_match"),
        ("turns: [{say: [{text: Hi.}]}]", {"messages": 7}, "refused as the provider itself"),
        ("turns: [{say: [{tool_call: any}]}]", {"tools": [ANY]}, "named 'any'"),
    ],
    ids=["complaint", "refused", "any"],
)
def test_what_cannot_be_saved(text: str, body: JsonObject, words: str) -> None:
    """A sentence says why."""
    served = engine(text, strict=True)
    ask(served, chat(**body))
    (entry,) = entries(served.journal)

    with pytest.raises(ValueError, match=words):
        entry.to_scenario()


def test_a_request_that_is_not_a_models_cannot_be_saved() -> None:
    """Nor one that has no answer yet."""
    served = engine("turns: [{say: []}]")
    ask(served, chat())
    (exchange,) = served.journal
    exchange.compiled = None

    with pytest.raises(ValueError, match="no answer of a model"):
        entries([exchange])[0].to_scenario()
