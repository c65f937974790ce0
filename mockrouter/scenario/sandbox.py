"""
Jinja's sandbox with a budget, so that every template comes to an end.

Jinja itself bounds a range and not what is inside of it. Here each turn of a loop and each call is
a step, and what expressions write is counted; both are counted anew for each filling.

Source: https://jinja.palletsprojects.com/en/stable/sandbox/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from jinja2 import StrictUndefined, Template, nodes, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mockrouter.values import Json, compact

_STEPS = 100_000
_CHARACTERS = 10_000_000
_BITS = 100_000
_BUDGET = "(budget)"
"""A name that no template can write."""


class TooMuch(Exception):
    """A template does or writes more than it may; the message is one clause."""


class Budget:
    """What is left of one filling's steps and characters."""

    def __init__(self) -> None:
        """Start anew."""
        self._steps = _STEPS
        self._characters = _CHARACTERS

    def take(self, steps: int) -> None:
        """
        Count steps.

        Raises:
            TooMuch: There are no more.
        """
        self._steps -= steps
        if self._steps < 0:
            message = f"it takes more than {_STEPS:,} turns of loops and calls"
            raise TooMuch(message)

    def write(self, characters: int) -> None:
        """
        Count characters.

        Raises:
            TooMuch: There are no more.
        """
        self._characters -= characters
        if self._characters < 0:
            message = f"it comes to more than {_CHARACTERS:,} characters"
            raise TooMuch(message)


class JsonText(str):
    """What the filter ``json`` makes; alone in a string, it stands for its value."""

    __slots__ = ()


class Sandbox(ImmutableSandboxedEnvironment):
    """The environment of all templates: every undefined name is an error, values look like JSON."""

    intercepted_binops = frozenset({"*", "**"})

    def __init__(self) -> None:
        """Know the filter ``json``."""
        super().__init__(
            undefined=StrictUndefined,
            keep_trailing_newline=True,
            autoescape=False,
            finalize=_shown,
        )
        self.filters["json"] = lambda value: JsonText(compact(value))
        self.filters[_BUDGET] = _counted

    def read(self, source: str) -> Template:
        """
        Compile a template.

        Raises:
            TemplateSyntaxError: It cannot be read.
        """
        tree = self.parse(source)
        for loop in tree.find_all(nodes.For):
            loop.iter = nodes.Filter(loop.iter, _BUDGET, [], [], None, None, lineno=loop.lineno)
        tree.set_environment(self)
        return self.from_string(tree)

    def call(self, context: Context, function: Json, /, *args: Json, **kwargs: Json) -> Json:
        """Call something; what takes a list may go through it, as a recursive loop does."""
        lists = (value for value in args if isinstance(value, range | list | tuple | dict))
        _budget(context).take(1 + sum(map(len, lists)))
        return super().call(context, function, *args, **kwargs)

    def call_binop(self, context: Context, operator: str, left: Json, right: Json) -> Json:
        """Multiply, unless the result is too large to be kept."""
        if operator == "**":
            if isinstance(left, int) and isinstance(right, int) and right > 0:
                _refuse_above(_BITS, left.bit_length() * right, "bits")
        else:
            for one, count in ((left, right), (right, left)):
                if isinstance(one, str | list | tuple) and isinstance(count, int):
                    _refuse_above(_CHARACTERS, len(one) * count, "characters or items")
        return super().call_binop(context, operator, left, right)


def with_budget(names: Mapping[str, Json]) -> dict[str, Json]:
    """Add a budget to the names of one filling."""
    return {**names, _BUDGET: Budget()}


def render(template: Template, names: Mapping[str, Json]) -> str:
    """
    Fill in a template.

    Raises:
        Exception: Whatever its expressions raise, and TooMuch.
    """
    whole = Budget()
    pieces: list[str] = []
    for piece in template.generate(with_budget(names)):
        whole.write(len(piece))
        pieces.append(piece)
    return "".join(pieces)


def _budget(context: Context) -> Budget:
    budget: Budget = context[_BUDGET]
    return budget


def _refuse_above(most: int, size: int, unit: str) -> None:
    if size > most:
        message = f"it comes to more than {most:,} {unit}"
        raise TooMuch(message)


@pass_context
def _counted(context: Context, items: Iterable[Json]) -> Iterator[Json]:
    budget = _budget(context)
    for item in items:
        budget.take(1)
        yield item


@pass_context
def _shown(context: Context, value: Json) -> Json:
    # A tool's result looks as the tool wrote it: true and not True, {"a":1} and not {'a': 1}.
    is_json = value is None or isinstance(value, bool | dict | list)
    shown = compact(value) if is_json else value
    _budget(context).write(len(shown) if isinstance(shown, str) else 1)
    return shown
