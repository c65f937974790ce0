"""Writing a scenario to begin with."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

import click

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*")

TEMPLATE: Final = """\
# yaml-language-server: $schema={schema}
#
# Serve it:    mockrouter serve {file}
# Look at it:  mockrouter show {file} --turn 2
# Check it:    mockrouter check {file}

name: {name}
summary: Calls get_weather, is busy once, then answers from the result.
tags: [example]

# Which requests it answers. Leave 'when' out to answer every request.
when:
  tools: get_weather              # the client offers this tool; 'get_*' and [a, b] work too
  # user: weather                 # a part of the last user message; or {{matches: '(?i)weather'}}
  # model: gpt-4o*

# What the model says, turn by turn. The conversation in the request says which turn is next.
turns:
  - say:
      - text: Let me look that up.
      - tool_call: get_weather    # 'any' calls the first tool that the client offers
        arguments:                # or 'generated', from the tool's own JSON Schema
          location: Tokyo
        # malformed: truncated    # arguments that break clients: no JSON, wrong types, and so on
    stream:
      arguments: 4 chars          # size of the fragments in which a stream sends them
    pace: {{ttft: 0.2, itl: 0.02}}  # seconds: until the first token, between tokens
    # faults:                     # what goes wrong on the wire
    #   - {{fault: disconnect, label: tool_call, after: 2}}

  - attempts:                     # answers to the same request, sent again
      - error: {{status: 429, message: Slow down., retry_after: 1}}
      - say:
          - text: "The tool says: {{{{ results.get_weather | json }}}}"

# After the last turn: 'error' tells the client that it asked once too often; or 'repeat'.
then: error
"""


@click.command()
@click.argument("name")
@click.option("--force", is_flag=True, help="Overwrite a file that is there already.")
def command(name: str, *, force: bool) -> None:
    """
    Write NAME.yaml, a commented scenario to begin with.

    Its first line points editors to the schema, so that they complete and check what you write.
    """
    name = name.removesuffix(".yaml").removesuffix(".yml")
    if not _NAME.fullmatch(name):
        raise click.UsageError(
            f"'{name}' is no name: use small letters, digits, '-', '.', '_', and '/' for folders"
        )
    file = Path(f"{name}.yaml")
    if file.exists() and not force:
        raise click.UsageError(f"{file} is there already; choose another name, or add --force")
    file.parent.mkdir(parents=True, exist_ok=True)
    text = TEMPLATE.format(schema=_schema(file.parent), file=file, name=name)
    file.write_text(text, encoding="utf-8")
    click.echo(f"{file} is written. Next: mockrouter serve {file}")


def _schema(folder: Path) -> str:
    """Point to the installed schema: by a relative path where the project holds it."""
    schema = Path(__file__).resolve().parent.parent / "scenario.schema.json"
    if schema.is_relative_to(Path.cwd()):
        return Path(os.path.relpath(schema, folder.resolve())).as_posix()
    return schema.as_uri()
