"""How much is held of requests that may come again, and of their header fields."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mockrouter.engine.fields import KnownFields
from mockrouter.engine.redaction import BUILT_IN, redactor
from mockrouter.engine.repeats import Repeats
from mockrouter.values import JsonObject
from scripts import ask, chat, engine

CALL = "turns: [{say: [{tool_call: get_weather, arguments: {city: Tokyo}}]}]\nthen: repeat"


TEXT = "turns: [{say: [{text: %s}]}]\nthen: repeat"


def test_only_the_last_are_held() -> None:
    """However many different requests come; the newest are the ones that are answered again."""
    served = engine(CALL)
    served.root.repeats = Repeats(most=3)
    compiled = [ask(served, chat(user=f"{n}"))[1].compiled for n in range(5)]

    assert 3 == len(served.root.repeats)
    assert compiled[4] is ask(served, chat(user="4"))[1].compiled


@pytest.mark.parametrize(
    ("script", "path", "body", "least"),
    [
        (CALL, "/v1/chat/completions", chat(), 1_000),
        (CALL, "/v1/chat/completions", chat(api_key="x", a="x" * 5_000), 11_000),
        ("turns: [{say: auto}]", "/v1/chat/completions", chat(stream=True), 3_000),
        (TEXT % "a", "/v1/responses", {"model": "gpt-4o", "input": "x" * 500}, 3_500),
    ],
)
def test_what_they_take_is_bounded(script: str, path: str, body: JsonObject, least: int) -> None:
    """Of bodies as they came and as they are shown, of wires, headers and stored responses."""
    served = engine(script)
    bodies = [body | {"user": f"{number}" * 2} for number in range(10, 30)]
    served.root.repeats = held = Repeats(most_bytes=10**9)
    for each in bodies:
        ask(served, each, path=path)
    one = held.bytes / 20
    served.root.repeats = few = Repeats(most_bytes=int(4.5 * one))
    for each in bodies:
        ask(served, each, path=path)

    assert one > least
    assert (20, 4) == (len(held), len(few))
    assert few.bytes == pytest.approx(4 * one, rel=0.01)


def test_the_same_request_is_counted_once() -> None:
    """Answered anew, as under other settings, it takes the place of what was held."""
    served = engine(CALL)
    ask(served, chat())
    before = served.root.repeats.bytes
    served.root.settings = replace(served.root.settings, seed=7)
    ask(served, chat())

    assert (1, before) == (len(served.root.repeats), served.root.repeats.bytes)


@pytest.mark.parametrize(
    ("body", "headers", "held"),
    [
        (chat(user="x" * 60_000), {}, 1),
        (chat(user="x" * 64_001), {}, 0),
        (chat(), {"x-large": "x" * 10_000}, 1),
        (chat(), {"x-large": "x" * 50_000}, 0),
    ],
)
def test_what_is_large_is_not_held(body: JsonObject, headers: dict[str, str], held: int) -> None:
    """Neither large bodies nor large headers, which cost more to compare than they spare."""
    served = engine(CALL)
    ask(served, body, headers=headers)

    assert held == len(served.root.repeats)


def test_a_body_without_a_length_is_not_held() -> None:
    """Its fields are made for it alone, so that nobody could find it again."""
    served = engine(CALL)
    fields = served.fields("", [(b"host", b"here")]).sized(7)

    assert (False, "7") == (fields.known, fields.headers["content-length"])


def test_the_same_fields_are_read_once() -> None:
    """As long as they are among the last that were new."""
    known = KnownFields()
    pairs = [(b"authorization", b"secret"), (b"x-own", b"hidden")]
    first = known.read(pairs, BUILT_IN)

    assert first is known.read(pairs, BUILT_IN)
    for number in range(256):
        known.read([(b"x", b"%d" % number)], BUILT_IN)
    assert first is not known.read(pairs, BUILT_IN)


def test_the_same_fields_are_blanked_for_each_server_in_its_way() -> None:
    """What one namespace takes for a secret, another shows."""
    known = KnownFields()
    pairs = [(b"x-own", b"hidden")]
    shown = [known.read(pairs, each).shown["x-own"] for each in (BUILT_IN, redactor(("x-own",)))]

    assert ["hidden", "[redacted]"] == shown
