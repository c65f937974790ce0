"""Nothing can be added to the language, or to what users meet, without the pages saying so."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from random import Random
from typing import Final

import pytest
from starlette.routing import Route

from asgi import BUILTIN
from mockrouter.cutting import Cut
from mockrouter.cutting.places import PLACES
from mockrouter.dialects.chat import CHAT
from mockrouter.engine.engine import Engine
from mockrouter.engine.journal import Exchange
from mockrouter.entries import entries
from mockrouter.faults import FAULTS, Fault
from mockrouter.faults.aim import Selection
from mockrouter.faults.base import Aimed
from mockrouter.malformations import MALFORMATIONS
from mockrouter.profiles import OPENAI, PROFILES, Profile
from mockrouter.scenario.editor_schema import FILE
from mockrouter.scenario.matching import CONDITIONS
from mockrouter.scenario.names import names
from mockrouter.serving.control import control_routes
from mockrouter.serving.sharing import Alone
from mockrouter.serving.ticker import Ticker
from mockrouter.values import Json, JsonObject, compact
from mockrouter.wire import Label
from pages import ROOT, rows, section, spans
from scripts import chat

SCENARIOS = ROOT / "docs" / "scenarios.md"
PROVIDERS = ROOT / "docs" / "profiles.md"

SECTIONS: Final = {
    "ScenarioModel": "### The file",
    "Match": "### Conditions",
    "Text": "### Conditions",
    "Turn": "### Turns",
    "Answer": "### Turns",
    "Case": "### Turns",
    "TextPart": "### Parts",
    "RefusalPart": "### Parts",
    "JsonPart": "### Parts",
    "ReasoningPart": "### Parts",
    "ToolCallPart": "### Parts",
    "Error": "### Errors",
    "RetryAfter": "#### Waits",
    "Http": "### HTTP",
    "Expectation": "### Strict servers",
    "Expect": "### Strict servers",
    "ReasoningRule": "### Strict servers",
    "Client": "### The client",
    "Seconds": "### The client",
    "NotApplicable": "### Composition",
    "Usage": "### Usage",
    "Stream": "### Cutting",
    "Cut": "### Cutting",
    "At": "### Cutting",
    "Places": "### Cutting",
    "RandomSizes": "### Cutting",
    "Pace": "### Pace",
    "Label": "### Faults",
    **{fault.__name__: "### Faults" for fault in FAULTS.values()},
    "Find": "### Faults",
    "Spot": "### Faults",
    "Every": "### Faults",
    "Selection": "### Faults",
    "Name": "### Conditions",
    "Range": "#### Ranges",
    "Value": "### Conditions",
}
"""Where each model of the language is described."""


SCHEMA: JsonObject = {
    "type": "object",
    "properties": {
        "city": {"type": "string"},
        "days": {"type": "integer"},
        "unit": {"enum": ["C", "F"]},
        "tags": {"type": "array"},
    },
    "required": ["city"],
}
"""As the section on malformations describes it."""

ARGUMENTS: JsonObject = {"city": "Oslo", "days": 2}


def language() -> list[tuple[str, str]]:
    """List each key and each fixed word of a file, with the model that it belongs to."""
    schema = json.loads(FILE.read_text(encoding="utf-8"))
    models = {**schema.pop("$defs"), "ScenarioModel": schema}
    own = {name: words(model) for name, model in models.items()}
    # A rule knows all conditions, which are explained as such.
    own |= {name: own[name] - own["Match"] for name in ("Expect", "Expectation")}
    return sorted({(name, word) for name, found in own.items() for word in found})


def words(schema: Json) -> set[str]:
    """Collect the keys and the fixed words that a schema allows."""
    if isinstance(schema, list):
        return {word for part in schema for word in words(part)}
    if not isinstance(schema, dict):
        return set()
    properties: JsonObject = schema.get("properties", {})
    inner = [*properties.values(), *(p for key, p in schema.items() if key != "properties")]
    fixed = [*schema.get("enum", ()), schema.get("const")]
    return {*properties, *words(inner), *(word for word in fixed if isinstance(word, str))}


def listed(heading: str) -> dict[str, list[str]]:
    """Read the tables under a heading of the page on scenarios: their rows by what they are of."""
    return {row[0].strip("`"): row for row in rows(section(SCENARIOS, heading))}


def code(cell: str) -> str:
    """Read the text of a cell that is one code span."""
    return cell.strip("`").strip()


@pytest.mark.parametrize(("model", "word"), language())
def test_every_word_of_the_language_is_explained(model: str, word: str) -> None:
    """Each key, fault, label, place and choice stands in the section about its model."""
    found = spans(section(SCENARIOS, SECTIONS[model]))

    assert any(re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", span) for span in found)


@pytest.mark.parametrize(
    ("heading", "known"),
    [
        ("### Conditions", {*CONDITIONS, "contains", "equals", "matches", "absent"}),
        ("#### Malformed", {*MALFORMATIONS}),
        ("#### Places", {*PLACES}),
        (
            "### Templates",
            {*names(CHAT.read(chat(), {}, OPENAI, 0), turn=1, attempt=1, rng=Random(0))},
        ),
    ],
)
def test_tables_list_all_there_is_and_nothing_else(heading: str, known: set[str]) -> None:
    """There is a row for each, and none for what is gone."""
    assert sorted(known) == sorted(listed(heading))


def test_tables_of_faults_list_all_there_is_and_nothing_else() -> None:
    """Labels, faults and settings have a row each, and each fault names its own settings."""
    found = listed("### Faults")
    common, aim = {*Fault.model_fields} - {"fault"}, {*Selection.model_fields}
    settings = {
        name: {*fault.model_fields}
        - {"fault", *common}
        - (aim if issubclass(fault, Aimed) else set())
        for name, fault in FAULTS.items()
    }
    rows_of = {name for cell in found for name in re.split("`, `", cell)}

    assert {*Label, *FAULTS, *common, *aim, *set().union(*settings.values())} == rows_of
    for name, own in settings.items():
        # A fault may be called like a label, or like a setting of another.
        there = [row for row in rows(section(SCENARIOS, "### Faults")) if row[0] == f"`{name}`"]
        assert own in [spans(row[-1]) for row in there]


@pytest.mark.parametrize("name", MALFORMATIONS)
def test_what_arrives_malformed_is_what_the_table_shows(name: str) -> None:
    """The example in the row is what the malformation makes; a long one is cut."""
    made = MALFORMATIONS[name].apply(ARGUMENTS, SCHEMA, Random(0))
    text = made if isinstance(made, str) else compact(made)
    shown, cut, _ = code(listed("#### Malformed")[name][2]).partition("…")
    spelled = text.replace("\n", "⏎").replace("\t", "⇥")

    assert spelled.startswith(shown)
    assert cut or spelled == shown


@pytest.mark.parametrize("name", PLACES)
def test_where_a_place_is_is_what_the_table_shows(name: str) -> None:
    """The dots in the row are where a cut at this place is made."""
    shown = code(listed("#### Places")[name][1])
    text = shown.replace("·", "")
    cuts = Cut.model_validate({"places": [name]}).cut(text, Random(0))

    assert shown == "·".join(cuts)
    assert len(cuts) > 1


def test_each_default_of_the_tables_is_the_schemas() -> None:
    """What a table says is sent without a key is what is."""
    schema = json.loads(FILE.read_text(encoding="utf-8"))["$defs"]
    stated = {
        ("Stream", key): code(listed("### Cutting")[key][1])
        for key in ("text", "reasoning", "arguments", "order")
    }
    stated |= {("Drop", "nth"): code(listed("### Faults")["nth"][1])}
    stated |= {("Stall", "after"): code(listed("### Faults")["after"][1])}
    stated |= {("Stall", "seconds"): code(listed("### Faults")["seconds"][1])}
    stated |= {("Duplicate", "times"): code(listed("### Faults")["times"][1])}

    for (model, key), default in stated.items():
        assert str(schema[model]["properties"][key]["default"]) == default


# Providers, URLs, headers


def test_base_urls_are_the_profiles() -> None:
    """The table of base URLs is the table of profiles."""
    _, _, top = PROVIDERS.read_text(encoding="utf-8").partition("\n")
    said = {row[0].strip("`"): (code(row[1]), code(row[2])) for row in rows(top) if len(row) == 3}
    served = {p.name: (f"http://127.0.0.1:4099{p.base}", p.api_key_env) for p in PROFILES.values()}

    assert served == {name: said[name] for name in served}


@pytest.mark.parametrize(
    ("label", "field"),
    [
        ("cost in usage", lambda p: p.cost != "none"),
        ("`native_finish_reason`, `provider`", lambda p: p.native_finish_reason and p.provider),
        ("reasoning in chat", lambda p: p.chat_reasoning),
        ("`event:` lines in a Responses stream", lambda p: p.event_lines),
        ("`[DONE]` after a Responses stream", lambda p: p.responses_done),
        ("comment before a stream", lambda p: p.keep_alive),
        ("`obfuscation` in events", lambda p: p.obfuscation),
        ("rate limit headers", lambda p: p.headers),
        ("request without `model`", lambda p: p.default_model),
        ("`store: true`", lambda p: p.stateful),
    ],
)
def test_what_differs_is_what_the_profiles_say(
    label: str, field: Callable[[Profile], object]
) -> None:
    """A cell says no, or that the request is refused, just where the profile does."""
    cells = next(
        line.strip("| ").split(" | ")[1:]
        for line in section(PROVIDERS, "## What differs").splitlines()
        if line.startswith(f"| {label} |")
    )
    order = ("openai", "openrouter", "solrouter")

    assert [cell.strip() not in {"no", "400"} for cell in cells] == [
        bool(field(PROFILES[name])) for name in order
    ]


def test_every_code_and_header_of_ours_is_explained() -> None:
    """What the source sends under our name has a row; what it does not send has none."""
    source = "".join(path.read_text("utf-8") for path in (ROOT / "mockrouter").rglob("*.py"))
    codes = set(re.findall(r'"(mockrouter_[a-z_]+)"', source)) - {"mockrouter_error"}
    headers = set(re.findall(r'"(x-mockrouter-[a-z]+)"', source)) - {"x-mockrouter-scenario"}
    said = {code(row[0]) for row in rows(section(PROVIDERS, "## The mock's own errors"))}

    assert codes == said
    assert headers | {"x-mockrouter-scenario"} == {
        code(row[0]) for row in rows(section(PROVIDERS, "## Headers of the response"))
    }


def test_every_route_and_field_of_the_control_api_is_explained() -> None:
    """Each route has a row, and each field of an exchange."""
    text = section(PROVIDERS, "## Control API")
    engine = Engine(BUILTIN)
    routes = {
        f"{method} {re.sub('{([a-z]+).*}', lambda name: name[1].upper(), route.path)}"
        for route in control_routes(engine, Ticker(), Alone(engine, engine.close))
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }
    (entry,) = entries([Exchange(1, 0.0, "POST", "/")])

    assert routes <= spans(text)
    assert {*entry.to_json()} == spans(
        "\n".join(row[0] for row in rows(section(PROVIDERS, "### The journal")))
    )
