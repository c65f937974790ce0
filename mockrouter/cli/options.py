"""What several commands take."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

PROFILES = ("openrouter", "openai", "solrouter")
"""Names for ``--profile``; a test compares them with the table, which takes long to import."""

EXISTING = click.Path(exists=True, path_type=Path)


def option(*declarations: str, **settings: Any) -> Callable[[F], F]:  # noqa: ANN401 - click's
    """Declare an option that can also be set as ``MOCKROUTER_NAME``, and that says so."""
    name = next(word for word in declarations if word.startswith("--"))
    variable = name.split("/")[0].lstrip("-").replace("-", "_").upper()
    settings.setdefault("envvar", f"MOCKROUTER_{variable}")
    return click.option(*declarations, show_envvar=True, **settings)


def time_scale() -> Callable[[F], F]:
    """Declare the factor on every wait."""
    return option(
        "--time-scale",
        type=click.FloatRange(min=0, max=1_000_000),
        default=1.0,
        show_default=True,
        metavar="FACTOR",
        help="Every wait of the server takes so many times as long; 0 for no waits.",
    )


def redact() -> Callable[[F], F]:
    """Declare the names whose values the journal does not hold."""
    return option(
        "--redact",
        multiple=True,
        metavar="NAME",
        help="Blank what stands under this name in the journal; may be repeated.",
    )


def paths(*, wording: str = "PATH") -> Callable[[F], F]:
    """Declare any number of scenario files and folders."""
    return click.argument("paths", nargs=-1, type=EXISTING, metavar=f"[{wording}]...")
