"""Flaky servers: conditions of chance, the same on every run."""

from __future__ import annotations

from mockrouter.values import JsonObject
from scripts import ask, chat, engine

FLAKY = """
turns:
  - cases:
      - {when: {chance: 0.2}, error: 500}
      - {when: {chance: 0.25}, error: 502}
      - say: []
then: repeat
"""


def words(number: int) -> JsonObject:
    """Ask something that nobody else asks."""
    return chat({"role": "user", "content": f"Number {number}?"})


def statuses(script: str = FLAKY, count: int = 400, **settings: int) -> list[int]:
    """Ask many things, each once."""
    served = engine(script, **settings)
    return [ask(served, words(n))[0].status for n in range(count)]


def test_chance_is_as_often_as_it_says() -> None:
    """Each condition draws for itself: of what one leaves, the next takes its own share."""
    found = statuses()

    assert all(60 <= found.count(status) <= 100 for status in (500, 502))


def test_chance_is_the_same_on_every_run() -> None:
    """Whatever the order of arrival; another seed draws something else."""
    served = engine(FLAKY)
    backwards = [ask(served, words(n))[0].status for n in reversed(range(400))]

    assert statuses() == backwards[::-1]
    assert statuses() != statuses(seed=1)


def test_namespaces_draw_the_same() -> None:
    """A test's name has no part in it, and its count is its own."""
    served = engine(FLAKY)
    first, second = (
        [ask(served, words(n), path=f"/~{token}/v1/chat/completions")[0].status for n in range(50)]
        for token in ("a", "b")
    )

    assert first == second


def test_a_further_try_is_drawn_anew() -> None:
    """A conversation that failed does not fail for ever."""
    served = engine("turns: [{cases: [{when: {chance: 0.5}, error: 500}, {say: []}]}]")

    assert {200, 500} == {ask(served, chat())[0].status for _ in range(20)}


def test_every_third_request() -> None:
    """A count of requests, whoever asks."""
    script = "turns: [{cases: [{when: {every: 3}, error: 503}, {say: []}]}]\nthen: repeat"

    assert [200, 200, 503] * 3 == statuses(script, 9)


def test_chance_chooses_scenarios() -> None:
    """In a scenario's own `when` as well, also inside of other conditions."""
    rare = "when: {any_of: [{chance: 0.3}, {user: never}]}\npriority: 1\nturns: [429]"
    served = engine("turns: [{say: []}]", rare)
    found = [ask(served, words(n))[0].status for n in range(300)]

    assert 60 <= found.count(429) <= 120
