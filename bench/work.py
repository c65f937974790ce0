"""What is asked, and what answers it: the same call for every server, in its own words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

PATH = "/v1/chat/completions"
EVENTS = 50
"""Events of a stream: the call's opening, its fragments, the finish and ``[DONE]``."""


class Pace(NamedTuple):
    """
    When the events of a stream are due.

    Attributes:
        ttft: Seconds before the first.

        gap: Seconds between two.

        events: How many there are; what ends a stream comes with the last.
    """

    ttft: float
    gap: float
    events: int

    @property
    def delays(self) -> list[float]:
        """What each event waits for after the one before, in seconds."""
        return [self.ttft] + [self.gap] * (self.events - 1)


PACES = {
    "paced": Pace(0.2, 0.02, 100),
    "slow": Pace(6.0, 1.0, 10),
    "tenth": Pace(0.2, 0.1, 40),
    "half": Pace(0.2, 0.5, 16),
}
"""Of the works that are paced."""

WORKS = ("call", "stream", "together", *PACES)
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
_TOGETHER = "faults: [{fault: writes, together: true}]"


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
        text = _ANSWER % (work, _city(work), _PIECE, _more(work))
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
    fixtures = []
    for work in WORKS:
        fixture = _fixture({"model": work}, _city(work))
        if work in PACES:
            pace = PACES[work]
            fixture["streamingProfile"] = {"ttft": 1000 * pace.ttft, "tps": 1 / pace.gap}
        fixtures.append(fixture)
    return _write(file, fixtures)


def write_many_fixtures(file: Path, number: int) -> Path:
    """Write *number* fixtures for aimock, of which each asks for a model of its own."""
    return _write(file, [_fixture({"model": f"n{each}"}, _city("call")) for each in range(number)])


def _more(work: str) -> str:
    if work in PACES:
        return f"pace: {{ttft: {PACES[work].ttft}, itl: {PACES[work].gap}}}"
    return _TOGETHER if work == "together" else ""


def _city(work: str) -> str:
    """Fill the arguments, so that a stream has as many fragments as it should."""
    # The opening of a call is paced too.
    pieces = PACES[work].events - 1 if work in PACES else EVENTS - 3
    return "x" * (pieces * _PIECE - len('{"city":""}'))


def _fixture(match: dict[str, str], city: str) -> dict[str, object]:
    arguments = json.dumps({"city": city}, separators=(",", ":"))
    called = {"name": "get_weather", "arguments": arguments}
    return {"match": match, "response": {"toolCalls": [called]}, "chunkSize": _PIECE}


def _write(file: Path, fixtures: list[dict[str, object]]) -> Path:
    file.write_text(json.dumps({"fixtures": fixtures}), encoding="utf-8")
    return file
