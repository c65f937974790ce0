"""What `mockrouter show` shows of a scenario when nobody says how, and what it tells beside."""

from __future__ import annotations

from pathlib import Path

import pytest

from asgi import BUILTIN
from command_line import call
from mockrouter.cli.frames import ending
from mockrouter.cli.manner import Manner, fitting
from mockrouter.scenario.evidence import address
from mockrouter.scenario.library import load_text
from mockrouter.scenario.tags import dialects, modes
from mockrouter.wire import Ending, Frame, Label, Wire

SAY = "\nturns: [{attempts: [{error: 429}, {say: [{text: Hello.}]}]}, {say: [{text: Bye.}]}]\n"


@pytest.mark.parametrize(
    ("text", "given", "expected"),
    [
        ("tags: []", Manner(), Manner("chat", "openai", stream=True)),
        ("tags: [responses]", Manner(), Manner("responses", "openai", stream=True)),
        ("tags: [responses, chat]", Manner(), Manner("chat", "openai", stream=True)),
        ("tags: [plain]", Manner(), Manner("chat", "openai", stream=False)),
        ("tags: [responses]", Manner("chat"), Manner("chat", "openai", stream=True)),
        ("tags: [plain]", Manner(stream=True), Manner("chat", "openai", stream=True)),
        (
            "when: {dialect: responses, profile: openrouter, stream: plain}",
            Manner(),
            Manner("responses", "openrouter", stream=False),
        ),
        (
            "when: {profile: openrouter, stream: true}",
            Manner(stream=False),
            Manner("chat", "openrouter", stream=False),
        ),
        (
            "matrix: {dialect: [responses, chat], profile: [openrouter]}",
            Manner(profile="openai"),
            Manner("responses", "openai", stream=True),
        ),
        (
            "matrix: {dialect: [responses, chat], stream: [false, true]}",
            Manner(),
            Manner("responses", "openai", stream=False),
        ),
        (
            "matrix: {dialect: [responses, chat], stream: [false, true]}",
            Manner("chat", stream=True),
            Manner("chat", "openai", stream=True),
        ),
    ],
)
def test_shown_as_what_it_is_made_for(text: str, given: Manner, expected: Manner) -> None:
    """What the user says counts first, then what the scenario asks for, then what it claims."""
    assert expected == fitting(load_text(text + SAY), given)


@pytest.mark.parametrize("name", BUILTIN.named)
def test_each_of_the_catalogue_in_a_manner_that_it_claims(name: str) -> None:
    """Nobody is shown a scenario where it cannot be."""
    scenario = BUILTIN.named[name]
    manner = fitting(scenario, Manner())

    assert manner.dialect in dialects(scenario.model.tags)
    assert ("stream" if manner.stream else "plain") in modes(scenario.model.tags)


def test_what_is_told_beside(here: Path) -> None:
    """What a robust client does, who met it, and what else there is to show."""
    head = "tags: [responses, stream]\nevidence: [acme/phone#12, radio#7]\n"
    (here / "a.yaml").write_text(f"{head}client: {{runs: 0, requests: 1, error: true}}{SAY}")

    assert [
        "a · turn 1 of 2 · attempt 1 of 2 · responses · openai",
        "a robust client runs no tool, sends one request and reports an error",
        "met in https://github.com/acme/phone/issues/12, radio#7",
        "more: --attempt 2, --turn 2",
        "",
    ] == call("show", "a.yaml").stdout.splitlines()[:5]


def test_what_it_is_not_made_for_is_told(here: Path) -> None:
    """It is shown all the same, with the way to what it is made for."""
    (here / "a.yaml").write_text(f"tags: [responses, stream]{SAY}")
    lines = call("show", "a.yaml", "--dialect", "chat", "--no-stream").stdout.splitlines()

    assert "made for responses alone: --dialect responses" in lines
    assert "made for stream replies alone: --stream" in lines


@pytest.mark.parametrize(
    ("when", "options", "excluded"),
    [
        ("{profile: openrouter, stream: true}", [], ""),
        ("{profile: openrouter, stream: true}", ["--stream", "--dialect", "chat"], ""),
        ("{profile: openrouter, stream: true}", ["--no-stream"], "--no-stream"),
        (
            "{profile: openrouter, dialect: chat}",
            ["--profile", "openai", "--dialect", "responses"],
            "--dialect responses and --profile openai",
        ),
        ("{stream: plain}", ["--stream"], "--stream"),
    ],
)
def test_what_its_when_excludes_is_told(
    here: Path, when: str, options: list[str], excluded: str
) -> None:
    """It is shown all the same, as whoever chooses it by name gets it."""
    (here / "a.yaml").write_text(f"when: {when}{SAY}")
    done = call("show", "a.yaml", *options)
    said = f"warning: its 'when' excludes {excluded}; only who chooses it by name gets this\n"

    assert (0, said if excluded else "") == (done.exit_code, done.stderr)


@pytest.mark.parametrize(
    ("head", "options", "more"),
    [
        ("when: {stream: true}", [], "--attempt 2, --turn 2, --dialect responses"),
        ("when: {stream: true, dialect: chat}", ["--no-stream"], "--attempt 2, --turn 2, --stream"),
        ("when: {stream: plain, dialect: chat}", [], "--attempt 2, --turn 2"),
        (
            "matrix: {stream: [true, false], dialect: [chat]}",
            ["--turn", "2"],
            "--turn 1, --no-stream",
        ),
    ],
)
def test_hints_at_nothing_that_is_excluded(
    here: Path, head: str, options: list[str], more: str
) -> None:
    """What else there is to show is what ``when`` allows."""
    (here / "a.yaml").write_text(f"{head}{SAY}")
    lines = call("show", "a.yaml", *options).stdout.splitlines()

    assert [f"more: {more}"] == [line for line in lines if line.startswith("more: ")]


def test_a_stall_says_what_goes_on() -> None:
    """Comments that fill the silence are no silence."""
    pulse = Frame(b": hold\n\n", Label.COMMENT, 5.0)
    wire = Wire(200, (), (), Ending.STALL, stream=True, pulse=pulse)

    said = r"stall: nothing more is sent but : hold\n\n every 5 s, and nothing is closed"
    assert said == ending(wire)


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        ("acme/phone#12", "https://github.com/acme/phone/issues/12"),
        ("phone#12", ""),
        ("acme/phone", ""),
    ],
)
def test_evidence_with_an_owner_has_an_address(evidence: str, expected: str) -> None:
    """A short name does not say whose repository it is."""
    assert expected == address(evidence)
