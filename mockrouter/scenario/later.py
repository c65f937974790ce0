"""Scenarios whose models are made when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import NamedTuple

from mockrouter.scenario.outline import Outline
from mockrouter.scenario.scenario import Content, Scenario, Skipped
from mockrouter.values import Json


class Sketch(NamedTuple):
    """
    All of a scenario but what its file says.

    Attributes:
        name: What it is chosen by.

        outline: What is asked of every scenario.

        variants: The same of each of its variants.

        skipped: Variants that are not applicable.
    """

    name: str
    outline: Outline
    variants: tuple[Sketch, ...] = ()
    skipped: tuple[Skipped, ...] = ()


def sketch(scenario: Scenario) -> Sketch:
    """Leave out what the file of a scenario says."""
    variants = tuple(map(sketch, scenario.variants))
    return Sketch(scenario.name, scenario.outline, variants, scenario.skipped)


def sketch_again(value: Json) -> Sketch:
    """Take a sketch out of JSON."""
    name, (*told, fact), variants, skipped = value
    outline = Outline._make([*told, fact and tuple(fact)])
    return Sketch(
        name, outline, tuple(map(sketch_again, variants)), tuple(Skipped(*each) for each in skipped)
    )


def later(
    drawn: Sketch, path: str, bases: Mapping[str, str], make: Callable[[], Scenario]
) -> Scenario:
    """
    Make a scenario of a sketch.

    Args:
        drawn: The sketch.

        path: Of the file.

        bases: The files of its bases, by the names that ask for them.

        make: Reads the file; called once, when a model is first asked for.
    """
    name, outline, inner, skipped = drawn
    if not inner:
        return Scenario(name, path, outline, lambda: make().content(), bases)
    once = cache(make)
    variants = tuple(
        Scenario(one.name, path, one.outline, partial(_variant, once, number), bases)
        for number, one in enumerate(inner)
    )
    return Scenario(name, path, outline, variants[0].content, bases, variants, skipped)


def _variant(make: Callable[[], Scenario], number: int) -> Content:
    return make().variants[number].content()
