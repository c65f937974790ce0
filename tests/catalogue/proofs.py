"""What shows that an answer went wrong as its scenario says; each docstring is the claim."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from jsonschema import Draft202012Validator

from asgi import Answer
from catalogue.proving import FUNCTIONS, NAMES, Case
from mockrouter.wire import Ending


def no_json(case: Case) -> None:
    """The arguments cannot be parsed; nothing else is wrong."""
    (call,) = case.heard.calls
    with pytest.raises(ValueError, match=r"."):
        json.loads(call.arguments)
    assert case.manner.hear(case.clean).end == case.heard.end
    assert (200, None) == (case.faulty.status, case.faulty.broken)


def cut_off(case: Case) -> None:
    """The arguments cannot be parsed, and the reply says that it was cut off."""
    no_json(case)
    assert {"chat": "length", "responses": "incomplete"}[case.manner.dialect] == case.heard.end


def mismatch(case: Case) -> None:
    """The arguments are JSON that the tool's schema refuses."""
    (call,) = case.heard.calls
    validator = Draft202012Validator(FUNCTIONS[0]["parameters"])
    assert 1 == len(list(validator.iter_errors(json.loads(call.arguments))))


def unknown_tool(case: Case) -> None:
    """The tool that is called is not offered."""
    assert [False] == [call.name in NAMES for call in case.heard.calls]


def finish(calls: int, end: str, case: Case) -> None:
    """So many calls, and an end that does not fit."""
    assert (calls, end) == (len(case.heard.calls), case.heard.end)


def as_text(case: Case) -> None:
    """No call, but a text that looks like one."""
    assert ((), NAMES[0]) == (case.heard.calls, json.loads(case.heard.text)["name"])


def breaks(how: Ending, case: Case) -> None:
    """The connection breaks in the middle of what should have come."""
    assert how is case.faulty.broken
    starts(case)
    if not case.manner.stream:
        assert str(len(case.clean.body)) == case.faulty.headers["content-length"]


def breaks_early(case: Case) -> None:
    """The connection breaks, and not even a status came."""
    assert (0, (), Ending.DISCONNECT) == (
        case.faulty.status,
        case.faulty.writes,
        case.faulty.broken,
    )


def ends_early(case: Case) -> None:
    """The response is whole for HTTP, and yet only the beginning of what should have come."""
    assert None is case.faulty.broken
    starts(case)


def starts(case: Case) -> None:
    """What came is some of the beginning of what should have come."""
    assert b"" != case.faulty.body != case.clean.body
    assert case.clean.body.startswith(case.faulty.body)


def lost(case: Case) -> None:
    """One event is missing; all others are there."""
    more, fewer = (_events(answer) for answer in (case.clean, case.faulty))
    gone = next(n for n, event in enumerate([*fewer, ""]) if event != more[n])
    assert [*more[:gone], *more[gone + 1 :]] == fewer


def twice(case: Case) -> None:
    """One event is there twice, right after itself."""
    more, fewer = (_events(answer) for answer in (case.faulty, case.clean))
    again = next(n for n, event in enumerate([*fewer, ""]) if event != more[n])
    assert more[again - 1] == more[again]
    assert [*more[:again], *more[again + 1 :]] == fewer


def wrong_arguments(proof: Callable[[Case], None], case: Case) -> None:
    """As *proof* says, which leaves the arguments wrong."""
    proof(case)
    assert case.manner.hear(case.clean).calls[0].arguments != case.heard.calls[0].arguments


def error_inside(case: Case) -> None:
    """After three fragments comes the error, once the status has said that all is well."""
    asked = case.manner.dialect, case.manner.profile.name, case.manner.stream
    message = b"Provider disconnected unexpectedly"

    assert (502 if asked == ("chat", "openai", False) else 200) == case.faulty.status
    assert [True, False] == [message in case.faulty.body, message in case.clean.body]
    if case.manner.stream:
        assert "Let me look" == case.heard.text + _deltas(case.faulty)
        assert not case.heard.calls


def _deltas(answer: Answer) -> str:
    kind = "response.output_text.delta"
    return "".join(event["delta"] for event in answer.events if event.get("type") == kind)


def _events(answer: Answer) -> list[str]:
    return answer.body.decode().split("\n\n")[:-1]
