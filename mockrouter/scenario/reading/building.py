"""From the value of a file to a model of it."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from mockrouter.errors import ScenarioError
from mockrouter.scenario.reading.source import Source

M = TypeVar("M", bound=BaseModel)


def build(source: Source, model: type[M]) -> M:
    """
    Make the model of a file.

    Raises:
        ScenarioError: With every mistake in it.
    """
    try:
        return model.model_validate(source.value)
    except ValidationError as error:
        # All that words are found with; sound files do without.
        from mockrouter.scenario.reading.mistakes import mistakes_of  # noqa: PLC0415

        raise ScenarioError(mistakes_of(error, source, model)) from None
