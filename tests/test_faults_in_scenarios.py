"""Faults of events as a scenario says them: mistakes, templates, chance."""

from __future__ import annotations

import json

import pytest

from mockrouter.errors import ScenarioError
from mockrouter.scenario.library import load_text
from mockrouter.wire import Label
from scripts import ask, chat, engine


def _turn(faults: str, say: str = "[{text: abcd, cut: [2, 2]}]") -> str:
    return f"turns: [{{say: {say}, faults: {faults}}}]"


@pytest.mark.parametrize(
    ("faults", "message"),
    [
        ("[{fault: truncate, bytes: 3}, {fault: drop}]",
         "'drop' works on events and stands behind 'truncate', which works on bytes; move it in"),
        ("[{fault: stall, seconds: 1}, {fault: disconnect}, {fault: truncate}]",
         "'truncate' works on bytes and stands behind 'stall', which works on the connection"),
        ('[{fault: patch, set: {a: "{{ x"}}]', "the template cannot be read: "),
        ('[{fault: insert, at: end, events: [1, "{{ x"]}]', "the template cannot be read: "),
        ("[{fault: patch, label: text}]", "the patch changes nothing; add 'set', 'delete'"),
        ("[{fault: patch, set: {a b: 1}}]", "'a b' is no path; write one such as"),
        ("[{fault: replace}]", "nothing is written that could be sent; add 'event', 'events' or"),
        ("[{fault: replace, event: 1, data: x}]", "'event' and 'data' both say what is sent;"),
        ("[{fault: insert, event: 1}]", "no place is named; add 'before', 'after' or 'at'"),
        ("[{fault: move, to: end, after: {}}]", "'after' and 'to' name two places; keep one"),
        ("[{fault: drop, nth: 3-4}]", "'nth' names no frame; write a number, a list of them,"),
        ("[{fault: drop, nth: 0..2}]", "there is no frame 0; count from 1, or backwards from -1"),
        ("[{fault: drop, chance: 0}]", "'chance' is 0; write more than 0"),
        ("[{fault: drop, dialect: chats}]", "'dialect' is 'chats'; did you mean 'chat'?"),
        ("[{fault: drop, label: [text, dne]}]", "item 2 of 'label' is 'dne'; did you mean 'done'?"),
    ],
)  # fmt: skip
def test_mistakes_are_found_at_load(faults: str, message: str) -> None:
    """What cannot be meant is said once, before any request, at its line."""
    with pytest.raises(ScenarioError) as caught:
        load_text(_turn(faults))

    (mistake,) = caught.value.mistakes
    assert message in f"{mistake.what}; {mistake.remedy}"


def test_a_fault_may_be_for_one_format_or_mode() -> None:
    """In the other it does nothing, and says nothing."""
    served = engine(
        _turn("[{fault: drop, dialect: responses}, {fault: replace, stream: false, data: x}]")
    )

    streamed, first = ask(served, chat(stream=True))
    body, second = ask(served, chat())

    assert 5 == len(streamed.frames)
    assert b"x" == body.body
    assert [(), ()] == [first.warnings, second.warnings]


def _luck(faults: str, seed: int, words: list[str]) -> list[bool]:
    served = engine(_turn(faults), seed=seed)
    bodies = [chat({"role": "user", "content": each}) for each in words]
    return [ask(served, body)[0].body == b"x" for body in bodies]


def test_chance_strikes_so_often_and_the_same_on_every_run() -> None:
    """One in four is about one in four; who asks again has another chance."""
    faults = "[{fault: replace, data: x, chance: 0.25}]"
    words = [str(number) for number in range(400)]

    found = _luck(faults, 0, words)

    assert found == _luck(faults, 0, words)
    assert found != _luck(faults, 1, words)
    assert 70 < sum(found) < 130
    assert {True, False} == {*_luck(faults, 0, ["again"] * 40)}


def test_templates_speak_of_the_event_and_of_the_request() -> None:
    """Each event has its own; ids are those on the wire, and two uuids are two."""
    served = engine(_turn("""[
        {fault: patch, label: text, set: {
            a: "{{ number }}/{{ model }}", b: "{{ event.id }}", c: "{{ uuid() }}",
            d: [{e: "{{ number }}"}],
            "choices[0].delta.content": "{{ value | upper }}"}}]"""))  # fmt: skip

    wire, exchange = ask(served, chat(stream=True))
    first, second = (json.loads(f.data[6:]) for f in wire.frames if f.label is Label.TEXT)

    assert () == exchange.warnings
    assert ("1/gpt-4o", [{"e": 1}]) == (first["a"], first["d"])
    assert ("2/gpt-4o", [{"e": 2}]) == (second["a"], second["d"])
    assert first["id"] == first["b"]
    assert first["c"] != second["c"]
    assert "AB" == first["choices"][0]["delta"]["content"]


def test_a_template_that_fails_leaves_the_reply_alone() -> None:
    """The fault does nothing, and says where it stands and why."""
    served = engine(_turn('[{fault: patch, label: text, set: {a: "{{ results.nobody }}"}}]'))

    wire, exchange = ask(served, chat(stream=True))

    (warning,) = exchange.warnings
    said = "<inline>:1: the template failed: 'dict object' has no attribute 'nobody'; mend it"
    assert said in warning
    assert b'"a"' not in wire.body


def test_a_wire_whose_faults_owe_nothing_is_kept() -> None:
    """One with templates is made for each request."""
    kept = engine(_turn("[{fault: patch, label: text, set: {a: 1}}]"))
    made = engine(_turn('[{fault: patch, label: text, set: {a: "{{ user }}"}}]'))

    for number in range(3):
        for served in (kept, made):
            ask(served, chat({"role": "user", "content": f"Hi {number}"}, stream=True))

    assert (1, 0) == (kept.root.kept.compiled, made.root.kept.compiled)


def test_a_long_stream_is_patched_in_no_time() -> None:
    """A template is compiled once, not for each event."""
    say = f"[{{text: {'a' * 3000}, cut: 1 char}}]"
    served = engine(_turn('[{fault: patch, label: text, set: {n: "{{ number * 2 }}"}}]', say))

    wire, exchange = ask(served, chat(stream=True))

    assert () == exchange.warnings
    assert b'"n":6000' in wire.frames[-3].data
