"""Running our commands, some scenarios for them, and what is asked of their servers."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from click.testing import CliRunner, Result

from mockrouter.cli import main
from mockrouter.values import Json

GOOD = "summary: Says hello.\ntags: [greeting]\nturns: [{say: [{text: Hello.}]}]\n"
BROKEN = "turns:\n  - say: [{txt: oops}]\nturn: 1\n"
"""Two mistakes, at 2:11 and 3:1."""

CHAT = "/v1/chat/completions"
FLAKY = """
name: flaky
when: {tools: get_weather}
turns:
  - attempts:
      - error: {status: 429, retry_after: 1}
      - say: [{tool_call: get_weather, arguments: {city: 5, token: hunter2}}]
"""


def call(*words: str) -> Result:
    """Run a command on 80 columns; an exception that is no exit is the test's."""
    runner = CliRunner(catch_exceptions=False)
    return runner.invoke(main, words, prog_name="mockrouter", terminal_width=80)


@contextmanager
def started(*words: str, stderr: int = subprocess.PIPE) -> Iterator[subprocess.Popen[str]]:
    """Start mockrouter in a process and a session of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "mockrouter", *words],
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        start_new_session=True,
    )
    with process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def line_of(process: subprocess.Popen[str]) -> str:
    """Read a line from its stdout."""
    assert process.stdout
    return process.stdout.readline()


def post(url: str, body: Json) -> None:
    """Ask a server, whatever it answers."""
    request = Request(f"{url}{CHAT}", json.dumps(body).encode())  # noqa: S310 - our own
    try:
        urlopen(request).close()  # noqa: S310
    except HTTPError as error:
        error.close()
