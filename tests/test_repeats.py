"""The same request again is answered as if it were the first."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from mockrouter.engine import answering
from mockrouter.engine.engine import Engine
from mockrouter.engine.journal import Exchange
from mockrouter.engine.settings import Settings
from mockrouter.engine.telling import choose
from mockrouter.scenario.library import load, load_text, with_active
from mockrouter.scenario.scenario import Scenario
from mockrouter.values import Json
from mockrouter.wire import Ending, Wire
from scripts import ask, chat, engine, library

CALL = "turns: [{say: [{tool_call: get_weather, arguments: {city: Tokyo}}]}]\nthen: repeat"


TEXT = "turns: [{say: [{text: %s}]}]\nthen: repeat"


PURE = [
    CALL,
    "turns: [{say: [{text: Hello}], faults: [{fault: disconnect, after: 1}]}]",
    "turns: [{error: {status: 429}}]",
    "turns: [{http: {status: 200, text: x}}]",
    "turns: [{say: [{text: Hi}], expect: {model: other}, otherwise: {error: {status: 400}}}]",
    "turns: [{say: auto}]",
    'turns: [{say: [{text: "{{ user }} {{ uuid() }} {{ fake.city() }} {{ epoch() }}"}]}]',
    "turns: [{say: [{tool_call: any, arguments: generated, malformed: truncated}]}]",
    "turns: [{error: {status: 429, retry_after: {date: 5, clock: server}}}]",
    "when: {model: other}\nturns: [{say: [{text: Hi}]}]",
    "when: {model: gpt-4o}\nturns: [{cases: [{say: [{text: Hi}]}]}]",
]


MOVING = {
    "date": "turns: [{error: {status: 429, retry_after: {date: 5}}}]",
    "clock": "turns: [{say: [{text: \"{{ epoch(0, 'real') }}\"}]}]\nthen: repeat",
    "attempts": "turns: [{attempts: [{say: [{text: a}]}, {say: [{text: b}]}]}]",
    "chance": "when: {chance: 0.5}\n" + TEXT % "a",
    "drawn case": """
        turns:
          - cases: [{when: {chance: 0.5}, say: [{text: a}]}, {say: [{text: b}]}]
        then: repeat
    """,
}


def told(wire: Wire, exchange: Exchange) -> tuple[Json, ...]:
    """All that is known of an exchange, but for its number and its time."""
    return (
        wire,
        exchange.headers,
        exchange.body,
        exchange.scenario,
        exchange.turn,
        exchange.attempt,
        exchange.broken,
        exchange.misses,
        exchange.warnings,
        exchange.nonce,
        exchange.size,
    )


@pytest.mark.parametrize("text", PURE)
@pytest.mark.parametrize("path", ["/v1/chat/completions", "/s/x/api/v1/chat/completions"])
def test_nothing_differs(text: str, path: str) -> None:
    """What a repeat sends and what the journal holds of it are those of the first time."""
    fresh = told(*ask(engine(f"name: x\n{text}"), chat(), path=path))
    served = engine(f"name: x\n{text}")
    ask(served, chat(), path=path)

    again = ask(served, chat(), path=path)

    assert fresh == told(*again)


def test_nothing_is_made_twice() -> None:
    """Many requests of the same bytes are read, matched and compiled once."""
    served = engine(CALL)

    exchanges = [ask(served, chat())[1] for _ in range(5)]

    assert 1 == len({id(exchange.compiled) for exchange in exchanges})
    assert (1, 1) == (served.root.kept.compiled, len(served.root.repeats))


@pytest.mark.parametrize("text", MOVING.values(), ids=MOVING)
def test_what_is_counted_or_timed_is_no_repeat(text: str) -> None:
    """Where a count or the time has a part in the answer, each request is answered anew."""
    served = engine(text)

    ask(served, chat())

    assert 0 == len(served.root.repeats)


@pytest.mark.parametrize(
    ("path", "headers", "body"),
    [
        ("/v1/chat/completions", {}, chat(model="other")),
        ("/v1/chat/completions", {"x-mockrouter-scenario": "auto"}, chat()),
        ("/s/auto/v1/chat/completions", {}, chat()),
        ("/api/v1/chat/completions", {}, chat()),
        ("/~t/v1/chat/completions", {}, chat()),
    ],
)
def test_another_request_is_no_repeat(path: str, headers: dict[str, str], body: Json) -> None:
    """Every part of a request that may decide on its answer tells it from others."""
    served = engine(CALL)
    ask(served, chat())

    assert told(*ask(engine(CALL), body, path=path, headers=headers)) == told(
        *ask(served, body, path=path, headers=headers)
    )


def test_another_library_answers_anew() -> None:
    """Scenarios that were changed answer the next request."""
    served = engine(TEXT % "old")
    ask(served, chat())
    served.use(with_active(load(), [load_text(TEXT % "new")]))

    assert b"new" in ask(served, chat())[0].body


def test_an_answer_of_a_library_that_has_just_gone_is_not_held(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Scenarios that are changed while an old one answers answer the next request."""
    served, fresh = engine(TEXT % "old"), library(TEXT % "new")

    def reloaded(*given: Any, **named: Any) -> Scenario:  # noqa: ANN401 - whatever it takes
        found = choose(*given, **named)
        served.use(fresh)
        return found

    monkeypatch.setattr(answering, "choose", reloaded)
    assert b"old" in ask(served, chat())[0].body
    monkeypatch.undo()

    assert b"new" in ask(served, chat())[0].body


def test_other_settings_answer_anew() -> None:
    """A namespace whose settings were replaced goes by the new ones at once."""
    served = engine()
    space = served.open_namespace("t", library(CALL), Settings())
    path = "/~t/v1/chat/completions"
    first = ask(served, chat(), path=path)[0]
    space.settings = replace(space.settings, seed=7)

    second = ask(served, chat(), path=path)[0]

    assert ((b"x-mockrouter-seed", b"0"), (b"x-mockrouter-seed", b"7")) == (
        first.headers[-1],
        second.headers[-1],
    )


def test_a_namespace_that_is_over_repeats_nothing() -> None:
    """A late request is refused, though the server itself answered the same before."""
    served = engine(CALL)
    path = "/~t/v1/chat/completions"
    ask(served, chat(), path=path)
    asyncio.run(served.close("t"))

    assert 410 == ask(served, chat(), path=path)[0].status


def test_what_was_deleted_is_not_known_again() -> None:
    """Who goes on from a stored response is refused once that is gone, though it worked before."""
    served = engine("turns: [{say: [{text: a}]}, {say: [{text: b}]}]", seed=1)
    path = "/v1/responses"
    first = json.loads(ask(served, {"model": "gpt-4o", "input": "Hi"}, path=path)[0].body)
    asked = {"model": "gpt-4o", "input": "On", "previous_response_id": first["id"]}
    before = ask(served, asked, path=path)[0]
    served.responses.delete("", first["id"])
    fresh = ask(engine("turns: [{say: [{text: a}]}, {say: [{text: b}]}]", seed=1), asked, path=path)

    assert fresh[0] == ask(served, asked, path=path)[0]
    assert 200 == before.status


def test_a_repeated_response_is_stored_again() -> None:
    """A response that was deleted is there again once its request was answered again."""
    served = engine(TEXT % "a")
    asked = {"model": "gpt-4o", "input": "Hi"}
    first = json.loads(ask(served, asked, path="/v1/responses")[0].body)
    served.responses.delete("", first["id"])
    ask(served, asked, path="/v1/responses")

    stored = served.responses.find("", first["id"])
    assert stored is not None
    assert first["id"] == stored.response["id"]


def test_random_ids_are_new_each_time() -> None:
    """Nothing is repeated where ids are to differ."""
    served = engine(CALL, random_ids=True)

    assert ask(served, chat())[0].body != ask(served, chat())[0].body


def test_the_time_of_a_response_is_that_of_its_request() -> None:
    """Where the clock is real, the second in which a response is made stands in it."""
    seconds = iter([5, 5, 6])
    served = Engine(library(CALL), Settings(now=lambda: next(seconds)))

    bodies = [ask(served, chat())[0].body for _ in range(3)]

    assert bodies[0] == bodies[1] != bodies[2]


def test_a_leftover_is_none_after_a_reset() -> None:
    """Repeats count as asked for, also after what was served has been forgotten."""
    served = engine(CALL)
    ask(served, chat())
    served.root.forget()
    ask(served, chat())

    assert [] == served.root.leftovers()


def test_a_refusal_has_another_luck_when_asked_again() -> None:
    """A fault by chance in what stands under `otherwise` strikes now and then."""
    served = engine(
        """
        turns:
          - say: [{text: Hi}]
            expect: {model: other}
            otherwise:
              error: {status: 400}
              faults: [{fault: disconnect, chance: 0.5, before: headers}]
        """
    )

    endings = {ask(served, chat())[0].ending for _ in range(30)}

    assert {Ending.COMPLETE, Ending.DISCONNECT} == endings
