"""Where a conversation stands: read off the conversation."""

from __future__ import annotations

import pytest

from mockrouter.dialects import DIALECTS
from mockrouter.engine.conversation import position
from mockrouter.ids import Ids, nonce_of
from mockrouter.profiles import OPENAI
from mockrouter.values import JsonObject
from scripts import USER, chat

KEY = "0|weather"


def call_of(turn: int) -> str:
    """Make the id that the scenario gives in this turn."""
    return Ids(KEY, turn, nonce=nonce_of(b"x")).make(OPENAI.call_id)


def asked(*calls: str) -> JsonObject:
    """Make an assistant message with these calls."""
    function = {"name": "f", "arguments": "{}"}
    made = [{"id": call, "type": "function", "function": function} for call in calls]
    return {"role": "assistant", "content": None, "tool_calls": made}


def result(call: str) -> JsonObject:
    """Make a tool result."""
    return {"role": "tool", "tool_call_id": call, "content": "1"}


TEXT = {"role": "assistant", "content": "Hello."}


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ([USER], 0),
        ([USER, asked(call_of(0)), result(call_of(0))], 1),
        ([USER, asked(call_of(0)), result(call_of(0)), asked(call_of(1)), result(call_of(1))], 2),
        ([USER, TEXT, USER], 1),
        ([USER, TEXT, TEXT, USER], 1),
        ([USER, TEXT, USER, TEXT, USER], 2),
        # trimmed: the first turns are gone, the ids still say where it stands
        ([USER, asked(call_of(4)), result(call_of(4))], 5),
        # only the result is left
        ([USER, result(call_of(2))], 3),
        # examples in front, then a real turn
        ([USER, TEXT, USER, TEXT, USER, asked(call_of(0)), result(call_of(0))], 1),
        # a text turn after the last id
        ([USER, asked(call_of(0)), result(call_of(0)), TEXT, USER], 2),
        # foreign ids: turns are counted
        ([USER, asked("call_x"), result("call_x"), asked("call_y"), result("call_y")], 2),
        # a result that comes twice, or late, does not turn the conversation back
        (
            [
                USER,
                asked(call_of(0)),
                result(call_of(0)),
                asked(call_of(1)),
                result(call_of(1)),
                result(call_of(0)),
            ],
            2,
        ),
        # parallel calls are one turn
        ([USER, asked(call_of(0), "call_z"), result(call_of(0)), result("call_z")], 1),
    ],
)
def test_position_in_chat(messages: list[JsonObject], expected: int) -> None:
    """The next turn's number follows from ids, else from the number of model turns."""
    request = DIALECTS["chat"].read(chat(*messages), {}, OPENAI, 0)

    assert expected == position(request, KEY, OPENAI.id_shapes, {})


def test_ids_that_the_author_wrote_count_too() -> None:
    """A scripted id says its turn, as a made one does."""
    messages = [USER, asked("call_abc"), result("call_abc")]
    request = DIALECTS["chat"].read(chat(*messages), {}, OPENAI, 0)

    assert position(request, KEY, OPENAI.id_shapes, {"call_abc": 6}) == 7


def test_position_in_responses() -> None:
    """Item ids say the turn, in a run of model-made items as well."""
    function = {"type": "function_call", "call_id": call_of(1), "name": "f", "arguments": "{}"}
    output = {"type": "function_call_output", "call_id": call_of(1), "output": "1"}
    items = [USER, {"type": "reasoning", "id": "rs_1", "summary": []}, function, output]
    body = {"model": "m", "input": items}
    request = DIALECTS["responses"].read(body, {}, OPENAI, 0)

    assert position(request, KEY, OPENAI.id_shapes, {}) == 2


def test_a_previous_response_says_its_turn() -> None:
    """With `previous_response_id` alone the id still carries the turn."""
    previous = Ids(KEY, 3, nonce=nonce_of(b"x")).make(OPENAI.response_id)
    body = {"model": "m", "input": "Go on.", "previous_response_id": previous}
    request = DIALECTS["responses"].read(body, {}, OPENAI, 0)

    assert position(request, KEY, OPENAI.id_shapes, {}) == 4
