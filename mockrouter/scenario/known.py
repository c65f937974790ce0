"""Which names templates know, and which they only seem to: a mistake that shows at load."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from mockrouter.scenario.spelling import near

NAMES: Final = (
    *("user", "system", "model", "request", "headers", "tools", "results", "result", "calls"),
    *("turn", "attempt", "fake", "uuid", "counter", "epoch", "iso", "http_date", "params"),
)
"""Those of every template; ``names`` gives their values."""

_HEADS: Final = re.compile(r"\{\{\s*([a-z_]\w*)", re.ASCII | re.IGNORECASE)
"""The first word of each expression."""


def refuse_unknown(source: str, own: Iterable[str] = (), *, naming: bool = False) -> None:
    """
    Refuse names that a template speaks of, and that nothing gives it.

    Those that it sets itself, and what Jinja brings along, are known.

    Args:
        source: A template that Jinja can read.

        own: Names that are known here beside ``NAMES``.

        naming: Whether its expressions do no more than name values, by dots.

    Raises:
        ValueError: As "what; remedy", for the first of them.
    """
    known = {*NAMES, *own}
    if naming and known.issuperset(_HEADS.findall(source)):
        return
    # Only scenarios with such templates pay for Jinja.
    from jinja2 import meta  # noqa: PLC0415

    from mockrouter.scenario.sandbox import Sandbox  # noqa: PLC0415

    unknown = meta.find_undeclared_variables(Sandbox().parse(source)) - known
    if unknown:
        name = min(unknown, key=source.index)
        listed = [*own, *NAMES]
        found = near(name, listed)
        there = f"did you mean {' or '.join(found)}?" if found else f"there are {', '.join(listed)}"
        message = f"the template speaks of '{name}', which nothing is called; {there}"
        raise ValueError(message)
