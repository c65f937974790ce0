"""Printing a wire, and the client that stands in for the user's own."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from mockrouter.cli.brief import brief
from mockrouter.cli.frames import ENDINGS, rows, show, show_diff, spelled, status
from mockrouter.cli.stand_in import Asking, ask
from mockrouter.dialects import DIALECTS
from mockrouter.scenario.library import Library, load
from mockrouter.values import JsonObject
from mockrouter.wire import Ending, Frame, Label, Wire

HEADERS = ((b"content-type", b"text/event-stream"),)

SCENARIO = """
name: two
turns:
  - attempts:
      - error: 503
      - say:
          - text: Let me look.
          - tool_call: get_weather
            arguments: {location: Tokyo}
            malformed: truncated
          - {tool_call: other, arguments: {}}
  - say: [{text: "{{ results.get_weather.temp }} degrees."}]
  - say: [{text: "Bye."}]
"""


def printed(wire: Wire, *, width: int = 100_000, terminal: bool = False, full: bool = False) -> str:
    """Print a wire into a text."""
    file = StringIO()
    out = Console(file=file, width=width, force_terminal=terminal, color_system=None)
    show(wire, out, full=full)
    return file.getvalue()


def stream(*frames: Frame, ending: Ending = Ending.COMPLETE) -> Wire:
    """Make a stream."""
    return Wire(200, HEADERS, frames, ending, stream=True)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Load the scenario above."""
    path: Path = tmp_path_factory.mktemp("scenarios") / "two.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return load([path])


def test_shows_each_frame() -> None:
    """A frame is a line: its number, its delay, what it means, every byte of it."""
    wire = stream(
        Frame(b'data: {"a":1}\n\n', Label.TEXT, 0.2),
        Frame(b"data: \xc3", Label.TOOL_CALL, call=1),
        ending=Ending.RESET,
    )

    assert [
        "HTTP 200",
        "content-type: text/event-stream",
        "",
        '  1   +0.20s  text         data: {"a":1}\\n\\n',
        "  2           tool_call 1  data: \\xc3",
        "",
        f"ends: {ENDINGS[Ending.RESET]}",
    ] == printed(wire).splitlines()


def test_lays_out_a_plain_body() -> None:
    """A whole JSON body is laid out for reading."""
    wire = Wire(400, (), (Frame(b'{"error":{"code":1}}'),))

    assert '{\n  "error": {\n    "code": 1\n  }\n}\n' in printed(wire)


@pytest.mark.parametrize(
    "wire",
    [
        Wire(200, (), (Frame(b'{"a":1}'),), Ending.DISCONNECT),
        Wire(200, (), (Frame(b'{"a":'),)),
        Wire(200, (), (Frame(b'{"a"'), Frame(b":1}"))),
        stream(Frame(b'{"a":1}')),
    ],
    ids=["cut", "no JSON", "two writes", "stream"],
)
def test_does_not_lay_out_what_is_more_than_json(wire: Wire) -> None:
    """Where the writes or the ending matter, they are shown as they are."""
    assert "  1           body" in printed(wire)


def test_folds_in_a_terminal() -> None:
    """In a terminal no line is wider than it, and nothing is lost in folding."""
    text = 'data: {"text":"' + "天气 weather " * 20 + '"}\n\n'

    lines = printed(stream(Frame(text.encode())), width=60, terminal=True).splitlines()

    body = [line[27:] for line in lines if line.startswith((" " * 27, "  1 "))]
    assert len(body) > 3
    assert spelled(text.encode()) == "".join(body)


CHUNK = (
    b'data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"m",'
    b'"choices":[{"index":0,"delta":{"content":null,"tool_calls":[{"id":"call_1"}]},'
    b'"logprobs":null,"finish_reason":null}],"obfuscation":"x"}\n\n'
)


CREATED = (
    b'event: response.created\ndata: {"type":"response.created","response":{"id":"r",'
    b'"status":"completed","error":null,"output":[],"usage":{"a":1}},"sequence_number":3}'
)
SHORT_CHUNK = (
    'data: {…,"choices":[{"index":0,"delta":{"content":null,"tool_calls":[{"id":"call_1"}]},…}],…}'
    "\n\n"
)
SHORT_CREATED = (
    'event: response.created\ndata: {…,"response":{…,"status":"completed",…,"usage":{"a":1}},…}'
)


@pytest.mark.parametrize(
    ("data", "shown"),
    [(CHUNK, SHORT_CHUNK), (CREATED, SHORT_CREATED)],
    ids=["chat", "responses"],
)
def test_a_terminal_gets_what_an_event_brings(data: bytes, shown: str) -> None:
    """What all events repeat is left out, and nothing that a fault may be about."""
    assert shown == brief(data).decode()


@given(st.binary().filter(lambda data: b"data: " not in data))
def test_what_is_no_event_is_never_shortened(data: bytes) -> None:
    """Cut or broken bytes are what the eye is after."""
    assert data == brief(data)
    assert CHUNK[:90] + data == brief(CHUNK[:90] + data)


def test_a_terminal_gets_all_on_request() -> None:
    """A pipe does without asking."""
    wire = stream(Frame(CHUNK))

    assert "chatcmpl-1" not in printed(wire, terminal=True)
    assert "chatcmpl-1" in printed(wire, terminal=True, full=True)
    assert "chatcmpl-1" in printed(wire)


def test_no_response() -> None:
    """A connection that ends before the status line is told as that."""
    wire = Wire(200, (), (), Ending.RESET, headers_sent=False)

    assert "no response: the connection ends before the status line" == status(wire)


def test_every_ending_is_explained() -> None:
    """There is a sentence for each way to end."""
    assert set(Ending) == set(ENDINGS)


@given(st.binary())
def test_nothing_drives_the_terminal(data: bytes) -> None:
    """Whatever the bytes are, what is printed holds no control characters."""
    assert spelled(data).isprintable()


@given(st.lists(st.binary(min_size=1), max_size=5))
def test_all_frames_are_shown(datas: list[bytes]) -> None:
    """There is a row for each frame, in order."""
    wire = stream(*map(Frame, datas))

    assert [spelled(data) for data in datas] == [row.text for row in rows(wire)]


def test_diff() -> None:
    """Frames are compared with their JSON laid out, so that a changed key is one line."""
    file = StringIO()
    one = stream(Frame(b'data: {"a":1,"b":2}\n\n'))
    other = stream(Frame(b'data: {"a":1,"b":3}\n\n'))

    differs = show_diff(one, other, ("x", "y"), Console(file=file, width=80))

    changed = [line for line in file.getvalue().splitlines() if line[:1] in "+-"]
    assert ["--- x", "+++ y", '-  "b": 2', '+  "b": 3'] == changed
    assert differs


def test_no_diff() -> None:
    """Equal wires are said to be equal."""
    wire = stream(Frame(b"x"))

    assert not show_diff(wire, wire, ("x", "y"), Console(file=StringIO()))


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    ("turn", "attempt", "holds"),
    [
        (1, 1, b"503"),
        (1, 2, b"Let me look."),
        (2, 1, b"21 degrees."),
        (3, 1, b"Bye."),
    ],
)
def test_plays_up_to_the_answer(
    library: Library, dialect: str, turn: int, attempt: int, holds: bytes
) -> None:
    """The stand-in runs what it is told to run, tries again, and reaches every turn."""
    asking = Asking(scenario="two", turn=turn, attempt=attempt, dialect=dialect, stream=False)

    answered = ask(library, asking)

    assert "" == answered.exchange.error
    assert (turn, attempt) == (answered.exchange.turn, answered.exchange.attempt)
    assert holds in answered.wire.body or holds == str(answered.wire.status).encode()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_takes_a_request_of_ones_own(library: Library, dialect: str) -> None:
    """A body of the user's own is sent as it is, and its conversation goes on."""
    said: dict[str, JsonObject] = {
        "chat": {"messages": [{"role": "user", "content": "Hi"}]},
        "responses": {"input": "Hi"},
    }
    body = {"model": "mine", **said[dialect]}

    answered = ask(library, Asking(scenario="two", turn=3, dialect=dialect, stream=None, body=body))

    assert 200 == answered.wire.status
    assert "mine" == json.loads(answered.wire.body)["model"]
    assert b"Bye." in answered.wire.body
