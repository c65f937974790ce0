"""What is logged of each request."""

from __future__ import annotations

import asyncio
import io
import re
from pathlib import Path

import pytest
from starlette.types import Message, Scope

from command_line import GOOD
from mockrouter.cli.request_log import RequestLog
from mockrouter.cli.serving import build, over_http

CHAT = "/v1/chat/completions"
ASKS = b'{"model": "m", "messages": [{"role": "user", "content": "Hi"}]}'


def logged(
    path: str, body: bytes, *, text: str = GOOD, color: bool = False, times: int = 1
) -> list[str]:
    """Ask an app that serves one scenario, and read its log."""
    folder = Path("served")
    folder.mkdir(exist_ok=True)
    (folder / "a.yaml").write_text(text)
    log = io.StringIO()
    app = RequestLog(over_http(build([folder])), log.write, color=color)

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(_: Message) -> None:
        pass

    scope: Scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "headers": [],
        "query_string": b"",
        "server": ("127.0.0.1", 4099),
        "scheme": "http",
    }
    for _ in range(times):
        asyncio.run(app(dict(scope), receive, send))
    return log.getvalue().splitlines()


@pytest.mark.parametrize(
    ("path", "body", "first", "rest"),
    [
        (CHAT, ASKS, f"POST {CHAT}  a  turn 1  200", None),
        ("/s/b" + CHAT, ASKS, f"POST /s/b{CHAT}  404", "no scenario is named 'b'"),
        (CHAT, b"{}", f"POST {CHAT}  400", "Missing required parameter"),
        (CHAT, b"[", f"POST {CHAT}  400", "We could not parse the JSON body"),
        ("/chat/completions", ASKS, "POST /chat/completions  404", "Nothing is served at /chat"),
        ("/x\x1b[2J", ASKS, r"POST /x\x1b[2J  404", r"Nothing is served at /x\x1b[2J"),
    ],
)
@pytest.mark.usefixtures("here")
def test_log(path: str, body: bytes, first: str, rest: str | None) -> None:
    """A request is a line; what the mock complains of stands beneath."""
    line, *more = logged(path, body)

    assert re.fullmatch(rf"\d\d:\d\d:\d\d  {re.escape(first)}  \d+ ms", line)
    assert (rest is not None) is bool(more)
    assert rest is None or more[0].strip().startswith(rest)


@pytest.mark.usefixtures("here")
def test_log_says_what_could_not_be_done() -> None:
    """A fault that finds nothing to break is told where it happens."""
    text = "turns: [{say: [{text: Hi}], faults: [{fault: drop, label: tool_call}]}]\n"

    _, *more = logged(CHAT, ASKS, text=text)

    assert [line for line in more if line.strip().startswith("served/a.yaml:1: ")]


@pytest.mark.usefixtures("here")
def test_scripted_errors_are_no_complaint() -> None:
    """An error that the scenario asks for is no news."""
    line, *more = logged(CHAT, ASKS, text="turns: [{error: 503}]\n")

    assert "  503  " in line
    assert [] == more


@pytest.mark.usefixtures("here")
def test_log_counts_attempts() -> None:
    """A further try of the same request is told from the first."""
    text = "turns: [{attempts: [{error: 503}, {say: [{text: Hi}]}]}]\n"

    first, second = logged(CHAT, ASKS, text=text, times=2)

    assert "  a  turn 1  503  " in first
    assert "  a  turn 1  attempt 2  200  " in second


@pytest.mark.usefixtures("here")
def test_log_is_colored() -> None:
    """In a terminal the status is colored, and so is what the mock complains of."""
    assert "\x1b[32m200\x1b[0m" in logged(CHAT, ASKS, color=True)[0]
    assert logged("/x", ASKS, color=True)[1].startswith("\x1b[33m")


@pytest.mark.usefixtures("here")
def test_health_checks_are_not_logged() -> None:
    """What Docker asks every ten seconds would bury the rest."""
    assert [] == logged("/_mockrouter/health", b"")
