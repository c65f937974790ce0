"""The group of commands: imported one by one, and its errors said without a traceback."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from importlib import import_module
from typing import Any, NoReturn

import click

from mockrouter.errors import MockRouterError

WRONG = 1
"""Exit code: something that was checked is wrong."""

CANNOT_LISTEN = 3
"""Exit code: the port cannot be listened on, or the shared state cannot be reached."""


class Commands(click.Group):
    """A group whose commands are named by their modules."""

    def __init__(self, *, commands_at: Mapping[str, str], **settings: Any) -> None:  # noqa: ANN401 - click's
        """Take the commands from *commands_at*: name to module."""
        super().__init__(**settings)
        self._commands_at = commands_at

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Keep the order of the table."""
        return list(self._commands_at)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command."""
        if cmd_name not in self._commands_at:
            return None
        command: click.Command = import_module(self._commands_at[cmd_name]).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; where there is none, say which is near."""
        word = args[0]
        if word in self._commands_at or word.startswith("-"):
            return super().resolve_command(ctx, args)
        near = difflib.get_close_matches(word, self._commands_at, 1)
        remedy = f"Did you mean '{near[0]}'?" if near else f"There is {self._listed()}."
        raise click.UsageError(f"No such command '{word}'. {remedy}", ctx)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; an error that is the user's to mend is a message and an exit code."""
        try:
            return super().invoke(ctx)
        except MockRouterError as error:
            _fail(error)
        except OSError as error:
            if error.filename is None:
                raise
            click.echo(f"{error.filename}: {error.strerror}", err=True)
            raise SystemExit(WRONG) from error

    def _listed(self) -> str:
        *most, last = self._commands_at
        return f"{', '.join(most)} and {last}"


def _fail(error: MockRouterError) -> NoReturn:
    from mockrouter.serving.ports import CannotListen  # noqa: PLC0415 - on the way out only
    from mockrouter.state.protocol import StateAway  # noqa: PLC0415

    click.echo(str(error), err=True)
    raise SystemExit(CANNOT_LISTEN if isinstance(error, CannotListen | StateAway) else WRONG)
