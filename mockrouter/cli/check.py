"""Reading scenario files and saying all that is wrong with them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mockrouter.cli.group import WRONG
from mockrouter.cli.options import paths as paths_argument
from mockrouter.cli.terminal import count
from mockrouter.errors import Mistake, ScenarioError

if TYPE_CHECKING:
    from mockrouter.scenario.library import Library


@click.command()
@paths_argument()
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "github"]),
    default="text",
    show_default=True,
    help="github prints annotations, which GitHub shows beside the lines of a pull request.",
)
def command(paths: tuple[Path, ...], format_: str) -> None:
    """
    Find every mistake in scenario files.

    PATH is a file or a folder; without one, the scenarios that come with mockrouter are checked.
    Prints a line for each mistake, as path:line:column, what is wrong and what to do. Exits with 1
    if there is any. A fault that strikes no reply to any sample of what clients ask, or changes
    none, is a warning.
    """
    from mockrouter import catalogue  # noqa: PLC0415
    from mockrouter.scenario.folders import SUFFIXES_IN_FOLDERS, files  # noqa: PLC0415
    from mockrouter.scenario.library import load  # noqa: PLC0415

    asked = paths or (catalogue.folder(),)
    empty = [path for path in asked if not files(path)]
    endings = " or ".join(SUFFIXES_IN_FOLDERS)
    for path in empty:
        click.echo(f"{path} holds no scenario; in a folder their names end in {endings}", err=True)
    line = _annotation if format_ == "github" else _line
    try:
        library = load(asked, catalogue.folder())
        warnings = _rehearsed(library)
    except ScenarioError as error:
        mistakes = sorted(set(error.mistakes))
        click.echo("\n".join(line(each) for each in mistakes))
        click.echo(f"{count(len(mistakes), 'mistake')}", err=True)
        raise SystemExit(WRONG) from None
    if empty:
        raise SystemExit(WRONG)
    for warning in warnings:
        click.echo(line(warning, "warning"))
    for name in dict.fromkeys(s.name.partition("@")[0] for s in library.active):
        for skipped in library.named[name].skipped:
            click.echo(f"not applicable: {skipped.name}: {skipped.reason}")
    number = len(library.active)
    with_ = f", with {count(len(warnings), 'warning')}" if warnings else ""
    click.echo(f"{count(number, 'scenario')} {'is' if number == 1 else 'are'} fine{with_}")


def _rehearsed(library: Library) -> list[Mistake]:
    """Find also the mistakes that only show when the scenarios are played, and what may be one."""
    from mockrouter.engine.rehearsal import (  # noqa: PLC0415 - imports much
        doubtful_faults,
        idle_cuts,
        idle_faults,
    )

    mistakes = [each for found in library.active for each in idle_faults(library, found)]
    if mistakes:
        raise ScenarioError(mistakes)
    doubts = {each for found in library.active for each in doubtful_faults(library, found)}
    return sorted({*doubts, *idle_cuts(library.active)})


def _line(mistake: Mistake, kind: str = "error") -> str:
    return str(mistake) if kind == "error" else f"{kind}: {mistake}"


def _annotation(mistake: Mistake, kind: str = "error") -> str:
    """
    Write a workflow command.

    Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
    """
    place = f"file={_escaped(mistake.path, ',:')},line={mistake.line},col={mistake.column}"
    return f"::{kind} {place}::{_escaped(f'{mistake.what}; {mistake.remedy}')}"


def _escaped(text: str, further: str = "") -> str:
    for character in f"%\r\n{further}":
        text = text.replace(character, f"%{ord(character):02X}")
    return text
