"""The command line, in process: what it prints, and with which code it exits."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import click
import pytest

from command_line import GOOD, call
from mockrouter import __version__, profiles
from mockrouter.cli import COMMANDS, options
from mockrouter.printing import printable

DOCS = Path(__file__).parent.parent / "docs" / "cli.md"


# The whole


def test_version() -> None:
    """The version is one line."""
    assert f"mockrouter {__version__}\n" == call("--version").output


def test_starts_fast() -> None:
    """Neither the version nor the health check waits for what a server needs."""
    script = (
        "import sys\n"
        "from mockrouter.cli import main\n"
        "for words in (['--version'], ['--help'], ['health', '--help']):\n"
        "    main(words, standalone_mode=False)\n"
        "print({'pydantic', 'starlette', 'uvicorn', 'rich', 'yaml'} & set(sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, text=True
    )

    assert "set()" == done.stdout.splitlines()[-1]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    """The table leads to commands whose help begins with one whole sentence."""
    command = import_module(COMMANDS[name]).command

    assert isinstance(command, click.Command)
    assert (command.help or "").strip().splitlines()[0].endswith(".")
    assert all(
        option.help or option.hidden
        for option in command.params
        if isinstance(option, click.Option)
    )


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["serv"], "No such command 'serv'. Did you mean 'serve'?"),
        (["xyzzy"], "No such command 'xyzzy'. There is demo, "),
        (["serve", "--prot", "1"], "--port"),
        (["serve", "--port", "70000"], "70000"),
        (["serve", "nowhere.yaml"], "'nowhere.yaml' does not exist"),
        (["run"], "mockrouter run -- npm test"),
        (["run", "echo", "hi"], "Write the command behind two dashes: mockrouter run -- "),
        (["show", "loops/wether"], "did you mean loops/weather"),
        (["show", "xyzzy"], "`mockrouter list` shows all names"),
        (["show", "loops/weather", "--turn", "3"], "has turns 1 to 2, no turn 3"),
        (["show", "loops/weather", "--attempt", "2"], "has one attempt, no attempt 2"),
        (["new", "My Scenario"], "'My Scenario' is no name"),
    ],
)
@pytest.mark.usefixtures("here")
def test_wrong_use(words: list[str], says: str) -> None:
    """A command line that is wrong exits with 2 and says what would be right."""
    done = call(*words)

    assert 2 == done.exit_code
    assert says in done.stderr
    assert "" == done.stdout


def test_profiles_are_all_of_them() -> None:
    """The options' words are the table's names."""
    assert set(profiles.PROFILES) == set(options.PROFILES)


def documented() -> str:
    """Fill the help of each command into the page that documents them."""

    def block(found: re.Match[str]) -> str:
        words = found["words"].split()
        return f"```console\n$ mockrouter {' '.join(words)}\n{call(*words).output.rstrip()}\n```"

    pattern = r"```console\n\$ mockrouter (?P<words>[a-z ]*--help)\n.*?```"
    return re.sub(pattern, block, DOCS.read_text(encoding="utf-8"), flags=re.DOTALL)


def test_documentation_is_up_to_date() -> None:
    """The page holds every command's help as it is; UPDATE_DOCS=1 writes it anew."""
    made = documented()
    if os.environ.get("UPDATE_DOCS"):
        DOCS.write_text(made, encoding="utf-8")

    assert made == DOCS.read_text(encoding="utf-8")
    assert all(f"$ mockrouter {name} --help" in made for name in COMMANDS)


@pytest.mark.parametrize(
    ("text", "shown"),
    [("plain é 天", "plain é 天"), ("a\x1b[31mb\nc", "a\\x1b[31mb\\nc"), ("\u202e", "\\u202e")],
)
def test_clients_cannot_drive_the_terminal(text: str, shown: str) -> None:
    """Control characters are spelled out."""
    assert shown == printable(text)


# show


def test_show_prints_the_frames() -> None:
    """What goes over the wire, frame by frame, with who it is from."""
    lines = call("show", "loops/weather", "--profile", "openrouter").stdout.splitlines()

    assert "loops/weather · turn 1 of 2 · chat · openrouter" == lines[0]
    assert "POST /s/loops/weather/api/v1/chat/completions" in lines
    assert any(re.match(r"  1 +comment +: OPENROUTER PROCESSING\\n\\n$", line) for line in lines)
    assert "x-mockrouter-scenario: loops/weather" in lines
    assert "ends: complete" == lines[-1]


def test_show_takes_a_file(here: Path) -> None:
    """A file is shown as well as a name; what it says may hang on the request."""
    (here / "a.yaml").write_text("turns: [{say: [{text: 'You said {{ request.model }}.'}]}]\n")
    (here / "body.json").write_text(
        '{"model": "mine", "messages": [{"role": "user", "content": ""}]}'
    )

    done = call("show", "a.yaml", "--request", "body.json")

    assert '"content": "You said mine."' in done.stdout


def test_show_finds_the_file_that_was_meant(here: Path) -> None:
    """A file's name without its ending is no scenario's name, but near enough."""
    (here / "mine.yaml").write_text(GOOD)

    done = call("show", "mine")

    assert 2 == done.exit_code
    assert "no scenario is named 'mine'; did you mean mine.yaml?" in done.stderr


def test_show_raw() -> None:
    """Raw is the body and nothing else."""
    done = call("show", "loops/weather", "--no-stream", "--raw")

    assert "tool_calls" == json.loads(done.stdout_bytes)["choices"][0]["finish_reason"]


def test_show_diff() -> None:
    """Two providers are compared, each from the same state."""
    done = call("show", "errors/rate-limit-then-success", "--diff", "openrouter")

    assert ["--- openai", "+++ openrouter"] == done.stdout.splitlines()[:2]
    assert not [line for line in done.stdout.splitlines() if line.startswith(("+HTTP", "-HTTP"))]


def test_show_says_when_the_mock_has_no_answer(here: Path) -> None:
    """The mock's own complaint is shown as what it is."""
    (here / "a.yaml").write_text("turns: [{say: [{text: '{{ results.nothing.x }}'}]}]\n")

    done = call("show", "a.yaml", "--no-stream")

    assert 1 == done.exit_code
    assert "the mock has no answer here (mockrouter_" in done.stderr
