"""
What the demo shows, line after line.

Nothing is ever drawn over, so that a log of it reads like the terminal did.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from typing import Final

from rich.console import Console
from rich.padding import Padding
from rich.syntax import Syntax
from rich.text import Text

from mockrouter.cli.demo_client import Arrival
from mockrouter.values import JsonObject

NEXT: Final = (
    ("mockrouter serve", "answer any client on http://127.0.0.1:4099/v1"),
    ("mockrouter list", "see the failures that come with it"),
    ("mockrouter new my-scenario", "write your own"),
)

_LEFT = 36
_INDENT = 3
_MOST = 100


class Screen:
    """A terminal, or a pipe."""

    def __init__(self, out: Console, *, pause: float = 0.0) -> None:
        """Show on *out*; wait *pause* seconds before each step."""
        self._out = out
        self._pause = pause
        self._steps = 0
        self._width = min(out.width, _MOST)

    def title(self) -> None:
        """Say what this is."""
        self._out.print(Text.assemble(("mockrouter demo", "bold"), ": a tool call, streamed"))
        self._out.print("A real client loop over a real socket; no key, no network.", style="dim")

    def step(self, title: str) -> None:
        """Begin a step."""
        self._wait()
        self._steps += 1
        self._out.print()
        self._out.print(Text.assemble((f"{self._steps}  ", "cyan"), (title, "bold")))

    def request(self, base: str, lines: Iterable[tuple[str, str]]) -> None:
        """Show a request: where it goes, and what it holds."""
        self._line(Text(f"POST {base}/chat/completions", style="dim"))
        pairs = list(lines)
        if any(text for _, text in pairs):
            for name, text in pairs:
                self._line(Text.assemble((f"{name:<6}", "dim"), text))
        else:
            self._line(Text.assemble(("with  ", "dim"), ", ".join(name for name, _ in pairs)))

    def arrival(self, arrival: Arrival) -> None:
        """Show what an event brought, and beside it what there is so far."""
        fragment = json.dumps(arrival.fragment, ensure_ascii=False)
        left = Text.assemble(
            ("data: {…", "dim"), (f'"{arrival.key}":', "dim"), (fragment, "green"), ("…}", "dim")
        )
        room = self._width - _INDENT - _LEFT - 1
        whole = arrival.whole
        if len(whole) > room:
            whole = f"…{whole[len(whole) - room + 1 :]}"
        left.pad_right(_LEFT - left.cell_len)
        new = len(arrival.fragment) if arrival.key != "finish_reason" else 0
        right = Text(whole)
        right.stylize("bold green", max(0, len(whole) - new), len(whole))
        line = Text.assemble(left, " ", right)
        line.rstrip()
        self._line(line)

    def ran(self, name: str, arguments: JsonObject, result: JsonObject) -> None:
        """Show a tool that ran."""
        given = ", ".join(f"{key}={value!r}" for key, value in arguments.items())
        self._line(Text.assemble((name, "bold"), f"({given})"))
        self._wait()
        self._line(Text.assemble(("→ ", "cyan"), json.dumps(result, ensure_ascii=False)))

    def good(self, text: str) -> None:
        """Show what went well."""
        self._line(Text.assemble(("✔ ", "bold green"), (text, "bold")))

    def bad(self, text: str) -> None:
        """Show what went wrong."""
        self._line(Text.assemble(("✘ ", "bold red"), text))

    def note(self, text: str) -> None:
        """Remark on it."""
        self._line(Text(text, style="dim"))

    def code(self, text: str) -> None:
        """Show YAML."""
        if not self._out.is_terminal:
            for line in text.splitlines():
                self._out.print(f"   {line}")
            return
        yaml = Syntax(text.rstrip(), "yaml", theme="ansi_dark", background_color="default")
        self._out.print(Padding(yaml, (0, 0, 0, _INDENT)))

    def next_steps(self) -> None:
        """Say what to try next."""
        self._wait()
        self._out.print()
        self._out.print("Next", style="bold")
        for words, what in NEXT:
            self._line(Text.assemble((f"{words:<28}", "cyan"), what))

    def _line(self, text: Text) -> None:
        if self._out.is_terminal:
            self._out.print(Padding(text, (0, 0, 0, _INDENT), expand=False))
        else:
            self._out.print(f"{' ' * _INDENT}{text.plain}")

    def _wait(self) -> None:
        if self._pause:
            time.sleep(self._pause)
