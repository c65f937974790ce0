"""Scenarios made of others: bases, parameters, overlays, and what is wrong with them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mockrouter.engine.engine import Engine
from mockrouter.errors import ScenarioError
from mockrouter.scenario.library import Library, load, load_text, load_value
from mockrouter.values import Json
from scripts import ask, chat, engine, said

BASE = """
summary: The arguments are broken.
tags: [arguments]
with: {how: truncated, city: Oslo, count: 2}
turns:
  - say:
      - {text: "To {{ params.city }}, {{ user | upper }} {{ params.count + 1 }}"}
      - {tool_call: any, malformed: "{{ params.how }}", repeat: "{{ params.count }}"}
    faults: [{fault: drop, label: done}]
  - attempts: [429, Done.]
"""


def folder(place: Path, **files: str) -> Library:
    """Load scenarios from files of these names."""
    for name, text in files.items():
        path = place / f"{name}.yaml"
        path.write_text(text, encoding="utf-8")
    return load([place])


def mistakes(place: Path, **files: str) -> str:
    """Load scenarios that are wrong; the folder's own path is left out."""
    with pytest.raises(ScenarioError) as caught:
        folder(place, **files)
    return str(caught.value).replace(f"{place}/", "")


def test_parameters_are_values_and_texts() -> None:
    """They stand in every text; alone they are what they are; templates know them too."""
    wire, _ = ask(engine(BASE), chat())
    message = said(wire)

    assert "To Oslo, WHAT IS THE WEATHER IN TOKYO? 3" == message["content"]
    assert 2 == len(message["tool_calls"])
    with pytest.raises(json.JSONDecodeError):
        json.loads(message["tool_calls"][0]["function"]["arguments"])


def test_a_scenario_is_made_of_another(tmp_path: Path) -> None:
    """Its own keys and parameters come first, all else is the base's."""
    over = "base: base\nwith: {city: Rome, count: 1}\ntags: [other]\nclient: {requests: 1}"
    found = folder(tmp_path, base=BASE, over=over)
    model = found.find("over").model
    wire, exchange = ask(Engine(found), chat(), path="/s/over/v1/chat/completions")

    assert ("The arguments are broken.", ["other"]) == (model.summary, model.tags)
    assert "To Rome" in said(wire)["content"]
    assert "over" == exchange.scenario
    assert "Oslo" in str(found.find("base").source.value)


def test_an_overlay_is_put_over_every_reply(tmp_path: Path) -> None:
    """Faults are added up, mappings merged, null takes away; errors stay as they are."""
    over = """
base: base
overlay:
  - faults: [{fault: drop, label: finish}]
    pace: {ttft: 1}
  - {turn: 1, finish_reason: length, pace: {itl: 2}}
  - {turn: [-1], http: {headers: {x-a: b}}}
"""
    first, last = folder(tmp_path, base=BASE, over=over).find("over").model.turns
    assert last.attempts
    failing, done = last.attempts

    assert ["drop", "drop"] == [fault.fault for fault in first.faults]
    assert (1, 2, "length") == (
        first.pace and first.pace.ttft,
        first.pace and first.pace.itl,
        first.finish_reason,
    )
    assert not failing.faults
    assert 1 == len(done.faults)
    assert all(answer.http and answer.http.headers for answer in (failing, done))


def test_an_overlay_takes_away(tmp_path: Path) -> None:
    """Null in an overlay leaves the base's key out."""
    over = "base: base\noverlay: {turn: 1, faults: null}"

    assert [] == folder(tmp_path, base=BASE, over=over).find("over").model.turns[0].faults


def test_bases_have_bases_and_come_from_the_catalogue(tmp_path: Path) -> None:
    """A base is a name: in the same folder, beside the file, or of the product."""
    found = folder(
        tmp_path, a="base: b\nsummary: A.", b="base: base\ntags: [b]", base=BASE, c="base: auto"
    )

    assert (["b"], "A.") == (found.find("a").model.tags, found.find("a").model.summary)
    assert "auto" == found.find("c").model.turns[0].say
    assert "auto" == load_text("base: auto").model.turns[0].say


USES = "turns: ['{{ params.a }}']"


WRONG: list[tuple[dict[str, str], str]] = [
    ({"over": "base: nowhere"}, "over.yaml:1:7: no scenario is named 'nowhere'; `mockrouter list`"),
    (
        {"over": "base: flacky", "flaky": "turns: [Hi]"},
        "over.yaml:1:7: no scenario is named 'flacky'; did you mean flaky?",
    ),
    (
        {"over": "base: rate-limit-then-success"},
        "no scenario is named 'rate-limit-then-success'; did you mean errors/rate-limit-then-succ",
    ),
    ({"over": "base: 5"}, "over.yaml:1:7: 'base' is the number 5; write text"),
    (
        {"over": "base: base\nwith: {cty: Rome}"},
        "over.yaml:2:13: 'base' takes no parameter 'cty'; it has how, city, count",
    ),
    (
        {"over": "turns: ['{{ params.x }}']"},
        "over.yaml:1:9: no parameter is called 'x'; there are none; add it to 'with'",
    ),
    (
        {"over": "base: base\nwith: {how: trunkated}"},
        "over.yaml:2:13: 'trunkated' is no malformation; did you mean 'truncated'?",
    ),
    (
        {"over": "base: base\noverlay: {faults: [{fault: drp}]}"},
        "over.yaml:2:28: 'fault' is 'drp'; did you mean 'drop'?",
    ),
    ({"over": "base: base\noverlay: {falts: []}"}, "over.yaml:2:11: unknown key 'falts'; did you"),
    (
        {"over": "base: base\noverlay: {turn: 3, say: []}"},
        "over.yaml:2:10: there is no turn 3; the base has turns 1 to 2",
    ),
    ({"over": "base: base\noverlay: {turn: 1}"}, "over.yaml:2:10: this overlay says nothing"),
    ({"over": "overlay: {say: []}\nturns: [[]]"}, "over.yaml:1:10: there is no base to put this"),
    (
        {"over": "base: err\noverlay: {pace: {ttft: 1}}", "err": "turns: [429]"},
        "over.yaml:2:10: no answer of the base has 'say'; say which turn is meant: 'turn'",
    ),
    (
        {"a": "base: b", "b": "base: c", "c": "base: b"},
        "b.yaml:1:7: the bases go in a circle: ",
    ),
    ({"over": "matrix: {a: []}\nturns: [[]]"}, "over.yaml:1:13: 'a' is empty; write at least 1"),
    (
        {"over": "matrix: {a: [x, X]}\nturns: ['{{ params.a }}']"},
        "over.yaml:1:9: two variants are called 'x'; name the values: {name: value}",
    ),
    (
        {"over": f"matrix: {{a: [1]}}\nnot_applicable: [{{a: 1, reason: No.}}]\n{USES}"},
        "over.yaml:2:17: no variant is left; leave one of them out",
    ),
    (
        {"over": f"matrix: {{a: [1]}}\nnot_applicable: [{{a: 7, reason: No.}}]\n{USES}"},
        "over.yaml:2:18: there is no such variant; write values of a",
    ),
    (
        {"over": f"matrix: {{a: [1]}}\nnot_applicable: [{{b: 1, reason: No.}}]\n{USES}"},
        "over.yaml:2:18: there is no such variant; write values of a",
    ),
    (
        {"over": "matrix: {a: [1, 2]}\nturns: [Hi]"},
        "over.yaml:1:13: nothing depends on 'a', so its variants are all alike; write {{ params.a",
    ),
    (
        {"over": "matrix: {stream: [true, maybe]}\nturns: [Hi]"},
        "over.yaml:1:18: 'stream' is the text 'maybe'; write true or false",
    ),
    (
        {"over": "matrix: {a: [1]}\nnot_applicable: [{a: 1}]\nturns: [[]]"},
        "over.yaml:2:18: the key 'reason' is missing; add it: text",
    ),
]


@pytest.mark.parametrize(("files", "words"), WRONG)
def test_mistakes_are_told_where_they_are_written(
    files: dict[str, str], words: str, tmp_path: Path
) -> None:
    """In whichever file that is, with line, column and remedy."""
    assert words in mistakes(tmp_path, base=BASE, **files)


def test_an_error_while_it_plays_names_the_file_of_the_base(tmp_path: Path) -> None:
    """A template of the base that fails is the base's."""
    found = folder(
        tmp_path, base="turns:\n  - '{{ results.no.x }}'", over="base: base\nwhen: {turn: 0}"
    )
    wire, _ = ask(Engine(found), chat(), path="/s/over/v1/chat/completions")

    assert f"{tmp_path}/base.yaml:2: the template failed" in wire.body.decode()


@pytest.mark.parametrize("value", [{"turns": [[{"text": "{{ params.a }}"}]], "with": {"a": "Hi"}}])
def test_scripts_of_python_are_composed_too(value: Json) -> None:
    """What never was a text has parameters and bases as well."""
    found = load_value(value, path="test.py", line=7)

    assert "Hi" in repr(found.model.turns[0])
    assert "test.py:7" == load_value({"base": "auto"}, path="test.py", line=7).where("client")
