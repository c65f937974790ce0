"""How well each offered tool fits the user's words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mockrouter.generate.lexicon import stem, stems, tokens
from mockrouter.generate.words import candidates, is_specific, repeated

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mockrouter.request import Tool
    from mockrouter.values import Json, JsonObject

_NAME, _PARAMETER, _DESCRIPTION, _SUPPLIED = 3.0, 1.5, 1.0, 2.0
_Kind = tuple[str, tuple[tuple[str, "Json"], ...]]
_ACTIONS = {
    "find": "search",
    "search": "search",
    "grep": "search",
    "list": "list",
    "create": "write",
    "save": "write",
    "replace": "edit",
    "modify": "edit",
}
"""What people say, and the word for it that tools are named by."""


@dataclass(frozen=True, slots=True)
class _Known:
    """
    A tool with the stems of its name, its parameters and its description, each stem once.

    Attributes:
        wanted: Name and schema of each required property of a certain kind.
    """

    tool: Tool
    name: frozenset[str]
    parameters: frozenset[str]
    description: frozenset[str]
    wanted: tuple[_Kind, ...]

    @property
    def all(self) -> frozenset[str]:
        return self.name | self.parameters | self.description


class Fit:
    """
    Scores tools against words.

    A word of the tool's name counts most, then a required parameter that the words supply a value
    for, a word of a parameter's name, one of the description. What several of the tools share
    counts less, as it does not tell them apart.
    """

    def __init__(self, tools: Sequence[Tool]) -> None:
        """Read the tools once, as there may be a hundred of them and many clauses."""
        self._known = [_read(tool) for tool in tools]
        self._shared = Counter(stem for known in self._known for stem in known.all)

    def best(self, words: str) -> tuple[Tool, float]:
        """Find the tool that fits best, the first of equals, and its score: 0 if nothing fits."""
        said = _stems(words)
        wanted = {kind for known in self._known for kind in known.wanted}
        supplied = {kind for kind in wanted if _is_supplied(kind, words)}
        scored = [(known.tool, self._score(known, said, supplied)) for known in self._known]
        return max(scored, key=lambda pair: pair[1])

    def _score(self, known: _Known, said: frozenset[str], supplied: set[_Kind]) -> float:
        return (
            _NAME * self._weight(said & known.name)
            + _PARAMETER * self._weight(said & known.parameters)
            + _DESCRIPTION * self._weight(said & known.description)
            + _SUPPLIED * sum(kind in supplied for kind in known.wanted)
        )

    def _weight(self, found: frozenset[str]) -> float:
        # Added up in order, as a sum of floats depends on it and a set has none.
        return sum(1 / self._shared[stem] for stem in sorted(found))


def asked_about(tool: Tool, words: str) -> list[str]:
    """Find all that *words* name of the one place, sum, symbol or path that *tool* takes."""
    said = [
        repeated(name, part, words)
        for name, part in _properties(tool).items()
        if part.get("type") == "string"
    ]
    found = [values for values in said if values]
    return found[0] if len(found) == 1 else []


def _stems(text: str) -> frozenset[str]:
    return stems(text) | {stem(_ACTIONS[word]) for word in tokens(text) if word in _ACTIONS}


def _read(tool: Tool) -> _Known:
    name, parameters = _stems(tool.name), stems(" ".join(_properties(tool)))
    described = stems(tool.description)
    wanted = tuple(_wanted(tool))
    return _Known(tool, name, parameters - name, described - name - parameters, wanted)


def _properties(tool: Tool) -> JsonObject:
    """Read type and format of each property; the schema is the client's, and may be none."""
    properties = (tool.parameters or {}).get("properties")
    if not isinstance(properties, dict):
        return {}
    return {name: _plain(part) for name, part in properties.items() if isinstance(part, dict)}


def _plain(part: JsonObject) -> JsonObject:
    return {key: part[key] for key in ("type", "format") if isinstance(part.get(key), str)}


def _wanted(tool: Tool) -> Iterator[_Kind]:
    """Yield the required properties that ask for a value of a certain kind, else the first one."""
    required = (tool.parameters or {}).get("required")
    properties = _properties(tool)
    for name in required if isinstance(required, list) else list(properties)[:1]:
        part = properties.get(name) if isinstance(name, str) else None
        if part is not None and is_specific(name, part):
            yield name, tuple(part.items())


def _is_supplied(kind: _Kind, words: str) -> bool:
    name, part = kind
    return any(True for _ in candidates(name, dict(part), words, lone=False))
