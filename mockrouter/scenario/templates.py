"""
Templates in strings, such as ``It is {{ results.get_weather.temp }} degrees``.

Jinja in its immutable sandbox, with every undefined name an error and an end to everything. A
string without ``{{`` or ``{%`` is no template. Jinja is imported with the first that is filled in,
or that may be wrong.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Final, TypeVar

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import core_schema

from mockrouter.scenario.known import refuse_unknown
from mockrouter.values import Json, JsonObject, compact

if TYPE_CHECKING:
    import jinja2

Made = TypeVar("Made")

_LONE: Final = re.compile(r"\{\{(?![-+])((?:(?!\}\}).)+)(?<!-)\}\}", re.DOTALL)
"""One expression and nothing around it."""

_NAMING: Final = re.compile(
    r"""(?: [^{] | \{(?![{%#])
        | \{\{ \s* (?!(?:and|else|if|in|is|not|or)\b) [a-z_]\w*
          (?:\.[a-z_]\w*){0,20} (?:\(\))? \s* (?:\|\s*json\s*)? }}
    )*""",
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)
"""A text in which templates do no more than name values: Jinja can read each of these."""


class TemplateFailed(Exception):
    """A template failed while it was evaluated; the message is one clause."""


class Template:
    """
    A string that may hold templates, compiled once: at load if it may be wrong, else when needed.

    Attributes:
        source: The string as the author wrote it.

        dynamic: Whether it holds a template at all.
    """

    __slots__ = ("_compiled", "_expression", "dynamic", "source")

    def __init__(self, source: str) -> None:
        """
        Read *source*.

        Raises:
            ValueError: It is not a template that can be read, as "what; remedy".
        """
        self.source = source
        self.dynamic = "{{" in source or "{%" in source
        # Compiling takes longer than all else that is done to a scenario at load.
        may_be_wrong = self.dynamic and not _NAMING.fullmatch(source)
        self._compiled = _compile(source) if may_be_wrong else None
        self._expression: Callable[..., Json] | None = None

    def render(self, names: Mapping[str, Json]) -> str:
        """
        Fill in *names*.

        Raises:
            TemplateFailed: A name is undefined, or the expression fails.
        """
        if not self.dynamic:
            return self.source
        compiled = self._compiled
        if compiled is None:
            compiled = self._compiled = _compile(self.source)
        from mockrouter.scenario.sandbox import render  # noqa: PLC0415

        return _guarded(lambda: render(compiled, names))

    def value(self, names: Mapping[str, Json]) -> Json:
        """
        Evaluate to the JSON value of the one expression that is all there is, else to the text.

        Raises:
            TemplateFailed: As ``render``.
        """
        lone = _LONE.fullmatch(self.source)
        if lone is None:
            return self.render(names)
        from mockrouter.scenario.sandbox import Sandbox, with_budget  # noqa: PLC0415

        expression = self._expression
        if expression is None:
            expression = Sandbox().compile_expression(lone[1], undefined_to_none=False)
            self._expression = expression
        return _guarded(lambda: _plain(expression(**with_budget(names))))

    def __eq__(self, other: object) -> bool:
        """Two templates are equal when their sources are."""
        return isinstance(other, Template) and self.source == other.source

    def __hash__(self) -> int:
        """Hash the source."""
        return hash(self.source)

    def __repr__(self) -> str:
        """Show the source."""
        return f"Template({self.source!r})"

    @property
    def naming(self) -> bool:
        """Whether it does no more than name values; asked before it is filled in."""
        return self._compiled is None

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Read a template from a string of the file."""
        return core_schema.no_info_after_validator_function(
            read,
            core_schema.str_schema(strict=True),
            serialization=core_schema.to_string_ser_schema(),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonObject:
        """Show a template as a string to editors."""
        return {"type": "string"}


def _guarded(evaluate: Callable[[], Made]) -> Made:
    try:
        return evaluate()
    except RecursionError as error:
        message = "the template calls itself without end"
        raise TemplateFailed(message) from error
    except Exception as error:  # a template may raise anything: it is the author's code
        raise TemplateFailed(str(error) or type(error).__name__) from error


def _plain(value: Json) -> Json:
    """Make a JSON value of what an expression came to; what JSON does not know becomes its text."""
    from mockrouter.scenario.sandbox import JsonText  # noqa: PLC0415

    if isinstance(value, JsonText | dict | list):
        return json.loads(value if isinstance(value, str) else compact(value))
    return value if value is None or isinstance(value, str | bool | int | float) else str(value)


def is_dynamic(value: Json) -> bool:
    """Tell whether any string in a JSON value holds a template."""
    if isinstance(value, str):
        return "{{" in value or "{%" in value
    if isinstance(value, dict):
        return any(is_dynamic(inner) for inner in value.values())
    return isinstance(value, list) and any(map(is_dynamic, value))


def fill(
    value: Json, names: Mapping[str, Json], read: Callable[[str], Template] = Template
) -> Json:
    """
    Fill in every template in a JSON value.

    A string that is one expression and nothing else (``"{{ results.x.count }}"``) becomes the
    expression's JSON value; a text stays a text, ``"90210"`` too.

    Args:
        value: What the author wrote.

        names: What templates may speak of.

        read: Reads a template; may remember those that it has read.
    """
    if isinstance(value, str):
        return read(value).value(names)
    if isinstance(value, dict):
        return {key: fill(inner, names, read) for key, inner in value.items()}
    if isinstance(value, list):
        return [fill(inner, names, read) for inner in value]
    return value


def read(source: str, own: Iterable[str] = ()) -> Template:
    """
    Read what an author wrote, with the names that are known there beside those of all templates.

    Raises:
        ValueError: It cannot be read, or speaks of what nothing is called, as "what; remedy".
    """
    template = Template(source)
    if template.dynamic:
        refuse_unknown(source, own, naming=template.naming)
    return template


def check(value: Json, own: Iterable[str] = ()) -> Json:
    """Read every template in a JSON value, as ``read``, to find its mistakes at load."""
    if isinstance(value, str):
        read(value, own)
    elif isinstance(value, dict):
        for inner in value.values():
            check(inner, own)
    elif isinstance(value, list):
        for inner in value:
            check(inner, own)
    return value


def _compile(source: str) -> jinja2.Template:
    # Only scenarios with templates pay for Jinja.
    from jinja2 import TemplateSyntaxError  # noqa: PLC0415

    from mockrouter.scenario.sandbox import Sandbox  # noqa: PLC0415

    try:
        return Sandbox().read(source)
    except TemplateSyntaxError as error:
        message = (
            f"the template cannot be read: {error.message}; "
            "write {{ name }}, or {{ '{{' }} for two plain braces"
        )
        raise ValueError(message) from error
