"""The commands that serve: demo, run, serve, and what they tell meanwhile."""

from __future__ import annotations

import asyncio
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from starlette.types import Message, Scope

from command_line import BROKEN, call, line_of, started
from mockrouter.cli import demo
from mockrouter.cli.serve import origin
from mockrouter.cli.serving import build, over_http
from mockrouter.cli.terminal import tell

CHAT = "/v1/chat/completions"
ASKS = b'{"model": "m", "messages": [{"role": "user", "content": "Hi"}]}'
STALLS = """
turns:
  - say: [{text: One two three four.}]
    faults: [{fault: stall, after: 2}]
"""

# demo


def test_demo() -> None:
    """The loop closes over a real socket, the bad day breaks, and nothing needs a terminal."""
    done = call("demo", "--fast")

    assert 0 == done.exit_code
    assert "The loop is closed: 2 requests, 1 tool call" in done.stdout
    assert 'data: {…"arguments":"{\\"lo"…}' in done.stdout
    assert "no JSON: {" in done.stdout
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("GOOD", "results.get_weather.temperature", "20"),
        ("GOOD", "location: Tokyo", "location: Atlantis"),
        ("GOOD", "tool_call: get_weather", "tool_call: another"),
        ("BAD", "after: 5", "after: 500"),
        ("BAD", "name: bad-day", "name: other-day"),
    ],
)
def test_demo_fails_if_it_did_not_go_as_it_should(
    monkeypatch: pytest.MonkeyPatch, name: str, old: str, new: str
) -> None:
    """The exit code is earned: another model, or no failure, makes it 1."""
    text = getattr(demo, name)
    assert old in text
    monkeypatch.setattr(demo, name, text.replace(old, new))

    assert 1 == call("demo", "--fast").exit_code


# serve


def read_on(response: http.client.HTTPResponse) -> None:
    """Read to the end; unlike others, ``read1`` says when a body breaks off."""
    while response.read1():
        pass


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve(here: Path, number: signal.Signals) -> None:
    """The first line says where; a signal ends it well, and every open stream with it."""
    (here / "a.yaml").write_text(STALLS)

    with started("serve", "a.yaml", "--port", "0", "--port-file", "port") as process:
        found = re.fullmatch(
            r"mockrouter listening on http://127\.0\.0\.1:(\d+)\n", line_of(process)
        )
        assert found
        assert found[1] == (here / "port").read_text().strip()
        connection = http.client.HTTPConnection("127.0.0.1", int(found[1]), timeout=10)
        connection.request("POST", CHAT, ASKS[:-1] + b', "stream": true}')
        response = connection.getresponse()
        assert response.readline().startswith(b"data: ")
        process.send_signal(number)

        assert 0 == process.wait(10)
        assert process.stderr
        log = process.stderr.read()

    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        read_on(response)
    connection.close()
    assert "Traceback" not in log
    assert re.search(rf"POST {CHAT}  a  turn 1  200  \d+ ms, stall\n", log)
    assert not (here / "port").exists()


@pytest.mark.usefixtures("here")
def test_serve_goes_on_when_nobody_reads() -> None:
    """A script that reads the first line and closes the pipe, log and all, has its server."""
    with started("serve", "--port", "0", stderr=subprocess.STDOUT) as process:
        port = int(line_of(process).rpartition(":")[2])
        assert process.stdout
        process.stdout.close()
        for _ in range(2):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("POST", CHAT, ASKS)
            assert 200 == connection.getresponse().status
            connection.close()
        process.send_signal(signal.SIGTERM)

        assert 0 == process.wait(10)


def test_telling_someone_who_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe that is closed already is no error, and none at the end."""
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w", encoding="utf-8") as gone:
        monkeypatch.setattr(sys, "stdout", gone)
        tell("mockrouter listening\n")


@pytest.mark.parametrize("origin", ["localhost:3000", "http://localhost:3000/app"])
def test_no_origin(origin: str) -> None:
    """What no browser sends as an origin is refused, and what to write is said."""
    done = call("serve", "--cors", origin, "--port", "0")

    assert 2 == done.exit_code
    assert f"'{origin}' is no origin" in done.stderr
    assert "http://localhost:3000" in done.stderr.split("such as")[1]


@pytest.mark.parametrize("text", ["http://Localhost:3000/", "http://localhost:3000"])
def test_origins_are_read_as_browsers_write_them(text: str) -> None:
    """A slash at the end and capitals would never match."""
    assert "http://localhost:3000" == origin(text)


def test_broken_scenario_at_start(here: Path) -> None:
    """A server does not start with a scenario that is wrong; every mistake is told."""
    (here / "a.yaml").write_text(BROKEN)

    done = call("serve", "a.yaml", "--port", "0")

    assert 1 == done.exit_code
    assert ["a.yaml:2:11", "a.yaml:3:1"] == [
        line.split(": ")[0] for line in done.stderr.splitlines()
    ]
    assert "" == done.stdout


def test_port_in_use(here: Path) -> None:
    """A taken port exits with 3 and names who has it, and leaves no port file."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        (here / "port").write_text("1")

        done = call("serve", "--port", str(port), "--port-file", "port")

    assert 3 == done.exit_code
    assert f"127.0.0.1:{port}: it is in use" in done.stderr
    assert not (here / "port").exists()


@pytest.mark.usefixtures("here")
def test_options_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a container sets is heard."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("MOCKROUTER_PORT", str(taken.getsockname()[1]))

        assert 3 == call("serve").exit_code


def test_a_state_that_is_required_has_a_name() -> None:
    """Who requires what is shared and shares nothing has forgotten something."""
    found = call("serve", "--state-required")

    assert 2 == found.exit_code
    assert "name it by '--state', or leave this out" in found.output


# Web pages


def preflight(*origins: str) -> dict[bytes, bytes]:
    """Ask as a browser does before it lets a page ask."""
    found: dict[bytes, bytes] = {}

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        found.update(message.get("headers", ()))

    headers = [
        (b"origin", b"http://page.example"),
        (b"access-control-request-method", b"POST"),
        (b"access-control-request-headers", b"authorization"),
    ]
    scope: Scope = {"type": "http", "method": "OPTIONS", "path": CHAT, "headers": headers}
    app = over_http(build([]), cors=origins)

    async def ask() -> None:
        await app(scope, receive, send)

    asyncio.run(ask())
    return found


@pytest.mark.parametrize(
    ("origins", "allowed"),
    [
        ((), None),
        (("http://page.example",), b"http://page.example"),
        (("http://other.example",), None),
        (("*",), b"*"),
    ],
)
def test_cors(origins: tuple[str, ...], allowed: bytes | None) -> None:
    """Only pages of the origins that were named may use the API."""
    assert allowed == preflight(*origins).get(b"access-control-allow-origin")
