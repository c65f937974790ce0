"""Choosing the scenarios that a test runs over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from mockrouter.errors import MockRouterError
from mockrouter.harness.finding import Finder
from mockrouter.scenario.library import AUTO, load
from mockrouter.scenario.parts import ToolCallPart
from mockrouter.scenario.scenario import Scenario
from mockrouter.scenario.tags import Wanted

Tags = str | Iterable[str]
"""One tag or several."""

_FILTERS = ("tag", "severity", "dialect", "mode")


def scenarios(
    *patterns: str,
    tag: Tags = (),
    severity: Tags = (),
    dialect: Tags = (),
    mode: Tags = (),
    paths: Iterable[Path | str] = (),
) -> list[str]:
    """
    List names of scenarios, for a ``parametrize`` of the fixture ``mockrouter``.

    It takes them with ``indirect=True``.

    Args:
        patterns: Of names, such as ``errors/*``; all if none is given. What calls tools without end
            is there only by its own name.

        tag: Tags that each must have, all of them.

        severity: ``low``, ``medium`` or ``high``, of which each must have one.

        dialect: ``chat`` or ``responses``, for which each must be made, for all if several.

        mode: ``stream`` or ``plain``, likewise.

        paths: Folders whose scenarios come before those of the catalogue.

    Raises:
        ValueError: None fits, or there is no such tag, severity, dialect or mode.

        ScenarioError: A file in *paths* is wrong.
    """
    wanted = Wanted(_several(tag), _several(severity), _several(dialect), _several(mode))
    return _found(patterns, wanted, Finder(load().named, paths))


def chosen(
    mark: pytest.Mark, paths: Iterable[Path], catalogue: Mapping[str, Scenario]
) -> list[str]:
    """
    List the names that a mark chooses from folders and a catalogue.

    Raises:
        CollectError: It chooses none, or has a filter that there is not.
    """
    unknown = set(mark.kwargs) - set(_FILTERS)
    if unknown:
        message = f"the mark 'mockrouter_each' takes {', '.join(_FILTERS)}, not '{unknown.pop()}'"
        raise pytest.Collector.CollectError(message)
    wanted = Wanted(*(_several(mark.kwargs.get(name, ())) for name in _FILTERS))
    try:
        return _found(mark.args, wanted, Finder(catalogue, paths))
    except (MockRouterError, ValueError) as error:
        raise pytest.Collector.CollectError(str(error)) from None


def _found(patterns: Sequence[str], wanted: Wanted, finder: Finder) -> list[str]:
    there = finder.all()
    wanted.check(word for each in there for word in each.model.tags)
    found = {
        each.name: None
        for each in there
        if each.name != AUTO and _is_named(each, patterns) and wanted.fits(each.model.tags)
    }
    if not found:
        tags = {*wanted.tags, *wanted.severities, *wanted.dialects, *wanted.modes}
        words = " ".join([*patterns, *sorted(tags)])
        message = f"no scenario fits {words}; `mockrouter list` shows all with their tags"
        raise ValueError(message)
    return list(found)


def _is_named(scenario: Scenario, patterns: Sequence[str]) -> bool:
    if is_endless(scenario) and scenario.name not in patterns:
        return False
    return not patterns or any(fnmatchcase(scenario.name, pattern) for pattern in patterns)


def is_endless(scenario: Scenario) -> bool:
    """Tell whether it calls tools again and again, so that many a client would never come back."""
    last = scenario.model.turns[-1]
    return scenario.model.then == "repeat" and all(
        isinstance(answer.say, list) and any(isinstance(p, ToolCallPart) for p in answer.say)
        for answer in last.answers
    )


def _several(words: Tags) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words)
