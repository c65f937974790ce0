"""What an entry of the journal looks like on the command line."""

from __future__ import annotations

import json
from array import array
from io import StringIO

import pytest
from rich.console import Console

from asgi import Client
from command_line import CHAT, FLAKY
from mockrouter.cli.journal_entry import show_entry, went_out
from mockrouter.cli.journal_lines import entry_lines
from mockrouter.entries import entries
from mockrouter.values import Json, JsonObject
from mockrouter.wire import Sent
from scripts import chat


def entry(
    body: Json, *, yaml: str = FLAKY, sent: Sent | None = None, path: str = CHAT
) -> JsonObject:
    """Ask a server in process; gives the last entry, which went out as *sent* says."""
    client = Client.playing(yaml)
    client.post(path, body)
    if sent:
        client.exchanges[-1].sent = sent
    return entries(client.exchanges)[-1].to_json()


def left(*times: float) -> Sent:
    """Make what went out to a client that left after some frames."""
    return Sent(len(times), 9, 0.0, 2.0, complete=False, client_left=True, times=array("d", times))


STREAM = """
turns: [{say: [{text: Hello.}], stream: {text: 1 char}, faults: [{fault: reset, after: 3}]}]
"""


def test_where_the_client_left() -> None:
    """The line says that it left, the whole entry after which frame, and what was not sent."""
    shown, file = entry(chat(stream=True), yaml=STREAM, sent=left(0.0, 0.5)), StringIO()

    show_entry(shown, Console(file=file, width=1000))

    (line,) = entry_lines(shown)
    assert line.endswith("  200  2000 ms, client left")
    assert went_out(shown).endswith("frames, 9 bytes, in 2.000 s; then the client left")
    assert went_out(shown).startswith("2 of ")
    times = [line[4:13].strip() for line in file.getvalue().splitlines() if "data: " in line]
    assert ["0.000s", "0.500s", "not sent"] == times[:3]


@pytest.mark.parametrize(
    ("yaml", "sent", "ends"),
    [
        (STREAM, None, ", reset"),
        ("turns: [{say: [{text: Hi.}]}]", left(), ", client left"),
    ],
)
def test_how_a_line_ends(yaml: str, sent: Sent | None, ends: str) -> None:
    """As it was not meant to by HTTP."""
    (line,) = entry_lines(entry(chat(stream=True), yaml=yaml, sent=sent))

    assert line.endswith(ends)


def test_what_is_not_over() -> None:
    """An answer that is going out, and a request that has none yet."""
    shown = entry(chat()) | {"sent": None}
    open_ = shown | {"response": None, "turn": None}

    assert next(entry_lines(shown)).endswith("429  going out")
    assert next(entry_lines(open_)).endswith("no status  not answered yet")
    assert "it is going out" == went_out(shown)


def test_clients_cannot_drive_the_terminal() -> None:
    """Control characters are spelled out wherever a client's words are printed."""
    body = chat({"role": "user", "content": "\x1b[31m\u202e"}, model="\x1b]0;x\x07")
    client = Client.playing(FLAKY)
    client.ask("POST", CHAT, json.dumps(body).encode(), **{"x-title": "\x1b[2J"})
    client.ask("POST", CHAT, b"\x1b[31mno json", **{"x-title": "\x1b[2J"})
    client.ask("GET", "/v1/\x1b[2J")
    for each in entries(client.exchanges):
        shown, file = each.to_json(), StringIO()
        show_entry(shown, Console(file=file, width=200, force_terminal=True, color_system=None))
        lines = [*file.getvalue().splitlines(), *entry_lines(shown)]

        assert all(line.isprintable() for line in lines), lines
