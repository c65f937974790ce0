"""The JSON Schema for editors: what is committed, and what it says of real files."""

from __future__ import annotations

import re
from pathlib import Path

import jsonschema
import pytest

from mockrouter import catalogue
from mockrouter.cli.new import TEMPLATE
from mockrouter.scenario.editor_schema import FILE, as_text, schema
from mockrouter.scenario.folders import files
from mockrouter.scenario.reading.document import parse, read
from mockrouter.values import Json

CATALOGUE = [path for path, _ in files(catalogue.folder())]
TURN = {"say": [{"text": "Hello."}]}
VALIDATOR = jsonschema.Draft202012Validator(schema())
"""One for all: making the schema takes a hundred times as long as asking it."""


def mistakes(value: Json) -> list[str]:
    """Ask the schema what is wrong."""
    return [error.message for error in VALIDATOR.iter_errors(value)]


def test_committed_is_generated() -> None:
    """The file is up to date; else: mockrouter schema > mockrouter/scenario.schema.json."""
    assert as_text() == FILE.read_text(encoding="utf-8")


def test_is_a_schema() -> None:
    """It is valid under the dialect that it names."""
    jsonschema.Draft202012Validator.check_schema(schema())

    assert jsonschema.Draft202012Validator.META_SCHEMA["$id"] == schema()["$schema"]


@pytest.mark.parametrize("path", CATALOGUE, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_catalogue_is_valid(path: Path) -> None:
    """No file that comes with the product is underlined in an editor."""
    assert [] == mistakes(read(path).value)


def test_first_scenario_is_valid() -> None:
    """Nor is the file that 'new' writes, also where its comments are taken up."""
    text = TEMPLATE.format(schema="x", file="x.yaml", name="x")

    assert [] == mistakes(parse(text).value)
    assert [] == mistakes(parse(re.sub(r"(?m)^( +)# ", r"\1", text)).value)


@pytest.mark.parametrize(
    ("value", "valid"),
    [
        ({"turns": [TURN]}, True),
        ({"turns": [{"error": 429}]}, True),
        ({"turns": [{"error": {"status": 429}}]}, True),
        ({"turns": [{"error": 200}]}, False),
        ({"turns": [429, {"attempts": [429, TURN]}, {"cases": [429]}]}, True),
        ({"turns": [200]}, False),
        ({"turns": ["Hello.", [], TURN["say"]]}, True),
        ({"turns": [{"attempts": ["Hello.", TURN["say"]]}, {"cases": ["Hello."]}]}, True),
        ({"turns": [["Hello."]]}, False),
        ({"turns": [[{"txt": "Hello."}]]}, False),
        ({"turns": [{"error": "Hello."}]}, False),
        ({"turns": [{"say": [{"tool_call": "any", "arguments": [1]}]}]}, False),
        ({"turns": []}, False),
        ({"turns": [TURN], "turn": 1}, False),
        ({"turns": [{"say": [{"txt": "Hello."}]}]}, False),
        ({"turns": [{**TURN, "faults": [{"fault": "disconnect", "after": 1}]}]}, True),
        ({"turns": [{**TURN, "faults": [{"fault": "disconect"}]}]}, False),
    ],
)
def test_says_what_the_loader_says(value: Json, valid: bool) -> None:  # noqa: FBT001 - a table
    """What the loader takes is valid, what it refuses is not."""
    assert valid is (mistakes(value) == [])


def test_explains_every_key() -> None:
    """Whatever an editor can offer has a description to show beside it."""
    places = {"scenario": schema(), **schema()["$defs"]}
    silent = [
        f"{name}.{key}"
        for name, place in places.items()
        for key, value in place.get("properties", {}).items()
        if "description" not in value and "$ref" not in value
    ]

    assert [] == silent
