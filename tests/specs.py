"""
Other people's specifications and recordings, where they lie beside the checkout.

They are not part of this repository. Tests that need them find them in ``$MOCKROUTER_SPECS``, else
in a folder ``specs`` one level below a neighbor of the checkout, and skip with a reason where there
is neither.
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from mockrouter.values import Json

_MARK = "openai.subset.schema.json"
"""A file that every such folder has."""


@cache
def specs_dir() -> Path | None:
    """Find the folder of specifications; None where there is none."""
    named = os.environ.get("MOCKROUTER_SPECS")
    if named:
        return Path(named)
    checkout = Path(__file__).resolve().parents[1]
    return next((path.parent for path in sorted(checkout.parent.glob(f"*/specs/{_MARK}"))), None)


@cache
def validator(file: str, definition: str) -> Draft202012Validator:
    """
    Make a validator for one definition of a file of JSON Schemas or an OpenAPI document.

    Skips the test that asks where the file is absent.

    Raises:
        KeyError: The file has no such definition.
    """
    if definition not in definitions(file):
        raise KeyError(definition)
    document = _document(file)
    root = "$defs" if "$defs" in document else "components"
    place = "#/$defs/" if root == "$defs" else "#/components/schemas/"
    return Draft202012Validator({"$ref": place + definition, root: document[root]})


def problems(file: str, definition: str, value: Json) -> list[str]:
    """List what is wrong with *value*, as ``path: message``."""
    errors = validator(file, definition).iter_errors(value)
    return sorted(f"{error.json_path}: {error.message}" for error in errors)


def definitions(file: str) -> Json:
    """
    Get a file's definitions by their names.

    Skips the test that asks where the file is absent.
    """
    document = _document(file)
    return document["$defs"] if "$defs" in document else document["components"]["schemas"]


def recorded(name: str) -> Json:
    """
    Parse a recording: a ``.json`` value, or the list of events of a ``.jsonl`` or ``.sse`` file.

    Skips the test that asks where the recording is absent.
    """
    text = recorded_text(name)
    if name.endswith(".json"):
        return json.loads(text)
    lines = text.split("\n")
    if name.endswith(".sse"):
        data = "data: "
        lines = [line.removeprefix(data) for line in lines if line.startswith(data)]
    return [json.loads(line) for line in lines if line and line != "[DONE]"]


def recorded_text(name: str) -> str:
    """Read a recording as it is; skips the test that asks where it is absent."""
    return _path(f"recorded/{name}").read_text("utf-8")


@cache
def _document(file: str) -> Json:
    return json.loads(_path(file).read_text("utf-8"))


def _path(file: str) -> Path:
    folder = specs_dir()
    if folder is None or not (folder / file).exists():
        pytest.skip(f"no {file} beside the checkout; set MOCKROUTER_SPECS to a folder that has it")
    return folder / file
