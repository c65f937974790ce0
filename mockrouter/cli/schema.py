"""Printing the JSON Schema of scenario files."""

from __future__ import annotations

import click


@click.command()
def command() -> None:
    """
    Print the JSON Schema of scenario files.

    Editors complete and check scenarios with it. `mockrouter new` writes files that point to the
    copy that is installed.
    """
    from mockrouter.scenario.editor_schema import as_text  # noqa: PLC0415

    click.echo(as_text(), nl=False)
