"""
Serve the failures that matter most to real clients, and write down what they do.

    python3 dev.py clients                  all of them, into docs/clients.md
    python3 dev.py clients PATTERN          only the scenarios that fit, on the terminal
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fnmatch import fnmatchcase
from importlib.metadata import version
from pathlib import Path
from typing import Any

import mockrouter
from mockrouter.scenario.library import load
from mockrouter.scenario.scenario import Scenario

TESTS = Path(__file__).resolve().parents[2]
NODE = TESTS / "node"
PAGE = TESTS.parent / "docs" / "clients.md"
MARK = "<!-- What follows is written by `python3 dev.py clients`. -->\n"
END = "<!-- What follows is written by hand. -->\n"

RANKED = (
    "finish/stop-with-calls",
    "calls/index-all-zero",
    "calls/index-missing-parallel",
    "calls/index-missing",
    "arguments/truncated",
    "errors/mid-stream",
    "errors/mid-stream-empty-choices",
    "errors/ok-status",
    "wire/stall",
    "arguments/empty",
    "calls/ids-reused",
    "finish/missing",
    "finish/cut-off-mid-call",
    "finish/duplicated",
    "calls/id-null-later",
    "calls/id-empty-later",
    "history/reasoning-content",
    "responses/completed-output-empty",
    "turns/empty-after-result",
    "history/missing-tool-result",
    "responses/parallel-items-open",
    "stream/interleaved-calls",
    "arguments/raw-control-chars",
    "responses/incomplete-mid-call",
    "responses/answered-by-call-id",
    "wire/line-over-1-mib",
    "wire/split-characters",
    "wire/split-lines",
    "wire/no-space",
    "wire/comments",
    "arguments/nested-stringified",
    "arguments/scalars-as-strings",
    "responses/unknown-event",
    "responses/failed-mid-call",
)
"""By how often they are met, and the damage that is done."""


@dataclass(frozen=True)
class Kind:
    """
    A client.

    Attributes:
        name: In the table.

        command: Its program.

        package: Whose version is told; of npm where it has a slash at its front.

        profile: The provider whose manner it is served in.
    """

    name: str
    command: tuple[str, ...]
    package: str
    profile: str

    @property
    def version(self) -> str:
        """The installed version."""
        if self.command[0] != "node":
            return version(self.package)
        manifest = NODE / "node_modules" / self.package / "package.json"
        return str(json.loads(manifest.read_text("utf-8"))["version"])


PYTHON = (sys.executable, "-m")
KINDS = (
    Kind("openai (Python)", (*PYTHON, "clients.observing.openai_python"), "openai", "openai"),
    Kind(
        "openrouter (Python)",
        (*PYTHON, "clients.observing.openrouter_python"),
        "openrouter",
        "openrouter",
    ),
    Kind(
        "pydantic-ai",
        (*PYTHON, "clients.observing.pydantic_ai_python"),
        "pydantic-ai-slim",
        "openai",
    ),
    Kind("openai (Node)", ("node", str(NODE / "observed_openai.mjs")), "openai", "openai"),
    Kind("ai (Node)", ("node", str(NODE / "observed_ai.mjs")), "ai", "openrouter"),
)


@dataclass(frozen=True)
class Row:
    """A scenario in one format."""

    scenario: Scenario
    dialect: str

    @property
    def stream(self) -> bool:
        """Whether the clients ask for a stream, as they do where the scenario has one."""
        return "plain" not in self.scenario.model.tags


@dataclass(frozen=True)
class Seen:
    """What one client did with one scenario."""

    end: str
    text: str | None
    error: str | None
    runs: list[Any]
    requests: int

    @property
    def short(self) -> str:
        """For a cell of the table."""
        runs, requests = len(self.runs), self.requests
        end = {"text": "answers", "error": "raises", "waiting": "hangs"}[self.end]
        if self.end == "text" and not self.text:
            end = "ends empty"
        return f"{runs} run{'s' * (runs != 1)}, {requests} req., {end}"

    def robust(self, row: Row) -> bool:
        """Compare with what the scenario says of robust clients, as far as this shows it."""
        client = row.scenario.model.client
        if client is None:
            return self.end == "text"
        runs = (client.runs or {}).get("any")
        return (
            self.end != "waiting"
            and (runs is None or runs.holds(len(self.runs)))
            and (client.requests is None or client.requests.holds(self.requests))
            and (client.error is None or bool(client.error) is (self.end == "error"))
        )


def rows(pattern: str | None) -> list[Row]:
    """List what is served, in the order of the ranking; or what else fits a pattern."""
    named = load().named
    names = RANKED if pattern is None else [n for n in named if fnmatchcase(n, pattern)]
    return [
        Row(named[name], "chat" if "chat" in named[name].model.tags else "responses")
        for name in names
    ]


def observe(kind: Kind, found: Iterable[Row], server: mockrouter.Server) -> Iterator[Seen]:
    """Let a client meet each scenario, in a namespace of its own."""
    path = {"PYTHONPATH": str(TESTS)}
    with subprocess.Popen(
        kind.command,
        cwd=NODE,
        env={**os.environ, **path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        for row in found:
            with server.namespace(kind.name, profile=kind.profile, check=False) as mock:
                case = {
                    "scenario": row.scenario.name,
                    "dialect": row.dialect,
                    "stream": row.stream,
                    "url": mock.url(scenario=row.scenario.name),
                }
                process.stdin.write(f"{json.dumps(case)}\n")
                process.stdin.flush()
                told = json.loads(process.stdout.readline())
                yield Seen(**told, requests=len(mock.requests))
        process.stdin.close()


def page(found: list[Row], seen: list[list[Seen]]) -> Iterator[str]:
    """Write the table, and beneath it what each client said."""
    yield "| scenario | " + " | ".join(kind.name for kind in KINDS) + " |"
    yield "|---" * (len(KINDS) + 1) + "|"
    for row, cells in zip(found, seen, strict=True):
        marked = [f"{'✓' if cell.robust(row) else '✗'} {cell.short}" for cell in cells]
        yield f"| [`{row.scenario.name}`](#{_anchor(row)}) | {' | '.join(marked)} |"
    yield ""
    yield f"Versions: {', '.join(f'{kind.name} {kind.version}' for kind in KINDS)}."
    for row, cells in zip(found, seen, strict=True):
        yield from _details(row, cells)


def _anchor(row: Row) -> str:
    return row.scenario.name.replace("/", "")


def _details(row: Row, cells: list[Seen]) -> Iterator[str]:
    model = row.scenario.model
    yield ""
    yield f"### {row.scenario.name}"
    yield ""
    asked = "Chat Completions" if row.dialect == "chat" else "Responses"
    yield f"{model.summary} ({asked}, {'a stream' if row.stream else 'a plain reply'})"
    sentences = list(model.client.sentences()) if model.client else []
    if sentences:
        yield f"A robust client {'; '.join(sentences)}."
    yield ""
    for kind, cell in zip(KINDS, cells, strict=True):
        said = cell.error if cell.end == "error" else cell.text
        yield f"- {kind.name}: {cell.short}{_told(said)}{_ran(cell)}"


def _told(said: str | None) -> str:
    if not said:
        return ""
    line = " ".join(said.split())
    return f": `{line[:160].replace('`', chr(39))}{'…' if len(line) > 160 else ''}`"


def _ran(cell: Seen) -> str:
    odd = [run for run in cell.runs if not (isinstance(run, dict) and {"city", "days"} <= {*run})]
    return f"; ran the tool with `{json.dumps(odd[0])[:80]}`" if odd else ""


def rewritten(old: str, text: str) -> str:
    """Put a new text between the marks of the page, and keep what is written by hand."""
    head, _, rest = old.partition(MARK)
    _, end, tail = rest.partition(END)
    return f"{head}{MARK}\n{text}" + (f"\n{end}{tail}" if end else "")


def main(pattern: str | None = None) -> int:
    """Observe, and write the page, or print a part of it."""
    found = rows(pattern)
    with mockrouter.Server(strict=False) as server, ThreadPoolExecutor() as pool:
        columns = list(pool.map(lambda kind: list(observe(kind, found, server)), KINDS))
    seen = [[column[number] for column in columns] for number in range(len(found))]
    text = "\n".join(page(found, seen)) + "\n"
    if pattern is not None:
        print(text)  # noqa: T201
        return 0
    PAGE.write_text(rewritten(PAGE.read_text("utf-8"), text), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
