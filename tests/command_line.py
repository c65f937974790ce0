"""Running our commands in process, and some scenarios for them."""

from __future__ import annotations

from click.testing import CliRunner, Result

from mockrouter.cli import main

GOOD = "summary: Says hello.\ntags: [greeting]\nturns: [{say: [{text: Hello.}]}]\n"
BROKEN = "turns:\n  - say: [{txt: oops}]\nturn: 1\n"
"""Two mistakes, at 2:11 and 3:1."""


def call(*words: str) -> Result:
    """Run a command on 80 columns; an exception that is no exit is the test's."""
    runner = CliRunner(catch_exceptions=False)
    return runner.invoke(main, words, prog_name="mockrouter", terminal_width=80)
