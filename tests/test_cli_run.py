"""``mockrouter run``: a command with a server of its own, and what is said of it in the end."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from command_line import call, line_of, started
from mockrouter.harness.environment import environment

TWO_TURNS = "turns: [{say: [{text: One.}]}, {say: [{text: Two.}]}]\n"
ASKING = """
import json, os, sys, urllib.request
for path in sys.argv[1:]:
    body = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}
    url = os.environ["MOCKROUTER_URL"] + path + "/v1/chat/completions"
    try:
        urllib.request.urlopen(url, json.dumps(body).encode()).read()
    except urllib.error.HTTPError:
        pass
"""


def test_run_points_clients_to_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables of the SDKs lead to the profiles' base URLs."""
    monkeypatch.setenv("NO_PROXY", "internal")
    monkeypatch.delenv("no_proxy", raising=False)

    assert {
        "MOCKROUTER_URL": "http://x:1",
        "OPENAI_BASE_URL": "http://x:1/api/v1",
        "OPENAI_API_BASE": "http://x:1/api/v1",
        "OPENAI_API_KEY": "mockrouter",
        "OPENROUTER_BASE_URL": "http://x:1/api/v1",
        "OPENROUTER_API_BASE": "http://x:1/api/v1",
        "OPENROUTER_API_KEY": "mockrouter",
        "SOLROUTER_BASE_URL": "http://x:1/ai",
        "SOLROUTER_API_KEY": "mockrouter",
        "NO_PROXY": "internal,127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    } == environment("http://x:1", "openrouter", os.environ)
    assert "http://x:1/v1" == environment("http://x:1", "openai", {})["OPENAI_BASE_URL"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([sys.executable, "-c", "raise SystemExit(7)"], 7),
        ([sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"], 137),
        (["no-such-command"], 127),
        ([os.curdir], 126),
        ([sys.executable, "-m", "mockrouter", "health"], 0),
    ],
    ids=["code", "signal", "not found", "not executable", "reaches the server"],
)
def test_run_exits_with_the_commands_code(words: list[str], code: int) -> None:
    """The command's code comes back, as a shell would give it."""
    assert code == call("run", "--", *words).exit_code


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_run_forwards_signals(number: signal.Signals) -> None:
    """A signal that is meant for us reaches the command, whose own end decides."""
    script = "import signal, sys\n"
    script += f"signal.signal({int(number)}, lambda *_: sys.exit(9))\n"
    script += "print('ready', flush=True)\nsignal.pause()\n"

    with started("run", "--", sys.executable, "-c", script) as process:
        assert "ready\n" == line_of(process)
        process.send_signal(number)

        assert 9 == process.wait(10)


@pytest.mark.parametrize(
    ("paths", "options", "code", "wrong"),
    [
        ([""], [], 0, ""),
        ([""], ["--strict"], 1, "two.yaml:1: turn 2 of 'two' was never asked for"),
        ([], ["--strict"], 1, "two.yaml:1: turn 1 of 'two' was never asked for"),
        (["/s/nope"], ["--strict"], 1, "request 1 had no answer: no scenario is named 'nope'"),
        (["/s/nope"], [], 0, ""),
    ],
)
def test_strict_runs_end_in_a_judgement(
    here: Path, paths: list[str], options: list[str], code: int, wrong: str
) -> None:
    """A command that is content still fails, if turns are left over or requests had no answer."""
    (here / "two.yaml").write_text(TWO_TURNS)
    done = call("run", "two.yaml", *options, "--", sys.executable, "-c", ASKING, *paths)

    assert code == done.exit_code
    assert wrong in done.stderr
    assert bool(wrong) == bool(done.stderr)


def test_a_strict_run_that_goes_well(here: Path) -> None:
    """Where everything was asked for, nothing is said."""
    (here / "one.yaml").write_text("turns: [Hello.]\nthen: repeat\n")
    done = call("run", "one.yaml", "--strict", "--", sys.executable, "-c", ASKING, "", "/~other")

    assert (0, "") == (done.exit_code, done.stderr)


def test_the_commands_own_failure_comes_first(here: Path) -> None:
    """The command's code is kept; what the mock has to say stands beside it."""
    (here / "two.yaml").write_text(TWO_TURNS)
    done = call("run", "two.yaml", "--strict", "--", sys.executable, "-c", "raise SystemExit(7)")

    assert 7 == done.exit_code
    assert 2 == done.stderr.count("was never asked for")


def test_waits_are_scaled(here: Path) -> None:
    """An hour's wait takes no time where waits take none."""
    (here / "slow.yaml").write_text("turns: [{say: [{text: Hi.}], pace: {headers: 3600}}]\n")
    words = ["slow.yaml", "--strict", "--time-scale", "0"]

    assert 0 == call("run", *words, "--", sys.executable, "-c", ASKING, "").exit_code


def test_run_strict_without_scenarios() -> None:
    """The remedy fits the command that was given."""
    done = call("run", "--strict", "--", sys.executable, "-c", ASKING, "")

    assert 1 == done.exit_code
    assert (
        "no scenario is loaded; name files or folders: mockrouter serve (or run) PATH"
        in done.stderr
    )
