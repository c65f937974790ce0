"""Running a command against a server of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mockrouter.cli.caching import cache
from mockrouter.cli.group import WRONG
from mockrouter.cli.options import EXISTING, PROFILES, option, redact, time_scale

if TYPE_CHECKING:
    from mockrouter.engine.engine import Engine

_WHERE = "Write the command behind two dashes: mockrouter run -- npm test"
_NOT_FOUND = 127
_NOT_EXECUTABLE = 126
_SIGNALED = 128


class _BeforeCommand(click.Command):
    """Keeps what stands behind ``--`` apart, which click would mix with the paths."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        words = list(args)
        if "--" in words:
            at = words.index("--")
            words, ctx.meta["mockrouter.command"] = words[:at], words[at + 1 :]
            return super().parse_args(ctx, words)
        try:
            return super().parse_args(ctx, words)
        except click.BadParameter as error:
            # Most likely the command itself, which click takes for a path or an option.
            raise click.UsageError(f"{error.format_message()} {_WHERE}", ctx) from None

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return [*super().collect_usage_pieces(ctx), "-- COMMAND [ARGS]..."]


@click.command(cls=_BeforeCommand)
@click.argument("paths", nargs=-1, type=EXISTING, metavar="[PATH]...")
@click.option(
    "--profile",
    type=click.Choice(PROFILES),
    default="openai",
    show_default=True,
    help="The provider that OPENAI_BASE_URL points to.",
)
@option("--seed", type=int, default=0, show_default=True, help="Chance of all that is made up.")
@option(
    "--strict",
    is_flag=True,
    help="Refuse what no scenario answers; exit with 1 where requests had no answer, turns of "
    "PATH were never asked for, or a failure was never met.",
)
@time_scale()
@redact()
@cache()
@click.option("--log", is_flag=True, help="Log requests on stderr.")
@click.pass_context
def command(  # noqa: PLR0913 - one for each option
    ctx: click.Context,
    paths: tuple[Path, ...],
    *,
    profile: str,
    seed: int,
    strict: bool,
    time_scale: float,
    redact: tuple[str, ...],
    cache: Path | None,
    log: bool,
) -> None:
    """
    Run a command with a mock server of its own.

    Serves PATH (or 'auto') on a free port, and points the command to it by the variables that SDKs
    read: OPENAI_BASE_URL, OPENAI_API_KEY, OPENROUTER_BASE_URL and their like, and MOCKROUTER_URL.
    Exits with the command's own code; with --strict also with 1, once the command is content and
    the mock is not. Made for the tests of projects in any language:

        mockrouter run scenarios/ -- npm test
    """
    words: list[str] = ctx.meta.get("mockrouter.command", [])
    if not words:
        raise click.UsageError(f"No command. {_WHERE}")
    from mockrouter.cli.serving import build, over_http  # noqa: PLC0415 - the whole server
    from mockrouter.engine.settings import Settings  # noqa: PLC0415
    from mockrouter.harness.environment import environment  # noqa: PLC0415
    from mockrouter.scenario.cache import Cache  # noqa: PLC0415
    from mockrouter.serving.server import HttpServer  # noqa: PLC0415

    settings = Settings(seed=seed, strict=strict, time_scale=time_scale, redact=redact)
    engine = build(paths, settings, cache=Cache(cache) if cache else None)
    with HttpServer(over_http(engine, log=log)) as server:
        code = run(words, {**os.environ, **environment(server.url, profile, os.environ)})
    wrong = mistakes(engine) if strict else []
    for line in wrong:
        click.echo(f"mockrouter run: {line}", err=True)
    sys.exit(code or (WRONG if wrong else 0))


def mistakes(engine: Engine) -> list[str]:
    """List requests that had no answer, failures that nobody met, turns that nobody asked for."""
    from mockrouter.entries import entries  # noqa: PLC0415 - after the command, not before
    from mockrouter.harness.assertions import complaints  # noqa: PLC0415
    from mockrouter.harness.unmet import unmet  # noqa: PLC0415

    asked = entries(engine.journal)
    forgotten = engine.journal.forgotten()
    lost = f"{forgotten} requests are forgotten, as the journal is full; they are not judged"
    return [
        *complaints(asked),
        *unmet(asked, engine.library),
        *([lost] if forgotten else []),
        *engine.root.leftovers(),
    ]


def run(words: list[str], environ: dict[str, str]) -> int:
    """
    Run a command to its end; what signals ask of us, they ask of the command.

    Returns:
        Its exit code; as in shells 128 + n after signal n, 127 where there is no such command, 126
        where it cannot be run.
    """
    try:
        # What comes before the command is there waits for it.
        with _forwarding() as started:
            process = subprocess.Popen(words, env=environ)  # noqa: S603 - what the user asks for
            started(process)
            code = process.wait()
    except FileNotFoundError:
        click.echo(f"mockrouter run: there is no command '{words[0]}'", err=True)
        return _NOT_FOUND
    except OSError as error:
        click.echo(f"mockrouter run: '{words[0]}' cannot be run: {error.strerror}", err=True)
        return _NOT_EXECUTABLE
    return code if code >= 0 else _SIGNALED - code


@contextmanager
def _forwarding() -> Iterator[Callable[[subprocess.Popen[bytes]], None]]:
    """Take signals, for a process that is told as soon as it has started."""
    processes: list[subprocess.Popen[bytes]] = []
    early: list[int] = []

    def forward(number: int, _: object) -> None:
        # From the keyboard, Ctrl-C has reached the command already.
        if number == signal.SIGINT and _in_foreground():
            return
        if not processes:
            early.append(number)
        for process in processes:
            process.send_signal(number)

    def started(process: subprocess.Popen[bytes]) -> None:
        processes.append(process)
        for number in early:
            process.send_signal(number)

    before = {each: signal.signal(each, forward) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield started
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _in_foreground() -> bool:
    """Tell whether the terminal's keys signal our whole process group, the command included."""
    if os.name != "posix":
        return True
    try:
        terminal = os.open(os.ctermid(), os.O_RDONLY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
