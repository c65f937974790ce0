"""What shows that a reply ends as a scenario says; see ``proofs``."""

from __future__ import annotations

import json

import pytest

from catalogue import proofs
from catalogue.proofs_turns import events_of, without
from catalogue.proving import NAMES, Case
from mockrouter.patterns import Path
from mockrouter.values import Json
from mockrouter.wire import Ending

REASON = Path("choices[*].finish_reason")
FRAGMENT = Path("choices[*].delta.tool_calls[*].function.arguments")


def reasons(case: Case) -> list[Json]:
    """List what each event, or the body, gives as its finish reason."""
    return [reason for event in case.events for reason in REASON.values_in(event)]


def good_call(case: Case) -> None:
    """There is one call, whole, of an offered tool."""
    (call,) = case.heard.calls
    assert NAMES == [call.name]
    assert {"restaurant", "guests"} <= json.loads(call.arguments).keys()


def no_json(case: Case) -> None:
    """There is one call, and its arguments are no JSON."""
    (call,) = case.heard.calls
    with pytest.raises(ValueError, match=r"."):
        json.loads(call.arguments)


def called_and(end: str, case: Case) -> None:
    """A call, and this finish reason once, though it does not say that there is a call."""
    good_call(case)
    assert [end] == [reason for reason in reasons(case) if reason is not None]


def no_calls(lists: list[Json], text: str, case: Case) -> None:
    """The reply says that it calls tools; it has these lists of calls, and this text."""
    assert ((), "tool_calls") == (case.heard.calls, case.heard.end)
    message = "delta" if case.manner.stream else "message"
    path = Path(f"choices[*].{message}.tool_calls")
    assert lists == [each for event in case.events for each in path.values_in(event)]
    assert text == case.heard.text


def never_finished(case: Case, *, done: bool) -> None:
    """A whole call, no finish reason anywhere, and nothing else is missing but perhaps [DONE]."""
    good_call(case)
    assert {None} == {*reasons(case)}
    assert None is case.faulty.broken
    if case.manner.stream:
        assert done is ("[DONE]" in case.data)
    if done:
        proofs.lost(case)
    else:
        clean = events_of(case.clean, case)
        assert without(clean, "finish_reason") == without(case.events, "finish_reason")


def empty_reasons(case: Case) -> None:
    """All finish reasons but the last are empty texts, and all else is as it was."""
    *first, last = reasons(case)
    assert ({""}, "tool_calls") == ({*first}, last)
    assert len(first) > 2
    clean = events_of(case.clean, case)
    assert without(clean, "finish_reason") == without(case.events, "finish_reason")


def alias(word: str, called: int, case: Case) -> None:
    """The reply says by this word alone why it ended; the arguments of a call are no JSON."""
    if case.manner.dialect == "chat":
        assert word == case.heard.end
    else:
        response = case.events[-1]["response"] if case.manner.stream else case.events[0]
        assert ("incomplete", word) == (case.heard.end, response["incomplete_details"]["reason"])
    assert all(each not in case.faulty.body for each in (b'"length"', b"content_filter"))
    assert b'max_output_tokens":"' not in case.faulty.body
    if called:
        no_json(case)
    assert (called, not called) == (len(case.heard.calls), bool(case.heard.text))


def breaks_off(case: Case) -> None:
    """Some text, no call, and a finish reason that says that the network failed."""
    heard = case.heard
    assert ("Let me look", (), "network_error") == (heard.text, heard.calls, heard.end)
    assert (200, None) == (case.faulty.status, case.faulty.broken)


def finished_twice(second: str, case: Case, *, usage: bool) -> None:
    """Behind the finish comes another, perhaps with the usage, and all else is as it was."""
    good_call(case)
    clean, faulty = events_of(case.clean, case), case.events
    *before, last = faulty
    assert clean == before
    assert ["tool_calls", second] == [reason for reason in reasons(case) if reason is not None]
    assert usage is bool(last.get("usage"))
    assert "[DONE]" == case.data[-1]


def in_last_fragment(case: Case) -> None:
    """The chunk that finishes has the last piece of the arguments, and some came before."""
    *earlier, last = case.events
    assert ["tool_calls"] == list(REASON.values_in(last))
    assert any(FRAGMENT.values_in(last))
    assert any(text for event in earlier for text in FRAGMENT.values_in(event))
    assert case.manner.hear(case.clean).calls == case.heard.calls
    assert len(events_of(case.clean, case)) == len(case.events) + 1


def malformed_call(case: Case) -> None:
    """Nothing is said or called, and both finish reasons say what went wrong."""
    assert (200, None) == (case.faulty.status, case.faulty.broken)
    assert ("", (), "error") == (case.heard.text, case.heard.calls, case.heard.end)
    (native,) = Path("choices[*].native_finish_reason").values_in(case.events[-1])
    assert "MALFORMED_FUNCTION_CALL" == native
    message = "delta" if case.manner.stream else "message"
    (content,) = Path(f"choices[*].{message}.content").values_in(case.events[0])
    assert None is content


def filtered_mid_call(case: Case) -> None:
    """The arguments stop halfway, and the reply says that a filter did it."""
    no_json(case)
    assert "content_filter" == case.heard.end
    good = case.manner.hear(case.clean).calls[0].arguments
    assert case.heard.calls[0].arguments != good


def done_missing(how: Ending | None, case: Case) -> None:
    """All is there but [DONE], and then this is the end."""
    assert case.clean.body.removesuffix(b"data: [DONE]\n\n") == case.faulty.body
    assert case.clean.body != case.faulty.body
    assert "tool_calls" == case.heard.end
    assert how is case.faulty.broken


def cut_off(case: Case, *, done: bool) -> None:
    """The stream is whole for HTTP, its arguments are not, and no finish reason comes."""
    assert None is case.faulty.broken
    assert {None} == {*reasons(case)}
    assert done is ("[DONE]" in case.data)
    clean, faulty = events_of(case.clean, case), case.events
    assert clean[: len(faulty)] == faulty
    no_json(case)
    assert case.heard.calls[0].arguments


def usage_behind_done(case: Case) -> None:
    """What came before is as it was, and the only event behind [DONE] brings the usage."""
    *before, last = case.data
    assert _clean_data(case) == before
    assert "[DONE]" == before[-1]
    assert ([], True) == (json.loads(last)["choices"], bool(json.loads(last)["usage"]))


def _clean_data(case: Case) -> list[str]:
    return [each.split("data: ")[1] for each in case.clean.body.decode().split("\n\n")[:-1]]
