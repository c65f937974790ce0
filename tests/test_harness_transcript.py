"""What went over the wire, as a failing test shows it."""

from __future__ import annotations

import json
from itertools import count
from textwrap import dedent

import pytest

from asgi import Client
from mockrouter.entries import entries
from mockrouter.harness.transcript import transcript
from mockrouter.values import Json, JsonObject
from scripts import USER, chat

CHAT = "/v1/chat/completions"
RESULT: JsonObject = {"role": "tool", "tool_call_id": "call_1", "content": '{"temp": 18}'}
CALL: JsonObject = {
    "id": "call_1",
    "type": "function",
    "function": {"name": "get_weather", "arguments": '{"city":"Oslo"}'},
}


def shown(scenario: str, *bodies: Json, path: str = CHAT) -> str:
    """Ask by a clock that jumps, and describe it."""
    client = Client.playing(dedent(scenario))
    for body in bodies:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        client.ask("POST", path, raw, authorization="Bearer sk-secret-of-a-test")
    return transcript(entries(client.exchanges))


def user(text: str) -> JsonObject:
    """Say something as the user."""
    return {"role": "user", "content": text}


HELLO = user("Hello")
WEATHER_CALL = "{tool_call: get_weather, id: call_1, arguments: {city: Oslo}}"

SHOWN: list[tuple[str, list[Json], str]] = [
    (
        f"turns: [{{say: [{{text: Let me see.}}, {WEATHER_CALL}]}}, It is cold.]",
        [chat(), chat(USER, {"role": "assistant", "tool_calls": [CALL]}, RESULT, stream=True)],
        """
  1  POST /v1/chat/completions  inline turn 1  200
       > user: What is the weather in Tokyo?
       < text: Let me see.
       < calls get_weather {"city":"Oslo"}
       <     answered in 2: {"temp": 18}
  2  POST /v1/chat/completions  inline turn 2  200  stream
       > result of get_weather: {"temp": 18}
       < text: It is cold.
""",
    ),
    (
        "turns: [{say: [{tool_call: get_weather, arguments: '{\"city\":'}]}]",
        [chat()],
        """
  1  POST /v1/chat/completions  inline turn 1  200
       > user: What is the weather in Tokyo?
       < calls get_weather {"city":  (InvalidJson: The arguments of 'get_weather' are no JSON: \
Expecting value at character 8.)
       <     not answered
""",
    ),
    (
        "turns: [{attempts: [{error: {status: 429, message: Wait., retry_after: 2}}, There.]}]",
        [chat(HELLO), chat(HELLO)],
        """
  1  POST /v1/chat/completions  inline turn 1  429  Retry-After: 2 s
       > user: Hello
       < error: Wait.
  2  POST /v1/chat/completions  inline turn 1 attempt 2  200  tries 1 again after 0.00 s
       > user: Hello
       < text: There.
""",
    ),
    (
        """
        turns:
          - say: [{text: abcdef}]
            stream: {text: 2 chars}
            faults: [{fault: disconnect, after: 3}]
        """,
        [chat(HELLO, stream=True)],
        """
  1  POST /v1/chat/completions  inline turn 1  200  stream  disconnect after 3 writes
       > user: Hello
       < text: abcdef
""",
    ),
    (
        "turns: [{say: [{text: a}], faults: [{fault: reset, before: headers}]}]",
        [chat(HELLO)],
        """
  1  POST /v1/chat/completions  inline turn 1  no status  reset after 0 writes
       > user: Hello
       < text: a
""",
    ),
    (
        "turns: [{say: [{text: a}], faults: [{fault: stall}]}]",
        [chat(HELLO, stream=True)],
        """
  1  POST /v1/chat/completions  inline turn 1  200  stream  stall after 1 writes, until the \
client left
       > user: Hello
       < text: a
""",
    ),
    (
        "turns: [One.]",
        [chat(HELLO, {"role": "assistant", "content": "One."}, HELLO)],
        """
  1  POST /v1/chat/completions  inline  404
       > user: Hello
       < <inline>:1: scenario 'inline' has 1 turn, and this conversation asks for turn 2; \
add a turn, or write 'then: repeat'
""",
    ),
    (
        "{when: {model: other, tools: get_time}, turns: [One.]}",
        [chat(HELLO)],
        """
  1  POST /v1/chat/completions  auto turn 1  200
       > user: Hello
       < text: You said: "Hello" I am a mock, so I leave it at that.
       ! inline: model is 'gpt-4o', not 'other'; tools is get_weather, not 'get_time'
""",
    ),
    (
        "turns: [One.]",
        [b"{", {"model": "a", "messages": []}],
        """
  1  POST /v1/chat/completions  400
       > {
       < error: We could not parse the JSON body of your request.*
  2  POST /v1/chat/completions  400
       > {"model":"a","messages":[]}
       < error: *
""",
    ),
]


@pytest.mark.parametrize(("scenario", "bodies", "expected"), SHOWN, ids=range(len(SHOWN)))
def test_transcript(scenario: str, bodies: list[Json], expected: str) -> None:
    """Each request has its new message and the answer, with what went wrong behind it."""
    text = shown(scenario, *bodies)

    wanted, found = expected.strip("\n").splitlines(), text.splitlines()
    assert len(wanted) == len(found), text
    for want, line in zip(wanted, found, strict=True):
        if want.endswith("*"):
            assert line.startswith(want[:-1]), text
        else:
            assert want == line


def test_responses() -> None:
    """In Responses it reads the same."""
    said = {"model": "gpt-4o", "input": "Hello"}
    text = shown("turns: [One.]", said, path="/api/v1/responses")

    assert (
        "  1  POST /api/v1/responses  inline turn 1  200\n       > user: Hello\n       < text: One."
        == text
    )


def test_long_texts_are_cut() -> None:
    """Of what is long the beginning is shown, and how long it is."""
    text = shown("turns: [One.]", chat({"role": "user", "content": "word " * 100}))

    assert f"> user: {'word ' * 32}… (499 characters)" in text


NASTY = "cut \ud83d \x1b[2J\x1b[31m\u202e\x00\x85end"


@pytest.mark.parametrize(
    ("scenario", "body"),
    [
        ("turns: [One.]", chat(user(NASTY))),
        ("turns: [{say: [{text: '{{ request.user }}'}]}]", chat(user(NASTY))),
        ("turns: [One.]", chat(USER, {"role": "assistant", "content": NASTY}, user(NASTY))),
        ("turns: [One.]", chat(USER, {**RESULT, "content": NASTY})),
        ("turns: [One.]", chat(USER, {**RESULT, "tool_call_id": NASTY})),
        ("{when: {model: other}, turns: [One.]}", chat(USER, model=NASTY)),
        ("turns: [One.]", b"\xff\x1b[2J{"),
        ("turns: [One.]", {"model": "m", "messages": [{"role": NASTY, "content": NASTY}]}),
    ],
    ids=count(),
)
def test_every_line_can_be_printed(scenario: str, body: Json) -> None:
    """Half an emoji cannot be written to a file, and codes for a terminal would drive it."""
    text = shown(scenario, body)

    assert [] == [line for line in text.split("\n") if not line.isprintable()]
    assert text.encode()


def test_nothing_secret() -> None:
    """Keys that clients send are not shown."""
    assert "sk-secret" not in shown("turns: [One.]", chat(HELLO))
