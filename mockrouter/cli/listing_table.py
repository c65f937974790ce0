"""The list of scenarios as people read it: by folder in a terminal, else a line each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mockrouter import catalogue
from mockrouter.cli.terminal import console, count
from mockrouter.scenario.scenario import Scenario
from mockrouter.scenario.tags import dialects, modes, others, severity

_WIDE = 110
_COLORS = {"high": "red", "medium": "yellow", "low": "green"}


@dataclass(frozen=True, slots=True)
class Group:
    """
    The scenarios of one folder.

    Attributes:
        folder: As it stands in their names; empty where they are in none.

        about: What is in it; empty where nobody said.

        scenarios: By name.
    """

    folder: str
    about: str
    scenarios: tuple[Scenario, ...]


def in_groups(scenarios: Iterable[Scenario]) -> list[Group]:
    """Group scenarios by folder: the user's own first, then those of the catalogue."""
    found: dict[tuple[bool, str], list[Scenario]] = {}
    home = catalogue.folder()
    for scenario in scenarios:
        is_ours = Path(scenario.source.path).is_relative_to(home)
        found.setdefault((is_ours, scenario.name.rpartition("/")[0]), []).append(scenario)
    places = ["", *catalogue.FOLDERS]

    def rank(key: tuple[bool, str]) -> tuple[bool, int, str]:
        is_ours, folder = key
        return is_ours, places.index(folder) if is_ours and folder in places else 0, folder

    return [
        Group(
            folder,
            catalogue.FOLDERS.get(folder, "") if is_ours else "",
            tuple(sorted(found[is_ours, folder], key=lambda scenario: scenario.name)),
        )
        for is_ours, folder in sorted(found, key=rank)
    ]


def show(groups: list[Group], total: int, out: Console) -> None:
    """Print the groups; *total* is how many scenarios there are in all."""
    number = sum(len(group.scenarios) for group in groups)
    if not out.is_terminal:
        for line in _plain([scenario for group in groups for scenario in group.scenarios]):
            click.echo(line)
        return
    width = max(len(s.name) for group in groups for s in group.scenarios)
    is_wide = out.width >= _WIDE
    if is_wide:
        table = _table(width)
        table.add_row("name", "severity", "formats", "modes", "summary", style="dim")
        out.print(table)
    for group in groups:
        if group.folder:
            out.print(Text.assemble((f"{group.folder}/", "bold"), f"  {group.about}"), style="dim")
        (_rows if is_wide else _pairs)(group, width, out)
        out.print()
    of = "" if number == total else f" of {total}"
    hint = "`mockrouter show NAME` prints what one sends"
    console(stderr=True).print(f"{count(number, 'scenario')}{of}; {hint}", style="dim")


def _plain(scenarios: list[Scenario]) -> Iterator[str]:
    """Write a line each, in columns that are never empty, with the further tags at the end."""
    width = max(len(scenario.name) for scenario in scenarios)
    for scenario in scenarios:
        model = scenario.model
        turns = count(len(model.turns), "turn")
        more = "".join(f" [{tag}]" for tag in others(model.tags))
        bad = severity(model.tags) or "-"
        formats, mode = _claimed(scenario)
        columns = f"{bad:<6}  {formats:<9}  {mode:<6}  {turns:<8}"
        yield f"{scenario.name:<{width}}  {columns}  {model.summary}{more}".rstrip()
        for skipped in scenario.skipped:
            yield f"not applicable: {skipped.name}: {skipped.reason}"


def _claimed(scenario: Scenario) -> tuple[str, str]:
    """Say which format and which mode it is made for: one, or ``both``."""
    formats, ways = dialects(scenario.model.tags), modes(scenario.model.tags)
    return (formats[0] if len(formats) == 1 else "both"), (ways[0] if len(ways) == 1 else "both")


def _rows(group: Group, width: int, out: Console) -> None:
    """Print a line each, folded in the column of summaries."""
    table = _table(width)
    for scenario in group.scenarios:
        formats, mode = (Text(word, "dim" * (word == "both")) for word in _claimed(scenario))
        summary = Text(scenario.model.summary)
        table.add_row(_name(scenario.name), _severity(scenario), formats, mode, summary)
        for skipped in scenario.skipped:
            words = (skipped.name, "", "", "", f"not applicable: {skipped.reason}")
            table.add_row(*(Text(word, "dim") for word in words))
    out.print(table)


def _table(width: int) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    for column in (width, 8, 9, 6):
        table.add_column(width=column, no_wrap=True)
    table.add_column(ratio=1)
    return table


def _pairs(group: Group, width: int, out: Console) -> None:
    """Print each on a line of its own, with the summary below."""
    for scenario in group.scenarios:
        formats, mode = _claimed(scenario)
        said = [f"{formats} only"] * (formats != "both") + [f"{mode} only"] * (mode != "both")
        name = _name(scenario.name)
        name.pad_right(max(0, width - len(scenario.name)))
        bad = _severity(scenario)
        bad.pad_right(8 - len(bad))
        out.print(Text.assemble(name, "  ", bad, "  ", (", ".join(said), "dim")), no_wrap=True)
        out.print(Padding(Text(scenario.model.summary), (0, 0, 0, 4)))
        for skipped in scenario.skipped:
            reason = Text(f"not applicable: {skipped.name}: {skipped.reason}", "dim")
            out.print(Padding(reason, (0, 0, 0, 4)))


def _name(name: str) -> Text:
    folder, slash, own = name.rpartition("/")
    return Text.assemble((f"{folder}{slash}", "cyan"), (own, "bold cyan"))


def _severity(scenario: Scenario) -> Text:
    tags = scenario.model.tags
    word = severity(tags) or "no fault" * ("fault-free" in tags)
    return Text(word, _COLORS.get(word, "dim"))
