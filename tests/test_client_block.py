"""The claims about a robust client: what can be written, and how it is shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from mockrouter.cli import main
from mockrouter.errors import ScenarioError
from mockrouter.scenario.client import VALID, Client, Seconds
from mockrouter.scenario.expect import Expect
from mockrouter.scenario.library import load_text
from mockrouter.scenario.matching import Match
from mockrouter.values import Json

ROWS = [
    ("runs: 0", "runs no tool"),
    ("runs: {any: 0..1}", "runs tools at most once"),
    ("runs: 2..", "runs tools at least 2 times"),
    ("runs: {get_weather: 0}", "never runs get_weather"),
    ("runs: {get_weather: 1}", "runs get_weather once"),
    ("runs: {get_weather: 1..2}", "runs get_weather 1 to 2 times"),
    ("requests: 1", "sends one request"),
    ("requests: 2", "sends 2 requests"),
    ("requests: 1..3", "sends 1 to 3 requests"),
    ("requests: ..5", "sends at most 5 requests"),
    ("within: 10", "is done within 10 s"),
    ("waits: 2", "waits at least 2 s before it asks again"),
    ("waits: [0.5..3, '..60']", "waits 0.5 to 3, then at most 60 s before it asks again"),
    ("arguments: {f: {a: 1}}", 'runs f with {"a":1}'),
    ("arguments: {f: [{a: 1}, {}]}", 'runs f with [{"a":1},{}]'),
    ("error: true", "reports an error"),
    ("error: false", "reports no error"),
    ("error: rate limit", "reports an error that contains 'rate limit'"),
    ("text: {matches: '1.'}", "shows a text that matches '1.'"),
    ("history: valid", "keeps a valid history"),
    (
        "history: {turn: 1, unique_ids: true}",
        "keeps a history in which turn is 1 and no two calls have the same id",
    ),
    (
        'history: {none_of: [{body: {"$.messages[*].tool_calls": null}}]}',
        "keeps a history in which $.messages[*].tool_calls is never null",
    ),
    (
        "history: {none_of: [{model: a, body: {$.x: {contains: b}}}]}",
        "keeps a history in which it is never so that model is 'a' and $.x contains 'b'",
    ),
    (
        "history: {user: hi, max_tokens: ..9}",
        "keeps a history in which user contains 'hi' and the limit on the answer is ..9",
    ),
    (
        "history: {call_ids: '[a-z]+'}",
        "keeps a history in which the ids of all calls match '[a-z]+'",
    ),
    ("history: {content: text}", "keeps a history in which content beside calls is a text"),
]


@pytest.mark.parametrize(("line", "sentence"), ROWS)
def test_what_a_robust_client_does_is_shown(line: str, sentence: str, tmp_path: Path) -> None:
    """Each key is a clause of what `mockrouter show` prints, and changes nothing that is sent."""
    text = "turns: [{say: []}]"
    (tmp_path / "plain.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "claim.yaml").write_text(
        f"name: plain\nclient: {{{line}}}\n{text}", encoding="utf-8"
    )
    plain, claim = (
        CliRunner(catch_exceptions=False).invoke(main, ["show", str(tmp_path / f"{name}.yaml")])
        for name in ("plain", "claim")
    )

    assert f"a robust client {sentence}\n" in claim.stdout
    assert plain.stdout.partition("\n\n")[2] == claim.stdout.partition("\n\n")[2]


RULES: dict[str, list[Json]] = {
    "every_call_answered": [True],
    "every_result_called": [True],
    "unique_ids": [True],
    "no_empty_turn": [True],
    "call_ids": ["x"],
    "arguments": ["json", "object"],
    "content": ["text", "filled", "null", "absent", "present"],
    "reasoning": ["present", "equal", "absent"],
    "max_tokens": ["..9"],
    "body": [{"$.x": {"absent": True}}, {"$.x": {"absent": False}}, {"$.x": 1}],
}


def test_every_rule_has_words() -> None:
    """Of a history, no rule is told by its bare key, and no two alike."""
    said = [
        list(Expect.model_validate({name: value}).sentences())
        for name, values in RULES.items()
        for value in values
    ]

    assert {*Expect.model_fields} - {*Match.model_fields} == {*RULES} - {"body"}
    assert len(said) == len({words for (words,) in said})
    assert "$.x is absent" in {words for (words,) in said}


def test_every_key_is_shown() -> None:
    """A key that is added has a row."""
    assert {*Client.model_fields} == {line.split(":")[0] for line, _ in ROWS}


def test_a_valid_history_keeps_rules() -> None:
    """`valid` is short for rules that there are."""
    assert Expect.model_validate(VALID).rules


@pytest.mark.parametrize(
    ("written", "inside", "outside"),
    [(2, 2.0, 1.9), (0, 0.0, -1.0), ("0.5..3", 3.0, 3.1), ("2..", 99.0, 1.0), ("..60", 0.0, 61.0)],
)
def test_seconds(written: Json, inside: float, outside: float) -> None:
    """A number alone is the least."""
    seconds = Seconds.model_validate(written)

    assert (True, False) == (seconds.holds(inside), seconds.holds(outside))


MISTAKES = [
    ("client: {}", "1:9: 'client' says nothing; add what a robust client does"),
    ("client: {waits: soon}", "1:17: 'soon' is no range of seconds; write 2, 0.5..3, 2.. or ..60"),
    ("client: {waits: 3..1}", "1:17: '3..1' holds no number; write 1..3"),
    ("client: {within: 0}", "1:18: 'within' is 0; write more than 0"),
    ("client: {runs: {any: x}}", "1:22: 'x' is no range; write 2, 1..3, 2.. or ..5"),
    ("client: {requsts: 1}", "1:10: unknown key 'requsts'; did you mean 'requests'?"),
    ("client: {history: good}", "1:19: "),
    ("client: {arguments: {f: 1}}", "1:25: "),
]


@pytest.mark.parametrize(("line", "words"), MISTAKES)
def test_mistakes_are_told_at_load(line: str, words: str) -> None:
    """With the line, what is wrong, and what to do."""
    with pytest.raises(ScenarioError) as caught:
        load_text(f"{line}\nturns: [[]]")

    assert f"<inline>:{words}" in str(caught.value)
