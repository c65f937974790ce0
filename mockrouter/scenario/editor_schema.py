"""
The JSON Schema of scenario files, for editors: generated from the models, never kept by hand.

``scenario.schema.json`` beside this module is its output: ``mockrouter schema`` writes it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from pydantic.json_schema import GenerateJsonSchema

from mockrouter.scenario.models import ScenarioModel
from mockrouter.values import JsonObject

FILE: Final = Path(__file__).resolve().parents[1] / "scenario.schema.json"
"""The schema as it is installed."""

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


class _Generate(GenerateJsonSchema):
    """Leaves out the titles that pydantic makes of the keys: an editor shows the key already."""

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 - pydantic's
        return False


def schema() -> JsonObject:
    """
    Generate the schema.

    A plain status stands for an error or an answer, and a text or a list of parts for an answer, as
    the models say before they look at the keys. One mapping of rules stands for a list of them, and
    a scenario that has a base needs no turns.
    """
    made = ScenarioModel.model_json_schema(schema_generator=_Generate)
    definitions = made["$defs"]
    turn = definitions["Turn"]
    status = definitions["Error"]["properties"]["status"]
    text = definitions["TextPart"]["properties"]["text"]
    say = definitions["Answer"]["properties"]["say"]["anyOf"]
    parts = next(form for form in say if form.get("type") == "array")
    parts = {**parts, "description": "The reply's parts in order."}
    definitions["Error"] = {"anyOf": [status, definitions["Error"]]}
    wait = {"anyOf": [{"type": "number"}, {"type": "string"}]}
    definitions["RetryAfter"] = {"anyOf": [*wait["anyOf"], definitions["RetryAfter"]]}
    rule = definitions["ReasoningRule"]
    definitions["ReasoningRule"] = {"anyOf": [rule["properties"]["sent"], rule]}
    for name in ("Answer", "Case", "Turn"):
        definitions[name] = {"anyOf": [text, parts, status, definitions[name]]}
    for place in (made, turn):
        place["properties"]["expect"]["anyOf"].append({"$ref": "#/$defs/Expectation"})
    definitions["Client"]["properties"]["runs"]["anyOf"].append({"$ref": "#/$defs/Range"})
    made["anyOf"] = [{"required": made.pop("required")}, {"required": ["base"]}]
    return {
        "$schema": _DIALECT,
        **made,
        "title": "mockrouter scenario",
        "description": "What a mock provider answers turn by turn, and what goes wrong.",
    }


def as_text() -> str:
    """Generate the file."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
