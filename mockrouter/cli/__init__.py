"""
The command line.

A command is one file with a ``command``, and one line in ``COMMANDS``. It is imported when it is
needed, and imports what it needs when it runs, so that ``mockrouter --version`` takes a blink.
"""

from __future__ import annotations

from typing import Final

import click

from mockrouter import __version__
from mockrouter.cli.group import Commands

COMMANDS: Final[dict[str, str]] = {
    "demo": "mockrouter.cli.demo",
    "serve": "mockrouter.cli.serve",
    "run": "mockrouter.cli.run",
    "journal": "mockrouter.cli.journal",
    "list": "mockrouter.cli.listing",
    "show": "mockrouter.cli.show",
    "new": "mockrouter.cli.new",
    "check": "mockrouter.cli.check",
    "schema": "mockrouter.cli.schema",
    "health": "mockrouter.cli.health",
}
"""Every command and the module that it is in, in the order in which a newcomer meets them."""


@click.group(
    cls=Commands,
    commands_at=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="mockrouter %(version)s")
def main() -> None:
    """
    A local stand-in for the APIs of OpenRouter, OpenAI and SolRouter.

    Point a tool-calling client at it by its base URL alone. It answers offline, the same each time,
    and fails in all the ways in which the real ones do. New here? Start with `mockrouter demo`.
    """
