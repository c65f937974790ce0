"""`mockrouter journal`: what it prints of a running server's journal, and how it ends."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from urllib.request import urlopen

import click
import pytest
from click.testing import Result

from command_line import CHAT, FLAKY, call, post
from mockrouter.cli import health, main, remote
from mockrouter.cli.journal import FILTERS
from mockrouter.engine.engine import Engine
from mockrouter.engine.journal import Journal
from mockrouter.engine.settings import Settings
from mockrouter.scenario.library import load_text
from mockrouter.serving.app import App
from mockrouter.serving.control.queries import FILTERS as PARAMETERS
from mockrouter.serving.server import HttpServer
from scripts import chat, library


@pytest.fixture(scope="module")
def server() -> Iterator[HttpServer]:
    """Serve three requests that were asked."""
    engine = Engine(library(FLAKY), Settings(redact=("token",)))
    with HttpServer(App(engine)) as server:
        post(server.url, chat())
        post(server.url, chat())
        post(server.url, {"model": "m", "messages": "none"})
        yield server


def journal(server: HttpServer, *words: str) -> Result:
    """Run the command."""
    return call("journal", server.url, *words)


def test_a_line_for_each_request(server: HttpServer) -> None:
    """Like the lines of the request log, with a number in front and the complaint beneath."""
    done = journal(server)

    first, second, third, beneath = done.stdout.splitlines()
    assert re.fullmatch(rf"   1  [\d:]{{8}}  POST {CHAT}  flaky  turn 1  429  \d+ ms", first)
    assert second.endswith(" ms, retry of 1")
    assert "  flaky  turn 1  attempt 2  200  " in second
    assert f"POST {CHAT}  400  " in third
    assert beneath.startswith(" " * 16 + "Invalid type for 'messages'")
    assert (0, "") == (done.exit_code, done.stderr)


def test_lines_of_json(server: HttpServer) -> None:
    """Each line is the whole entry, as the control API has it."""
    lines = journal(server, "--jsonl").stdout.splitlines()

    with urlopen(f"{server.url}/_mockrouter/requests") as response:  # noqa: S310 - our own
        assert json.load(response)["requests"] == [json.loads(line) for line in lines]


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        (["--status", "4xx"], [1, 3]),
        (["--status", "200", "--status", "400"], [2, 3]),
        (["--answered-by", "fl*"], [1, 2]),
        (["--namespace", "none"], []),
        (["--tool", "get_weather", "--limit", "1"], [2]),
        (["--after", "1"], [2, 3]),
        (["--after", "0", "--limit", "2"], [2, 3]),
        (["--after", "1", "--limit", "1"], [2]),
    ],
)
def test_filters(server: HttpServer, words: list[str], numbers: list[int]) -> None:
    """Options choose requests, as the URL's parameters do."""
    lines = journal(server, "--jsonl", *words).stdout.splitlines()

    assert numbers == [json.loads(line)["number"] for line in lines]


def test_every_filter_is_an_option() -> None:
    """What the control API can filter by, the command can."""
    assert {*PARAMETERS} == {name.replace("answered-by", "scenario") for name in FILTERS}


def test_one_request_whole(server: HttpServer) -> None:
    """What it is, what was asked, what was answered and when, and what became of its calls."""
    shown = journal(server, "--show", "2").stdout

    for line in (
        "speaks: openai, chat",
        "answered by: flaky, turn 1, attempt 2, seed 0",
        "conversation: asks again what was asked in 1, ",
        f"POST {CHAT}",
        '  "model": "gpt-4o",',
        "HTTP 200",
        "ends: complete",
        "went out: 1 frame, ",
        'calls get_weather  {"city":5,"token":"[redacted]"}  SchemaMismatch',
        "  no result came back",
    ):
        assert f"\n{line}" in f"\n{shown}"
    assert "hunter2" not in shown


def test_one_as_a_command_or_a_scenario(server: HttpServer) -> None:
    """Both come out bare, for a file or a shell."""
    command, scenario = journal(server, "--curl", "1"), journal(server, "--scenario", "2")

    assert command.stdout.startswith(f"curl {server.url}{CHAT}")
    assert load_text(scenario.stdout).model.turns[0].attempts


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["--show", "99"], 1, "The journal holds no request 99; it holds 1 to 3."),
        (["--show", "1", "--namespace", "t"], 1, "of namespace 't'; it holds none; say which"),
        (["--status", "4"], 1, "a class of them such as 4xx"),
        (["--scenario", "3"], 1, "there is nothing to save"),
        (["--show", "1", "--curl", "1"], 2, "give one of them alone"),
        (["--show", "1", "--follow"], 2, "give one of them alone"),
        (["--show", "1", "--status", "429"], 2, "by its number or by filters"),
        (["--show", "1", "--namespace", "a", "--namespace", "b"], 2, "and its --namespace"),
    ],
)
def test_mistakes(server: HttpServer, words: list[str], code: int, says: str) -> None:
    """A sentence each, and no traceback."""
    done = journal(server, *words)

    assert (code, "") == (done.exit_code, done.stdout)
    assert says in done.stderr


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://127.0.0.1:1", "no mockrouter answers at http://127.0.0.1:1: Connection refused"),
        ("ftp://x", "'ftp://x' is no http:// address"),
        ("http://[", "no mockrouter answers at http://["),
    ],
)
def test_no_server(url: str, says: str) -> None:
    """It says where it looked, and what came of it."""
    done = call("journal", url)

    assert (1, "") == (done.exit_code, done.stdout)
    assert says in done.stderr


@pytest.mark.parametrize("command", ["journal", "health"])
def test_a_server_that_says_nothing(monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """A port that takes connections and never answers is told soon, with what to do."""
    for user in (remote, health):
        monkeypatch.setattr(user, "FIRST_ANSWER", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        done = call(command, url)

    says = "nothing came in time; ask at the address that `mockrouter serve` printed"
    assert 1 == done.exit_code
    assert f"no mockrouter answers at {url}: {says}" in done.stderr


def test_one_of_a_namespace() -> None:
    """Where each namespace has numbers of its own, a number and a namespace say which is meant."""
    engine = Engine(library(FLAKY), journal=Journal(apart=True))
    with HttpServer(App(engine)) as server:
        for base in ("/~t", "/~t", "/~u"):
            post(f"{server.url}{base}", chat())
        of_t = ("--namespace", "t")
        shown, command = (
            journal(server, "--show", "2", *of_t),
            journal(server, "--curl", "2", *of_t),
        )
        scenario = journal(server, "--scenario", "1", *of_t)
        lost = [journal(server, "--show", *words).stderr for words in (["1"], ["9", *of_t])]

    assert "asks again what was asked in 1" in shown.stdout
    assert f"/~t{CHAT}" in command.stdout
    assert load_text(scenario.stdout).model.turns
    assert "no request 1; it holds none; say which namespace, of 't', 'u'." in lost[0]
    assert "no request 9 of namespace 't'; it holds 1 to 2." in lost[1]


def test_help_names_no_filter_twice() -> None:
    """Options and the words for one request are different words."""
    command = main.get_command(click.Context(main), "journal")

    assert command
    names = [name for option in command.params for name in option.opts]
    assert len(names) == len({*names})
