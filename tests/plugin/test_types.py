"""What editors and type checkers know of the fixture and of the words of a script."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any, get_args, is_typeddict

import pytest
from pydantic import BaseModel

from mockrouter.harness import words
from mockrouter.malformations import MALFORMATIONS
from mockrouter.scenario import models, parts
from pages import ROOT

USE = """
from pathlib import Path

import pytest

import mockrouter as package
from pytest_mockrouter import (
    Answer, Entry, MockRouter, MockRouterConfig, Part, Server, ToolCall, ToolCallPart, ToolResult,
    Turn, scenarios,
)

CALL: ToolCallPart = {"tool_call": "get_weather", "arguments": {"city": "Tokyo"}}
SHARED: Part = {"text": "Hello."}
LIMITED: Answer = {"error": {"status": 429, "retry_after": 20}}
RETRIED: Turn = {"attempts": [LIMITED, LIMITED, [CALL, SHARED]]}


def test_shared(mockrouter: MockRouter) -> None:
    calls = [CALL, CALL]
    mockrouter.script([CALL], RETRIED, [{**CALL, "cut": "3 chars"}], calls, {"say": calls})
    mockrouter.script([{**CALL, "malformed": "trailing_comma"}])


def test_fixture(mockrouter: MockRouter) -> None:
    mockrouter.script(
        [{"text": "Let me see."}, {"tool_call": "get_weather", "arguments": {"city": "Oslo"}}],
        {"attempts": [429, {"error": {"status": 503, "retry_after": 1}}, "There."]},
        {"cases": [{"when": {"model": "a"}, "say": [{"text": "A."}]}, {"say": "auto"}]},
        {"say": [{"json": {"a": [1]}}, {"refusal": "No."}], "usage": {"prompt_tokens": 1}},
        {"say": [{"reasoning": "Hm."}], "faults": [{"fault": "reset"}], "stream": {"text": 3}},
        "It is cold.",
        500,
        when={"tools": "get_weather"},
        then="repeat",
    )
    mockrouter.load("errors/no-credits", Path("mine.yaml"))
    mockrouter.load_text("turns: [hello]", name="hello")
    mockrouter.time_scale = 0
    entry: Entry = mockrouter.last_request
    calls: list[ToolCall] = entry.calls + mockrouter.calls
    results: tuple[ToolResult, ...] = calls[0].results
    number: int = results[0].request
    url: str = mockrouter.url("openrouter", scenario="loops/weather")
    mockrouter.assert_answered("get_weather", {"temp": number}, arguments={"city": url})


def test_server(mockrouter_server: Server, mockrouter_config: MockRouterConfig) -> None:
    with mockrouter_server.namespace("mine", seed=mockrouter_config.seed) as mock:
        mock.script("Hello.")
    with package.Server("loops/weather", strict=False) as server:
        print(server.base_url)


@pytest.mark.parametrize("mockrouter", scenarios("errors/*", tag=["retry"]), indirect=True)
def test_each(mockrouter: MockRouter) -> None:
    mockrouter.assert_done()


def wrong(mock: MockRouter) -> None:
    mock.script({"eror": 429})  # mypy: typeddict-item
    mock.script([{"tool_cal": "get_weather"}])  # mypy: list-item
    mock.script({"say": "aut"})  # mypy: typeddict-item
    mock.script({"attempts": [{"sya": "a"}]})  # mypy: list-item
    mock.script([{"tool_call": "a", "malformed": "trailing_coma"}])  # mypy: typeddict-item
    mock.script("a", then="again")  # mypy: arg-type
    mock.timescale = 0  # mypy: attr-defined
    mock.script(1.5)  # mypy: arg-type
    mock.script("a", name=3)  # mypy: arg-type
    mock.load(3)  # mypy: arg-type
    mock.scripts("a")  # mypy: attr-defined
"""


def test_a_strict_type_checker(tmp_path: Path) -> None:
    """Right uses pass, and each wrong key or value is found in its line."""
    file = tmp_path / "test_use.py"
    file.write_text(dedent(USE), encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", str(file)]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout

    expected = {n for n, line in enumerate(USE.splitlines(), 1) if "# mypy" in line}
    found = {int(n) for n in re.findall(r"test_use\.py:(\d+): error", said)}
    assert expected == found, said


NAMES = [name for name in vars(words) if is_typeddict(getattr(words, name))]


def test_malformations() -> None:
    """Each malformation is a word that editors complete, and no other."""
    assert [*MALFORMATIONS] == [*get_args(words.Malformed)]


def model_of(name: str) -> type[BaseModel]:
    """Find the model that a type shows."""
    found: Any = getattr(parts, name, None) or getattr(models, name)
    return found  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", NAMES)
def test_types_have_the_keys_of_the_language(name: str) -> None:
    """A key that the language gets is one that editors complete."""
    fields = model_of(name).model_fields

    expected = {field.alias or key for key, field in fields.items()}
    assert expected == getattr(words, name).__optional_keys__


def test_types_for_all_models() -> None:
    """A model that the language gets has a type."""
    every = {
        name
        for module in (models, parts)
        for name, kind in vars(module).items()
        if isinstance(kind, type) and issubclass(kind, parts.Model) and not name.startswith("_")
    }

    of_a_file = {"ScenarioModel", "Composed", "Client"}
    of_others = {"Model", "Strict", "Match", "Pace", "Stream", "Aimed"}
    assert {*NAMES} == every - of_a_file - of_others
