"""A namespace as it is pushed: its scenarios and settings, read, checked, kept as a document."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from mockrouter.engine.settings import Settings
from mockrouter.errors import Mistake, ScenarioError
from mockrouter.scenario.families import Bases, scenario_of
from mockrouter.scenario.library import Library, load_text, load_value, with_active
from mockrouter.scenario.reading.source import Source
from mockrouter.scenario.scenario import Scenario
from mockrouter.values import Json, JsonObject

BODY = "<body>"
"""Where mistakes in what was pushed are said to be."""

_NAME = "pushed"
SETTINGS: Mapping[str, type] = {
    "seed": int,
    "strict": bool,
    "restart": bool,
    "time_scale": float,
    "redact": list,
}
"""Settings that a namespace may have of its own."""

_REMEDIES = {
    "seed": "a whole number such as 7",
    "strict": "true or false",
    "restart": "true or false",
    "time_scale": "a factor such as 0.1, or 0 for no waits",
    "redact": "a list of names such as [password]",
}


@dataclass(frozen=True)
class Document:
    """
    What a namespace is opened with.

    Attributes:
        scenarios: Names, each with the text or the value that the scenario was given as.

        settings: Those that differ from the server's own.
    """

    scenarios: tuple[tuple[str, Json], ...]
    settings: JsonObject

    def to_bytes(self) -> bytes:
        """Write it down."""
        return json.dumps({"scenarios": self.scenarios, "settings": self.settings}).encode()

    def load(self) -> list[Scenario]:
        """
        Load its scenarios.

        Raises:
            ScenarioError: With every mistake in any of them.
        """
        made, mistakes = list[Scenario](), list[Mistake]()
        for name, given in self.scenarios:
            path = BODY if self.is_alone else name
            try:
                if isinstance(given, str):
                    made.append(load_text(given, name=name, path=path))
                else:
                    made.append(load_value(given, name=name, path=path))
            except ScenarioError as error:
                mistakes += error.mistakes
        names = [scenario.name for scenario in made]
        for name in sorted({name for name in names if names.count(name) > 1}):
            what = f"two scenarios are named '{name}'"
            mistakes.append(Mistake(BODY, 1, 1, what, "give one of them another name"))
        if mistakes:
            raise ScenarioError(mistakes)
        return made

    @property
    def is_alone(self) -> bool:
        """Whether the whole body was one scenario."""
        return [name for name, _ in self.scenarios] == [_NAME]

    def library(self, beside: Library) -> Library:
        """Make what the namespace answers by, *beside* all that can be chosen by name."""
        return with_active(beside, self.load())

    def settled(self, settings: Settings) -> Settings:
        """Make its settings from the server's."""
        given: dict[str, Any] = dict(self.settings)
        if "redact" in given:
            given["redact"] = (*settings.redact, *given["redact"])
        return replace(settings, **given)


def read_document(text: str, settings: JsonObject) -> Document:
    """
    Read a body, JSON or YAML: one scenario, or ``scenarios`` with settings beside them.

    Args:
        text: The body.

        settings: Given beside it.

    Raises:
        ScenarioError: With every mistake, as ``mockrouter check`` tells it.
    """
    from mockrouter.scenario.reading.document import parse  # noqa: PLC0415 - reads YAML

    source = parse(text, BODY)
    value = source.value
    if not isinstance(value, dict) or "scenarios" not in value:
        document = Document(((_NAME, text),), settings)
    else:
        given = {name: each for name, each in value.items() if name != "scenarios"}
        document = Document(tuple(_named(value["scenarios"])), given | settings)
    mistakes = [
        source.mistake((name,) if isinstance(value, dict) and name in value else (), what, remedy)
        for name, what, remedy in _wrong(document.settings)
    ]
    if mistakes:
        raise ScenarioError(mistakes)
    mistakes = _mistakes(source, document)
    if mistakes:
        raise ScenarioError(mistakes)
    return document


def _mistakes(source: Source, document: Document) -> list[Mistake]:
    """Find what is wrong with scenarios, those that are values at their places in the body."""
    found: list[Mistake] = []
    entry = source.root.entries.get("scenarios")
    nodes = entry.node.entries if entry is not None and not document.is_alone else {}
    for place, (name, given) in enumerate(document.scenarios):
        inner = nodes.get(name) or nodes.get(place)
        if inner is not None and not isinstance(given, str):
            try:
                scenario_of(Source(BODY, given, inner.node), name, Bases())
            except ScenarioError as error:
                found += error.mistakes
    if not found:
        try:
            document.load()
        except ScenarioError as error:
            found += error.mistakes
    return found


def of_bytes(document: bytes) -> Document:
    """Read what ``to_bytes`` wrote."""
    found = json.loads(document)
    return Document(tuple((name, given) for name, given in found["scenarios"]), found["settings"])


def _named(scenarios: Json) -> list[tuple[str, Json]]:
    if isinstance(scenarios, dict):
        return [*scenarios.items()]
    listed = scenarios if isinstance(scenarios, list) else [scenarios]
    return [(f"{_NAME}-{number}", given) for number, given in enumerate(listed, 1)]


def _wrong(settings: JsonObject) -> list[tuple[str, str, str]]:
    found = []
    for name, value in settings.items():
        if name not in SETTINGS:
            there = ", ".join(SETTINGS)
            found.append((name, f"'{name}' is no setting of a namespace", f"there is {there}"))
        elif not _fits(SETTINGS[name], value):
            found.append((name, f"'{name}' is {value!r}", f"write {_REMEDIES[name]}"))
    return found


def _fits(kind: type, value: Json) -> bool:
    if kind is list:
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    if isinstance(value, bool) or kind is bool:
        return kind is bool and isinstance(value, bool)
    if kind is float:
        return isinstance(value, int | float) and 0 <= value < math.inf
    return isinstance(value, kind)
