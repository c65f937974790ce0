"""The command line, in process: what it prints, and with which code it exits."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import click
import pytest

from command_line import BROKEN, GOOD, call
from mockrouter import __version__, profiles
from mockrouter.cli import COMMANDS, options
from mockrouter.cli.serving import build, over_http
from mockrouter.cli.sharing import sharing_at
from mockrouter.printing import printable
from mockrouter.scenario.editor_schema import FILE
from mockrouter.serving.server import HttpServer

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


# check


def test_check_says_every_mistake(here: Path) -> None:
    """Every mistake of every file is a line that editors can jump to."""
    (here / "a.yaml").write_text(BROKEN)
    (here / "b.yaml").write_text("turns: []\n")

    done = call("check", "a.yaml", "b.yaml")

    places = [line.split(": ")[0] for line in done.stdout.splitlines()]
    assert ["a.yaml:2:11", "a.yaml:3:1", "b.yaml:1:8"] == places
    assert "3 mistakes\n" == done.stderr
    assert 1 == done.exit_code


def test_check_for_github(here: Path) -> None:
    """Annotations are one line each, with what would end them early escaped."""
    (here / "50%,a.yaml").write_text(BROKEN)

    first, _ = call("check", "50%,a.yaml", "--format", "github").stdout.splitlines()

    assert first.startswith("::error file=50%25%2Ca.yaml,line=2,col=11::")


def test_check_is_content(here: Path) -> None:
    """Scenarios without a mistake are counted."""
    (here / "a.yaml").write_text(GOOD)

    done = call("check", "a.yaml")

    assert (0, "1 scenario is fine\n") == (done.exit_code, done.stdout)


@pytest.mark.parametrize(
    ("words", "begins"),
    [((), "warning: a.yaml:1:"), (("--format", "github"), "::warning file=a.yaml,line=1,col=")],
)
def test_check_warns(here: Path, words: tuple[str, ...], begins: str) -> None:
    """What most probably never happens is told, and is no mistake."""
    (here / "a.yaml").write_text(
        "turns: [{say: [{tool_call: any}], faults: [{fault: drop, label: text}]}]"
    )

    done = call("check", "a.yaml", *words)

    warning, last = done.stdout.splitlines()
    assert warning.startswith(begins)
    assert (0, "1 scenario is fine, with 1 warning") == (done.exit_code, last)


@pytest.mark.usefixtures("here")
def test_check_finds_nothing() -> None:
    """A folder without a scenario is most likely a mistake in a script."""
    done = call("check", ".")

    assert 1 == done.exit_code
    assert "holds no scenario" in done.stderr


def test_catalogue_is_fine() -> None:
    """Without a path, what comes with the product is checked."""
    done = call("check")

    assert 0 == done.exit_code
    assert re.fullmatch(r"\d\d+ scenarios are fine\n", done.stdout)


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


# new


@pytest.mark.usefixtures("here")
def test_new_is_a_scenario_that_works() -> None:
    """What is written passes the check, and answers from the tool's result."""
    assert 0 == call("new", "tests/mine").exit_code
    assert "1 scenario is fine\n" == call("check", "tests/mine.yaml").stdout

    done = call("show", "tests/mine.yaml", "--turn", "2", "--attempt", "2", "--no-stream")

    assert "The tool says: {" in done.stdout
    assert "429" in call("show", "tests/mine.yaml", "--turn", "2").stdout


def test_new_points_to_the_schema(here: Path) -> None:
    """The first line tells editors where the schema is."""
    call("new", "mine")

    first = (here / "mine.yaml").read_text().splitlines()[0]
    assert f"# yaml-language-server: $schema={FILE.resolve().as_uri()}" == first


def test_new_points_into_the_project(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where the project holds the schema, the path is one that colleagues can use too."""
    from mockrouter.cli import new  # noqa: PLC0415 - the module, whose place is changed here

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(new, "__file__", str(tmp_path / "venv" / "mockrouter" / "cli" / "new.py"))

    call("new", "tests/mine")

    first = (tmp_path / "tests" / "mine.yaml").read_text().splitlines()[0]
    assert "# yaml-language-server: $schema=../venv/mockrouter/scenario.schema.json" == first


def test_a_file_that_cannot_be_written(here: Path) -> None:
    """What the file system refuses is a message, not a traceback."""
    (here / "file").write_text("")

    done = call("new", "file/mine")

    assert (1, "file: File exists\n") == (done.exit_code, done.stderr)


def test_new_never_overwrites(here: Path) -> None:
    """A file that is there stays as it is, unless it is forced."""
    (here / "mine.yaml").write_text("precious")

    assert 2 == call("new", "mine").exit_code
    assert "precious" == (here / "mine.yaml").read_text()
    assert 0 == call("new", "mine.yaml", "--force").exit_code
    assert "precious" != (here / "mine.yaml").read_text()


# schema


def test_schema_is_the_installed_one() -> None:
    """It prints the file that editors are pointed to."""
    assert FILE.read_bytes() == call("schema").stdout_bytes


# health


@pytest.mark.usefixtures("here")
def test_health(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that answers is well, also where only its port is known."""
    with HttpServer(over_http(build([]))) as server:
        assert (0, f"mockrouter {__version__} at {server.url}: ok\n") == (
            (done := call("health", server.url)).exit_code,
            done.stdout,
        )
        assert (
            f"mockrouter {__version__} at {server.url}: ready\n"
            == call("health", "--ready", server.url).stdout
        )
        monkeypatch.setenv("MOCKROUTER_PORT", str(server.port))
        assert 0 == call("health").exit_code
        monkeypatch.setenv("MOCKROUTER_URL", server.url)
        assert 0 == call("health").exit_code


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(("required", "code"), [(True, 1), (False, 0)])
def test_not_ready(*, required: bool, code: int) -> None:
    """A server that needs a state which is away is well, and not ready."""
    engine = build([])
    sharing = sharing_at(engine, "redis://127.0.0.1:1/0", required=required)
    with HttpServer(over_http(engine, sharing=sharing)) as server:
        assert 0 == call("health", server.url).exit_code
        done = call("health", "--ready", server.url)

    said = "the state is away" if required else "ready"
    assert f"mockrouter {__version__} at {server.url}: {said}\n" == done.stdout
    assert code == done.exit_code


@pytest.mark.parametrize("url", ["https://127.0.0.1:1", "ftp://x", "127.0.0.1:nan"])
def test_no_address(url: str) -> None:
    """What is no address is told, without a traceback."""
    done = call("health", url)

    assert 1 == done.exit_code
    assert url in done.stderr


def test_nobody_there() -> None:
    """Where nobody listens, the exit code is 1."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"

        done = call("health", url)

    assert (1, f"no mockrouter answers at {url}: Connection refused\n") == (
        done.exit_code,
        done.stderr,
    )
