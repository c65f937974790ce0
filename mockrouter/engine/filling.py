"""Filling in templates for one answer: with which names, and what is said where one fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TypeVar

from mockrouter.engine.cue import Cue, Loc
from mockrouter.errors import CannotAnswer, MockRouterError
from mockrouter.generate import InvalidSchema
from mockrouter.request import Request
from mockrouter.scenario import templates
from mockrouter.scenario.names import names
from mockrouter.scenario.templates import Template, TemplateFailed
from mockrouter.values import Json

Made = TypeVar("Made")


class Filling:
    """What all that is made for one answer has in common."""

    def __init__(self, request: Request, cue: Cue) -> None:
        """Answer *request* on *cue*."""
        self.request = request
        self.cue = cue

    @cached_property
    def names(self) -> Mapping[str, Json]:
        """The names that templates can use."""
        at = self.cue
        return names(
            self.request,
            turn=at.turn + 1,
            attempt=at.attempt + 1,
            rng=at.rng("names"),
            params=at.scenario.model.with_,
        )

    def fill(self, template: Template, loc: Loc) -> str:
        """
        Fill in a text.

        Raises:
            CannotAnswer: It fails; names the line.
        """
        if not template.dynamic:
            return template.source
        return self.guard(loc, lambda: template.render(self.names))

    def value(self, value: Json, loc: Loc) -> Json:
        """
        Fill in a JSON value.

        Raises:
            CannotAnswer: It fails; names the line.
        """
        return self.guard(loc, lambda: templates.fill(value, self.names))

    def where(self, loc: Loc) -> str:
        """Say where a part of the answer stands."""
        return self.cue.scenario.where(*self.cue.loc, *loc)

    def guard(self, loc: Loc, make: Callable[[], Made]) -> Made:
        """
        Make something, or say where it is written why that fails.

        Raises:
            CannotAnswer: It fails.
        """
        try:
            return make()
        except TemplateFailed as error:
            remedy = "mend it, or guard it with {% if %}"
            message = f"{self.where(loc)}: the template failed: {error}; {remedy}"
            raise CannotAnswer("mockrouter_template", message, status=500) from error
        except (CannotAnswer, InvalidSchema):
            raise
        except (MockRouterError, ValueError) as error:
            message = f"{self.where(loc)}: {error}"
            raise CannotAnswer("mockrouter_cannot_compose", message, status=500) from error
