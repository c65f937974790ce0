"""Strict servers in Responses, and of reasoning that has to be sent back."""

from __future__ import annotations

import json

import pytest

from histories import assistant, call, result
from mockrouter.values import Json, JsonObject
from scripts import USER, ask, chat, engine

RESPONSES = "/v1/responses"


def items(*more: JsonObject) -> JsonObject:
    """Make a request of Responses."""
    return {"model": "m", "input": [{"role": "user", "content": "Hi"}, *more]}


FUNCTION_CALL = {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{"}


OUTPUT = {"type": "function_call_output", "call_id": "c1", "output": "x"}


@pytest.mark.parametrize(
    ("rule", "more", "words"),
    [
        ("every_call_answered: true", [FUNCTION_CALL], "No tool output found for function call c1"),
        ("every_result_called: true", [OUTPUT], "No tool call found for function call output"),
        ("arguments: json", [FUNCTION_CALL, OUTPUT], "Invalid 'input[1].arguments'"),
        ("call_ids: '.{9}'", [FUNCTION_CALL, OUTPUT], "Invalid 'input[1].call_id'"),
        ("unique_ids: true", [FUNCTION_CALL, FUNCTION_CALL, OUTPUT], "must be unique"),
        ("reasoning: absent", [{"type": "reasoning", "summary": []}], "could not be verified"),
    ],
)
def test_rules_in_responses(rule: str, more: list[JsonObject], words: str) -> None:
    """The other format has words of its own."""
    script = f"expect: {{{rule}}}\nturns: [{{say: []}}]\nthen: repeat"
    wire, _ = ask(engine(script), items(*more), path=RESPONSES)

    assert 400 == wire.status
    assert words in json.loads(wire.body)["error"]["message"]


THINKS = """
turns:
  - say:
      - {reasoning: "They ask about {{ user }}", signature: c2ln, encrypted: b3Bh}
      - {tool_call: get_weather, arguments: {city: Oslo}}
  - expect: {reasoning: equal}
    say: [{text: Done.}]
"""


CHAT = "/api/v1/chat/completions"


def thought(*, stream: bool) -> JsonObject:
    """Collect the first message, as a client does that keeps the pieces of a stream in a list."""
    wire, _ = ask(engine(THINKS), chat(stream=stream), path=CHAT)
    if not stream:
        message: JsonObject = json.loads(wire.body)["choices"][0]["message"]
        return message
    made = assistant(call("call_1", '{"city":"Oslo"}'), reasoning="", reasoning_details=[])
    for frame in wire.frames:
        if frame.data.startswith(b"data: {"):
            delta = json.loads(frame.data[6:])["choices"][0]["delta"]
            made["reasoning"] += delta.get("reasoning") or ""
            made["reasoning_details"] += delta.get("reasoning_details") or []
    return made


@pytest.mark.parametrize("stream", [True, False])
def test_reasoning_that_is_sent_back_byte_for_byte(stream: bool) -> None:  # noqa: FBT001
    """What the scenario said is compared, templates and ids included; any change is found."""
    message = thought(stream=stream)
    made = message["tool_calls"][0]["id"]

    def status(**fields: Json) -> int:
        sent = {name: v for name, v in (message | fields).items() if v is not ...}
        return ask(engine(THINKS), chat(USER, sent, result(made)), path=CHAT)[0].status

    details = json.loads(json.dumps(message["reasoning_details"]).replace("c2ln", "c2lo"))

    assert 200 == status()
    assert 200 == status(reasoning=...)
    assert 200 == status(reasoning_details=...)
    assert 400 == status(reasoning_details=details)
    assert 400 == status(reasoning=message["reasoning"] + " ")
    assert 400 == status(reasoning=..., reasoning_details=...)


def test_reasoning_items_of_responses() -> None:
    """An item that is missing, that was only named, or that was changed, is refused."""
    served = engine(THINKS)
    body = items() | {"store": False, "include": ["reasoning.encrypted_content"]}
    output = json.loads(ask(served, body, path=RESPONSES)[0].body)["output"]
    back = {**OUTPUT, "call_id": output[1]["call_id"]}

    def refusal(*reasoning: JsonObject) -> str:
        sent = body | {"input": [*body["input"], *reasoning, output[1], back]}
        wire, _ = ask(served, sent, path=RESPONSES)
        return "" if wire.status == 200 else json.loads(wire.body)["error"]["message"]

    named = {name: v for name, v in output[0].items() if name != "encrypted_content"}

    assert not refusal(output[0])
    assert "without its required 'reasoning' item" in refusal()
    assert "not found. Items are not persisted" in refusal(named)
    assert "could not be verified" in refusal(output[0] | {"encrypted_content": "b3Bi"})
