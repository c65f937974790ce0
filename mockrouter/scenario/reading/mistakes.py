"""
From pydantic's errors to mistakes in the author's words, each at its line and column.

A model's own validators raise ``ValueError`` (or ``PydanticCustomError``) with the message
``"what is wrong; what to do"``: it is split at the first ``"; "``. The mistake stands at the value
that was validated; a ``PydanticCustomError`` may point at a part of it with the context
``{"at": ["key", 0]}``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from mockrouter.errors import Mistake
from mockrouter.scenario.reading.alternatives import Found, fitting
from mockrouter.scenario.reading.schema import SchemaWalk, Step, part
from mockrouter.scenario.reading.source import Source
from mockrouter.scenario.reading.wording import say
from mockrouter.values import Json


def mistakes_of(error: ValidationError, source: Source, model: type[BaseModel]) -> list[Mistake]:
    """
    Say every error in the words of the file.

    Args:
        error: From validating ``source.value`` with *model*.

        source: Knows the places.

        model: Knows the keys and words that are valid at each place.

    Returns:
        Sorted by place, each once. Of a union's branches, only the one that fits best what was
        written is heard.
    """
    walk = SchemaWalk(model)
    found = [_found(details, walk, source.value) for details in error.errors(include_url=False)]
    sentences = map(say, _without_echoes(fitting(found)))
    return sorted({source.mistake(s.loc, s.what, s.remedy, key=s.key) for s in sentences})


def _found(details: ErrorDetails, walk: SchemaWalk, value: Json) -> Found:
    """Add to an error what the model knows at its place."""
    kind, loc = details["type"], details["loc"]
    context = details.get("ctx", {})
    steps, schema = walk.follow(loc, value)
    written = details["input"]
    one = Found(kind, steps, written, details["msg"], context, wanted=walk.wanted(schema))
    if kind in ("extra_forbidden", "missing"):
        parents, parent = walk.follow(loc[:-1], value)
        siblings = written if kind == "missing" else _value_at(parents, value)
        known = walk.keys(parent)
        return replace(one, keys=known, siblings=siblings if isinstance(siblings, dict) else {})
    if isinstance(written, list):
        last = max((at for at, step in enumerate(steps) if step.real), default=0)
        one = replace(one, keys=walk.keys(walk.follow(loc[:last], value)[1]))
    if kind == "union_tag_invalid" and context["discriminator"].startswith("'"):
        tag = part(written, context["discriminator"].strip("'"))
        return replace(one, words=walk.tags(schema), input=tag)
    by_tag = kind in ("union_tag_invalid", "union_tag_not_found")
    return replace(one, words=walk.tags(schema) if by_tag else walk.words(schema))


def _value_at(steps: Iterable[Step], value: Json) -> Json:
    for step in steps:
        if step.real:
            value = part(value, step.element)
    return value


def _without_echoes(found: Iterable[Found]) -> list[Found]:
    """Drop a missing key whose misspelt form is already a mistake."""
    found = list(found)
    misspelt = {(*one.loc[:-1], one.near) for one in found if one.kind == "extra_forbidden"}
    return [one for one in found if one.kind != "missing" or one.loc not in misspelt]
