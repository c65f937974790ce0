"""Reading the journal of a running server."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from http.client import HTTPResponse
from typing import Any, Final, TypeVar

import click

from mockrouter.cli.journal_lines import entry_lines
from mockrouter.cli.log_line import colored
from mockrouter.cli.options import PROFILES
from mockrouter.cli.remote import NoServer, asked
from mockrouter.cli.terminal import count, forgive, has_color, tell
from mockrouter.values import JsonObject

F = TypeVar("F", bound=Callable[..., Any])

_SILENCE = 45.0
"""Seconds; a server that lives says so every 15."""

FILTERS: Final[dict[str, tuple[str, str]]] = {
    "namespace": ("TOKEN", "Only those of this namespace; '' for the server's own."),
    "answered-by": ("NAME", "Only those that this scenario answered, such as 'errors/*'."),
    "path": ("PATH", "Only those for this path, such as '*/responses'."),
    "method": ("METHOD", "Only those with this method."),
    "model": ("NAME", "Only those for this model, such as 'gpt-*'."),
    "tool": ("NAME", "Only those that offer or call this tool."),
    "status": ("STATUS", "Only those with this status: 429, 4xx, none."),
    "error": ("CODE", "Only those with this error of the mock's own, or any."),
    "dialect": ("[chat|responses]", "Only those in this format."),
    "profile": (f"[{'|'.join(PROFILES)}]", "Only those to this provider."),
}
"""Options that choose requests: what each takes, and its help. May be repeated: either will do."""

_PARAMETERS = {"answered_by": "scenario"}
"""What filters are called in the URL, where an option has that name already."""


Write = Callable[[JsonObject, str], None]
"""Writes an entry, given as JSON and as its text."""


class _NobodyReads(Exception):
    """What reads our output has left."""


def _filters(command: F) -> F:
    for name, (metavar, words) in reversed(FILTERS.items()):
        declare = click.option(f"--{name}", multiple=True, metavar=metavar, help=words)
        command = declare(command)
    return command


@click.command()
@click.argument("url", required=False, envvar="MOCKROUTER_URL")
@click.option("--follow", "-f", is_flag=True, help="Go on with what happens, until Ctrl-C.")
@click.option("--show", type=int, metavar="N", help="Print request N and its answer, whole.")
@click.option(
    "--curl", type=int, metavar="N", help="Print a command that asks the same as request N."
)
@click.option(
    "--scenario", type=int, metavar="N", help="Save the conversation up to request N as YAML."
)
@click.option("--jsonl", is_flag=True, help="Print each request as a line of JSON, whole.")
@click.option("--full", is_flag=True, help="With --show: what all events repeat as well.")
@click.option(
    "--after", type=click.IntRange(0), metavar="N", help="Only those that came after sequence N."
)
@click.option(
    "--limit",
    type=click.IntRange(0),
    metavar="N",
    help="The last N alone; with --after the first N.",
)
@_filters
@click.option("--port", type=int, default=4099, envvar="MOCKROUTER_PORT", hidden=True)
def command(  # noqa: PLR0913 - one for each option
    url: str | None,
    *,
    port: int,
    follow: bool,
    jsonl: bool,
    full: bool,
    show: int | None,
    curl: int | None,
    scenario: int | None,
    **asked_for: Any,  # noqa: ANN401 - click's
) -> None:
    """
    Print what a running server was asked, and what it answered.

    URL is the server's address, else MOCKROUTER_URL, else http://127.0.0.1:4099. A line for each
    request: its number, the time of day, method and path, scenario, turn, status, and how long the
    answer took. Exits with 1 if no server answers, or if it goes away while it is followed.
    """
    address = url or f"http://127.0.0.1:{port}"
    whole = {"show": show, "curl": curl, "scenario": scenario}
    chosen = {name: number for name, number in whole.items() if number is not None}
    if len(chosen) + (follow or jsonl) > 1:
        raise click.UsageError(
            "--show, --curl and --scenario print one request; give one of them alone"
        )
    query = _query(asked_for)
    if not chosen:
        _list(address, query, follow=follow, jsonl=jsonl)
    elif len(query) > 1 or any(name != "namespace" for name, _ in query):
        raise click.UsageError(
            "a request is chosen by its number or by filters; give one of both, or a number and "
            "its --namespace"
        )
    elif show is not None:
        _show(address, show, query, full=full)
    else:
        ((kind, number),) = chosen.items()
        with asked(address, f"/requests/{number}", [*query, ("format", kind)]) as response:
            tell(response.read().decode())


def _query(asked_for: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Write options as the control API's parameters."""
    query = []
    for option, given in asked_for.items():
        name = _PARAMETERS.get(option, option)
        values = given if isinstance(given, tuple) else () if given is None else (given,)
        query += [(name, str(value)) for value in values]
    return query


def _show(address: str, number: int, query: list[tuple[str, str]], *, full: bool) -> None:
    from mockrouter.cli.journal_entry import show_entry  # noqa: PLC0415 - imports much
    from mockrouter.cli.terminal import console  # noqa: PLC0415

    with asked(address, f"/requests/{number}", query) as response:
        entry = json.loads(response.read())
    show_entry(entry, console(), full=full)


def _list(address: str, query: list[tuple[str, str]], *, follow: bool, jsonl: bool) -> None:
    write = _as_json if jsonl else _as_line
    forgive(sys.stdout)
    try:
        newest = _newest(address) if follow else (0, True)
        last, is_over = _held(address, query, write) or newest
        if follow:
            rest = [pair for pair in query if pair[0] not in {"after", "limit"}]
            _follow(address, [*rest, ("after", str(last))], write, last if is_over else 0)
    except _NobodyReads:
        pass
    except KeyboardInterrupt:
        if sys.stderr.isatty():
            # The terminal has written ^C where the shell's prompt goes.
            click.echo(err=True)


def _newest(address: str) -> tuple[int, bool]:
    """Find the newest request; gives its sequence, and whether it is over."""
    with asked(address, "/requests", [("limit", "1")]) as response:
        page = json.loads(response.read())
    return page["total"], all(entry["sent"] is not None for entry in page["requests"])


def _held(address: str, query: list[tuple[str, str]], write: Write) -> tuple[int, bool] | None:
    """Write what the journal holds; gives the last one's sequence, and whether it is over."""
    last = None
    with asked(address, "/requests", [*query, ("format", "jsonl")]) as response:
        for line in response:
            entry = json.loads(line)
            write(entry, line.decode().rstrip())
            last = entry["sequence"], entry["sent"] is not None
    return last


def _follow(address: str, query: list[tuple[str, str]], write: Write, shown: int) -> None:
    """Write each request once it is over, but for the one at *shown*, until the server ends."""
    with asked(address, "/events", query, seconds=_SILENCE) as response:
        for name, text in _events(response):
            data = json.loads(text)
            if name == "lost":
                lost = count(data["lost"], "event")
                tell(f"{lost} lost: more happens than can be read, or is held\n", stderr=True)
            elif name == "response" and data["sequence"] != shown:
                write(data, text)
    raise NoServer(f"the server at {address} has ended")


def _events(response: HTTPResponse) -> Iterator[tuple[str, str]]:
    name = ""
    while line := response.readline():
        field, _, text = line.decode().rstrip("\n").partition(": ")
        if field == "event":
            name = text
        elif field == "data":
            yield name, text


def _as_json(_: JsonObject, text: str) -> None:
    _write(f"{text}\n")


def _as_line(entry: JsonObject, _: str) -> None:
    lines = list(entry_lines(entry))
    _write("".join(f"{line}\n" for line in (colored(lines) if has_color() else lines)))


def _write(text: str) -> None:
    if not tell(text):
        raise _NobodyReads
