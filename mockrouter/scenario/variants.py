"""The variants that a matrix makes: what they are called, and which there are not."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import product
from typing import Annotated, Any, Final

from pydantic import Field

from mockrouter.errors import ScenarioError
from mockrouter.scenario.reading.source import Source
from mockrouter.scenario.reading.tree import Place
from mockrouter.values import Json, JsonObject

CONDITIONS: Final = ("dialect", "profile", "stream")
"""Axes of a matrix that say which requests a variant answers."""

_LABEL: Final = re.compile(r"[^a-z0-9._]+")
_WHOLE: Final = re.compile(r"\bparams\b(?!\.)")
"""Where a template may mean any of the parameters."""

Axis = Annotated[list[Any], Field(min_length=1)] | Annotated[dict[str, Any], Field(min_length=1)]


def check(
    source: Source, axes: Mapping[str, Any], rows: Sequence[JsonObject], *, used: Collection[str]
) -> None:
    """
    Refuse an axis on which nothing depends, and a row that leaves no variant out.

    Args:
        source: The file, composed.

        axes: Its matrix.

        rows: The parameters of ``not_applicable``.

        used: Names of the parameters that the file speaks of.

    Raises:
        ScenarioError: Names the first.
    """
    for name in axes:
        if not (name in CONDITIONS or name in used or _is_whole(source.value)):
            what = f"nothing depends on '{name}', so its variants are all alike"
            raise _mistake(
                source, ("matrix", name), what, f"write {{{{ params.{name} }}}} somewhere"
            )
    variants = [values for _, values in combinations(source, axes)] if rows else []
    for number, row in enumerate(rows):
        if not any(is_meant(row, values) for values in variants):
            what = "there is no such variant"
            remedy = f"write values of {', '.join(axes)}" if axes else "add a 'matrix'"
            raise _mistake(source, ("not_applicable", number), what, remedy)


def combinations(source: Source, axes: Mapping[str, Any]) -> Iterator[tuple[str, JsonObject]]:
    """
    List the variants: what each is called, and its values of the axes.

    Raises:
        ScenarioError: Two have one name.
    """
    labelled = {name: _labelled(name, axis) for name, axis in axes.items()}
    seen: dict[str, JsonObject] = {}
    for combination in product(*labelled.values()):
        label = "-".join(word for word, _ in combination)
        values = {name: value for name, (_, value) in zip(labelled, combination, strict=True)}
        if seen.setdefault(label, values) is not values:
            what = f"two variants are called '{label}'"
            raise _mistake(source, ("matrix",), what, "name the values: {name: value}")
        yield label, values


def is_meant(row: JsonObject, values: JsonObject) -> bool:
    """Tell whether a row of ``not_applicable`` means the variant of these values."""
    return all(name in values and _fits(value, values[name]) for name, value in row.items())


def place(source: Source, name: str) -> Place:
    """Find the place of an axis."""
    return source.root.entries["matrix"].node.entries[name].place


def _is_whole(value: Json) -> bool:
    """Tell whether a template somewhere speaks of all parameters at once."""
    if isinstance(value, str):
        return _WHOLE.search(value) is not None
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(map(_is_whole, inner))


def _labelled(name: str, axis: list[Json] | dict[str, Json]) -> list[tuple[str, Json]]:
    if isinstance(axis, dict):
        return [(_slug(word), value) for word, value in axis.items()]
    return [(_word(name, value), value) for value in axis]


def _word(name: str, value: Json) -> str:
    if isinstance(value, bool):
        positive, negative = ("stream", "plain") if name == "stream" else (name, f"no-{name}")
        return _slug(positive if value else negative)
    return _slug("none" if value is None else str(value))


def _slug(word: str) -> str:
    return _LABEL.sub("-", word.lower()).strip("-") or "empty"


def _fits(wanted: Json, value: Json) -> bool:
    return any(
        one == value and isinstance(one, bool) is isinstance(value, bool)
        for one in (wanted if isinstance(wanted, list) else [wanted])
    )


def _mistake(source: Source, loc: tuple[str | int, ...], what: str, remedy: str) -> ScenarioError:
    return ScenarioError([source.mistake(loc, what, remedy)])
