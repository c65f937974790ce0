"""A fault that no request ever meets is a mistake, found before there is one."""

from __future__ import annotations

from pathlib import Path

import pytest

from mockrouter import catalogue
from mockrouter.engine.rehearsal import doubtful_faults, idle_cuts, idle_faults
from mockrouter.scenario.library import load, load_text
from scripts import library


def mistakes(answer: str) -> list[str]:
    """List the idle faults of an answer, as ``line: what``."""
    served = library(f"turns:\n- {answer}")
    found = idle_faults(served, served.active[0])
    return [f"{mistake.line}: {mistake.what}; {mistake.remedy}" for mistake in found]


@pytest.mark.parametrize(
    ("faults", "message"),
    [
        ("{fault: drop, label: tool_call}",
         "2: whatever is asked, drop with label tool_call selects no frame; this wire has 1 start"),
        ("{fault: drop, label: text, nth: 99}", "drop with label text, nth 99 selects no frame"),
        ("{fault: drop, call: 0, chance: 0.01}", "drop with call 0 selects no frame"),
        ("{fault: drop, type: response.*, dialect: chat}", "with type response.* selects no frame"),
        ('{fault: patch, set: {"choices[0].dleta.content": a}}',
         "in the first, choices[0] has index, delta, logprobs, finish_reason"),
        ("{fault: truncate, bytes: 99999}", "truncate with bytes 99999 selects no frame"),
        (
            "{fault: duplicate, times: 1000}, {fault: duplicate, times: 1000}",
            "whatever is asked, duplicate makes 6012006 frames, which is more than",
        ),
        ("{fault: writes, at: [3, 99999]}", "whatever is asked, writes cuts nothing at 99999; the"),
        ("{fault: writes, label: text, at: 9999}", "cuts nothing at 9999; the longest of"),
        ("{fault: bytes, text: a, at: 99999}", "bytes with text a, at 99999 selects no frame"),
        ("{fault: disconnect, after: -99}",
         "whatever is asked, in every stream, disconnect with after -99 selects no frame; this"),
        ("{fault: stall, label: tool_call, seconds: 3}", "every stream, stall with label tool_c"),
        ("{fault: truncate, after: 99}", "every stream, truncate with after 99 selects no frame"),
        ("{fault: disconnect, label: text, after: 9, stream: true}",
         "disconnect with label text, after 9 selects no frame"),
    ],
)  # fmt: skip
def test_says_which_fault_strikes_nothing(faults: str, message: str) -> None:
    """It is said once, at its line, with what a stream would have had."""
    (found,) = mistakes(f"{{say: [{{text: Hi there.}}], faults: [{faults}]}}")

    assert message in found


def test_a_fault_may_make_a_large_wire() -> None:
    """Faults that make large wires, but not too large ones, are fine."""
    grown = "{fault: duplicate, times: 1000}, {fault: duplicate, times: 6}"
    long = "{fault: patch, label: text, set: {a: \"{{ 'x' * 1000000 }}\"}}"

    assert [] == mistakes(f"{{say: [{{text: Hi there.}}], faults: [{grown}]}}")
    assert [] == mistakes(f"{{say: [{{text: Hi there.}}], faults: [{long}]}}")


def doubts(answer: str) -> list[str]:
    """List the faults of an answer to certain requests that strike nothing in samples of them."""
    served = library(f"turns:\n- {answer}")
    assert [] == idle_faults(served, served.active[0])
    return [str(mistake) for mistake in doubtful_faults(served, served.active[0])]


@pytest.mark.parametrize(
    ("say", "fault", "message"),
    [
        ("{tool_call: any}", "{fault: drop, label: text}", "drop with label text selects no frame"),
        ("{tool_call: any}", '{fault: patch, set: {"choices[0].dleta.content": a}}',
         "as far as tried, patch finds no choices[0].dleta.content in the events that it"),
        ("{text: '{{ user }}'}", "{fault: drop, label: text, nth: 99999}", "selects no frame"),
        ("{tool_call: 'no name!'}", "{fault: drop, call: 1}", "selects no frame"),
        ("{text: Hi}", '{fault: patch, set: {"a.b": "{{ user }}"}}', "patch finds no a.b in the"),
        ("{json: generated}", "{fault: writes, at: 999999}", "writes cuts nothing at 999999"),
        ("{text: '{{ result.temp }}'}", "{fault: drop, call: 0}", "drop with call 0 selects no"),
    ],
)  # fmt: skip
def test_what_no_sample_meets_is_doubtful(say: str, fault: str, message: str) -> None:
    """Requests of many kinds stand in for those that nobody knows yet."""
    (found,) = doubts(f"{{say: []}}\n- {{say: [{say}], faults: [{fault}]}}")

    assert message in found
    assert found.startswith("<inline>:3:")


@pytest.mark.parametrize(
    ("say", "fault"),
    [
        ("[{tool_call: any}, {tool_call: any}]", "{fault: drop, call: 1}"),
        ("auto", "{fault: patch, set: {'output[0].arguments': x}}"),
        ("[{tool_call: any}]", "{fault: writes, inside: emoji}"),
        ("[{tool_call: any}]", "{fault: drop, label: tool_call, nth: 50}"),
        ("[{text: '{{ user }}'}]", "{fault: bytes, replace: {find: Tokyo}, text: Oslo}"),
        ("[{text: '{{ results.get_weather.temp }}'}]", "{fault: drop, label: text}"),
        ("[{text: '{{ results.nobody.x }}'}]", "{fault: drop, call: 9}"),
        ("[{text: Hi}]", '{fault: patch, set: {usage: "{{ event.nothing }}"}}'),
        ("[{text: Hi}]", '{fault: patch, set: {"choices[1].index": "{{ number + 6 }}"}}'),
        ("[{tool_call: any}]", '{fault: patch, delete: ["choices[0].delta.function_call"]}'),
    ],
)
def test_what_a_sample_meets_is_not_doubtful(say: str, fault: str) -> None:
    """One is enough; and where no sample can be answered, or a template fails, none judges."""
    assert [] == doubts(f"{{say: [{{text: a}}]}}\n- {{say: {say}, faults: [{fault}]}}")


def test_a_scenario_is_tried_in_what_it_is_for() -> None:
    """A path of one format in a scenario for the other is doubtful: its name alone leads there."""
    served = library("""
matrix: {dialect: [chat, responses]}
turns:
  - say: [{text: "{{ params.dialect }}"}]
    faults: [{fault: patch, set: {"choices[0].index": 1}}]
""")

    found = [doubtful_faults(served, each) for each in served.active]

    assert [0, 1] == [len(each) for each in found]
    assert found[1][0].what.startswith("as far as tried, patch finds no choices[0].index")


@pytest.mark.parametrize("stream", ["{mode: plain, faults: [{fault: reset, stream: true}]", ""])
def test_a_fault_for_other_replies_is_a_mistake(stream: str) -> None:
    """Where an answer says that it is plain, nothing that is for streams strikes."""
    answer = stream or "{mode: stream, faults: [{fault: reset, stream: false}]"

    (found,) = mistakes(f"{answer}, say: [{{text: Hi}}]}}")

    assert "reset is for another kind of reply than this answer; mend its 'dialect'" in found


def test_answers_to_broken_rules_are_played() -> None:
    """The answer of a strict server has faults of its own."""
    scenario = load_text("""
expect: {max_tokens: ..5}
otherwise: {say: [{text: a}], faults: [{fault: drop, call: 0}]}
turns:
  - say: [{text: a}]
    expect:
      - system: a
        otherwise: {say: [{text: a}], faults: [{fault: drop, call: 0}]}
""")

    assert [3, 8] == [mistake.line for mistake in idle_faults(load(), scenario)]


@pytest.mark.parametrize(
    "answer",
    [
        "{say: [{text: Hi}], faults: [{fault: drop, label: usage}]}",
        "{say: [{text: Hi}], faults: [{fault: drop, type: response.completed}]}",
        '{say: [{text: Hi}], faults: [{fault: patch, set: {"choices[1].message.content": a}}]}',
        '{say: [{text: Hi}], faults: [{fault: patch, set: {"choices[0].message.content": a}}]}',
        """
  say: [{tool_call: a, arguments: x}]
  faults: [{fault: patch, set: {"choices[0].delta.tool_calls[0].custom.input": 1}}]""",
        "{say: [{tool_call: any}], faults: [{fault: drop, label: tool_call, nth: 99}]}",
        '{say: [{text: "{{ user }}"}], faults: [{fault: drop, label: text, nth: 99}]}',
        '{say: [{text: Hi}], faults: [{fault: patch, set: {"a.b": "{{ user }}"}}]}',
        "{error: 500, faults: [{fault: patch, set: {error.message: a}}]}",
        "{error: 500, faults: [{fault: disconnect, after: 9}]}",
        "{mode: plain, say: [{text: Hi}], faults: [{fault: truncate, after: 9}]}",
        "{say: [{text: Hi}], faults: [{fault: reset, after: 9, stream: false}]}",
        "{say: [{text: Hi}], faults: [{fault: truncate, bytes: 700}]}",
        "{say: [{text: Hi}], faults: [{fault: disconnect, label: usage}]}",
    ],
)
def test_what_some_request_meets_is_no_mistake(answer: str) -> None:
    """One format, mode, provider or kind of client is enough; what owes to it is not judged."""
    assert [] == mistakes(answer)


def test_every_answer_of_a_turn_is_played() -> None:
    """Attempts and cases have their own places."""
    scenario = load_text("""
turns:
  - attempts:
      - say: [{text: a}]
      - say: [{text: a}]
        faults: [{fault: drop, label: error}]
  - cases:
      - say: [{text: a}]
        faults:
          - {fault: drop, label: text}
          - {fault: drop, label: text}
""")

    assert [6, 11] == [mistake.line for mistake in idle_faults(load(), scenario)]


@pytest.mark.parametrize(
    "fault",
    [
        "{fault: sse, line_end: lf, stream: true}",
        "{fault: sse, event_line: false, dialect: chat, stream: true}",
        "{fault: insert, events: [], at: end}",
        "{fault: bytes, text: '', at: 3}",
        "{fault: move, label: done, to: end, dialect: chat, stream: true}",
        "{fault: encode, coding: identity}",
        "{fault: stall, seconds: 0}",
        "{fault: patch, dialect: chat, stream: true, set: {object: chat.completion.chunk}}",
    ],
)
@pytest.mark.parametrize("text", ["Hi there.", "{{ user }}"])
def test_what_changes_nothing_is_doubtful(text: str, fault: str) -> None:
    """It finds its place, and leaves every reply as it was."""
    known = "whatever is asked" if text == "Hi there." else "as far as tried"
    served = library(f"turns:\n- {{say: [{{text: '{text}'}}], faults: [{fault}]}}")

    (found,) = doubtful_faults(served, served.active[0])

    name = fault.partition(": ")[2].partition(",")[0]
    assert (2, f"{known}, {name} changes nothing") == (found.line, found.what)


@pytest.mark.parametrize(
    "faults",
    [
        "{fault: disconnect, chance: 0.1}, {fault: reset, chance: 0.1}",
        "{fault: content_length, length: exact}",
        "{fault: disconnect, after: all}",
        "{fault: stall, seconds: 5, before: headers}, {fault: disconnect, before: headers}",
        "{fault: disconnect, before: headers, chance: 0.5}, {fault: content_length}",
        "{fault: disconnect, before: headers, dialect: chat}, {fault: content_length}",
        "{fault: sse, terminator: none, stream: true}",
    ],
)
def test_what_changes_one_reply_is_not_doubtful(faults: str) -> None:
    """One sample is enough, and so is a chance that another fault leaves."""
    assert [] == doubts(f"{{say: [{{text: Hi there.}}], faults: [{faults}]}}")


def test_what_is_never_sent_is_a_mistake() -> None:
    """Where the connection always ends before the headers, nothing else shows."""
    faults = "{fault: content_length, dialect: chat}, {fault: disconnect, before: headers}"

    (found,) = mistakes(f"{{say: [{{text: Hi}}], faults: [{faults}]}}")

    assert found == (
        "2: whatever is asked, nothing of what content_length does is ever sent; "
        "leave it out, or 'disconnect' before the headers"
    )


@pytest.mark.parametrize(("seconds", "count"), [("5", 1), ("15", 1), ("16", 0), ("forever", 0)])
def test_a_comment_that_never_comes_is_a_mistake(seconds: str, count: int) -> None:
    """A silence that is over before its first comment has none."""
    fault = f"{{fault: stall, after: 0, seconds: {seconds}, keep_alive: 15}}"

    found = mistakes(f"{{say: [{{text: Hi}}], faults: [{fault}]}}")

    what = f"a silence of {seconds} s ends before its first comment, after 15 s"
    remedy = "shorten 'keep_alive', or leave it out"
    assert [f"2: whatever is asked, {what}; {remedy}"] * count == found


def test_a_template_leaves_those_before_it_certain() -> None:
    """Only what comes behind it may owe something to the request."""
    idle = "{fault: drop, call: 0}"
    dynamic = '{fault: patch, set: {id: "{{ user }}"}}'
    served = library(
        f"turns:\n- say: [{{text: Hi}}]\n  faults:\n  - {idle}\n  - {dynamic}\n  - {idle}"
    )

    assert [4] == [each.line for each in idle_faults(served, served.active[0])]
    assert [4, 6] == [each.line for each in doubtful_faults(served, served.active[0])]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("turns: [{say: [{text: a}], stream: {arguments: 1 char}}]", [1]),
        ("turns: [{say: [{tool_call: a}], stream: {text: 1 char, reasoning: whole}}]", [1, 1]),
        ("turns: [{say: [{tool_call: a}, {refusal: a}], stream: {text: 1 char}}]", []),
        ("turns: [{say: auto, stream: {text: 1 char, arguments: 1 char}}]", []),
        ("""
turns:
- {say: [{tool_call: a}], stream: &cut {arguments: 1 char}}
- {say: [{text: a}], stream: *cut}
- say: [{text: a}]
  stream: {arguments: 1 char}
""", [6]),
        ("{base: stream/random-fragments, overlay: {stream: {arguments: 1 char}}}", []),
        ("{base: stream/random-fragments, overlay: {stream: {reasoning: 1 char}}}", [1]),
    ],
)  # fmt: skip
def test_cuts_of_what_is_not_said_are_doubtful(tmp_path: Path, text: str, lines: list[int]) -> None:
    """One answer with such a part is enough for all that share the line."""
    path = tmp_path / "a.yaml"
    path.write_text(text, "utf-8")

    assert lines == [each.line for each in idle_cuts(load([path], catalogue.folder()).active)]
