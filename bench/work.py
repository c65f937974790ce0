"""What is asked, and what answers it: the same call for every server, in its own words."""

from __future__ import annotations

import json
from pathlib import Path

PATH = "/v1/chat/completions"
EVENTS = 50
"""Events of a stream: the call's opening, its fragments, the finish and ``[DONE]``."""
PACED = 100
TTFT, GAP = 0.2, 0.02
"""Seconds before the first paced event, and between two."""
SLOW = 10
SLOW_TTFT, SLOW_GAP = 6.0, 1.0

WORKS = ("call", "stream", "together", "paced", "slow")
"""Names of what is asked for, each the model of its request."""

DIGITS = b"00000000"
"""In each body, for a number where no two requests are to be alike."""

_PIECE = 2
_TOOL = {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object"}}}
_ANSWER = """\
when: {model: %s}
turns:
  - say: [{tool_call: get_weather, arguments: {city: %s}}]
    stream: {arguments: %d chars}
    %s
then: repeat
"""
_MORE = {
    "together": "faults: [{fault: writes, together: true}]",
    "paced": f"pace: {{ttft: {TTFT}, itl: {GAP}}}",
    "slow": f"pace: {{ttft: {SLOW_TTFT}, itl: {SLOW_GAP}}}",
}
# The opening is paced too, finish and [DONE] come at once.
_PIECES = {"paced": PACED - 1, "slow": SLOW - 1}


def body(work: str, **more: object) -> bytes:
    """Ask as a chat client would; *more* takes the place of what is asked by default."""
    asked = {
        "model": work,
        "messages": [{"role": "user", "content": f"What is the weather in {DIGITS.decode()}?"}],
        "tools": [_TOOL],
    }
    streamed = {} if work == "call" else {"stream": True}
    return json.dumps({**asked, **streamed, **more}).encode()


def tool(name: str) -> object:
    """Offer a tool of this name."""
    return {"type": "function", "function": {"name": name, "parameters": {"type": "object"}}}


def write_scenarios(folder: Path) -> Path:
    """Write a file for each work, as mockrouter reads it."""
    folder.mkdir()
    for work in WORKS:
        text = _ANSWER % (work, _city(work), _PIECE, _MORE.get(work, ""))
        (folder / f"{work}.yaml").write_text(text, encoding="utf-8")
    return folder


def write_many(folder: Path, number: int, condition: str) -> Path:
    """Write *number* scenarios, of which each asks for a model, or tool, of its own."""
    folder.mkdir(parents=True)
    for each in range(number):
        text = _ANSWER % ("-", _city("call"), _PIECE, "")
        text = text.replace("model: -", f"{condition}: n{each}")
        (folder / f"n{each}.yaml").write_text(text, encoding="utf-8")
    return folder


def write_fixtures(file: Path) -> Path:
    """Write what aimock reads for each work; it cannot put events together."""
    paces = {"paced": (TTFT, GAP), "slow": (SLOW_TTFT, SLOW_GAP)}
    fixtures = []
    for work in WORKS:
        fixture = _fixture({"model": work}, _city(work))
        if work in paces:
            ttft, gap = paces[work]
            fixture["streamingProfile"] = {"ttft": 1000 * ttft, "tps": 1 / gap}
        fixtures.append(fixture)
    return _write(file, fixtures)


def write_many_fixtures(file: Path, number: int) -> Path:
    """Write *number* fixtures for aimock, of which each asks for a model of its own."""
    return _write(file, [_fixture({"model": f"n{each}"}, _city("call")) for each in range(number)])


def _city(work: str) -> str:
    """Fill the arguments, so that a stream has as many fragments as it should."""
    pieces = _PIECES.get(work, EVENTS - 3)
    return "x" * (pieces * _PIECE - len('{"city":""}'))


def _fixture(match: dict[str, str], city: str) -> dict[str, object]:
    arguments = json.dumps({"city": city}, separators=(",", ":"))
    called = {"name": "get_weather", "arguments": arguments}
    return {"match": match, "response": {"toolCalls": [called]}, "chunkSize": _PIECE}


def _write(file: Path, fixtures: list[dict[str, object]]) -> Path:
    file.write_text(json.dumps({"fixtures": fixtures}), encoding="utf-8")
    return file
