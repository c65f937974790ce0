"""What shows that events are changed as a scenario says; see ``proofs``."""

from __future__ import annotations

import json

from catalogue.proving import Case
from mockrouter.patterns import Path
from mockrouter.values import Json

CALLS = Path("choices[*].delta.tool_calls[*]")


def _events(body: bytes) -> list[Json]:
    texts = [each.split("data: ", 1)[1] for each in body.decode().split("\n\n") if "data: " in each]
    return [text if text == "[DONE]" else json.loads(text) for text in texts]


def _both(case: Case) -> tuple[list[Json], list[Json]]:
    return _events(case.clean.body), _events(case.faulty.body)


def one_chunk(case: Case) -> None:
    """One chunk has the call, its arguments and the finish."""
    (chunk,) = [event for event in _events(case.faulty.body) if CALLS.values_in(event)]
    (call,) = CALLS.values_in(chunk)
    assert isinstance(json.loads(call["function"]["arguments"]), dict)
    assert "tool_calls" == chunk["choices"][0]["finish_reason"]


def put_in(new: Json, case: Case) -> None:
    """Events like this are new, several of them, and all else is as it was."""
    clean, faulty = _both(case)
    added = [
        e for e in faulty if e == new or (new and isinstance(e, dict) and new.items() <= e.items())
    ]
    assert len(added) > 1
    assert clean == [event for event in faulty if event not in added]


def behind_done(case: Case) -> None:
    """The finish stands behind the terminator, which is otherwise in its place."""
    clean, faulty = _both(case)
    (finish,) = faulty[faulty.index("[DONE]") + 1 :]
    assert "tool_calls" == finish["choices"][0]["finish_reason"]
    assert sorted(map(str, clean)) == sorted(map(str, faulty))
