"""Listing scenarios."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mockrouter.cli.group import WRONG
from mockrouter.cli.options import EXISTING
from mockrouter.scenario import tags as tagged

if TYPE_CHECKING:
    from mockrouter.scenario.library import Library
    from mockrouter.scenario.models import ScenarioModel
    from mockrouter.scenario.scenario import Scenario


@click.command()
@click.argument("patterns", nargs=-1, metavar="[PATTERN]...")
@click.option("--tag", "tags", multiple=True, help="Only those with this tag; repeated, with each.")
@click.option(
    "--severity",
    "severities",
    type=click.Choice(tagged.SEVERITIES),
    multiple=True,
    help="Only those that are so bad; repeated, any of these.",
)
@click.option(
    "--dialect",
    "dialects",
    type=click.Choice(tagged.DIALECTS),
    multiple=True,
    help="Only those made for this format; repeated, for both.",
)
@click.option(
    "--path", "paths", type=EXISTING, multiple=True, help="List this file or folder as well."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")
def command(  # noqa: PLR0913 - one for each option
    patterns: tuple[str, ...],
    tags: tuple[str, ...],
    severities: tuple[str, ...],
    dialects: tuple[str, ...],
    paths: tuple[Path, ...],
    *,
    as_json: bool,
) -> None:
    """
    List the scenarios that can be chosen by name.

    PATTERN is a part of a name, summary, tag, fault or piece of evidence, or of what a robust
    client does; or a name or evidence with wildcards, such as 'errors/*' or 'openai-python#*'. Of
    several words each must occur, in any order.
    """
    from mockrouter import catalogue  # noqa: PLC0415
    from mockrouter.cli.listing_table import in_groups, show  # noqa: PLC0415
    from mockrouter.cli.terminal import console  # noqa: PLC0415
    from mockrouter.scenario.library import load  # noqa: PLC0415

    library = load(paths, catalogue.folder())
    listed = _all(library)
    wanted = tagged.Wanted(tags, severities, dialects)
    try:
        wanted.check(tag for scenario in listed for tag in scenario.model.tags)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    words = " ".join(patterns).split()
    found = [
        s for s in listed if all(_matches(s, word) for word in words) and wanted.fits(s.model.tags)
    ]
    groups = in_groups(found)
    if as_json:
        rows = [_row(scenario) for group in groups for scenario in group.scenarios]
        click.echo(json.dumps(rows, indent=2))
    elif found:
        show(groups, len(listed), console())
    if not found:
        click.echo("no scenario is like this; `mockrouter list` shows all", err=True)
        raise SystemExit(WRONG)


def _all(library: Library) -> list[Scenario]:
    named = {s.name: s for each in library.named.values() for s in (each, *each.variants)}
    return list(named.values())


def _matches(scenario: Scenario, word: str) -> bool:
    model = scenario.model
    if any(wildcard in word for wildcard in "*?["):
        return any(fnmatchcase(each, word) for each in (scenario.name, *_cited(model.evidence)))
    said = (model.summary, *model.tags, *_faults(model), *model.evidence, *_claims(scenario))
    return any(word.lower() in text.lower() for text in (scenario.name, *said))


def _faults(model: ScenarioModel) -> set[str]:
    answers = (answer for turn in model.turns for answer in turn.answers)
    return {fault.fault for answer in answers for fault in answer.faults}


def _cited(evidence: list[str]) -> list[str]:
    """List the ways to write evidence, with the owner of the repository and without."""
    return [*evidence, *(each.rpartition("/")[2] for each in evidence)]


def _claims(scenario: Scenario) -> list[str]:
    client = scenario.model.client
    return list(client.sentences()) if client else []


def _row(scenario: Scenario) -> dict[str, object]:
    model = scenario.model
    return {
        "name": scenario.name,
        "summary": model.summary,
        "severity": tagged.severity(model.tags) or None,
        "dialects": tagged.dialects(model.tags),
        "modes": tagged.modes(model.tags),
        "tags": model.tags,
        "turns": len(model.turns),
        "attempts": [len(turn.attempts or (1,)) for turn in model.turns],
        "evidence": model.evidence,
        "client": _claims(scenario),
        "path": scenario.source.path,
        "variants": [variant.name for variant in scenario.variants],
        "not_applicable": {skipped.name: skipped.reason for skipped in scenario.skipped},
    }
