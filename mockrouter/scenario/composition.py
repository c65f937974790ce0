"""
Scenarios made of others: ``base``, ``with``, ``overlay``, ``matrix``.

All of it happens before a scenario is read: a file's value becomes the values of the scenarios that
it stands for, and every part keeps its place in the file where it is written. So what is wrong in
it is said as ever.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, Field, StrictStr

from mockrouter.errors import Mistake, ScenarioError
from mockrouter.scenario import variants
from mockrouter.scenario.overlays import overlaid
from mockrouter.scenario.parts import Model
from mockrouter.scenario.reading.building import build
from mockrouter.scenario.reading.source import Source
from mockrouter.scenario.reading.tree import Node
from mockrouter.scenario.spelling import near
from mockrouter.scenario.trees import grown, leaf, located, mapping, rebuilt
from mockrouter.scenario.variants import CONDITIONS
from mockrouter.values import Json, JsonObject, compact


class Resolve(Protocol):
    """Finds the file of a scenario by its name; None where there is none."""

    def __call__(self, name: str, /) -> Source | None:
        """Find it."""

    def names(self) -> Iterable[str]:
        """List the names that it finds, for who misspelt one."""


_CONSUMED = ("base", "overlay", "matrix", "not_applicable")
_PARAMETER = re.compile(r"\{\{-?\s*params((?:\.\w+)+)\s*-?\}\}")


class NotApplicable(BaseModel):
    """Variants that make no sense, and why."""

    model_config = ConfigDict(frozen=True, extra="allow", defer_build=True)

    reason: StrictStr = Field(description="Why; `mockrouter list` and `show` say it.")


class Composed(Model):
    """What a scenario is made of beside its own keys."""

    base: str | None = Field(None, description="The scenario that this one is made from, by name.")
    with_: dict[str, Any] | None = Field(
        None, alias="with", description="Parameters: {{ params.NAME }}; a base's are its defaults."
    )
    overlay: dict[str, Any] | list[dict[str, Any]] | None = Field(
        None,
        description="Keys of an answer that are put over the base's answers; turn: which turn.",
    )
    matrix: dict[str, variants.Axis] | None = Field(
        None, description="Values of parameters, for each of which there is a variant."
    )
    not_applicable: list[NotApplicable] | None = Field(
        None, description="Variants that there are not, by their parameters; reason: why."
    )


class _Keys(Composed):
    """The same, whatever else stands beside it."""

    model_config = ConfigDict(extra="ignore")


@dataclass(frozen=True, slots=True)
class Variant:
    """
    One scenario that a file stands for.

    Attributes:
        label: What comes behind ``@`` in its name; empty for a file without ``matrix``.

        source: Ready to be read.

        reason: Why it is not applicable; empty where it is.
    """

    label: str
    source: Source
    reason: str = ""


def is_composed(value: Json) -> bool:
    """Tell whether a file has to be composed before it is read."""
    if not isinstance(value, dict):
        return False
    return not value.keys().isdisjoint({*_CONSUMED, "with"}) or any(_names(value))


def composed(source: Source, resolve: Resolve) -> list[Variant]:
    """
    Compose a file.

    Raises:
        ScenarioError: With every mistake in how it is made.
    """
    if not is_composed(source.value):
        return [Variant("", source)]
    whole = _based(source, resolve, ())
    keys = build(whole, _Keys)
    given = {name: whole.root.entries["with"].node.entries[name].node for name in keys.with_ or {}}
    made = []
    rows = [row.model_extra or {} for row in keys.not_applicable or ()]
    variants.check(whole, keys.matrix or {}, rows, used=set(_names(whole.value)))
    for label, axes in variants.combinations(whole, keys.matrix or {}):
        reason = _reason(keys, axes)
        own = {name: leaf(value, variants.place(whole, name)) for name, value in axes.items()}
        params = given | own
        node = _asked(_filled(whole, params), own)
        made.append(Variant(label, Source(source.path, node.value, node), reason))
    if all(variant.reason for variant in made):
        raise _mistake(whole, ("not_applicable",), "no variant is left", "leave one of them out")
    return made


def _based(source: Source, resolve: Resolve, seen: tuple[str, ...]) -> Source:
    """Put a file over its base, and that over its own."""
    root = grown(source.root)
    keys = build(source, _Keys)
    if keys.base is None:
        if keys.overlay is not None:
            remedy = "add 'base', or write the keys at the answers themselves"
            raise _mistake(source, ("overlay",), "there is no base to put this over", remedy)
        return Source(source.path, root.value, root)
    if keys.base in seen:
        circle = " → ".join((*seen[seen.index(keys.base) :], keys.base))
        raise _mistake(source, ("base",), f"the bases go in a circle: {circle}", "end it")
    found = resolve(keys.base)
    if found is None:
        what = f"no scenario is named '{keys.base}'"
        found_near = near(keys.base, resolve.names())
        listing = "`mockrouter list` shows all names"
        remedy = f"did you mean {' or '.join(found_near)}?" if found_near else listing
        raise _mistake(source, ("base",), what, remedy)
    below = _based(found, resolve, (*seen, keys.base))
    under = below.root if below.path == source.path else located(below.root, below.path)
    _check_parameters(source, keys, under.value)
    merged = dict(under.entries)
    merged.pop("name", None)
    for name, entry in root.entries.items():
        if name == "with" and "with" in merged:
            params = {**merged["with"].node.entries, **entry.node.entries}
            merged["with"] = entry.over(mapping(params, entry.place))
        elif name not in {"base", "overlay"}:
            merged[name] = entry
    node = mapping(merged, root.place)
    if "overlay" in root.entries:
        node = overlaid(node, root.entries["overlay"].node, source)
    return Source(source.path, node.value, node)


def _check_parameters(source: Source, keys: _Keys, base: JsonObject) -> None:
    """Refuse a parameter that the base does not have and the file itself does not use."""
    known = {**(base.get("with") or {}), **(base.get("matrix") or {})}
    used = set(_names(source.value)) | set(keys.matrix or {})
    for name in keys.with_ or {}:
        if name not in known and name not in used:
            has = f"it has {', '.join(known)}" if known else "it has none"
            what = f"'{keys.base}' takes no parameter '{name}'"
            raise _mistake(source, ("with", name), what, f"{has}; remove it, or mend the name")


def _names(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        # Nearly all files have none, and are read through for that.
        if "params" in value:
            yield from re.findall(r"\bparams\.(\w+)", value)
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _names(inner)


def _reason(keys: _Keys, axes: JsonObject) -> str:
    rows = keys.not_applicable or ()
    meant = (row for row in rows if variants.is_meant(row.model_extra or {}, axes))
    return next((row.reason for row in meant), "")


def _asked(root: Node, axes: Mapping[str, Node]) -> Node:
    """Let a variant answer the requests that its axes name."""
    wanted = {name: node for name, node in axes.items() if name in CONDITIONS}
    if not wanted:
        return root
    when = root.entries.get("when")
    place = when.place if when else root.place
    conditions = dict(when.node.entries) if when else {}
    for name, node in wanted.items():
        # Who wants no stream mostly leaves the key out.
        plain = name == "stream" and node.value is False
        conditions[name] = leaf("plain" if plain else node.value, node.place).entry
    entry = leaf(None, place).entry.over(mapping(conditions, place))
    return mapping({**root.entries, "when": entry}, root.place)


def _filled(source: Source, params: Mapping[str, Node]) -> Node:
    """Put the parameters in, and leave out the keys that are done with."""
    mistakes: list[Mistake] = []
    values = {name: node.value for name, node in params.items()}

    def fill(node: Node) -> Node:
        if not isinstance(node.value, str) or "params" not in node.value:
            return node
        whole = _PARAMETER.fullmatch(node.value)
        try:
            if whole:
                place = params[whole[1].split(".")[1]].place
                return leaf(_value(whole[1], values), place)
            text = _PARAMETER.sub(lambda found: _text(_value(found[1], values)), node.value)
        except KeyError as error:
            has = f"there are {', '.join(params)}" if params else "there are none"
            place = node.place
            what = f"no parameter is called {error}"
            path = place.path or source.path
            remedy = f"{has}; add it to 'with'"
            mistakes.append(Mistake(path, place.line, place.column, what, remedy))
            return node
        return leaf(text, node.place)

    kept = {name: e for name, e in source.root.entries.items() if name not in {*_CONSUMED, "with"}}
    done = {name: entry.over(rebuilt(entry.node, fill)) for name, entry in kept.items()}
    if mistakes:
        raise ScenarioError(set(mistakes))
    if values:
        done["with"] = leaf(values, source.root.place).entry
    return mapping(done, source.root.place)


def _value(path: str, params: Mapping[str, Json]) -> Json:
    _, *steps = path.split(".")
    value: Json = params
    for step in steps:
        if not isinstance(value, Mapping) or step not in value:
            raise KeyError(".".join(steps))
        value = value[step]
    return value


def _text(value: Json) -> str:
    return value if isinstance(value, str) else compact(value)


def _mistake(source: Source, loc: tuple[str | int, ...], what: str, remedy: str) -> ScenarioError:
    return ScenarioError([source.mistake(loc, what, remedy)])
