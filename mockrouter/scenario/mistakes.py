"""
From pydantic's errors to mistakes in the author's words, each at its line and column.

A model's own validators raise ``ValueError`` (or ``PydanticCustomError``) with the message
``"what is wrong; what to do"``: it is split at the first ``"; "``. The mistake stands at the value
that was validated; a ``PydanticCustomError`` may point at a part of it with the context
``{"at": ["key", 0]}``.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from mockrouter.errors import Mistake, ScenarioError
from mockrouter.scenario.alternatives import Found, fitting
from mockrouter.scenario.schema import SchemaWalk
from mockrouter.scenario.source import Source
from mockrouter.scenario.wording import say

M = TypeVar("M", bound=BaseModel)


def build(source: Source, model: type[M]) -> M:
    """
    Validate a file's value.

    Raises:
        ScenarioError: With every mistake in it.
    """
    try:
        return model.model_validate(source.value)
    except ValidationError as error:
        raise ScenarioError(mistakes_of(error, source, model)) from None


def mistakes_of(
    error: ValidationError, source: Source, model: type[BaseModel]
) -> list[Mistake]:
    """
    Say every error in the words of the file.

    Args:
        error: From validating ``source.value`` (or a part of the same shape) with *model*.

        source: Knows the places.

        model: Knows the keys and words that are valid at each place.

    Returns:
        Sorted by place, each once. Of a union's branches, only the one that fits what was written
        best is heard.
    """
    walk = SchemaWalk(model)
    found = [_found(details, walk, source) for details in error.errors(include_url=False)]
    heard = _without_echoes(fitting(found))
    return sorted({_mistake(one, source) for one in heard})


def _found(details: ErrorDetails, walk: SchemaWalk, source: Source) -> Found:
    ...
