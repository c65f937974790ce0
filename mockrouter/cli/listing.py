"""Listing scenarios."""

from __future__ import annotations

import json
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mockrouter.cli.group import WRONG
from mockrouter.cli.options import EXISTING
from mockrouter.cli.terminal import console, count

if TYPE_CHECKING:
    from mockrouter.scenario.scenario import Scenario


_WIDE = 100


@click.command()
@click.argument("pattern", required=False)
@click.option("--tag", "tags", multiple=True, help="Only those with this tag; may be repeated.")
@click.option(
    "--path", "paths", type=EXISTING, multiple=True, help="List this file or folder as well."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")
def command(
    pattern: str | None, tags: tuple[str, ...], paths: tuple[Path, ...], *, as_json: bool
) -> None:
    """
    List the scenarios that can be chosen by name.

    PATTERN is a part of a name, summary or tag, or a name with wildcards, such as 'errors/*'.
    """
    from mockrouter import catalogue  # noqa: PLC0415
    from mockrouter.scenario.library import load  # noqa: PLC0415

    library = load(paths, catalogue.folder())
    listed = {s.name: s for each in library.named.values() for s in (each, *each.variants)}
    found = [s for s in listed.values() if _matches(s, pattern) and _has(s, tags)]
    if as_json:
        click.echo(json.dumps([_row(scenario) for scenario in found], indent=2))
    elif found:
        _print(found, len(listed))
    if not found:
        click.echo("no scenario is like this; `mockrouter list` shows all", err=True)
        raise SystemExit(WRONG)


def _matches(scenario: Scenario, pattern: str | None) -> bool:
    if pattern is None:
        return True
    if any(wildcard in pattern for wildcard in "*?["):
        return fnmatchcase(scenario.name, pattern)
    words = (scenario.name, scenario.model.summary, *scenario.model.tags)
    return any(pattern.lower() in text.lower() for text in words)


def _has(scenario: Scenario, tags: Iterable[str]) -> bool:
    return set(tags) <= set(scenario.model.tags)


def _row(scenario: Scenario) -> dict[str, object]:
    model = scenario.model
    return {
        "name": scenario.name,
        "summary": model.summary,
        "tags": model.tags,
        "turns": len(model.turns),
        "evidence": model.evidence,
        "path": scenario.source.path,
        "variants": [variant.name for variant in scenario.variants],
        "not_applicable": {skipped.name: skipped.reason for skipped in scenario.skipped},
    }


def _print_plain(found: list[Scenario]) -> None:
    width = max(len(scenario.name) for scenario in found)
    for scenario in found:
        turns = count(len(scenario.model.turns), "turn")
        tags = "".join(f" [{tag}]" for tag in scenario.model.tags)
        click.echo(f"{scenario.name:<{width}}  {turns:<8}  {scenario.model.summary}{tags}")
        for skipped in scenario.skipped:
            click.echo(f"not applicable: {skipped.name}: {skipped.reason}")


def _print(found: list[Scenario], total: int) -> None:
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    out = console()
    if not out.is_terminal:
        _print_plain(found)
        return
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    table.add_column("name", style="bold cyan", overflow="fold", min_width=24)
    table.add_column("turns", justify="right")
    table.add_column("summary", ratio=1, overflow="fold")
    for scenario in found:
        summary = Text(scenario.model.summary)
        if scenario.model.tags and out.width >= _WIDE:
            summary.append(f"  {' '.join(scenario.model.tags)}", style="dim")
        table.add_row(scenario.name, str(len(scenario.model.turns)), summary)
        for skipped in scenario.skipped:
            reason = Text(f"not applicable: {skipped.reason}", style="dim")
            table.add_row(Text(skipped.name, style="dim"), "", reason)
    out.print(table)
    of = "" if len(found) == total else f" of {total}"
    hint = "`mockrouter show NAME` prints what one sends"
    console(stderr=True).print(f"\n{count(len(found), 'scenario')}{of}; {hint}", style="dim")
