"""The variants of a scenario with a matrix: their names, and which of them answers."""

from __future__ import annotations

import json

import pytest

from mockrouter.scenario.library import load_text
from mockrouter.values import JsonObject
from scripts import USER, WEATHER, ask, chat, engine, said

MATRIX = """
name: matrix
matrix:
  dialect: [chat, responses]
  stream: [true, false]
  calls: {one: 1, two: 2}
not_applicable:
  - {dialect: responses, stream: false, reason: It has no events.}
turns:
  - say: [{tool_call: any, repeat: "{{ params.calls }}"}]
"""


def test_variants_have_names() -> None:
    """Each combination is a scenario, but for those that make no sense."""
    family = load_text(MATRIX)

    assert [
        "matrix@chat-stream-one",
        "matrix@chat-stream-two",
        "matrix@chat-plain-one",
        "matrix@chat-plain-two",
        "matrix@responses-stream-one",
        "matrix@responses-stream-two",
    ] == [variant.name for variant in family.variants]
    assert ["matrix@responses-plain-one", "matrix@responses-plain-two"] == [
        skipped.name for skipped in family.skipped
    ]


def response(*, stream: bool) -> JsonObject:
    """Ask for the weather in Responses."""
    tool = {"type": "function", **WEATHER["function"]}
    return {"model": "m", "input": "Hi", "tools": [tool], "stream": stream}


@pytest.mark.parametrize("by_name", ["", "/s/matrix"])
def test_the_variant_that_fits_answers(by_name: str) -> None:
    """By `when`, and where the family is chosen by its name."""
    served = engine(MATRIX)
    chats = f"{by_name}/v1/chat/completions"
    asked = (chat(stream=True), chat(stream=False), chat())
    answered = [ask(served, body, path=chats)[1].scenario for body in asked]
    other, other_exchange = ask(served, response(stream=True), path=f"{by_name}/v1/responses")

    assert ["matrix@chat-stream-one", *["matrix@chat-plain-one"] * 2] == answered
    assert (200, "matrix@responses-stream-one") == (other.status, other_exchange.scenario)


@pytest.mark.parametrize("name", ["matrix", "matrix@responses-plain-two"])
def test_what_is_not_applicable_is_said(name: str) -> None:
    """By name there is a loud answer, with the reason."""
    wire, exchange = ask(engine(MATRIX), response(stream=False), path=f"/s/{name}/v1/responses")

    assert (404, "mockrouter_not_applicable") == (wire.status, exchange.error)
    assert "It has no events." in json.loads(wire.body)["error"]["message"]


def test_a_variant_is_chosen_by_name() -> None:
    """It has the parameters of its name."""
    wire, _ = ask(engine(MATRIX), chat(USER), path="/s/matrix@chat-plain-two/v1/chat/completions")

    assert 2 == len(said(wire)["tool_calls"])


def test_one_variant_is_enough_for_a_test() -> None:
    """What a client of one format leaves unasked is not left over."""
    served = engine(MATRIX)
    before = served.root.leftovers()
    ask(served, chat())

    assert 6 == len(before)
    assert [] == served.root.leftovers()


@pytest.mark.parametrize(
    ("axis", "names"),
    [
        ("n: [1, 2.5]", ["@1", "@2.5"]),
        ("s: [A b, null]", ["@a-b", "@none"]),
        ("fast: [true, false]", ["@fast", "@no-fast"]),
        ("x: {A: {b: 1}, c: []}", ["@a", "@c"]),
    ],
)
def test_what_variants_are_called(axis: str, names: list[str]) -> None:
    """By their values, or as their author calls them."""
    param = axis.partition(":")[0]
    family = load_text(
        f"summary: With {{{{ params.{param} }}}}\nmatrix: {{{axis}}}\nturns: [{{say: []}}]"
    )

    assert [f"inline{name}" for name in names] == [each.name for each in family.variants]
