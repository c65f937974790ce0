"""Showing what a scenario sends."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mockrouter.cli.group import WRONG
from mockrouter.cli.options import PROFILES
from mockrouter.cli.terminal import console
from mockrouter.errors import CannotAnswer

if TYPE_CHECKING:
    from mockrouter.cli.stand_in import Answered, Asking
    from mockrouter.engine.journal import Exchange
    from mockrouter.engine.settings import Settings
    from mockrouter.scenario.library import Library
    from mockrouter.scenario.scenario import Scenario
    from mockrouter.values import JsonObject


@click.command()
@click.argument("scenario", metavar="NAME|PATH")
@click.option(
    "--turn",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    metavar="N",
    help="Which turn, from 1.",
)
@click.option(
    "--attempt",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    metavar="N",
    help="Which attempt at it, where the turn lists several.",
)
@click.option(
    "--dialect",
    type=click.Choice(["chat", "responses"]),
    show_default="what it is made for, or chat",
    help="The format: Chat Completions or Responses.",
)
@click.option(
    "--profile",
    type=click.Choice(PROFILES),
    show_default="what it is made for, or openai",
    help="The provider whose manner it is in.",
)
@click.option(
    "--stream/--no-stream",
    default=None,
    show_default="what it is made for, or a stream",
    help="As a stream, or not.",
)
@click.option("--diff", type=click.Choice(PROFILES), help="Show what this provider does otherwise.")
@click.option("--full", is_flag=True, help="In a terminal, show what all events repeat as well.")
@click.option("--raw", is_flag=True, help="Print the body's bytes as they are, for a pipe.")
@click.option(
    "--request",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Send the JSON body in this file in place of a question about the weather.",
)
@click.option(
    "--seed", type=int, default=0, show_default=True, help="Chance of all that is made up."
)
def command(  # noqa: PLR0913 - one for each option
    scenario: str,
    turn: int,
    attempt: int,
    dialect: str | None,
    profile: str | None,
    *,
    stream: bool | None,
    diff: str | None,
    full: bool,
    raw: bool,
    request: Path | None,
    seed: int,
) -> None:
    """
    Print what a scenario sends over the wire.

    NAME is one of `mockrouter list`, PATH a scenario file. A stand-in client asks for the weather,
    offers a tool for it, and plays the conversation up to the turn that you ask for.
    """
    from mockrouter.cli.manner import Manner, excluded, fitting  # noqa: PLC0415
    from mockrouter.cli.stand_in import Asking, ask  # noqa: PLC0415
    from mockrouter.engine.settings import Settings  # noqa: PLC0415 - imports much

    library, found = _load(scenario)
    settings = Settings(seed=seed)
    check_range(found, turn, attempt)
    body = _read(request) if request else None
    given = Manner(dialect, profile, stream)
    manner = fitting(found, given)
    asking = Asking(
        scenario=found.name,
        turn=turn,
        attempt=attempt,
        dialect=manner.dialect or "chat",
        profile=manner.profile or "openai",
        stream=stream if body else manner.stream,
        body=body,
    )
    if wrong := excluded(found, given):
        click.echo(f"warning: {wrong}", err=True)
    if diff:
        _diff(library, asking, diff, settings)
        return
    answered = ask(library, asking, settings)
    if raw:
        click.echo(answered.wire.body, nl=False)
    else:
        _show(found, asking, answered, full=full)
    _complain(answered.exchange)


def _load(name: str) -> tuple[Library, Scenario]:
    from mockrouter import catalogue  # noqa: PLC0415
    from mockrouter.scenario.folders import SUFFIXES  # noqa: PLC0415
    from mockrouter.scenario.library import load, unknown  # noqa: PLC0415

    path, builtin = Path(name), catalogue.folder()
    file, _, label = name.rpartition("@")
    if path.suffix in SUFFIXES or path.is_file():
        return _of_file(load([path], builtin), "")
    if Path(file).is_file():
        return _of_file(load([Path(file)], builtin), label)
    library = load([], builtin)
    if name in library.named:
        return library, library.named[name]
    if path.is_dir():
        raise click.UsageError(f"'{name}' is a folder; name one scenario file in it")
    if beside := [f"{name}{end}" for end in SUFFIXES if Path(f"{name}{end}").is_file()]:
        raise click.UsageError(f"no scenario is named '{name}'; did you mean {beside[0]}?")
    raise click.UsageError(unknown(name, library.named, "mockrouter list"))


def _of_file(library: Library, label: str) -> tuple[Library, Scenario]:
    """Find a file's scenario, or the variant of it that is asked for."""
    own = library.active[0].name.partition("@")[0]
    try:
        return library, library.find(f"{own}@{label}" if label else own)
    except CannotAnswer as error:
        raise click.UsageError(error.message) from None


def check_range(scenario: Scenario, turn: int, attempt: int) -> None:
    """
    Refuse a turn or an attempt that the scenario has not.

    Raises:
        UsageError: Says which there are.
    """
    turns = scenario.model.turns
    if turn > len(turns) and scenario.model.then != "repeat":
        raise click.UsageError(f"'{scenario.name}' has turns 1 to {len(turns)}, no turn {turn}")
    attempts = len(turns[min(turn, len(turns)) - 1].attempts or (1,))
    if attempt > attempts:
        has = f"attempts 1 to {attempts}" if attempts > 1 else "one attempt"
        raise click.UsageError(f"turn {turn} of '{scenario.name}' has {has}, no attempt {attempt}")


def _read(path: Path) -> JsonObject:
    try:
        body = json.loads(path.read_bytes())
    except ValueError as error:
        raise click.UsageError(f"{path} is no JSON: {error}") from None
    if not isinstance(body, dict):
        raise click.UsageError(f"{path} is no request: a body is a JSON object")
    return body


def _show(scenario: Scenario, asking: Asking, answered: Answered, *, full: bool) -> None:
    from mockrouter.cli.frames import show  # noqa: PLC0415
    from mockrouter.cli.manner import facts  # noqa: PLC0415

    out = console()
    turns = scenario.model.turns
    beyond = asking.turn > len(turns)
    words = [scenario.name, f"turn {asking.turn} of {len(turns)}"]
    words[-1] += ", repeated" if beyond else ""
    attempts = turns[-1 if beyond else asking.turn - 1].attempts
    if attempts:
        words.append(f"attempt {asking.attempt} of {len(attempts)}")
    out.print(" · ".join([*words, asking.dialect, asking.profile]), style="cyan")
    if scenario.model.summary:
        out.print(scenario.model.summary, style="dim")
    for line in facts(scenario, asking):
        out.print(line, style="dim", markup=False, highlight=False)
    out.print(f"\nPOST {answered.exchange.path}", style="bold")
    show(answered.wire, out, full=full)


def _diff(library: Library, asking: Asking, other: str, settings: Settings) -> None:
    from mockrouter.cli.frames import show_diff  # noqa: PLC0415
    from mockrouter.cli.stand_in import ask  # noqa: PLC0415

    old = ask(library, asking, settings)
    new = ask(library, replace(asking, profile=other), settings)
    if not show_diff(old.wire, new.wire, (asking.profile, other), console()):
        click.echo(f"{asking.profile} and {other} send the same here", err=True)
    _complain(new.exchange)


def _complain(exchange: Exchange) -> None:
    """Say on stderr what the mock itself has to say; exit with 1 where it had no answer."""
    for warning in exchange.warnings:
        click.echo(f"warning: {warning}", err=True)
    if exchange.error:
        click.echo(f"the mock has no answer here ({exchange.error})", err=True)
        raise SystemExit(WRONG)
