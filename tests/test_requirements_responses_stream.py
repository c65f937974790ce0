"""Requirements on Responses streams, items and state; see ``test_requirements`` for [S…]."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pytest

from asgi import Client
from loop import MANNERS, Manner
from mockrouter.profiles import OPENROUTER
from mockrouter.values import JsonObject
from requirement_samples import CALCULATE, RESPONSES_STREAM, WEATHER, ask, user

MANNERS_HERE = [manner for manner in MANNERS if manner.dialect == "responses"]
STATELESS = [manner for manner in MANNERS_HERE if not manner.profile.stateful]
STREAMS = [manner for manner in MANNERS_HERE if manner.stream]


def read_like_the_page(chunks: Iterable[bytes]) -> tuple[list[str], list[str], bool]:
    """
    Read a stream as the page's programs do: every network read split into lines, nothing kept.

    Returns:
        Names of the calls, their arguments, and whether ``[DONE]`` ended it.
    """
    names: list[str] = []
    arguments: list[str] = []
    for chunk in chunks:
        for line in chunk.decode().split("\n"):
            data = line.removeprefix("data: ")
            if data == line:
                continue
            if data == "[DONE]":
                return names, arguments, True
            try:
                event = json.loads(data)
            except ValueError:
                continue
            if event["type"] == "response.output_item.added":
                names.append(event["item"].get("name"))
            elif event["type"] == "response.function_call_arguments.done":
                arguments.append(event["arguments"])
    return names, arguments, False


def test_the_programs_of_the_page_work() -> None:
    """[S52] Name and arguments stand where the programs look for them, and ``[DONE]`` comes."""
    answer = ask(Client(), RESPONSES_STREAM, "What is 25 * 4?", CALCULATE)

    found = read_like_the_page(data for _, data in answer.writes)

    assert (["calculate"], ['{"expression":"25 * 4"}'], True) == found


@pytest.mark.parametrize("manner", STREAMS, ids=str)
def test_one_event_is_one_write(manner: Manner) -> None:
    """[S53] Each network read is whole lines, so a program that keeps nothing loses nothing."""
    answer = ask(Client(), manner, "What is 25 * 4?", CALCULATE)

    assert {1} == {data.count(b"\n\n") for _, data in answer.writes}
    assert all(data.endswith(b"\n\n") for _, data in answer.writes)


def test_events_split_over_writes_are_lost_to_the_page() -> None:
    """[S53] Where each event is cut in two, a program that keeps nothing finds no event at all."""
    say = """{say: [{tool_call: calculate, arguments: {expression: 25 * 4}}]"""
    client = Client.playing(f"turns: [{say}, faults: [{{fault: writes, inside: data}}]}}]")

    answer = ask(client, RESPONSES_STREAM, "What is 25 * 4?", CALCULATE)

    assert ([], [], False) == read_like_the_page(data for _, data in answer.writes)
    assert (["calculate"], ['{"expression":"25 * 4"}'], True) == read_like_the_page([answer.body])


@pytest.mark.parametrize("manner", MANNERS_HERE, ids=str)
def test_the_fields_of_a_call(manner: Manner) -> None:
    """[S54] A call has type, id, name, arguments (a JSON text) and call_id."""
    answer = ask(Client(), manner, "What is 25 * 4?", CALCULATE)

    (item,) = manner.hear(answer).kept
    assert {"type", "id", "name", "arguments", "call_id"} <= item.keys()
    assert {"expression": "25 * 4"} == json.loads(item["arguments"])


CALL: JsonObject = {
    "type": "function_call",
    "call_id": "call_1",
    "name": "get_weather",
    "arguments": "{}",
}
OUTPUT: JsonObject = {"type": "function_call_output", "call_id": "call_1", "output": "sunny"}


@pytest.mark.parametrize("manner", MANNERS_HERE, ids=str)
@pytest.mark.parametrize("name", ["call_id", "name", "arguments"])
def test_what_a_call_needs_in_the_input(manner: Manner, name: str) -> None:
    """[S54] In the input ``id`` may be missing, but none of the others."""
    client = Client()
    lacking = {key: value for key, value in CALL.items() if key != name}
    whole, broken = (
        client.post(manner.path(), manner.body([user("Weather?"), call, OUTPUT]))
        for call in (CALL, lacking)
    )

    assert [200, 400] == [whole.status, broken.status]
    assert f"Missing required parameter: 'input[1].{name}'." in broken.body.decode()


@pytest.mark.parametrize("manner", MANNERS_HERE, ids=str)
def test_arguments_in_the_input_are_a_string(manner: Manner) -> None:
    """[S54] An object where the arguments' string belongs is refused."""
    body = manner.body([user("Weather?"), CALL | {"arguments": {}}, OUTPUT])

    answer = Client().post(manner.path(), body)

    assert 400 == answer.status
    assert "'input[1].arguments': expected a string, but got an object" in answer.body.decode()


@pytest.mark.parametrize("manner", STATELESS, ids=str)
@pytest.mark.parametrize("more", [{"store": True}, {"previous_response_id": "resp_1"}], ids=str)
def test_no_state(manner: Manner, more: JsonObject) -> None:
    """[S55] A provider without state refuses to store, and to go on from what it does not have."""
    answer = ask(Client(), manner, "Hi", WEATHER, **more)

    assert (400, "Invalid Responses API request") == (
        answer.status,
        answer.json["error"]["message"],
    )
    assert next(iter(more)) in answer.json["metadata"]["raw"]


def test_only_openrouter_says_done() -> None:
    """[S52] ``[DONE]`` ends the stream of OpenRouter alone."""
    ended = {
        manner.profile.name
        for manner in STREAMS
        if ask(Client(), manner, "Hi").body.endswith(b"data: [DONE]\n\n")
    }

    assert {OPENROUTER.name} == ended
