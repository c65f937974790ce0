"""What shows how replies of Responses end, and what their servers refuse; see ``proofs``."""

from __future__ import annotations

import json

import pytest

from catalogue.proofs_responses import events_of, is_call, is_of, numbered
from catalogue.proving import NAMES, USER, Case
from mockrouter.values import Json, JsonObject


def _types(events: list[Json]) -> list[str]:
    return [event["type"].removeprefix("response.") for event in events]


def _response(case: Case) -> JsonObject:
    """Find the response as it ended: in the last event, or as the body."""
    last: JsonObject = events_of(case.faulty)[-1]
    response: JsonObject = last.get("response", last)
    return response


def unrelated_result(case: Case) -> None:
    """Between a call and a text stands a result of no call; all else is as it was."""
    call, result, text = _response(case)["output"]
    assert ["function_call", "function_call_output", "message"] == [
        item["type"] for item in (call, result, text)
    ]
    assert call["name"] not in NAMES
    assert call["call_id"] != result["call_id"]
    faulty, clean = events_of(case.faulty), events_of(case.clean)
    if not case.manner.stream:
        assert clean == [faulty[0] | {"output": [call, text]}]
        return
    own = [event for event in faulty if event.get("item") == result]
    assert ["output_item.added", "output_item.done"] == _types(own)
    assert [1, 1] == [event["output_index"] for event in own]
    assert _types(clean) == _types([event for event in faulty if event not in own])
    assert numbered(faulty) == faulty
    closed = [event for event in faulty if is_of(event, "*.output_item.done")]
    assert [(0, call), (1, result), (2, text)] == [(e["output_index"], e["item"]) for e in closed]
    assert {2} == {event["output_index"] for event in faulty if is_of(event, "*_text.*")}


def unfinished_call(case: Case) -> None:
    """The limit is reached in a call: its fragments are no JSON, and nothing closes it."""
    faulty = events_of(case.faulty)
    assert ["output_item.added"] == [
        kind for kind in _types([e for e in faulty if is_call(e)]) if not kind.endswith(".delta")
    ]
    assert "incomplete" == _types(faulty)[-1] == _response(case)["status"]
    assert {"reason": "max_output_tokens"} == _response(case)["incomplete_details"]
    (item,) = _response(case)["output"]
    fragments = [event["delta"] for event in faulty if is_of(event, "*.delta")]
    assert (item["status"], item["arguments"]) == ("incomplete", "".join(fragments))
    with pytest.raises(ValueError, match=r"."):
        json.loads(item["arguments"])
    assert numbered(faulty) == faulty


def used_up(case: Case) -> None:
    """All tokens that were allowed are spent on an empty text, and the status is the usual."""
    assert ("", (), "completed") == (case.heard.text, case.heard.calls, case.heard.end)
    assert ["message"] == [item["type"] for item in _response(case)["output"]]
    other: JsonObject = {"role": "user", "content": "Once more"}
    limited = events_of(case.ask([other], max_output_tokens=64))[-1]
    for limit, response in ((4096, _response(case)), (64, limited.get("response", limited))):
        usage = response["usage"]
        assert limit == usage["output_tokens"]
        assert usage["input_tokens"] + limit == usage["total_tokens"]


def nothing(case: Case) -> None:
    """The response is complete, with no item and no token."""
    if case.manner.stream:
        assert ["created", "in_progress", "completed"] == _types(events_of(case.faulty))
    usage = _response(case)["usage"]
    assert [[], "completed"] == [_response(case)[key] for key in ("output", "status")]
    assert [0, 0, 0] == [usage[f"{each}_tokens"] for each in ("input", "output", "total")]


def fails_in_call(message: str | None, case: Case) -> None:
    """Some of the call comes, then the failure, with no event before it; the error may be null."""
    response = _response(case)
    assert (200, "failed") == (case.faulty.status, response["status"])
    error = response["error"]
    assert (message and {"code": "server_error", "message": message}) == error
    if case.manner.stream:
        clean, (*faulty, last) = events_of(case.clean), events_of(case.faulty)
        assert clean[: len(faulty)] == faulty
        assert ["function_call_arguments.delta", "failed"] == _types([faulty[-1], last])
        assert len(faulty) == last["sequence_number"]


def out_of_quota(case: Case) -> None:
    """Nothing is said, each time; a stream says why twice."""
    code, words = "insufficient_quota", "You exceeded your current quota"
    for answer in (case.faulty, case.ask()):
        assert (200, None) == (answer.status, answer.broken)
        *before, last = events_of(answer)
        response = last.get("response", last)
        assert ("failed", []) == (response["status"], response["output"])
        assert code == response["error"]["code"]
        assert response["error"]["message"].startswith(words)
        assert (["created", "in_progress", "error"] if case.manner.stream else []) == _types(before)
        assert all(code == event["error"]["code"] for event in before[2:])


def overloaded(case: Case) -> None:
    """The stream has an error and no end."""
    *before, error = events_of(case.faulty)
    assert ["created", "in_progress", "error"] == _types([*before, error])
    assert "server_is_overloaded" == error["error"]["code"]
    assert (200, None) == (case.faulty.status, case.faulty.broken)
    assert events_of(case.clean)[:2] == before


def unknown(types: set[str], case: Case) -> None:
    """Events of these types are new, several of each, and counted; all else is as it was."""
    faulty = events_of(case.faulty)
    new = [event["type"] for event in faulty if event["type"] in types]
    assert [True] * len(types) == [new.count(each) > 1 for each in types]
    assert events_of(case.clean) == numbered([e for e in faulty if e["type"] not in types])
    assert numbered(faulty) == faulty


def markup(case: Case) -> None:
    """A message, and no call, says in tags what is to be called; no fragment has a tag whole."""
    tags = ["<tool_call>", f"<function={NAMES[0]}>", "</function>", "</tool_call>"]
    assert ["message"] == [item["type"] for item in _response(case)["output"]]
    assert ((), tags) == (case.heard.calls, case.heard.text.split("\n"))
    fragments = [e["delta"] for e in events_of(case.faulty) if is_of(e, "response.output_text.*a")]
    assert case.heard.text == "".join(fragments)
    assert not any(tag in fragment for tag in tags for fragment in fragments)


def wants_call_ids(case: Case) -> None:
    """A result that names the item is refused, and so is none; one that names the call is not."""
    (item,) = _response(case)["output"]
    assert item["id"] != item["call_id"]
    if case.manner.stream:
        deltas = [e for e in events_of(case.faulty) if is_of(e, "*_arguments.*")]
        assert {item["id"]} == {event["item_id"] for event in deltas}
    histories = [[USER, item, _result(item[key])] for key in ("call_id", "id")]
    good, bad, none = (case.ask(each) for each in [*histories, [USER, item, USER]])
    assert [200, 400, 400] == [each.status for each in (good, bad, none)]
    assert "That is what the tool found." == case.manner.hear(good).text
    assert bad.json["error"]["message"].endswith(f"output with call_id {item['id']}.")
    assert none.json["error"]["message"].endswith(f"function call {item['call_id']}.")


def wants_unique_ids(case: Case) -> None:
    """Two calls in a row are answered; a history that has one of them twice is not."""
    first, second, last = case.talk()
    assert [1, 1, 0] == [len(heard.calls) for heard in (first, second, last)]
    ((one,), (other,)) = first.kept, second.kept
    assert one["call_id"] != other["call_id"]
    result = _result(one["call_id"])
    for again in (one, other | {"call_id": one["call_id"]}):
        refused = case.ask([USER, one, result, again, result])
        assert 422 == refused.status
        assert "Duplicate function call id." == refused.json["error"]["message"]


def _result(call_id: str) -> JsonObject:
    return {"type": "function_call_output", "call_id": call_id, "output": "Done."}
