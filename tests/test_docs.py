"""The pages keep their promises: each example loads, runs, and gives what it says."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from asgi import BUILTIN
from mockrouter.cli import main
from mockrouter.engine.engine import Engine
from mockrouter.engine.targets import target_of
from mockrouter.scenario.library import load_text, with_active
from mockrouter.serving.app import App
from mockrouter.serving.server import HttpServer
from pages import PAGES, Block, above, all_blocks, completed, spans

SHELLS = ("console", "sh", "bash")


def of(*languages: str) -> pytest.MarkDecorator:
    """Run a test for each block in these languages."""
    return pytest.mark.parametrize("block", all_blocks(*languages), ids=str)


@of("yaml")
def test_every_scenario_loads(block: Block) -> None:
    """A user who copies a block has a file without mistakes."""
    scenario = load_text(completed(block), path=str(block))

    assert scenario.model.turns


@of("text")
def test_every_output_is_what_is_shown(block: Block, tmp_path: Path) -> None:
    """`mockrouter show` prints the lines of the block for the scenario above it."""
    assert block.claim is not None, f"nothing says what {block} is the output of"
    kind, _, options = block.claim.partition(":")
    scenario = above(block)
    assert ("shows", True) == (kind, scenario is not None)
    file = tmp_path / "page.yaml"
    file.write_text(scenario.text if scenario else "", encoding="utf-8")

    words = ["show", str(file), *shlex.split(options)]
    shown = CliRunner(catch_exceptions=False).invoke(main, words).stdout

    # What stands above the status tells the user what was asked.
    _, asked, wire = shown.partition(
        "/completions\n" if "/completions\n" in shown else "/responses\n"
    )
    assert asked
    assert re.search(_pattern(block.text), wire), wire


def _pattern(text: str) -> str:
    """Make a pattern of a block in which ``…`` is anything, and alone on its line any lines."""
    lines = []
    for number, line in enumerate(text.splitlines()):
        if line == "…":
            lines.append(r"(?:.*\n)*?")
        else:
            inner = ".*?".join(map(re.escape, line.split("…")))
            lines.append((r"\A" if not number else "") + inner + r"\n")
    return "".join(lines)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("HTTP 200\n…\nb…\n", True),
        ("…\nb: 1\n", True),
        ("a: 1\n", False),
        ("HTTP 200\nb: 1\n", False),
        ("…\nb: 2\n", False),
    ],
)
def test_an_output_can_be_wrong(text: str, *, holds: bool) -> None:
    """Lines that are not there, not first, or not next to each other are found out."""
    assert holds is bool(re.search(_pattern(text), "HTTP 200\na: 1\nb: 1\n"))


@of("python")
def test_every_program_runs(block: Block) -> None:
    """A program runs against the scenario above it, and prints what its comments say."""
    scenario = above(block)
    found = [load_text(scenario.text, name="page")] if scenario else []
    promised = re.findall(r"^print\(.*\)  # (.*)$", block.text, re.MULTILINE)
    with HttpServer(App(Engine(with_active(BUILTIN, found)))) as server:
        program = block.text.replace("http://127.0.0.1:4099", server.url)
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
        )

    assert "" == done.stderr
    assert promised
    assert promised == done.stdout.splitlines()


def command_lines() -> list[tuple[str, str]]:
    """List the command lines of all pages, in blocks and in sentences, each with its place."""
    found = [
        (str(block), line.removeprefix("$ "))
        for block in all_blocks(*SHELLS)
        for line in block.text.splitlines()
    ]
    for page in PAGES:
        found += [(page.name, span) for span in sorted(spans(page.read_text(encoding="utf-8")))]
    # The first line that `serve` prints looks like a command too.
    pattern = r"mockrouter (?!listening on )[a-z-]"
    return [(place, line) for place, line in found if re.match(pattern, line)]


@pytest.mark.parametrize(("place", "line"), command_lines())
def test_every_command_exists(place: str, line: str) -> None:
    """Its command, its options, their choices, and the scenarios that it names are there."""
    words = shlex.split(line, comments=True)[1:]
    words = words[: words.index("--")] if "--" in words else words
    context = click.Context(main, **main.context_settings)
    command = main if words[0].startswith("-") else main.get_command(context, words[0])
    assert command is not None, place
    options = {
        name: param.type
        for param in command.get_params(context)
        for name in (*param.opts, *param.secondary_opts)
    }
    for word, value in zip(words, [*words[1:], ""], strict=True):
        if word.startswith("-"):
            assert word in options, place
        kind = options.get(word)
        assert not isinstance(kind, click.Choice) or value in kind.choices, place
    if words[0] == "show" and words[1:2] not in ([], ["--help"]):
        assert words[1] in {"NAME", *BUILTIN.named} or words[1].endswith(".yaml"), place


def addresses() -> list[str]:
    """List the paths of all addresses of the mock on all pages, but for what is no provider's."""
    texts = [page.read_text(encoding="utf-8") for page in PAGES]
    pattern = r"127\.0\.0\.1:4099(/(?!_mockrouter|metrics)[^\s\"'`{]+)"
    return sorted({path for text in texts for path in re.findall(pattern, text)})


@pytest.mark.parametrize("path", addresses())
def test_every_address_is_served(path: str) -> None:
    """An address leads to a provider, and to a scenario that there is."""
    target = target_of(path)

    assert target is not None
    assert target.scenario in {None, "NAME", *BUILTIN.named}
